// The cards: each criterion in its author's words, the generated sentence beneath, the protocol's own beside it.

import { all, find, make, plural } from "./elements.js";
import { kept, live } from "./draft_fields.js";
import { place } from "./draft_findings.js";
import { Trees } from "./draft_tree.js";

const LOST = "Lost:";
const STATES = { exactly: "encoded exactly", "with loss": "encoded with loss", "left to a person": "left to a person", "not yet": "not yet encoded" };

export class Cards {
  constructor(root, draft, add, counts) {
    this.counts = counts;
    this.root = root;
    this.draft = draft;
    this.add = add;
    this.trees = new Trees(draft, add);
    this.open = new Set();
    this.asked = new Map();
  }

  // A criterion whose condition is shown, with the cursor in it.
  reveal(id) {
    this.open.add(id);
    this.draw();
    const card = all(".card", this.root).find((each) => each.dataset.id === id);
    card?.scrollIntoView({ block: "nearest" });
    find("textarea", card ?? this.root)?.focus({ preventScroll: true });
  }

  draw() {
    const { laid } = this.draft;
    if (!laid) return;
    kept(this.root, () => {
      this.root.replaceChildren();
      if (!laid.readable) return this.unreadable(laid);
      const others = make("div", { class: "others" });
      this.root.append(this.head(laid), others);
      const titled = laid.sections.map((each) => this.section(each, laid));
      for (const name of ["inclusion", "exclusion"]) {
        if (laid.sections.some((each) => each.path.length === 1 && each.path[0] === name)) continue;
        const waiting = this.waiting(name, laid);
        if (waiting) titled.push(make("section", { class: "part" }, make("h2", { text: name === "inclusion" ? "Inclusion" : "Exclusion" }), waiting));
      }
      this.root.append(...titled);
      if (!laid.sections.length && !laid.sentences.length) {
        this.root.append(make("p", { class: "lead", text: this.isCandidate(laid) ? "No criteria yet. Add the first one." : "This file has no criteria: it is written as text." }));
      }
      place(this.root, others, this.draft);
    });
  }

  isCandidate(laid) {
    return ["trial", "regimen"].includes(laid.kind);
  }

  unreadable(laid) {
    const first = laid.problems[0] ?? { line: 1, message: "nothing is written" };
    const line = this.draft.text.split(/\r\n|\r|\n/)[first.line - 1] ?? "";
    this.root.append(make("div", { class: "flag", role: "alert" },
      make("p", { text: `The text cannot be read at line ${first.line}, so there are no cards. Nothing is lost.` }),
      make("pre", { class: "broken", text: `${first.line}  ${line.slice(0, 300)}` }),
      make("p", { text: `${first.message}. ${first.hint ?? ""}` }),
      make("p", {}, make("button", { type: "button", class: "go", text: `Mend line ${first.line} in the text`, onclick: () => this.draft.say("line", first) }))));
  }

  head(laid) {
    const box = make("details", { class: "about-rule", open: this.open.has("head"), ontoggle: (event) => this.remember("head", event.target.open) });
    const { states, claimed, follows } = laid.coverage;
    const told = laid.sentences.length
      ? `${plural(laid.sentences.length, "sentence")} of the protocol: ${Object.entries(states).filter(([, number]) => number).map(([state, number]) => `${number} ${STATES[state]}`).join(", ")}.`
      : "";
    const covered = claimed ? ` Coverage: ${claimed}${follows && follows !== claimed ? `, and ${follows} follows` : ""}.` : "";
    box.append(make("summary", {}, make("span", { class: "tally", text: `${told}${covered}`.trim() || "About the rule" })));
    for (const fact of laid.facts.filter((each) => each.name !== "coverage")) {
      const key = JSON.stringify(fact.path);
      const input = make("input", { value: fact.value, "data-key": key, "aria-label": fact.name, autocomplete: "off" });
      const edit = (value) => ({ op: fact.name === "phase" ? "type" : "set", path: fact.path, value });
      box.append(make("label", { class: "fact", "data-path": key }, make("span", { class: "label", text: fact.name[0].toUpperCase() + fact.name.slice(1) }),
        live(input, (value) => this.draft.hold(key, edit(value)), (value) => value.trim() && this.draft.change(edit(value), key))));
    }
    return box;
  }

  remember(id, open) {
    if (open) this.open.add(id);
    else this.open.delete(id);
  }

