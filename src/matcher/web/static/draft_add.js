// Adding by what is meant: "platelets", "washout", or a limit as it stands in the protocol; all of it by keyboard.

import { all, find, make } from "./elements.js";
import { comparison, fieldOf, inputsOf, isLimit, lastOf, typedOf, valueOf } from "./draft_fields.js";
import { said } from "./draft_findings.js";
import { nested } from "./draft_tree.js";
import { call } from "./draft_saving.js";

const PAUSE = 200;
const KINDS = { test: "laboratory", word: "word", class: "medicines", agent: "medicine", derived: "worked out" };
//: what most limits say beside their number
const USUAL = { lab: ["within"] };

export class Adding {
  constructor(dialog, draft, added) {
    this.dialog = dialog;
    this.draft = draft;
    this.added = added;
    this.state = null;
    this.timer = 0;
    dialog.addEventListener("close", () => { if (!this.busy) { this.state = null; draft.compose(null); } });
  }

  // `to` says where: a section, the members of a group, or a criterion that was left to a person.
  async open(to) {
    if (!this.draft.laid?.readable) return this.draft.say("refused", { detail: "The text cannot be read now: mend it first." });
    this.state = { to, text: to.text ?? "", sentence: to.sentence ?? "", offer: null, values: {}, shown: [] };
    if (to.proposal) await this.propose(to.proposal);
    this.draw();
    if (!this.dialog.open) this.dialog.showModal();
    find(this.state.offer ? ".chosen .inputs input, .chosen textarea" : "#add-search", this.dialog)?.focus();
  }

  // As a tab that was closed left it.
  again(state) {
    this.state = state;
    this.draw();
    this.dialog.showModal();
    this.preview();
  }

  async propose(condition) {
    if (["all", "any", "not"].some((gate) => gate in condition)) this.state.offer = { title: "As the sentence says it", condition, whole: true };
    else this.take(await this.offerOf(condition));
  }

  async offerOf(condition) {
    const [word] = Object.keys(condition);
    const asked = condition[word];
    const about = asked?.test ?? asked?.marker ?? word;
    const answer = await call("GET", `/v1/authoring/words?q=${encodeURIComponent(String(about).replaceAll("_", " "))}`);
    const found = answer.ok ? (await answer.json()).words : [];
    const like = found.find((each) => each.form?.word === word);
    return { title: like?.title ?? word, condition, form: like?.form ?? { word, fields: [], bare: "is" } };
  }

  take(offer) {
    const [word] = Object.keys(offer.condition);
    const asked = offer.condition[word];
    const values = {};
    if (asked !== null && typeof asked === "object" && !Array.isArray(asked)) {
      for (const [name, value] of Object.entries(asked)) {
        if (value !== null && typeof value === "object" && !Array.isArray(value)) for (const [inner, held] of Object.entries(value)) values[`${name} ${inner}`] = held;
        else values[name] = value;
      }
    } else values[offer.form?.bare || "is"] = asked;
    this.state.offer = offer;
    this.state.values = values;
    this.state.shown = [...new Set([...Object.keys(values), ...(USUAL[word] ?? [])])];
  }

  draw() {
    const { state } = this;
    const title = state.to.into ? "Add to the group" : state.to.ask ? "Ask by rule" : "Add a criterion";
    const form = make("form", { method: "dialog", class: "adding", onsubmit: (event) => { event.preventDefault(); this.finish(); } });
    form.append(make("h2", { text: title }));
    if (state.sentence) form.append(make("p", { class: "protocol" }, make("q", { text: state.sentence })));
    form.append(state.offer ? this.chosen() : this.search());
    form.append(make("p", { class: "ends" },
      state.offer ? make("button", { class: "go", text: "Add it" }) : null,
      state.offer ? make("button", { type: "button", text: "Something else", onclick: () => { state.offer = null; this.draw(); find("#add-search", this.dialog).focus(); } }) : null,
      make("button", { type: "button", class: "quiet", text: "Cancel", onclick: () => this.dialog.close() })));
    this.dialog.replaceChildren(form);
    if (state.offer) this.preview();
  }

