// A condition as a tree of tests and groups. Each change is one edit of the text, at its place.

import { make } from "./elements.js";
import { comparison, fieldOf, inputsOf, isLimit, lastOf, typedOf, valueOf } from "./draft_fields.js";

const GATES = { all: "all of these", any: "any of these", at_least: "at least some of these" };
const ALONE = { not: "not", known: "it is known whether", recorded: "as recorded" };
const ROLES = { if: "If", then: "then", else: "otherwise" };

export class Trees {
  constructor(draft, add) {
    this.draft = draft;
    this.add = add;
    this.more = new Map();
  }

  // The element of a part; `place` says where it stands in a group.
  element(tree, place = null) {
    const key = JSON.stringify(tree.path);
    const box = make("div", { class: `node ${tree.kind}`, "data-path": key });
    let more = null;
    if (tree.kind === "group") this.group(box, tree);
    else if (tree.kind === "test") more = this.test(box, tree, key);
    else box.append(make("p", { class: "hint", text: tree.written ? `Not a condition: ${tree.written}` : "Nothing is asked yet." }));
    const tools = this.tools(tree, place, key);
    if (more) tools.prepend(more);
    box.append(tools);
    return box;
  }

  group(box, tree) {
    if (tree.gate === "if") {
      tree.members.forEach((each, place) => box.append(make("p", { class: "joint", text: ROLES[tree.roles[place]] }), this.element(each)));
      return;
    }
    if (tree.gate in ALONE) {
      box.append(make("p", { class: "joint", text: ALONE[tree.gate] }), this.element(tree.members[0]));
      return;
    }
    const key = `${JSON.stringify(tree.path)} gate`;
    const select = make("select", { "data-key": key, "aria-label": "How these belong together", onchange: () => this.draft.change({ op: "gate", path: tree.path, key: select.value }) },
      Object.entries(GATES).map(([gate, text]) => make("option", { value: gate, text, selected: gate === tree.gate })));
    const head = make("p", { class: "joint" }, select);
    if (tree.gate === "at_least") {
      const path = [...tree.path, "at_least"];
      head.append(" number ", ...inputsOf({ label: "At least so many", takes: "number" }, typedOf(tree.threshold), JSON.stringify(path),
        (typed) => this.draft.change({ op: "type", path, value: typed }), () => {}));
    }
    box.append(head);
    tree.members.forEach((each, place) => box.append(this.element(each, [place, tree.members.length])));
    box.append(make("button", { type: "button", class: "quiet", "data-key": `${key} add`, text: "Add to this group", onclick: () => this.add({ into: tree.members_at }) }));
  }

  test(box, tree, key) {
    const form = this.draft.laid.forms[tree.form];
    box.append(make("p", { class: "word" }, make("strong", { text: tree.says || tree.word.replaceAll("_", " ") })));
    const rows = make("div", { class: "fields" });
    const added = (this.more.get(key) ?? []).filter((name) => !tree.fields.some((each) => each.name === name));
    for (const each of tree.fields) rows.append(this.field(tree, form, each.name, each.path, each.value));
    for (const name of added) rows.append(this.field(tree, form, name, this.placeOf(tree, form, name), ""));
    box.append(rows);
    const left = (form?.fields ?? []).filter((each) => ![...tree.fields.map((one) => one.name), ...added].includes(each.name));
    if (left.length) {
      const select = make("select", { class: "more", "data-key": `${key} more`, "aria-label": "Say more", onchange: () => this.open(key, added, select.value) },
        make("option", { value: "", text: "Say more …" }),
        left.map((each) => make("option", { value: each.name, text: each.label })));
      return select;
    }
    return null;
  }

  open(key, added, name) {
    this.more.set(key, [...added, name]);
    this.draft.say("laid");
    const row = [...document.querySelectorAll("[data-field-of]")].find((each) => each.dataset.fieldOf === `${key} ${name}`);
    row?.querySelector("input, select:not(.compare)")?.focus();
  }

  placeOf(tree, form, name) {
    const steps = name.split(" ");
    return this.isBare(tree) && name === form?.bare ? [...tree.path, tree.word] : [...tree.path, tree.word, ...steps];
  }

  isBare(tree) {
    return tree.fields.length === 1 && tree.fields[0].path.length === tree.path.length + 1;
  }

