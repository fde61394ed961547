// The candidates in their order, what the last answer changed, and what follows from the facts.

import { all, find, icon, make, plural } from "./elements.js";
import { criteriaOf } from "./candidate.js";

const SHOWN = 7;
const EFFECTS = {
  lost: ["Ruled out", "s-ineligible"], gained: ["Open again", "s-possible"], settled: ["Settled", "s-eligible"],
  reopened: ["In question again", "s-possible"], moved: ["Changed", "s-not_yet"],
};

export class Results {
  constructor(session) {
    this.session = session;
    this.held = new Map();
    this.open = new Set();
    this.unfolded = new Set();
  }

  show(state) {
    this.held.clear();
    this.counts(state);
    this.summary(state);
    for (const kind of ["trials", "regimens"]) this.list(kind, state[kind], state);
    this.notes(state);
  }

  counts(state) {
    const place = document.getElementById("counts");
    const names = Object.entries(state.counts);
    place.replaceChildren(...names.map(([name, number]) => make("li", {}, standing(name, `${number} ${WORDS[name]}`))));
    const open = names.filter(([name]) => name !== "ineligible").map(([name, number]) => `${number} ${WORDS[name]}`);
    document.getElementById("peek").textContent = open.slice(0, 2).join(" · ") || "Matches";
  }

  summary(state) {
    const place = document.getElementById("summary");
    place.replaceChildren(...state.summary.map((line) => {
      const [name, ...value] = line.split(": ");
      return make("div", {}, make("dt", { text: name }), make("dd", { text: value.join(": ") }));
    }));
    place.hidden = !state.summary.length;
  }

  list(kind, candidates) {
    const fitting = candidates.filter((each) => each.standing !== "ineligible");
    const out = candidates.filter((each) => each.standing === "ineligible");
    const focused = document.activeElement?.closest?.("details[data-candidate]")?.dataset.candidate;
    const parts = [];
    if (!fitting.length) parts.push(make("p", { class: "none", text: "None is open to this patient on what is recorded." }));
    parts.push(make("ol", { class: "candidates" }, fitting.slice(0, SHOWN).map((each) => this.entry(each))));
    if (fitting.length > SHOWN) parts.push(this.fold(`${kind}-more`, plural(fitting.length - SHOWN, "more"), fitting.slice(SHOWN)));
    if (out.length) parts.push(this.fold(`${kind}-out`, `${out.length} not eligible`, out, "ruled-out"));
    document.getElementById(kind).replaceChildren(...parts);
    if (focused) find(`details[data-candidate="${CSS.escape(focused)}"] > summary`)?.focus({ preventScroll: true });
  }

  fold(key, text, candidates, kind = "") {
    const details = make("details", { class: `fold ${kind}`, open: this.unfolded.has(key) },
      make("summary", { text }), make("ol", { class: "candidates" }, candidates.map((each) => this.entry(each))));
    details.addEventListener("toggle", () => this.unfolded[details.open ? "add" : "delete"](key));
    return details;
  }

  entry(each) {
    const facts = [];
    if (each.availability !== "not applicable") facts.push(`recruitment ${each.availability}`);
    if (each.cohort) facts.push(`cohort ${each.cohort}`);
    const tally = [["satisfied", each.satisfied], ["not satisfied", each.unsatisfied], ["unknown", each.unknown]]
      .filter(([, number]) => number).map(([word, number]) => `${number} ${word}`).join(", ");
    const inside = make("div", { class: "inside" });
    const blocked = each.standing === "ineligible" && each.blocking.length;
    const details = make("details", { class: `candidate ${each.standing}`, "data-candidate": each.id },
      make("summary", {},
        make("span", { class: "rank", text: each.rank ? `${each.tied ? "=" : ""}${each.rank}` : "–" }),
        make("span", { class: "what" }, make("span", { class: "title", text: each.title }),
          make("span", { class: "code", text: each.id })),
        standing(each.standing, each.standing_text),
        make("span", { class: "tally", text: blocked ? each.blocking[0] : [tally, ...facts].filter(Boolean).join(" · ") }),
        each.cautions.length
          ? make("span", { class: "cautions", text: `Caution: ${each.cautions.join("; ")}` })
          : null,
        each.earliest ? make("span", { class: "earliest", text: `Earliest: ${each.earliest}` }) : null),
      inside);
    if (this.open.has(each.id)) {
      details.open = true;
      this.fill(inside, each);
    }
    details.addEventListener("toggle", () => {
      this.open[details.open ? "add" : "delete"](each.id);
      if (details.open && !inside.firstChild) this.fill(inside, each);
    });
    return make("li", {}, details);
  }

