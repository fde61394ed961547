// The day that is asked for: read as the server reads the days of the form, asked about where it can be two.

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

function isDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

// Every day that the text may mean. Dots stand between the parts of a day only where the day comes first.
function daysOf(text) {
  const first = text.match(/^(\d{4})[./-](\d{1,2})[./-](\d{1,2})$/);
  const last = text.match(/^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/);
  const parts = first ? [first.slice(1)] : last ? [[last[4], last[3], last[1]]] : [];
  if (last && last[2] !== ".") parts.push([last[4], last[1], last[3]]);
  const found = parts.map(([year, month, day]) => `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`);
  return [...new Set(found.filter(isDay))];
}

const spoken = (day) => `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`;

// `asked` is called with the day; until it is plain which one is meant, the one before counts and the text stays.
export function watchDay(input, issue, asked) {
  function open(text) {
    issue.textContent = text;
    issue.hidden = !text;
    input.toggleAttribute("data-open", Boolean(text));
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
  input.addEventListener("change", () => {
    const days = daysOf(input.value.trim());
    if (days.length === 1) {
      open("");
      input.value = days[0];
      asked(days[0]);
    } else {
      open(days.length ? `${days.map(spoken).join(" or ")}? Write it as ${days[0]}.` : "Write the day as in 2026-01-15.");
    }
  });
  return (day) => { if (!input.hasAttribute("data-open")) input.value = day; };
}
