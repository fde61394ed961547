// What is taken away and brought along: a JSON file with the profile, the answers and where they stand.

import { make } from "./elements.js";

export function download(session) {
  const { state } = session;
  const kept = {
    patient: session.patient, as_of: state.as_of, rulebook: state.rulebook, engine: state.engine,
    notice: state.notice, profile: state.profile, answers: session.answers, issues: state.issues,
    trials: state.trials, regimens: state.regimens, questions: state.questions, derived: state.derived,
    conflicts: state.conflicts, assumptions: state.assumptions,
  };
  const address = URL.createObjectURL(new Blob([`${JSON.stringify(kept, null, 2)}\n`], { type: "application/json" }));
  const name = `intake-${(session.patient || "patient").replace(/[^\w-]+/g, "_")}-${state.as_of}.json`;
  const link = make("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

// A file downloaded here, or a profile from anywhere.
export async function readProfile(file) {
  if (file.size > 900000) throw new Error("The file is larger than a profile can be.");
  let read;
  try {
    read = JSON.parse(await file.text());
  } catch {
    throw new Error("The file is not JSON.");
  }
  if (read === null || typeof read !== "object" || Array.isArray(read)) throw new Error("The file holds no profile.");
  const day = typeof read.as_of === "string" ? { as_of: read.as_of.slice(0, 10) } : {};
  if (read.answers && typeof read.answers === "object") return { answers: read.answers, patient: String(read.patient ?? ""), ...day };
  return { profile: read, ...day };
}