  async fill(inside, each) {
    inside.replaceChildren(make("p", { class: "none", text: "One moment …" }));
    try {
      const whole = this.held.get(each.id) ?? (await this.session.candidate(each.id));
      this.held.set(each.id, whole);
      inside.replaceChildren(...criteriaOf(whole));
    } catch {
      inside.replaceChildren(make("p", { class: "none", text: "The criteria could not be fetched. Close and open it again." }));
    }
  }

  // Everything a print should hold: the first of each kind that are not ruled out, opened.
  async unfold(most) {
    for (const kind of ["trials", "regimens"]) {
      for (const details of all(`#${kind} > .candidates > li > details`).slice(0, most)) {
        if (details.querySelector(".criterion")) continue;
        details.open = true;
        this.open.add(details.dataset.candidate);
        await this.fill(find(".inside", details), { id: details.dataset.candidate });
      }
    }
  }

  changes(state) {
    const { candidates, decided, reopened } = state.changes;
    const section = document.getElementById("changed");
    section.hidden = !candidates.length && !decided && !reopened;
    const items = candidates.map((each) => {
      const [word, symbol] = EFFECTS[each.effect];
      return make("li", { class: each.effect }, icon(symbol),
        make("span", {}, make("strong", { text: word }), ` ${each.title}`,
          make("span", { class: "where", text: each.reason || `${each.before_text} → ${each.after_text}` })));
    });
    const criteria = [decided ? `${plural(decided, "criterion", "criteria")} decided` : "",
      reopened ? `${plural(reopened, "criterion", "criteria")} open again` : ""].filter(Boolean).join(", ");
    const shown = make("ul", {}, items.slice(0, 4));
    const rest = items.length > 4
      ? make("details", { class: "fold" }, make("summary", { text: `${items.length - 4} more` }), make("ul", {}, items.slice(4))) : null;
    document.getElementById("changes").replaceChildren(
      ...[criteria ? make("p", { class: "worth", text: criteria }) : null, items.length ? shown : null, rest].filter(Boolean));
  }

  notes(state) {
    const groups = [
      ["Conflicts in the record", state.conflicts, "conflicts"],
      ["Derived facts", state.derived.map((each) => `${each.title}: ${each.value}${each.reason ? ` (${each.reason})` : ""}`), "derived"],
      ["Assumptions", state.assumptions, "assumptions"],
    ].filter(([, items]) => items.length);
    document.getElementById("notes").replaceChildren(...groups.map(([title, items, kind]) => make("details",
      { class: `fold ${kind}`, open: kind === "conflicts" }, make("summary", { text: `${title} (${items.length})` }),
      make("ul", {}, items.map((text) => make("li", { text }))))));
  }
}

const WORDS = {
  eligible: "eligible", eligible_pending_screening: "pending screening", meets_known_criteria: "meet known criteria",
  possible: "possible", not_yet: "not yet", needs_waiver: "need a waiver", ineligible: "not eligible",
};

export function standing(name, words) {
  return make("span", { class: `standing ${name}` }, icon(`s-${name}`), words);
}

// What a screen reader is told after an answer.
export function spoken(state) {
  const { candidates, decided } = state.changes;
  const of = (effect) => candidates.filter((each) => each.effect === effect).length;
  const parts = [["ruled out", of("lost")], ["open again", of("gained")], ["settled", of("settled")]]
    .filter(([, number]) => number).map(([word, number]) => `${plural(number, "candidate")} ${word}`);
  if (decided) parts.push(`${plural(decided, "criterion", "criteria")} decided`);
  const next = state.questions[0] ? `Next: ${state.questions[0].text}` : "";
  return [parts.join(", ") || "No standing changed", next].filter(Boolean).join(". ");
}
