// The rule as text, with what lint says of it as a list that leads to line and column.

import { make } from "./elements.js";

const TOLD = { error: "error", warning: "warning", note: "note" };

export class Lines {
  constructor(area, list, draft) {
    this.area = area;
    this.list = list;
    this.draft = draft;
    area.addEventListener("input", () => draft.write(this.text()));
    area.addEventListener("keydown", (event) => this.indent(event));
  }

  // A field of a page ends its lines in one way; the file keeps its own.
  text() {
    const text = this.area.value;
    return this.ends === "\n" ? text : text.replaceAll("\n", this.ends);
  }

  draw() {
    const { text, laid } = this.draft;
    this.ends = /\r\n/.test(text) ? "\r\n" : /\r/.test(text) ? "\r" : "\n";
    const plain = text.replace(/\r\n|\r/g, "\n");
    if (this.area.value !== plain) {
      const at = this.area.selectionStart;
      this.area.value = plain;
      this.area.setSelectionRange(at, at);
    }
    if (!laid) return;
    const worst = [...laid.problems].sort((one, other) => Number(one.severity === "note") - Number(other.severity === "note") || one.line - other.line);
    this.list.replaceChildren(...worst.map((each) => make("li", { class: `finding ${each.severity}` },
      make("button", { type: "button", class: "link", text: `Line ${each.line}, column ${each.column}`, onclick: () => this.go(each) }), " ",
      make("span", { text: `${TOLD[each.severity]}: ${each.message}` }), " ",
      each.hint && each.severity !== "note" ? make("span", { class: "hint", text: each.hint }) : null,
      each.remedy ? make("button", { type: "button", text: each.remedy.label, onclick: () => this.draft.change(each.remedy.edit) }) : null, " ",
      make("span", { class: "code", text: each.code }))));
    if (!laid.problems.length) this.list.replaceChildren(make("li", { class: "fine", text: "Lint finds nothing." }));
  }

  go({ line, column }) {
    const lines = this.area.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const from = start + Math.max(0, (column ?? 1) - 1);
    const end = Math.max(from, start + (lines[line - 1]?.length ?? 0));
    this.area.focus();
    this.area.setSelectionRange(from, end);
    const height = parseFloat(getComputedStyle(this.area).lineHeight) || 20;
    this.area.scrollTop = Math.max(0, (line - 4) * height);
  }

  // Tab leaves the field as everywhere; Enter begins below what stands above.
  indent(event) {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const before = this.area.value.slice(0, this.area.selectionStart);
    const [lead] = /^ */.exec(before.slice(before.lastIndexOf("\n") + 1));
    if (!lead) return;
    event.preventDefault();
    this.area.setRangeText(`\n${lead}`, this.area.selectionStart, this.area.selectionEnd, "end");
    this.area.dispatchEvent(new Event("input"));
  }
}
