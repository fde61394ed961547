// Typed names completed from the server's lists: a combobox after the ARIA pattern, for one name or several.
// A name that is in no list can be entered all the same; the server says what it makes of it.

import { all, find, make } from "./elements.js";

const MOST = 9;
let lists = null;
let loading = null;
let number = 0;

export function loadTerms(session) {
  loading ??= session.call("GET", "/v1/form/terms").then(async (response) => {
    if (!response.ok) return;
    lists = {};
    for (const [name, terms] of Object.entries((await response.json()).terms)) {
      lists[name] = terms.map((each) => ({
        ...each, words: [each.title, each.name, ...each.also].map((word) => [plain(word), word]),
      }));
    }
    for (const input of all('[data-kind="term"], [data-kind="terms"]')) retitle(input);
  }).catch(() => { loading = null; });
  return loading;
}

const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, " ").trim();

export function titleOf(list, name) {
  const term = lists?.[list]?.find((each) => each.name === name);
  return term ? term.title : String(name).replaceAll("_", " ");
}

// The names that fit what is typed: those that begin with it, then those with a word that does.
export function matching(list, typed) {
  const wanted = plain(typed);
  if (!wanted || !lists?.[list]) return [];
  const found = [];
  for (const term of lists[list]) {
    let best = 9;
    let by = "";
    for (const [words, written] of term.words) {
      const rank = words === wanted ? 0 : words.startsWith(wanted) ? 1 : words.includes(` ${wanted}`) ? 2 : 9;
      if (rank < best) [best, by] = [rank, written];
    }
    if (best < 9) found.push({ term, best, by: plain(by) === plain(term.title) ? "" : by });
  }
  found.sort((a, b) => a.best - b.best || a.term.title.length - b.term.title.length);
  return found.slice(0, MOST);
}

const several = (input) => input.dataset.kind === "terms";

// The code of a term input, or what was typed; for several, a list.
export function termOf(input) {
  const typed = input.value.trim();
  if (several(input)) {
    const chosen = all(".token", input.parentElement).map((each) => each.dataset.code);
    return typed ? [...chosen, typed] : chosen;
  }
  return input.dataset.code && typed === input.dataset.shown ? input.dataset.code : typed;
}

export function setTerm(input, value) {
  for (const each of all(".token", input.parentElement)) each.remove();
  input.value = "";
  input.dataset.code = input.dataset.shown = "";
  if (value === undefined || value === null) return;
  const codes = Array.isArray(value) ? value : [value];
  if (several(input)) codes.forEach((each) => addToken(input, each ?? "an agent nobody can name"));
  else if (codes.length) choose(input, codes.join(" or "));
}

function choose(input, code) {
  input.dataset.code = code;
  input.dataset.shown = input.value = titleOf(input.dataset.terms, code);
}

function retitle(input) {
  if (input.dataset.code) choose(input, input.dataset.code);
  for (const each of all(".token", input.parentElement)) {
    each.firstChild.textContent = titleOf(input.dataset.terms, each.dataset.code);
  }
}

function addToken(input, code) {
  const title = titleOf(input.dataset.terms, code);
  const remove = make("button", { type: "button", "aria-label": `Remove ${title}` }, "×");
  const token = make("span", { class: "token", "data-code": code }, make("span", { text: title }), remove);
  remove.addEventListener("click", () => {
    token.remove();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
  input.before(token);
}

function take(input, code) {
  close(input);
  if (several(input)) {
    addToken(input, code);
    input.value = "";
  } else {
    choose(input, code);
  }
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function open(input) {
  const found = matching(input.dataset.terms, input.value);
  close(input);
  if (!found.length) return;
  number += 1;
  const list = make("ul", { class: "suggestions", role: "listbox", id: `suggestions-${number}`, "aria-label": "Suggestions" });
  found.forEach(({ term, by }, place) => {
    list.append(make("li", { role: "option", id: `suggestions-${number}-${place}`, "data-code": term.name, "aria-selected": "false" },
      make("span", { text: term.title }), by ? make("span", { class: "by", text: by }) : null));
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take(input, option.dataset.code);
  });
  input.parentElement.append(list);
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", list.id);
}

function close(input) {
  find(".suggestions", input.parentElement)?.remove();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
  input.removeAttribute("aria-controls");
}

function step(input, by) {
  const options = all("[role=option]", input.parentElement);
  if (!options.length) return open(input);
  const at = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
  const next = options[(at + by + options.length + (at < 0 && by < 0 ? 1 : 0)) % options.length];
  for (const each of options) each.setAttribute("aria-selected", String(each === next));
  input.setAttribute("aria-activedescendant", next.id);
  return next.scrollIntoView({ block: "nearest" });
}

function pressed(event, input) {
  const active = find('[role=option][aria-selected="true"]', input.parentElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(input, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") {
    close(input);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const exact = matching(input.dataset.terms, input.value).find((each) => each.best === 0);
    if (active) take(input, active.dataset.code);
    else if (input.value.trim()) take(input, exact?.term.name ?? input.value.trim());
  } else if (event.key === "Backspace" && several(input) && !input.value) {
    all(".token button", input.parentElement).at(-1)?.click();
  }
}

export function watchTerms(form, session) {
  const own = (event) => event.target.matches?.("[role=combobox]");
  form.addEventListener("focusin", (event) => { if (own(event)) loadTerms(session); });
  form.addEventListener("input", async (event) => {
    if (!own(event)) return;
    const { target } = event;
    const typed = target.value;
    await loadTerms(session);
    // Meanwhile the name may have been taken, or the person gone on.
    if (document.activeElement === target && target.value === typed) open(target);
  });
  form.addEventListener("keydown", (event) => { if (own(event)) pressed(event, event.target); });
  form.addEventListener("focusout", (event) => {
    if (!own(event)) return;
    close(event.target);
    const typed = event.target.value.trim();
    const exact = matching(event.target.dataset.terms, typed).find((each) => each.best === 0);
    if (several(event.target) && typed) take(event.target, exact?.term.name ?? typed);
    else if (exact && typed !== event.target.dataset.shown) take(event.target, exact.term.name);
  });
}