  search() {
    const list = make("ul", { class: "offers", id: "add-offers", "aria-label": "Found" });
    const input = make("input", { id: "add-search", autocomplete: "off", maxlength: 200, placeholder: "platelets, washout, HIV, ≥ 1.5 x 10^9/L …", "aria-controls": "add-offers",
      oninput: () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.look(input.value, list), PAUSE); },
      onkeydown: (event) => this.leave(event, list) });
    list.addEventListener("keydown", (event) => this.walk(event, list, input));
    return make("div", {}, make("label", { for: "add-search", text: "What is asked? A word, or the limit as it is printed" }), input, make("p", { id: "add-none", class: "hint", role: "status" }), list);
  }

  leave(event, list) {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    event.preventDefault();
    const [first] = all("button", list);
    if (event.key === "Enter" && first) first.click();
    else first?.focus();
  }

  walk(event, list, input) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = all("button", list);
    (buttons[buttons.indexOf(document.activeElement) + step] ?? (step < 0 ? input : document.activeElement)).focus();
  }

  async look(text, list) {
    this.looked = text;
    const asked = text.trim();
    if (!asked) return list.replaceChildren();
    const [words, limit] = await Promise.all([
      call("GET", `/v1/authoring/words?q=${encodeURIComponent(asked.slice(0, 200))}`),
      call("POST", "/v1/authoring/limit", { text: asked.slice(0, 300), section: this.section() }),
    ]).catch(() => [null, null]);
    if (this.looked !== text || !words?.ok) return null;
    const found = (await words.json()).words;
    const read = limit?.ok ? await limit.json() : null;
    const offers = found.map((each) => this.offer(each.title, KINDS[each.kind] ?? each.kind.replaceAll("_", " "), () => { this.take(each); this.chose(); }));
    if (read?.condition) offers.unshift(this.offer(asked, "as it is written", async () => { await this.propose(read.condition); this.chose(); }));
    list.replaceChildren(...offers);
    const none = find("#add-none", this.dialog);
    if (none) none.textContent = offers.length ? "" : "Nothing has this name. Leave the sentence to a person, or ask for the word.";
    return null;
  }

  // Where it is added says whether it includes or excludes.
  section() {
    const { to } = this.state;
    const steps = to.section ?? to.into ?? to.ask;
    return ["inclusion", "exclusion", "cautions"].find((each) => steps.includes(each)) ?? "";
  }

  offer(title, kind, onclick) {
    return make("li", {}, make("button", { type: "button", class: "quiet", onclick }, make("span", { text: title }), " ", make("span", { class: "where", text: kind })));
  }

  chose() {
    this.draw();
    const empty = all(".chosen .inputs input", this.dialog).find((each) => !each.value);
    (empty ?? find(".chosen .inputs input, .chosen .inputs select, .chosen textarea", this.dialog))?.focus();
  }

  chosen() {
    const { offer, values, shown, to } = this.state;
    const box = make("div", { class: "chosen" });
    if (to.section && !to.sentence) {
      const select = make("select", { "aria-label": "Section", onchange: () => { to.section = [...to.section.slice(0, -1), select.value]; this.preview(); } },
        [["inclusion", "Inclusion: must be met"], ["exclusion", "Exclusion: must not apply"], ["cautions", "Caution: shown only"]].map(([name, text]) => make("option", { value: name, text, selected: to.section.at(-1) === name })));
      box.append(make("p", {}, select));
    }
    const rows = make("div", { class: "fields" });
    for (const name of offer.whole ? [] : shown) rows.append(this.row(name, offer.form, values, shown));
    box.append(make("p", { class: "word" }, make("strong", { text: offer.title })), rows);
    const left = (offer.form?.fields ?? []).filter((each) => !shown.includes(each.name));
    if (left.length && !offer.whole) {
      const more = make("select", { class: "more", "aria-label": "Say more", onchange: () => { shown.push(more.value); this.draw(); all(".chosen .inputs input, .chosen .inputs select", this.dialog).at(-1)?.focus(); } },
        make("option", { value: "", text: "Say more …" }), left.map((each) => make("option", { value: each.name, text: each.label })));
      box.append(more);
    }
    if (!to.into && !to.ask) {
      const words = make("textarea", { id: "add-words", rows: 2, maxlength: 5000, oninput: () => { this.state.text = words.value; this.keep(); } });
      words.value = this.state.text || this.state.sentence;
      box.append(make("label", { for: "add-words", text: "In your own words (empty: as generated)" }), words);
    }
    box.append(make("div", { class: "says", id: "add-says", role: "status" }));
    return box;
  }

  row(name, form, values, shown) {
    const field = fieldOf(form, name, values[name]);
    const given = (typed, several) => {
      if (several) for (const [each, value] of Object.entries(several)) this.fill(each === "value" ? name : each, value, name, values, shown);
      else values[name] = typed.trim() ? valueOf(field, typed) : "";
      if (several) this.draw();
      this.keep();
      this.preview();
    };
    const inputs = inputsOf(field, typedOf(values[name]), `add ${name}`, given, (typed) => { values[name] = valueOf(field, typed); this.keep(); });
    const label = isLimit(name) ? comparison(name, `add ${name}`, shown, (other) => { this.rename(name, other, values, shown); this.draw(); }) : make("span", { class: "label", text: field.label, title: field.meaning ?? "" });
    return make("div", { class: "field-row" }, label, make("div", { class: "inputs" }, inputs));
  }

  fill(each, value, name, values, shown) {
    if (isLimit(each) && isLimit(name) && each !== lastOf(name) && values[name] === "") this.rename(name, name.replace(lastOf(name), each), values, shown);
    const into = isLimit(each) ? name.replace(lastOf(name), each) : each;
    values[into] = value;
    if (!shown.includes(into)) shown.push(into);
  }

  rename(name, other, values, shown) {
    shown[shown.indexOf(name)] = other;
    values[other] = values[name];
    delete values[name];
  }

  condition() {
    const { offer, values } = this.state;
    if (offer.whole) return offer.condition;
    const [word] = Object.keys(offer.condition);
    const given = Object.entries(values).filter(([, value]) => value !== "" && !(Array.isArray(value) && !value.length));
    if (given.length === 1 && given[0][0] === (offer.form?.bare || "is") && typeof offer.condition[word] !== "object") return { [word]: given[0][1] };
    const asked = {};
    for (const [name, value] of given) {
      const [first, inner] = name.split(" ");
      if (inner) asked[first] = { ...asked[first], ...nested(inner, value) };
      else asked[first] = value;
    }
    return { [word]: asked };
  }

  edit(text) {
    const { to, sentence } = this.state;
    const [source] = this.draft.laid.sources;
    if (to.into) return { op: "add", path: to.into, value: this.condition() };
    if (to.ask) return { op: "ask", path: to.ask, value: this.condition() };
    return { op: "add_criterion", path: to.section, sentence, value: { text, when: this.condition(), ...(source ? { source } : {}) } };
  }

  keep() {
    this.draft.compose(this.state);
  }

  // What it would say, from the very edit that adding it makes.
  async preview() {
    const box = find("#add-says", this.dialog);
    if (!box || !this.state) return null;
    const asked = (this.asked = JSON.stringify(this.state));
    const done = await this.tried("As generated");
    if (!done || asked !== this.asked || !box.isConnected) return null;
    const card = this.cardOf(done.cards);
    const wrong = done.cards.problems.filter((each) => card && each.severity !== "note" && card.path.every((step, at) => each.path[at] === step));
    box.replaceChildren(...(card?.lines ?? []).map((line) => make("p", { class: `line-${Math.min(line.depth, 6)}${line.joins ? " joins" : ""}`, text: line.text })),
      ...wrong.map((each) => said(this.draft, { ...each, remedy: null, hint: each.hint })));
    return card;
  }

  async tried(text) {
    const answer = await call("POST", "/v1/authoring/edit", { text: this.draft.text, name: this.draft.name, edit: this.edit(text) }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  cardOf(laid) {
    const { to } = this.state;
    const path = to.section ?? (to.ask ?? to.into).slice(0, (to.ask ?? to.into)[0] === "cohorts" ? 3 : 1);
    const cards = laid.sections.find((each) => JSON.stringify(each.path) === JSON.stringify(path))?.cards ?? [];
    return to.section ? cards.at(-1) : cards.find((each) => each.path.every((step, at) => (to.ask ?? to.into)[at] === step));
  }

  async finish() {
    if (!this.state?.offer || this.busy) return;
    this.busy = true;
    await this.draft.run();
    const card = await this.preview();
    const words = this.state.text.trim() || this.state.sentence || card?.lines.map((each) => each.text).join(" ") || this.state.offer.title;
    const edit = this.edit(words);
    this.draft.compose(null);
    this.dialog.close();
    await this.draft.change(edit);
    this.busy = false;
    const found = this.state && this.draft.laid.readable ? this.cardOf(this.draft.laid) : null;
    this.state = null;
    if (found) this.added(found.id);
  }
}
