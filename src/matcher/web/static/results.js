// The candidates in their order, what the last answer changed, and what follows from the facts.

import { all, find, icon, make, plural } from "./elements.js";
import { criteriaOf } from "./candidate.js";

// Trials and regimens are both in view before anybody scrolls: as many of each as the screen has room for.
const shownAtOnce = () => Math.max(3, Math.min(7, Math.floor((window.innerHeight - 420) / 130)));
// The row that gave a derived fact, and what that row read.
const beneath = (each) => {
  const said = [each.reason, ...(each.known ? each.facts.map((fact) => fact.text) : [])].filter(Boolean);
  return said.length ? ` (${said.join("; ")})` : "";
};
const EFFECTS = {
  lost: ["Ruled out", "s-ineligible"], gained: ["Open again", "s-possible"], settled: ["Settled", "s-eligible"],
  reopened: ["In question again", "s-possible"], moved: ["Changed", "s-not_yet"],
};

export class Results {
  constructor(session, go) {
    this.session = session;
    this.go = go;
    this.held = new Map();
    this.open = new Set();
    this.unfolded = new Set();
  }

  show(state) {
    this.held.clear();
    for (const kind of ["trials", "regimens"]) {
      this.counts(kind, state[kind]);
      this.list(kind, state[kind]);
    }
    this.summary(state);
    document.getElementById("peek").textContent = `(${[...state.trials, ...state.regimens].filter((each) => each.standing !== "ineligible").length})`;
    this.notes(state);
  }

  counts(kind, candidates) {
    const found = Object.keys(WORDS).map((name) => [name, candidates.filter((each) => each.standing === name).length]);
    document.getElementById(`${kind}-counts`).replaceChildren(...found.filter(([, number]) => number)
      .map(([name, number]) => make("li", {}, standing(name, `${number} ${WORDS[name]}`))));
  }

  summary(state) {
    const place = document.getElementById("summary");
    place.replaceChildren(...state.summary.map((line) => {
      const [name, ...value] = line.split(": ");
      return make("div", {}, make("dt", { text: name }), make("dd", { text: value.join(": ") }));
    }));
    place.parentElement.hidden = !state.summary.length;
  }

  list(kind, candidates) {
    const fitting = candidates.filter((each) => each.standing !== "ineligible");
    const out = candidates.filter((each) => each.standing === "ineligible");
    const focused = document.activeElement?.closest?.("details[data-candidate]")?.dataset.candidate;
    const most = shownAtOnce();
    const parts = [];
    if (!fitting.length) parts.push(make("p", { class: "none", text: "None is open to this patient on what is recorded." }));
    parts.push(make("ol", { class: "candidates" }, fitting.slice(0, most).map((each) => this.entry(each))));
    const folds = make("div", { class: "folds" });
    if (fitting.length > most) folds.append(this.fold(`${kind}-more`, `${fitting.length - most} more`, fitting.slice(most)));
    if (out.length) folds.append(this.fold(`${kind}-out`, `${out.length} not eligible`, out, "ruled-out"));
    document.getElementById(kind).replaceChildren(...parts, folds);
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
        make("span", { class: "title", title: each.title, text: each.title }),
        make("span", { class: "where-it-stands" }, standing(each.standing, each.standing_text.split(":")[0]),
          make("span", { class: "tally", text: blocked ? each.blocking[0] : [tally, ...facts].filter(Boolean).join(" · ") }),
          make("span", { class: "code", text: each.id })),
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
      inside.replaceChildren(...criteriaOf(whole.candidate, whole.missing, this.go));
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
    const said = Object.entries(EFFECTS).map(([effect, [word]]) => [word.toLowerCase(), candidates.filter((each) => each.effect === effect).length])
      .filter(([, number]) => number).map(([word, number]) => `${number} ${word}`);
    document.getElementById("changes-said").textContent = [...said, criteria].filter(Boolean).join(", ");
    document.getElementById("changes").replaceChildren(...[items.length ? shown : null, rest].filter(Boolean));
  }

  notes(state) {
    const groups = [
      ["Conflicts in the record", state.conflicts, "conflicts"],
      ["Derived facts", state.derived.map((each) => `${each.title}: ${each.value}${beneath(each)}`), "derived"],
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
