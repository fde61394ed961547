// The next best question: asked here, answered here in one click where an answer is a word, else at its field.

import { all, find, fieldOf, make, plural } from "./elements.js";
import { answerOf } from "./fields.js";

const FURTHER = 4;

export class QuestionCard {
  constructor(answer, go) {
    this.place = document.getElementById("question");
    this.answer = answer;
    this.go = go;
    this.later = new Set();
  }

  show(state) {
    const focused = this.place.contains(document.activeElement);
    const asked = state.questions.filter((each) => !this.later.has(each.field));
    const [first, ...rest] = asked;
    const held = find("details", this.place)?.open ?? false;
    this.place.replaceChildren(...(first ? this.card(first, rest, state, held) : this.nothing(state)));
    if (focused) find("h3", this.place)?.focus({ preventScroll: true });
  }

  card(question, rest, state, open) {
    const heading = make("h3", { tabindex: "-1", text: question.text });
    const parts = [heading, make("p", { class: "worth" }, worth(question, state))];
    if (question.again) {
      parts.push(make("p", { class: "hint", text: "There is an answer, and it leaves this open: a date, a detail or a newer value is missing." }));
    }
    parts.push(make("p", { class: "answers" }, this.buttons(question)));
    if (rest.length) {
      parts.push(make("details", { class: "further", open }, make("summary", { text: "After that" }),
        make("ol", {}, rest.slice(0, FURTHER).map((each) => make("li", {},
          make("button", { type: "button", class: "link", text: each.text, onclick: () => this.go(each.field) }),
          " ", make("span", { class: "worth", text: short(each) }))))));
    }
    return parts;
  }

  nothing(state) {
    const open = [...state.trials, ...state.regimens].some((each) => each.standing === "possible");
    const text = state.deceased ? "The patient is recorded as deceased."
      : this.later.size ? "Only what was put off is left." : open
        ? "Nothing that is known to anybody here would change a standing."
        : "Nothing is left to ask: every standing is settled.";
    const back = make("button", { type: "button", text: "Ask what was put off", onclick: () => {
      this.later.clear();
      this.show(state);
    } });
    return [make("h3", { tabindex: "-1", text }), this.later.size ? make("p", { class: "answers" }, back) : null].filter(Boolean);
  }

  // A button for each answer that is a word; anything longer is typed at the field.
  buttons(question) {
    const field = fieldOf(question.field);
    const options = field && !question.again ? choices(field) : [];
    const made = options.map(([value, text]) => this.button(text, () => this.answer(question.field, { value })));
    const never = field?.dataset.shape === "presence" && options.length === 1;
    const empty = field?.dataset.shape === "list" && !question.again && !find(".row", field);
    if (never) {
      made.push(this.button("Yes: add the course", () => this.go("therapies", question.field.split(":")[1])));
    } else if (empty) {
      made.push(this.button("Add", () => this.go(question.field, "")));
      made.push(this.button("None", () => this.answer(question.field, find(".list-end input", field).value)));
    } else if (!options.length) {
      made.push(this.button(question.again ? "Go to the answer" : "Answer", () => this.go(question.field)));
    }
    if (question.again && field?.dataset.shape !== "list") {
      made.push(this.button("That is all that is known", () => {
        const held = answerOf(field);
        this.answer(question.field, { ...(typeof held === "object" ? held : { value: held }), final: true });
      }, "quiet"));
    } else if (!question.again) {
      made.push(this.button("Not known", () => this.answer(question.field, "unknown"), "quiet"));
    }
    made.push(this.button("Later", () => {
      this.later.add(question.field);
      this.place.dispatchEvent(new CustomEvent("later", { bubbles: true }));
    }, "quiet"));
    return made;
  }

  button(text, act, kind = "") {
    return make("button", { type: "button", class: kind || false, text, onclick: act });
  }
}

function choices(field) {
  const pills = find('.main [data-kind="pills"]', field);
  if (pills) {
    return all("input", pills).filter((each) => each.value !== "unknown").map((each) => [each.value, each.nextElementSibling.textContent]);
  }
  const select = find('.main [data-kind="select"]', field);
  const options = select ? all("option", select).filter((each) => each.value && each.value !== "unknown") : [];
  return options.length <= 6 ? options.map((each) => [each.value, each.text]) : [];
}

function worth(question, state) {
  const open = [...state.trials, ...state.regimens].filter((each) => each.standing === "possible").length;
  const parts = [];
  const settled = Math.round(question.settles);
  parts.push(settled >= 1 ? `Likely to settle ${settled} of the ${open} still open`
    : `Bears on ${plural(question.candidates.length, "trial or regimen", "trials and regimens")}`);
  return [...parts, question.effort].join(" · ");
}

const short = (question) => `bears on ${question.candidates.length}`;
