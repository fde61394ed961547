// What lint says, at the field it is about, with the remedy as a button beside it.

import { all, make } from "./elements.js";

const starts = (path, of) => of.length <= path.length && of.every((step, at) => path[at] === step);

// Each finding at the innermost part that is on the page; the rest goes to `others`.
export function place(root, others, draft) {
  const parts = all("[data-path]", root).map((element) => [element, JSON.parse(element.dataset.path)]);
  const put = (path, line) => {
    const around = parts.filter(([, held]) => starts(path, held));
    const [element] = around.reduce((best, each) => (each[1].length > best[1].length ? each : best), [others, []]);
    element.append(line);
  };
  for (const each of draft.laid.problems) {
    // How a rule is understood stands beside its parts, once somebody looks at them.
    const shown = each.severity !== "note" || parts.some(([element, held]) => element.matches(".node") && starts(each.path, held));
    if (shown) put(each.path, said(draft, each));
  }
  for (const each of draft.laid.guards) put(each.path, question(draft, each));
}

export function said(draft, each) {
  const remedy = each.remedy;
  const hint = !remedy && each.hint && each.severity !== "note" ? each.hint : "";
  return make("p", { class: `finding ${each.severity}` },
    make("span", { text: `${each.message}. ` }),
    hint ? make("span", { class: "hint", text: `${hint} ` }) : null,
    remedy ? make("button", { type: "button", "data-key": `remedy ${JSON.stringify(each.path)}`, text: remedy.label, onclick: () => draft.change(remedy.edit) }) : null,
    make("span", { class: "code", text: each.code }));
}

function question(draft, each) {
  return make("p", { class: "finding question" }, make("span", { text: `${each.asks} ` }),
    each.remedy ? make("button", { type: "button", "data-key": `guard ${each.asks}`, text: each.remedy.label, onclick: () => draft.change(each.remedy.edit) }) : null);
}
