// The page on which a rule is written: cards and text of one draft, saved while it is written.

import { Adding } from "./draft_add.js";
import { Cards } from "./draft_cards.js";
import { Counts } from "./draft_counts.js";
import { Lines } from "./draft_lines.js";
import { Draft } from "./draft_saving.js";
import { all, find, make } from "./elements.js";

const page = find("#editor");
const draft = new Draft(page.dataset.draft);
const over = page.dataset.over === "true";
const adding = new Adding(find("#adding"), draft, (id) => cards.reveal(id));
const counts = new Counts(find("#cohort"), draft);
const cards = new Cards(find("#cards"), draft, (to) => adding.open(to), counts);
const lines = new Lines(find("#text"), find("#findings"), draft);
const told = find("#saved");
const said = find("#said");
const views = { cards: find("#view-cards"), text: find("#view-text") };
let view = page.dataset.view;

function show(name, push = true) {
  view = name;
  for (const [each, element] of Object.entries(views)) element.hidden = each !== name;
  const here = name === "text" ? `/drafts/${draft.id}/text` : `/drafts/${draft.id}`;
  for (const link of all(".tabs a")) {
    if (link.pathname === here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (push) history.pushState({}, "", here);
  draw();
}

function draw() {
  if (view === "cards") cards.draw();
  else lines.draw();
  find("#undo").disabled = over || !draft.back.length;
  find("#add").disabled = over || !draft.laid?.readable;
  if (over) for (const each of all("#cards input, #cards textarea, #cards select, #cards button")) each.disabled = true;
  tally();
}

function tally() {
  const { laid } = draft;
  if (!laid) return;
  const count = (severity) => laid.problems.filter((each) => each.severity === severity).length;
  const [errors, warnings, questions] = [count("error"), count("warning"), laid.guards.length];
  const parts = [[errors, "error"], [warnings, "warning"], [questions, "question"]].filter(([number]) => number)
    .map(([number, word]) => `${number} ${word}${number === 1 ? "" : "s"}`);
  find("#tally").textContent = parts.length ? parts.join(", ") : "Lint finds nothing.";
  page.dataset.errors = errors;
}

function state(event) {
  if (over) return;
  const text = draft.conflict ? "Not saved: two texts" : event?.detail?.offline ? "Not saved yet: no connection. It is kept in this browser." : draft.unsaved ? "Saving …" : `Saved, revision ${draft.revision}`;
  if (told.textContent !== text) told.textContent = text;
  page.dataset.saved = String(!draft.unsaved);
}

function conflict({ detail }) {
  const box = find("#conflict");
  const half = (title, text, label, chosen) => make("div", {}, make("h3", { text: title }), make("pre", { text, tabindex: 0 }),
    make("button", { type: "button", class: "go", text: label, onclick: async () => { box.replaceChildren(); box.hidden = true; await draft.settle(chosen); } }));
  box.replaceChildren(make("p", { text: `${detail.author} saved this draft meanwhile. Both texts are kept; choose the one to go on with.` }),
    make("div", { class: "two" }, half("Yours", draft.text, "Go on with mine", draft.text), half(`${detail.author}'s`, detail.text, "Go on with the other", detail.text)));
  box.hidden = false;
  box.focus();
  state();
}

draft.addEventListener("laid", draw);
draft.addEventListener("saving", state);
draft.addEventListener("conflict", conflict);
draft.addEventListener("restored", () => { said.textContent = "What this browser had not saved yet is back."; });
draft.addEventListener("refused", ({ detail }) => { said.textContent = [detail.detail, detail.remedy].filter(Boolean).join(". "); });
draft.addEventListener("line", ({ detail }) => { show("text"); lines.go(detail); });

// The other pages of the draft read what the server has: first everything goes there.
for (const link of all(".tabs a")) {
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const name = { [`/drafts/${draft.id}`]: "cards", [`/drafts/${draft.id}/text`]: "text" }[link.pathname];
    if (name) return show(name);
    if (over || await draft.flush()) location.assign(link.href);
    else said.textContent = "Your last change is not saved yet.";
  });
}
addEventListener("popstate", () => show(location.pathname.endsWith("/text") ? "text" : "cards", false));
addEventListener("pagehide", () => draft.keep());
find("#undo").addEventListener("click", () => draft.undo());
find("#add").addEventListener("click", () => adding.open({ section: ["inclusion"] }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "a" || event.ctrlKey || event.metaKey || event.altKey || view !== "cards") return;
  if (event.target.closest("input, select, textarea, dialog") || over) return;
  event.preventDefault();
  adding.open({ section: ["inclusion"] });
});

try {
  await draft.open();
  show(view, false);
  const composed = draft.composed();
  if (composed && !over) adding.again(composed);
} catch (error) {
  said.textContent = `The draft cannot be opened: ${error.message}`;
}
page.dataset.ready = "true";
state();
