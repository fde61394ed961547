// Lists of the form: therapies, medicines, operations. Each row has a name of its own, therapies/1, so that
// sending it twice is sending it once.

import { all, find, make, svg } from "./elements.js";
import { fill, rowOf, settle, UNKNOWN } from "./fields.js";
import { titleOf } from "./complete.js";

const DAY = 86400000;

export function addRow(field, name, row = {}) {
  const list = find(".rows", field);
  const number = name ? name.split("/")[1] : nextNumber(field);
  const template = find("template", field).innerHTML;
  const id = `${field.dataset.field}-${number}`;
  const holder = make("div");
  // The template is the server's own markup; only the row's number is put in.
  holder.append(document.createRange().createContextualFragment(
    template.replaceAll("ROW", CSS.escape(id).replaceAll("\\", ""))));
  const item = holder.firstElementChild;
  item.dataset.row = `${field.dataset.field}/${number}`;
  item.setAttribute("aria-label", `${field.dataset.title}, ${list.children.length + 1}`);
  find(".remove", item).setAttribute("aria-label", `Remove: ${field.dataset.title}, ${list.children.length + 1}`);
  list.append(item);
  fill(item, row);
  refresh(field);
  return item;
}

function nextNumber(field) {
  const held = all("[data-row]", field).map((each) => Number(each.dataset.row.split("/")[1]) || 0);
  return Math.max(0, field.highest ?? 0, ...held) + 1;
}

export function removeRow(item) {
  const field = item.closest(".field");
  field.highest = Math.max(field.highest ?? 0, Number(item.dataset.row.split("/")[1]) || 0);
  const next = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  refresh(field);
  (next ? find("input, select", next) : find(".add", field))?.focus();
}

// The rows and the end of a list, from all answers.
export function showList(field, answers) {
  const base = field.dataset.field;
  const named = Object.keys(answers).filter((each) => each.startsWith(`${base}/`));
  named.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  find(".rows", field).replaceChildren();
  for (const name of named) addRow(field, name, answers[name]);
  for (const box of all(`[name="${base}.complete"]`, field)) {
    box.checked = box.value === String(answers[base] ?? "").toLowerCase();
  }
  refresh(field);
}

export function refresh(field) {
  const rows = all(".row", field);
  for (const words of all("[data-none]", field)) words.textContent = rows.length ? words.dataset.all : words.dataset.none;
  const ended = find(`[name="${CSS.escape(field.dataset.field)}.complete"]:checked`, field);
  find(".clear-list", field).hidden = !ended;
  field.classList.toggle("is-unknown", ended?.value === UNKNOWN);
  settle(field, Boolean(rows.length || ended));
  // What a list denies as a whole shows at the questions it denies.
  for (const each of all(`.field[data-shape="presence"][data-table="${field.dataset.field}"]`)) {
    each.classList.toggle("denied", ended?.value === "complete");
  }
  drawTimeline(field);
}

export function endOf(field) {
  return find(`[name="${CSS.escape(field.dataset.field)}.complete"]:checked`, field)?.value ?? null;
}

const spanOf = (text, last) => {
  const match = /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec((text ?? "").trim());
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), match[2] ? Number(match[2]) - 1 : null, match[3] ? Number(match[3]) : null];
  if (!last) return Date.UTC(year, month ?? 0, day ?? 1);
  if (day) return Date.UTC(year, month, day);
  return month === null ? Date.UTC(year, 11, 31) : Date.UTC(year, month + 1, 0);
};

// One line for each therapy from its first to its last day; what runs on, or whose end nobody said, fades out.
export function drawTimeline(field) {
  const figure = find(".timeline", field);
  if (!figure) return;
  const today = spanOf(document.getElementById("as-of").value, true);
  const courses = all(".row", field).map((item) => {
    const row = rowOf(item);
    const start = spanOf(row.start, false);
    const open = row.ongoing === "yes" || !row.end;
    const end = row.end ? spanOf(row.end, true) : today;
    const names = (row.agents ?? []).map((each) => titleOf("agents", each)).join(" + ");
    return { start, end, open, names: names || "therapy" };
  }).filter((each) => each.start !== null && each.end !== null && each.end >= each.start);
  find("svg", figure)?.remove();
  figure.hidden = courses.length === 0;
  if (!courses.length) return;
  const first = Math.min(...courses.map((each) => each.start)) - 20 * DAY;
  const last = Math.max(today ?? 0, ...courses.map((each) => each.end)) + 20 * DAY;
  const width = 600;
  const at = (time) => ((time - first) / (last - first)) * width;
  const height = courses.length * 26 + 24;
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": spoken(courses) });
  for (let year = new Date(first).getUTCFullYear() + 1; Date.UTC(year, 0, 1) < last; year += 1) {
    const x = at(Date.UTC(year, 0, 1)).toFixed(1);
    const text = svg("text", { x: Number(x) + 3, y: height - 4, class: "year" }, String(year));
    drawn.append(svg("line", { x1: x, x2: x, y1: 0, y2: height - 16, class: "tick" }), text);
  }
  if (today) {
    const x = at(today).toFixed(1);
    drawn.append(svg("line", { x1: x, x2: x, y1: 0, y2: height - 16, class: "today" }));
  }
  courses.forEach((each, place) => {
    const [x, y] = [at(each.start), place * 26 + 4];
    const long = Math.max(at(each.end) - x, 4);
    const bar = svg("rect", { x: x.toFixed(1), y: y + 13, width: long.toFixed(1), height: 5, rx: 2.5, class: each.open ? "bar open" : "bar" });
    const leftwards = x > width * 0.7;
    const label = { x: (leftwards ? x + long : x).toFixed(1), y: y + 9, class: "label", "text-anchor": leftwards ? "end" : "start" };
    drawn.append(bar, svg("text", label, each.names));
  });
  figure.append(drawn);
}

function spoken(courses) {
  const day = (time) => new Date(time).toISOString().slice(0, 10);
  return courses.map((each) => `${each.names} from ${day(each.start)} ${each.open ? "on" : `to ${day(each.end)}`}`).join("; ");
}
