// The table of a worklist: ticking many, and leaving by keyboard. The page does without it.

const all = document.getElementById("all");
const boxes = () => [...document.querySelectorAll('input[name="chosen"][type="checkbox"]')];

function count() {
  const said = document.getElementById("ticked");
  if (said) said.textContent = `(${boxes().filter((each) => each.checked).length})`;
}

all?.addEventListener("change", () => {
  for (const each of boxes()) each.checked = all.checked;
  count();
});
for (const each of boxes()) each.addEventListener("change", count);
document.getElementById("filters")?.addEventListener("change", (event) => event.currentTarget.requestSubmit());
document.getElementById("print")?.addEventListener("click", () => print());

// j and k go down and up the rows, x ticks one; never while somebody types.
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input:not([type=checkbox]), select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...document.querySelectorAll(".patients tbody th a")];
  const row = document.activeElement?.closest("tr");
  const at = links.findIndex((each) => row?.contains(each));
  if (event.key === "j" || event.key === "k") {
    links[Math.min(links.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))]?.focus();
  } else if (event.key === "x" && row) {
    row.querySelector('input[name="chosen"]')?.click();
  }
});
count();
