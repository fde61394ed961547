// The intake page: the form on one side, what follows from it on the other.

import { all, fieldOf, find, make, plural } from "./elements.js";
import { answerOf, reveal, rowOf, settle, show, showIssues } from "./fields.js";
import { loadTerms, setTerm, titleOf, watchTerms } from "./complete.js";
import { addRow, drawTimeline, endOf, refresh, removeRow, showList } from "./rows.js";
import { QuestionCard } from "./question.js";
import { Results, spoken } from "./results.js";
import { Session } from "./session.js";
import { watchDay } from "./day.js";
import { watchUnits } from "./units.js";
import { embed } from "./embedded.js";
import { download, readProfile } from "./files.js";

const form = document.getElementById("form");
const session = new Session();
embed(session);
const results = new Results(session, goTo);
const card = new QuestionCard(answerFromCard, goTo);
const asOf = document.getElementById("as-of");
const patient = document.getElementById("patient");
const banner = document.getElementById("banner");

// --- from the form to the session -----------------------------------------------------------------

function changed(field) {
  reveal(field);
  const answer = answerOf(field);
  settle(field, answer !== null);
  session.answer({ [field.dataset.field]: answer });
}

function changedList(field, target) {
  const row = target.closest("[data-row]");
  if (row) {
    const held = rowOf(row);
    session.answer({ [row.dataset.row]: Object.keys(held).length ? held : null });
  } else if (target.matches('[type="radio"]')) {
    session.answer({ [field.dataset.field]: endOf(field) });
  }
  refresh(field);
}

form.addEventListener("change", (event) => {
  const field = event.target.closest(".field");
  if (!field) return;
  if (event.target.matches("[data-unknown]") && event.target.checked) {
    show(field, "unknown");
  } else if (find("[data-unknown]", field)?.checked && !event.target.matches("[data-unknown]")) {
    find("[data-unknown]", field).checked = false;
  }
  dateOfSample(field, event.target);
  if (field.dataset.shape === "list") changedList(field, event.target);
  else changed(field);
  count();
});

// The day of the sample is typed once and stands in every value that is typed after it.
function dateOfSample(field, target) {
  const day = document.getElementById("sample-day").value.trim();
  const date = find('[data-input="date"]', field);
  if (day && field.dataset.shape === "lab" && target.dataset.input === "value" && target.value.trim() && !date.value) {
    date.value = day;
  }
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const field = event.target.closest(".field");
  if (button?.matches(".add")) {
    find("input, select", addRow(field)).focus();
  } else if (button?.matches(".remove")) {
    const row = button.closest("[data-row]");
    session.answer({ [row.dataset.row]: null });
    removeRow(row);
  } else if (button?.matches(".clear-list")) {
    for (const box of all(".list-end input", field)) box.checked = false;
    session.answer({ [field.dataset.field]: null });
    refresh(field);
  } else if (button?.matches(".clear")) {
    show(field, null);
    session.answer({ [field.dataset.field]: null });
    find("input, select", field)?.focus();
  }
  count();
});

const showDay = watchDay(asOf, document.getElementById("as-of-issue"), (day) => {
  session.ask({ asOf: day });
  drawTimeline(fieldOf("therapies"));
});
document.getElementById("closed").addEventListener("change", (event) => session.ask({ closed: event.target.checked }));
patient.addEventListener("change", () => { session.patient = patient.value.trim(); });

// --- from the question to the field ---------------------------------------------------------------

function answerFromCard(name, answer) {
  const field = fieldOf(name);
  if (field.dataset.shape === "list") {
    session.answer({ [name]: answer }, 0);
    showList(field, session.answers);
  } else {
    show(field, answer);
    session.answer({ [name]: answer }, 0);
  }
  count();
}

