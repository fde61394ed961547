// One candidate, criterion by criterion: verdict, the facts behind it with date and source, what is missing.

import { icon, make } from "./elements.js";

// What is in the way comes first, then what is not known yet, then what is in order.
const GROUPS = [["not met", "In the way"], ["unknown", "Not known yet"], ["met", "In order"]];
const SHAPES = { met: "met", "not met": "not-met", unknown: "unknown" };

// `missing` are the fields that unknown criteria wait for; `go` leads to one.
export function criteriaOf(candidate, missing, go) {
  const parts = [];
  if (candidate.because) parts.push(make("p", { class: "because" }, make("span", { class: "small-label", text: "Why here" }), ` ${candidate.because}`));
  if (candidate.coverage === "partial") {
    parts.push(make("p", { class: "coverage", text: "Only part of the protocol's criteria are held here: no patient is called eligible on these alone." }));
  }
  if (candidate.version) parts.push(make("p", { class: "where", text: `Version of the protocol: ${candidate.version}` }));
  if (candidate.cohort) parts.push(make("p", { text: `Cohort that fits best: ${candidate.cohort}` }));
  if (candidate.cohorts.length) parts.push(make("h5", { text: "Cohorts" }), listed(candidate.cohorts.map(cohortText(candidate))));
  for (const text of candidate.distances) parts.push(make("p", { class: "distance", text }));
  const cohorts = [...new Set(candidate.criteria.map((each) => each.cohort))].sort();
  for (const cohort of cohorts) {
    for (const [satisfied, title] of GROUPS) {
      const held = candidate.criteria.filter((each) => each.satisfied === satisfied && each.cohort === cohort);
      const asked = (each) => missing.filter((field) => field.criterion === each.id && field.cohort === cohort);
      if (held.length) parts.push(...group(cohort ? `Cohort ${cohort}: ${title.toLowerCase()}` : title, held, asked, go));
    }
  }
  if (candidate.cautions.length) parts.push(...group("Cautions (shown, never counted)", candidate.cautions, () => [], go));
  if (candidate.evidence.length) parts.push(make("h3", { text: "Evidence" }), make("ul", { class: "evidence" }, candidate.evidence.map(study)));
  if (candidate.places.length) parts.push(make("h3", { text: "Whom to ask, and where" }), listed(candidate.places));
  if (candidate.assumptions.length) parts.push(make("h3", { text: "Assumed for this candidate" }), listed(candidate.assumptions));
  if (candidate.notes.length) parts.push(make("h3", { text: "Notes" }), listed(candidate.notes));
  return parts;
}

const cohortText = (candidate) => (each) => {
  const asks = each.criteria ? "" : "; asks nothing beyond the trial";
  const also = each.fits && !candidate.cohort.startsWith(`${each.id}: `) ? ": also fits" : "";
  return `${each.id}: ${each.title} (${each.standing_text}; recruitment ${each.availability}${asks})${also}`;
};

const listed = (items) => make("ul", {}, items.map((text) => make("li", { text })));

function group(title, criteria, asked, go) {
  return [make("h3", { text: `${title} (${criteria.length})` }),
    make("ul", { class: "criteria" }, criteria.map((each) => criterion(each, asked(each), go)))];
}

// A way to each field that a criterion waits for; the longest lists are answered from their section.
const ASKED = 5;

function ways(fields, go) {
  return make("p", { class: "ways" }, fields.slice(0, ASKED).map((each) => make("button", {
    type: "button", class: "link", text: `${each.again ? "Complete" : "Answer"}: ${each.title}`, onclick: () => go(each.field),
  })), fields.length > ASKED ? ` and ${fields.length - ASKED} more` : null);
}

function criterion(each, fields, go) {
  const verdict = each.role === "caution"
    ? { applies: "caution", "does not apply": "met", unknown: "unknown" }[each.verdict] : SHAPES[each.satisfied];
  const facts = each.facts.map((fact) => make("li", {}, fact.text,
    make("span", { class: "where", text: [fact.date, fact.age, fact.source].filter(Boolean).join(" · ") })));
  const aside = [
    each.at_screening ? "settled at screening" : "",
    each.recoverable ? `recoverable ${each.recoverable}` : "",
    each.waivable ? `waivable ${each.waivable}` : "",
  ].filter(Boolean).join("; ");
  return make("li", { class: `criterion ${verdict}` },
    make("span", { class: `verdict ${verdict}` }, icon(`v-${verdict}`), each.verdict),
    make("div", {},
      make("p", { class: "asks" }, make("span", { class: "code", text: each.id }), ` ${each.role === "exclusion" ? "Exclusion: " : ""}${each.text}`),
      each.reason ? make("p", { class: "reason", text: each.reason }) : null,
      fields.length ? ways(fields, go) : null,
      facts.length ? make("ul", { class: "facts" }, facts) : null,
      each.distance ? make("p", { class: "distance", text: each.distance }) : null,
      each.assumption ? make("p", { class: "where", text: `Assumption: ${each.assumption}` }) : null,
      each.note ? make("p", { class: "where", text: each.note }) : null,
      aside ? make("p", { class: "where", text: aside }) : null,
      each.citation ? make("p", { class: "where", text: `Source: ${each.citation}` }) : null));
}

function study(each) {
  const head = `${each.design ? `, ${each.design}` : ""}. Level of evidence ${each.level}; ${each.direction}; ${each.applies}.`;
  return make("li", {}, make("strong", { text: each.study }), head,
    each.lines.length ? listed(each.lines) : null,
    each.citation ? make("span", { class: "where", text: `Source: ${each.citation}` }) : null);
}
