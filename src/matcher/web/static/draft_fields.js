// One field of a word, by what it takes: a limit with its unit, a time, a choice, a name completed while typing.

import { all, make } from "./elements.js";
import { call } from "./draft_saving.js";

const PAUSE = 350;
const SIGNS = { at_least: "at least", at_most: "at most", above: "above", below: "below" };
const LOW = /^\s*([\d.,]*)\s*(.*)$/;

export const lastOf = (name) => name.split(" ").at(-1);
export const isLimit = (name) => lastOf(name) in SIGNS;

let numbered = 0;
export const fresh = () => `f${(numbered += 1)}`;

// Calls back while somebody types, after a short pause, and at once when they leave.
export function live(input, hold, commit) {
  let timer = 0;
  let told = input.value;
  const tell = () => {
    clearTimeout(timer);
    if (input.value === told) return;
    told = input.value;
    commit(told);
  };
  input.addEventListener("input", () => {
    hold(input.value);
    clearTimeout(timer);
    timer = setTimeout(tell, PAUSE);
  });
  input.addEventListener("change", tell);
  return input;
}

// What was typed as a value of YAML: a number where it is one, a list where several are taken.
export function valueOf(field, typed) {
  const text = typed.trim();
  if (field.takes === "flag") return text === "true";
  const one = (each) => (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(each) ? Number(each) : each);
  if (["choices", "names"].includes(field.takes)) return text.split(",").map((each) => one(each.trim())).filter((each) => each !== "");
  return ["limit", "number", "choice"].includes(field.takes) ? one(text) : text;
}

// The field of a word, in the form it has here: what is true or false is chosen so, and a list is one.
export function fieldOf(form, name, value) {
  const field = form?.fields.find((each) => each.name === name) ?? { name, label: name.replaceAll("_", " "), takes: "text" };
  if (typeof value === "boolean") return { ...field, takes: "flag" };
  return Array.isArray(value) && !["choices", "names"].includes(field.takes) ? { ...field, takes: "names" } : field;
}

export function typedOf(value) {
  if (Array.isArray(value)) return value.join(", ");
  return value === null || value === undefined ? "" : String(value);
}

// The inputs of a field. `given(typed)` is called with what it holds now, `held(typed)` while it is being typed.
export function inputsOf(field, typed, key, given, held) {
  const id = fresh();
  const name = { id, "data-key": key, autocomplete: "off", "aria-label": field.label };
  if (field.takes === "flag" || field.takes === "choice") {
    const options = field.takes === "flag" ? [["true", "yes"], ["false", "no"]] : field.options;
    const known = options.some(([code]) => code === typed);
    const select = make("select", { ...name, onchange: () => given(select.value) },
      known ? null : make("option", { value: typed, text: typed || "choose …" }),
      options.map(([code, text]) => make("option", { value: code, text, selected: code === typed })));
    return [select];
  }
  if (field.units?.length && ["limit", "duration"].includes(field.takes)) return measured(field, typed, name, given, held);
  const input = make("input", { ...name, value: typed, class: field.takes === "number" || field.takes === "limit" ? "short" : "" });
  if (field.kinds?.length || field.options?.length) complete(input, field, id);
  return [live(input, held, given), ...(input.list_ ? [input.list_] : [])];
}

function measured(field, typed, name, given, held) {
  const [, number, unit] = LOW.exec(typed);
  const units = unit && !field.units.includes(unit) ? [unit, ...field.units] : field.units;
  const now = () => (input.value.trim() ? `${input.value.trim()} ${select.value}`.trim() : "");
  const input = make("input", { ...name, value: number, inputmode: "decimal", class: "short" });
  const select = make("select", { "data-key": `${name["data-key"]} unit`, "aria-label": `Unit of ${field.label.toLowerCase()}`, onchange: () => now() && given(now()) },
    units.map((each) => make("option", { value: each, text: shownUnit(each), selected: each === unit })));
  input.addEventListener("paste", (event) => pasted(event, given));
  return [live(input, () => held(now()), () => given(now())), select];
}

const shownUnit = (unit) => unit.replace(/10\*(\d+)/, (_, power) => `10^${power}`).replace(/\{(.*)\}/, "$1").replace("_", " ");

// A whole limit that is pasted fills the fields it speaks of.
async function pasted(event, given) {
  const text = event.clipboardData.getData("text");
  if (/^\s*[\d.]+\s*$/.test(text)) return;
  event.preventDefault();
  const input = event.target;
  try {
    const answer = await (await call("POST", "/v1/authoring/limit", { text: text.slice(0, 300) })).json();
    if (!answer.left && Object.keys(answer.fields ?? {}).length) return given(null, answer.fields);
  } catch { /* it stays as it was pasted */ }
  input.value = text;
  input.dispatchEvent(new Event("input"));
}

// Names that begin so, from the vocabulary or of the few that there are; of several the last is completed.
function complete(input, field, id) {
  const list = make("datalist", { id: `${id}-list` });
  input.setAttribute("list", list.id);
  input.list_ = list;
  const several = ["names", "choices"].includes(field.takes);
  const fill = (options, before) => list.replaceChildren(...options.map(([code, title]) => make("option", { value: before + code, text: title })));
  if (field.options?.length) return fill(field.options, "");
  let asked = "";
  input.addEventListener("input", async () => {
    const cut = several ? input.value.lastIndexOf(",") + 1 : 0;
    const before = cut ? `${input.value.slice(0, cut)} ` : "";
    const wanted = input.value.slice(cut).trim();
    if (wanted.length < 2 || wanted === asked) return;
    asked = wanted;
    const kinds = field.kinds.map((each) => `&kind=${each}`).join("");
    const answer = await call("GET", `/v1/authoring/words?q=${encodeURIComponent(wanted)}${kinds}`).catch(() => null);
    if (!answer?.ok || asked !== wanted) return;
    fill((await answer.json()).words.slice(0, 20).map((each) => [each.code, each.title]), before);
  });
}

// The comparison of a limit, as the word in front of its number.
export function comparison(name, key, taken, changed) {
  const last = lastOf(name);
  const select = make("select", { class: "compare", "data-key": `${key} sign`, "aria-label": "Comparison", onchange: () => changed(name.replace(last, select.value)) },
    Object.entries(SIGNS).filter(([sign]) => sign === last || !taken.includes(name.replace(last, sign)))
      .map(([sign, text]) => make("option", { value: sign, text, selected: sign === last })));
  return select;
}

// Where the cursor stood is where it stands after the page was drawn anew, and what was half typed stays.
export function kept(root, draw) {
  const active = document.activeElement;
  const key = root.contains(active) ? active.dataset.key : "";
  const typed = key && "selectionStart" in active ? [active.value, active.selectionStart, active.selectionEnd] : null;
  draw();
  if (!key) return;
  const again = all("[data-key]", root).find((each) => each.dataset.key === key);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (typed && "selectionStart" in again && again.value !== typed[0]) again.value = typed[0];
  if (typed && again.setSelectionRange && again.type !== "number") again.setSelectionRange(typed[1], typed[2]);
}
