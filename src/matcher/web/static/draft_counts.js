// How many of some patients each criterion is met by, as the draft now stands on the server.

import { call } from "./draft_saving.js";

const PAUSE = 1200;

export class Counts {
  constructor(select, draft) {
    this.select = select;
    this.draft = draft;
    this.held = null;
    this.of = -1;
    this.timer = 0;
    select.addEventListener("change", () => { this.of = -1; this.held = null; this.count(); draft.say("laid"); });
    draft.addEventListener("saving", () => this.soon());
  }

  soon() {
    if (!this.select.value || this.draft.unsaved || this.of === this.draft.revision) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.count(), PAUSE);
  }

  async count() {
    const wanted = this.select.value;
    if (!wanted || this.draft.unsaved) return;
    const revision = this.draft.revision;
    this.of = revision;
    const worklist = wanted === "invented" ? "" : wanted;
    const answer = await call("POST", `/v1/drafts/${this.draft.id}/try`, { worklist }).catch(() => null);
    if (!answer || wanted !== this.select.value || revision !== this.draft.revision) return;
    const found = await answer.json();
    this.held = answer.ok ? found : { refused: answer.status === 409 ? "Counted once the rule has no error." : found.detail };
    this.draft.say("laid");
  }

  // Of one criterion, in the words of its verdicts; nothing where nobody asked.
  line(id) {
    if (!this.select.value) return "";
    if (!this.held) return "Counting …";
    if (this.held.refused) return this.held.refused;
    const counted = Object.entries(this.held.criteria[id] ?? {});
    return counted.length ? `${counted.map(([verdict, number]) => `${verdict} ${number}`).join(", ")} of ${this.held.patients}` : "";
  }
}