  section(section, laid) {
    const box = make("section", { class: "part", "data-path": JSON.stringify(section.path) }, make("h2", { text: section.title }));
    section.cards.forEach((card, at) => box.append(this.card(card, at, section.cards.length, laid)));
    if (section.path.length === 1) {
      const waiting = this.waiting(section.path[0], laid);
      if (waiting) box.append(waiting);
    }
    box.append(make("button", { type: "button", class: "quiet", "data-key": `add ${section.path}`, text: "Add a criterion here", onclick: () => this.add({ section: section.path }) }));
    return box;
  }

  // The sentences of a section that nobody has encoded.
  waiting(section, laid) {
    const held = laid.sentences.filter((each) => each.state === "not yet" && !each.criterion.length && each.section === section);
    if (!held.length) return null;
    return make("ul", { class: "waiting" }, held.map((each) => make("li", {},
      make("p", {}, make("span", { class: "state not-yet", text: "not yet" }), " ", each.text),
      make("p", { class: "inline" },
        make("button", { type: "button", "data-key": `encode ${each.text}`, text: each.proposal ? "Look at the proposal" : "Encode", onclick: () => this.add({ section: [section], sentence: each.text, proposal: each.proposal }) }),
        make("button", { type: "button", class: "quiet", "data-key": `leave ${each.text}`, text: "Leave to a person", onclick: () => this.leave(each, section) })))));
  }

  leave(sentence, section) {
    const value = { text: sentence.text, judgement: true, ...this.cited() };
    return this.draft.change({ op: "add_criterion", path: [section], value, sentence: sentence.text });
  }

  cited() {
    const [source] = this.draft.laid.sources;
    return source ? { source } : {};
  }

  card(card, at, of, laid) {
    const key = JSON.stringify(card.path);
    const broken = laid.problems.some((each) => each.severity === "error" && card.path.every((step, place) => each.path[place] === step));
    const box = make("article", { class: "card", "data-id": card.id, "data-path": key, "aria-label": `Criterion ${card.id}` });
    const words = make("textarea", { rows: 1, "data-key": `${key} text`, "aria-label": `${card.id}, in its author's words`, class: "words", maxlength: 5000 });
    words.value = card.text;
    const edit = (value) => ({ op: "set", path: [...card.path, "text"], value });
    live(words, (value) => this.draft.hold(`${key} text`, edit(value)), (value) => value.trim() && this.draft.change(edit(value), `${key} text`));
    const own = make("div", { class: "own" }, make("p", { class: "named" }, make("strong", { text: card.id })), words, this.says(card, broken));
    const counted = this.counts.line(card.id);
    if (counted) own.append(make("p", { class: "counted", text: counted }));
    const beside = make("aside", { class: "protocol", "aria-label": `Protocol's sentence of ${card.id}` },
      card.sentence ? make("p", {}, make("span", { class: `state ${card.state.replaceAll(" ", "-")}`, text: STATES[card.state] }), " ", make("q", { text: card.sentence })) : make("p", { class: "where", text: card.source ? `Source: ${card.source}` : "No source yet" }),
      card.lost ? make("p", { class: "where", text: `Lost: ${card.lost}` }) : null);
    box.append(make("div", { class: "halves" }, own, beside));
    const details = make("details", { open: this.open.has(card.id) || broken, ontoggle: (event) => this.toggled(card, event.target) });
    details.append(make("summary", { "data-key": `${key} open`, text: "Change what is asked" }));
    if (details.open) this.inside(details, card, at, of, laid);
    box.append(details);
    return box;
  }

  toggled(card, details) {
    const was = this.open.has(card.id);
    this.remember(card.id, details.open);
    if (details.open && !was && !find(".node, .settings", details)) this.draw();
  }

  says(card, broken) {
    if (card.judgement) return make("p", { class: "says", text: "A person judges it; until then it is unknown." });
    if (!card.lines.length) return make("p", { class: "says none", text: broken ? "Not understood yet: see below." : "Nothing is asked yet." });
    return make("div", { class: "says" }, card.lines.map((line) => make("p", { class: `line-${Math.min(line.depth, 6)}${line.joins ? " joins" : ""}`, text: line.text })));
  }

