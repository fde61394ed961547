// A draft as this tab holds it: its text, what was typed and is on its way into it, and what the server has.
// Everything typed is in the browser's storage at once, so a tab that is killed loses nothing; it holds a rule, no patient.

const SOON = 700;
const RETRY = 3000;
const MOST_BACK = 100;

export async function call(method, address, body) {
  const headers = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(address, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store",
  });
  if (response.status === 401) location.assign(`/login?next=${location.pathname}`);
  return response;
}

const storage = {
  get(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* nothing is kept */ } },
  remove(name) { try { localStorage.removeItem(name); } catch { /* nothing was kept */ } },
};

export class Draft extends EventTarget {
  constructor(id) {
    super();
    this.id = id;
    this.text = "";
    this.saved = "";
    this.revision = 0;
    this.laid = null;
    this.queue = [];
    this.typing = new Map();
    this.back = [];
    this.conflict = null;
    this.running = null;
    this.saving = null;
    this.timer = 0;
    this.name = "draft";
  }

  get unsaved() {
    return this.text !== this.saved || this.queue.length > 0 || this.typing.size > 0;
  }

  say(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  // As the server has it; what a tab that was closed had typed and not saved is put back.
  async open() {
    const response = await call("GET", `/v1/drafts/${this.id}`);
    if (!response.ok) throw new Error((await response.json()).detail);
    const held = await response.json();
    Object.assign(this, { text: held.text, saved: held.text, revision: held.revision, name: held.candidate || "draft" });
    const kept = storage.get(`draft:${this.id}`);
    if (kept && (kept.text !== held.text || kept.waiting?.length)) {
      if (kept.saved === held.text) {
        Object.assign(this, { text: kept.text, queue: kept.waiting ?? [] });
        this.say("restored");
      } else {
        this.text = kept.text;
        this.conflict = { text: held.text, revision: held.revision, author: "Somebody" };
        this.say("conflict", this.conflict);
      }
    }
    await this.lay();
    this.run();
    this.soon();
  }

  async lay() {
    const of = this.text;
    try {
      const response = await call("POST", "/v1/authoring/cards", { text: of, name: this.name });
      if (!response.ok) return this.say("refused", await response.json());
      const laid = await response.json();
      if (of === this.text) this.show(laid);
    } catch {
      this.say("saving", { offline: true });
    }
  }

  show(laid) {
    this.laid = laid;
    this.say("laid");
  }

  keep() {
    if (!this.unsaved) return storage.remove(`draft:${this.id}`);
    const waiting = [...this.queue, ...this.typing.values()];
    storage.set(`draft:${this.id}`, { text: this.text, saved: this.saved, waiting });
  }

  // Somebody is in the middle of typing this.
  hold(key, edit) {
    this.typing.set(key, edit);
    this.keep();
    this.say("saving");
  }

  // An edit by form, after those that are on their way; of two for one field the later counts.
  change(edit, key = "") {
    if (key) this.typing.delete(key);
    const same = (each) => edit.op === each.op && ["set", "type"].includes(edit.op) && JSON.stringify(each.path) === JSON.stringify(edit.path);
    const at = this.queue.findIndex((each, place) => same(each) && !(place === 0 && this.running));
    if (at >= 0) this.queue[at] = edit;
    else this.queue.push(edit);
    this.keep();
    return this.run();
  }

  run() {
    this.running ??= this.work().finally(() => { this.running = null; });
    return this.running;
  }

  async work() {
    while (this.queue.length) {
      this.say("saving");
      let response;
      try {
        response = await call("POST", "/v1/authoring/edit", { text: this.text, name: this.name, edit: this.queue[0] });
      } catch {
        this.say("saving", { offline: true });
        await new Promise((done) => setTimeout(done, RETRY));
        continue;
      }
      this.queue.shift();
      if (response.ok) {
        const done = await response.json();
        this.take(done.text, done.cards);
      } else {
        const problem = await response.json();
        this.keep();
        this.say("refused", problem);
        this.say("laid");
      }
    }
  }

  take(text, laid) {
    if (text !== this.text) {
      this.back.push(this.text);
      if (this.back.length > MOST_BACK) this.back.shift();
    }
    this.text = text;
    this.keep();
    this.soon();
    this.show(laid);
  }

  // The text itself was written in.
  write(text) {
    this.text = text;
    this.keep();
    this.soon();
    clearTimeout(this.laying);
    this.laying = setTimeout(() => this.lay(), 300);
  }

  async undo() {
    if (!this.back.length) return;
    this.text = this.back.pop();
    this.keep();
    this.soon();
    await this.lay();
  }

  soon(wait = SOON) {
    this.say("saving");
    clearTimeout(this.timer);
    if (this.text !== this.saved && !this.conflict) this.timer = setTimeout(() => this.save(), wait);
  }

  // Everything that was typed, on the server; false where that cannot be now.
  async flush() {
    for (const [key, edit] of [...this.typing]) this.change(edit, key);
    await this.run();
    clearTimeout(this.timer);
    await this.saving;
    await this.save();
    return !this.unsaved;
  }

  save() {
    if (this.text === this.saved || this.conflict) return null;
    this.saving ??= this.put().finally(() => { this.saving = null; });
    return this.saving;
  }

  async put() {
    const text = this.text;
    this.say("saving");
    try {
      const response = await call("PUT", `/v1/drafts/${this.id}/text`, { text, revision: this.revision });
      const answer = await response.json();
      if (response.ok) {
        this.saved = text;
        this.revision = answer.revision;
        this.keep();
        this.soon();
      } else if (response.status === 409 && answer.text !== undefined) {
        this.conflict = answer;
        this.say("conflict", answer);
      } else {
        this.say("refused", answer);
      }
    } catch {
      this.say("saving", { offline: true });
      this.timer = setTimeout(() => this.save(), RETRY);
    }
  }

  // Of two texts one goes on; the server keeps the other.
  async settle(text) {
    this.revision = this.conflict.revision;
    this.saved = this.conflict.text;
    this.conflict = null;
    if (text !== this.text) this.back.push(this.text);
    this.text = text;
    this.queue = [];
    this.keep();
    this.soon(0);
    await this.lay();
  }

  // A criterion that is being composed, in the tab's storage too.
  compose(state) {
    if (state) storage.set(`draft:${this.id}:adding`, state);
    else storage.remove(`draft:${this.id}:adding`);
  }

  composed() {
    return storage.get(`draft:${this.id}:adding`);
  }
}