function goTo(name, agent) {
  const field = fieldOf(name);
  if (!field) return;
  view("form");
  for (let each = field.parentElement; each; each = each.parentElement) {
    if (each.tagName === "DETAILS") each.open = true;
  }
  let target = field;
  if (field.dataset.shape === "list") {
    const rows = all(".row", field);
    target = agent !== undefined || !rows.length ? addRow(field) : rows.at(-1);
    if (agent) loadTerms(session).then(() => {
      const input = find('[role="combobox"]', target);
      setTerm(input, [agent]);
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    for (const each of all("details", target)) each.open = true;
  }
  const control = find("[data-kind=pills] input:checked, input:not([type=checkbox]), select", target);
  field.classList.add("wanted");
  setTimeout(() => field.classList.remove("wanted"), 2500);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  field.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  (control ?? field).focus({ preventScroll: true });
}

document.getElementById("question").addEventListener("later", () => card.show(session.state));

// --- from the session to the page -----------------------------------------------------------------

session.addEventListener("state", ({ detail: { state, whole } }) => {
  if (whole) {
    restore(state);
    session.patient = patient.value = String(state.profile.id ?? "");
  }
  tell(showIssues(state.issues));
  if (!whole) results.changes(state);
  else document.getElementById("changed").hidden = true;
  results.show(state);
  card.show(state);
  document.getElementById("said").textContent = whole ? "" : spoken(state);
  document.getElementById("rulebook").textContent = state.rulebook.short;
  document.getElementById("as-of-said").textContent = state.as_of;
  document.getElementById("saved").textContent = session.unsent ? "saving …" : `${plural(Object.keys(state.answers).length, "answer")} saved`;
  document.body.dataset.revision = state.revision;
  showDay(state.as_of);
  document.getElementById("closed").checked = state.include_closed;
  drawTimeline(fieldOf("therapies"));
});

function restore(state) {
  for (const field of all(".field")) {
    if (field.dataset.shape === "list") showList(field, state.answers);
    else show(field, state.answers[field.dataset.field] ?? null);
  }
  if (Object.keys(state.answers).some((name) => name.includes("/") || name === "diagnosis")) loadTerms(session);
  for (const each of all("details.never")) each.open ||= Boolean(find(".answered", each));
  count();
}

// Issues of answers that have no place in the form: what a file held beyond it.
function tell(issues) {
  if (!issues.length) return;
  say(`Not used: ${issues.map((each) => `${each.field} (${each.reason})`).join("; ")}`, "refused");
}

function count() {
  for (const place of all("[data-count]")) {
    const part = document.getElementById(`s-${place.dataset.count}`);
    const answered = all(".field.answered", part).length;
    place.textContent = answered ? String(answered) : "";
    place.setAttribute("aria-label", answered ? `${answered} answered` : "");
  }
}

function say(text, kind) {
  banner.textContent = text;
  banner.dataset.kind = kind;
  banner.hidden = !text;
}

session.addEventListener("lost", () => say("The connection is lost. What you typed is kept here and sent as soon as the server answers.", "lost"));
session.addEventListener("renewed", () => say("The session had expired. Everything that was answered is in a new one.", "renewed"));
session.addEventListener("refused", ({ detail }) => say(`The server refused the last answer. ${detail.message}`, "refused"));
session.addEventListener("state", () => { if (banner.dataset.kind === "lost") say("", ""); });

// --- the page's own buttons -----------------------------------------------------------------------

document.getElementById("new").addEventListener("click", async () => {
  if (Object.keys(session.answers).length && !(await confirmed("erase"))) return;
  await session.forget();
  say("", "");
  card.later.clear();
  await session.begin({}).catch(failed);
  find("#form input")?.focus();
});
function confirmed(name) {
  const dialog = document.getElementById(name);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((settled) => dialog.addEventListener("close", () => settled(dialog.returnValue === "yes"), { once: true }));
}

// On a narrow screen the form and the matches take turns.
function view(name) {
  document.body.dataset.view = name;
  // What is shown alone is the main part of the page.
  document.getElementById("matches").role = name === "matches" ? "main" : "complementary";
  for (const each of ["form", "matches"]) document.getElementById(`view-${each}`).setAttribute("aria-pressed", String(each === name));
}
for (const each of ["form", "matches"]) {
  document.getElementById(`view-${each}`).addEventListener("click", () => { view(each); scrollTo(0, 0); });
}

document.getElementById("open").addEventListener("click", () => document.getElementById("file").click());
document.getElementById("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  try {
    const opened = await readProfile(file);
    await session.forget();
    say("", "");
    await session.begin(opened);
  } catch (error) {
    say(error.message, "refused");
  }
});
document.getElementById("download").addEventListener("click", () => download(session));
document.getElementById("print").addEventListener("click", async () => {
  // What was typed last may still be under way, and its answer draws the list anew.
  for (let waited = 0; waited < 60 && document.body.hasAttribute("data-busy"); waited += 1) {
    await new Promise((go) => setTimeout(go, 50));
  }
  await results.unfold(5);
  window.print();
});
window.addEventListener("beforeunload", (event) => { if (session.unsent) event.preventDefault(); });

function failed(error) {
  const lost = error instanceof TypeError;
  say(lost ? "The server cannot be reached. Trying again …" : error.message, lost ? "lost" : "refused");
  if (lost) setTimeout(begin, 3000);
}

// What a page of another site sent along begins a new session, once: from then on a reload is one of the plain form.
async function begin() {
  const given = document.getElementById("given");
  if (!given) return session.open().catch(failed);
  try {
    await session.forget();
    await session.begin({ profile: JSON.parse(given.textContent) });
    given.remove();
    history.replaceState(null, "", location.pathname);
  } catch (error) {
    failed(error);
  }
  return undefined;
}

view("form");
watchUnits(form);
watchTerms(form, session);
for (const field of all('.field[data-shape="list"]')) refresh(field);
document.body.append(make("span", { id: "ready", hidden: true }));
begin();
export { session, titleOf };