  inside(details, card, at, of, laid) {
    if (card.condition) details.append(this.trees.element(card.condition));
    const path = card.path;
    const change = (edit) => () => this.draft.change(edit);
    const button = (text, edit) => make("button", { type: "button", class: "quiet", "data-key": `${JSON.stringify(path)} ${text}`, text, onclick: change(edit) });
    const settings = make("div", { class: "settings" });
    if (laid.sources.length) {
      const select = make("select", { "data-key": `${JSON.stringify(path)} source`, onchange: () => this.draft.change({ op: "set", path: [...path, "source"], value: select.value }) },
        laid.sources.includes(card.source) ? null : make("option", { value: card.source, text: card.source || "none" }),
        laid.sources.map((each) => make("option", { value: each, text: each, selected: each === card.source })));
      settings.append(make("label", {}, "Source ", select));
    }
    const lost = make("input", { value: card.lost, "data-key": `${JSON.stringify(path)} lost`, placeholder: "nothing", autocomplete: "off" });
    const note = (value) => (value.trim() ? { op: "set", path: [...path, "note"], value: `${LOST} ${value.trim()}` } : { op: "remove", path: [...path, "note"] });
    if (!card.judgement && (!card.note || card.lost || card.note.startsWith(LOST))) {
      settings.append(make("label", { class: "lost" }, "What of the sentence is lost ", live(lost, () => {}, (value) => this.draft.change(note(value)))));
    }
    this.granted(settings, card);
    settings.append(card.judgement ? make("button", { type: "button", class: "quiet", text: "Ask by rule instead", onclick: () => this.add({ ask: path, sentence: card.text }) }) : button("Leave to a person", { op: "judge", path }));
    if (at > 0) settings.append(button("Move up", { op: "move", path, by: -1 }));
    if (at < of - 1) settings.append(button("Move down", { op: "move", path, by: 1 }));
    settings.append(button("Remove the criterion", { op: "remove_criterion", path }));
    details.append(settings);
  }
  // Where the protocol lets a criterion wait for screening, for time or a repeated test, or be waived.
  granted(settings, card) {
    const { path } = card;
    const at = (name) => [...path, name];
    const key = (name) => `${JSON.stringify(path)} ${name}`;
    const set = (name, value) => this.draft.change(value ? { op: "set", path: at(name), value } : { op: "remove", path: at(name) }, key(name));
    if (card.may_be_screened || card.at_screening) {
      const box = make("input", { type: "checkbox", checked: card.at_screening, "data-key": key("screening"), onchange: () => set("at_screening", box.checked) });
      settings.append(make("label", {}, box, " Screening settles it"));
    }
    if (card.judgement) return;
    const margin = ["", "time"].includes(card.recovers) ? "" : card.recovers;
    const options = [["", "it stays so"], ["time", "waiting helps"], ["margin", "a repeated test may help"]];
    const now = this.asked.get(key("recovers")) ?? (margin ? "margin" : card.recovers);
    const select = make("select", { "data-key": key("recovers"), onchange: () => {
      this.asked.set(key("recovers"), select.value);
      if (select.value === "margin") return this.draw();
      return set("recoverable", select.value ? { by: "time" } : null);
    } }, options.map(([value, text]) => make("option", { value, text, selected: value === now })));
    settings.append(make("label", {}, "If it is not met ", select));
    if (now === "margin") {
      const within = make("input", { value: margin, class: "short", placeholder: "10 %", "data-key": key("margin"), autocomplete: "off" });
      settings.append(make("label", {}, "within ", live(within, () => {}, (value) => value.trim() && set("recoverable", { within: value.trim() }))));
    }
    if (card.waived) {
      const text = make("span", { text: `May be waived by ${card.waived.by}, by at most ${card.waived.max_deviation}` });
      settings.append(text, make("button", { type: "button", class: "quiet", "data-key": key("no waiver"), text: "No waiver", onclick: () => set("waivable", null) }));
      return;
    }
    const [by, most] = ["Who may waive it", "by at most"].map((label) => make("input", { "aria-label": label, class: "short", "data-key": key(label), autocomplete: "off" }));
    const waive = make("button", { type: "button", class: "quiet", text: "Waivable", onclick: () => by.value.trim() && most.value.trim()
      && set("waivable", { by: by.value.trim(), max_deviation: most.value.trim(), ...(card.source ? { source: card.source } : {}) }) });
    settings.append(make("details", { class: "waiver" }, make("summary", { text: "May be waived …", "data-key": key("waiver") }), make("label", {}, "by ", by), make("label", {}, " by at most ", most), waive));
  }
}
