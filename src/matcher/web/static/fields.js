// Fields of the form and answers of the session: what stands in one, written as the other.

import { all, find, make } from "./elements.js";
import { showConversion } from "./units.js";
import { setTerm, termOf } from "./complete.js";

export const UNKNOWN = "unknown";

// What stands in the inputs of a field or row, by the name of the input; nothing where nothing does.
export function rowOf(place) {
  const row = {};
  for (const input of all("[data-input]", place)) {
    if (input.closest("[hidden]") && !input.closest("details")) continue;
    const value = valueOf(input);
    if (value === "" || (Array.isArray(value) && !value.length)) continue;
    row[input.dataset.input] = value;
  }
  if (row.unit !== undefined && !all('[data-kind="number"]', place).some((each) => each.value.trim())) {
    delete row.unit;
  }
  for (const fixed of all("[data-unit]", place)) {
    if (valueOf(find('[data-kind="number"]', fixed.parentElement))) row.unit = fixed.dataset.unit;
  }
  return row;
}

function valueOf(input) {
  switch (input.dataset.kind) {
    case "pills": return find("input:checked", input)?.value ?? "";
    case "term": case "terms": return termOf(input);
    default: return input.value.trim();
  }
}

// The answer a field holds: null where there is none, "unknown" where it is said to be not known.
export function answerOf(field) {
  if (find("[data-unknown]", field)?.checked) return UNKNOWN;
  const row = rowOf(field);
  if (Object.values(row).includes(UNKNOWN)) return UNKNOWN;
  if (field.dataset.shape === "scalar" && !("value" in row)) return null;
  const earlier = field.earlier ?? [];
  if (!Object.keys(row).length) return null;
  return earlier.length ? [...earlier, row] : row;
}

// Puts an answer into a field; null empties it.
export function show(field, answer) {
  const several = Array.isArray(answer) && answer.some((each) => each && typeof each === "object");
  field.earlier = several ? answer.slice(0, -1) : [];
  const last = several ? answer.at(-1) : answer;
  const unknown = typeof last === "string" && last.toLowerCase() === UNKNOWN;
  const row = last === null || last === undefined || unknown ? {}
    : typeof last === "object" && !Array.isArray(last) ? last : { value: last };
  const box = find("[data-unknown]", field);
  if (box) box.checked = unknown;
  fill(field, row, unknown && !box);
  reveal(field);
  settle(field, answer !== null && answer !== undefined);
}

export function fill(place, row, unknown = false) {
  const named = all("[data-input]", place);
  const first = named[0]?.dataset.input;
  for (const input of named) {
    const key = input.dataset.input;
    const value = key in row ? row[key] : key === first && "value" in row ? row.value : undefined;
    put(input, unknown && key === first ? UNKNOWN : value);
  }
  for (const input of all('[data-kind="number"]', place)) showConversion(input);
}

function put(input, value) {
  const text = value === undefined || value === null ? ""
    : value === true ? "yes" : value === false ? "no" : written(value);
  switch (input.dataset.kind) {
    case "pills": putPill(input, text); break;
    case "select": case "unit": putOption(input, text); break;
    case "term": case "terms": setTerm(input, value); break;
    default: input.value = text;
  }
}

function written(value) {
  if (Array.isArray(value)) return value.join(" or ");
  if (typeof value === "object") return [value.from, value.to].filter(Boolean).join(" to ");
  return String(value);
}

const sameWord = (one, other) => one.toLowerCase() === other.toLowerCase();

function putPill(group, text) {
  const boxes = all("input", group);
  for (const box of boxes) box.checked = Boolean(text) && sameWord(box.value, text);
  if (text && !boxes.some((box) => box.checked)) {
    const box = make("input", { type: "radio", name: boxes[0].name, value: text });
    group.append(make("label", { class: "pill" }, box, make("span", { text })));
    box.checked = true;
  }
}

function putOption(select, text) {
  const options = all("option", select);
  const held = options.find((each) => sameWord(each.value, text));
  if (!held && text) select.append(make("option", { value: text, text }));
  if (text || select.dataset.kind !== "unit") select.value = held ? held.value : text;
}

// Inputs that make sense once a choice is made appear with it.
export function reveal(place) {
  const said = find('[data-input="value"] input:checked', place)?.value;
  for (const each of all("[data-when]", place)) each.hidden = each.dataset.when !== said;
}

// How a field looks that is answered: it can be emptied, and it is printed.
export function settle(field, answered) {
  field.classList.toggle("answered", answered);
  field.classList.toggle("is-unknown", answered && Boolean(
    find("[data-unknown]:checked", field) || find('[value="unknown"]:checked', field)));
  const held = find(":scope > .clear", field);
  if (!answered) held?.remove();
  else if (!held && field.dataset.shape !== "list") {
    const about = `Clear: ${field.dataset.title}`;
    field.append(make("button", { type: "button", class: "quiet clear", "aria-label": about, title: "Clear" }, "×"));
  }
}

// What the answer may have meant: a click puts it where it was typed.
function meant(issue, place) {
  if (!issue.suggestions.length) return [];
  const typed = all("[data-input]", place).find((each) => [valueOf(each)].flat().includes(issue.text));
  if (!typed) return [];
  return [make("span", { class: "meant" }, "Meant: ", issue.suggestions.map((each) => make("button", {
    type: "button", class: "link", text: each.title, onclick: () => {
      const held = valueOf(typed);
      put(typed, Array.isArray(held) ? held.map((one) => (one === issue.text ? each.value : one)) : each.value);
      typed.dispatchEvent(new Event("change", { bubbles: true }));
    },
  })))];
}

// What could not be read, at its field and, for a row, at its row.
export function showIssues(issues) {
  for (const each of all(".field .issue")) {
    each.hidden = true;
    each.replaceChildren();
  }
  for (const each of all(".field [aria-invalid]")) each.removeAttribute("aria-invalid");
  const lost = [];
  for (const issue of issues) {
    const base = issue.field.split("/")[0];
    const field = find(`[data-field="${CSS.escape(base)}"]`);
    const place = find(`[data-row="${CSS.escape(issue.field)}"]`) ?? field;
    if (!place) {
      lost.push(issue);
      continue;
    }
    const at = find(":scope > .issue", place);
    at.hidden = false;
    at.append(make("span", {}, make("strong", { text: "Not used: " }), `${issue.reason}. `,
      make("span", { class: "remedy", text: issue.remedy }), ...meant(issue, place)));
    find("input:not([type=radio]):not([type=checkbox]), select", place)?.setAttribute("aria-invalid", "true");
  }
  return lost;
}