  field(tree, form, name, path, value) {
    const field = fieldOf(form, name, value);
    const key = JSON.stringify(path);
    const row = make("div", { class: "field-row", "data-path": key, "data-field-of": `${JSON.stringify(tree.path)} ${name}` });
    const taken = tree.fields.map((each) => each.name);
    const inner = make("div", { class: "inputs" });
    const given = (typed, several) => this.given(tree, form, field, path, typed, several);
    const held = (typed) => this.draft.hold(key, this.edit(tree, form, field, path, typed));
    inner.append(...inputsOf(field, typedOf(value), key, given, held));
    const label = isLimit(name) && taken.includes(name)
      ? comparison(name, key, taken, (other) => this.draft.change({ op: "rename", path, key: lastOf(other) }))
      : make("span", { class: "label", text: field.label, title: field.meaning || field.label });
    row.append(label, inner);
    if (taken.includes(name) && !field.required && !this.isBare(tree) && tree.fields.length > 1) {
      inner.append(make("button", { type: "button", class: "quiet away", "aria-label": `Remove: ${field.label}`, text: "×", onclick: () => this.draft.change({ op: "remove", path }) }));
    }
    return row;
  }

  edit(tree, form, field, path, typed) {
    const value = valueOf(field, typed);
    if (this.isBare(tree) && path.length > tree.path.length + 1) {
      // What stood alone gets its name, so that more can be said beside it.
      return { op: "set", path: [...tree.path, tree.word], value: { [form?.bare ?? "is"]: tree.fields[0].value, ...nested(field.name, value) } };
    }
    const around = path.slice(0, -1);
    const parent = tree.path.length + 1;
    if (around.length > parent && !tree.fields.some((each) => each.path.length === path.length && each.path[parent] === path[parent])) {
      return { op: "set", path: around, value: { [path.at(-1)]: value } };
    }
    return { op: "set", path, value };
  }

  given(tree, form, field, path, typed, several) {
    const key = JSON.stringify(path);
    if (several) return this.filled(tree, form, field, path, several);
    if (!typed.trim() && tree.fields.length > 1 && tree.fields.some((each) => each.name === field.name)) {
      return this.draft.change({ op: "remove", path }, key);
    }
    if (!typed.trim()) return null;
    return this.draft.change(this.edit(tree, form, field, path, typed), key);
  }

  // Fields of a pasted limit; a number without a comparison is for the field at hand.
  filled(tree, form, field, path, several) {
    const base = [...tree.path, tree.word];
    this.draft.typing.delete(JSON.stringify(path));
    for (const [name, value] of Object.entries(several)) {
      const other = isLimit(name) && isLimit(field.name) && name !== lastOf(field.name) && !tree.fields.some((each) => each.name === name);
      if (name === "value") this.draft.change({ op: "set", path, value });
      else if (other) {
        this.draft.change({ op: "rename", path, key: name });
        this.draft.change({ op: "set", path: [...path.slice(0, -1), name], value });
      } else this.draft.change({ op: "set", path: isLimit(name) ? [...path.slice(0, -1), name] : [...base, name], value });
    }
  }

  tools(tree, place, key) {
    const button = (text, label, edit) => make("button", { type: "button", class: "quiet", "data-key": `${key} ${label}`, "aria-label": label, title: label, text, onclick: () => this.draft.change(edit) });
    const tools = make("div", { class: "tools" });
    if (place) {
      const [at, of] = place;
      if (at > 0) tools.append(button("↑", "Move up", { op: "move", path: tree.path, by: -1 }));
      if (at < of - 1) tools.append(button("↓", "Move down", { op: "move", path: tree.path, by: 1 }));
    }
    const wrap = make("select", { class: "more", "data-key": `${key} wrap`, "aria-label": "Group", onchange: () => wrap.value && this.draft.change({ op: "wrap", path: tree.path, key: wrap.value }) },
      make("option", { value: "", text: "Group …" }),
      [["any", "or …"], ["all", "and …"], ["not", "not"], ["at_least", "at least some of …"], ["known", "it is known whether"]].map(([gate, text]) => make("option", { value: gate, text })));
    tools.append(wrap);
    if (tree.kind === "group" && tree.gate !== "if" && tree.members.length === 1) tools.append(button("Ungroup", "Dissolve the group", { op: "unwrap", path: tree.path }));
    if (place) tools.append(button("Remove", "Remove this condition", { op: "remove", path: tree.path }));
    return tools;
  }
}

export function nested(name, value) {
  return name.split(" ").reduceRight((inner, step) => ({ [step]: inner }), value);
}
