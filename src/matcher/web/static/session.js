// The session on the server. Answers wait here until they have arrived: a lost connection or an expired
// session loses nothing that was typed. Nothing about the patient is kept in the browser's storage, only the
// session's id, until the tab is closed. Who answers is told by the cookie of whoever signed in.

const KEPT = "matcher-session";

// Inside a page of another site a browser may keep nothing: then a reload begins anew.
const storage = {
  get(name) { try { return sessionStorage.getItem(name); } catch { return null; } },
  set(name, value) { try { sessionStorage.setItem(name, value); } catch { /* nothing is kept */ } },
  remove(name) { try { sessionStorage.removeItem(name); } catch { /* nothing was kept */ } },
};
const RETRY = 3000;

export class Session extends EventTarget {
  constructor() {
    super();
    this.id = storage.get(KEPT) ?? "";
    this.answers = {};
    this.waiting = {};
    this.asOf = "";
    this.patient = "";
    this.closed = false;
    this.state = null;
    this.sending = null;
    this.timer = 0;
  }

  get unsent() {
    return Object.keys(this.waiting).length > 0;
  }

  say(kind, detail = {}) {
    if (kind === "state") document.body.toggleAttribute("data-busy", this.unsent);
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  async call(method, address, body) {
    const headers = { accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    const response = await fetch(address, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store",
    });
    if (response.status === 401) location.assign(`/login?next=${location.pathname}`);
    return response;
  }

  // The session of this tab as it was left, or a new one.
  async open() {
    if (this.id) {
      const response = await this.call("GET", `/v1/sessions/${this.id}`);
      if (response.ok) return this.take(await response.json(), true);
    }
    return this.begin({});
  }

  async begin(with_) {
    const response = await this.call("POST", "/v1/sessions?unknown=report", with_);
    if (!response.ok) throw await problem(response);
    const state = await response.json();
    this.id = state.id;
    storage.set(KEPT, this.id);
    this.waiting = {};
    return this.take(state, true);
  }

  async forget() {
    const id = this.id;
    storage.remove(KEPT);
    this.id = "";
    if (id) await this.call("DELETE", `/v1/sessions/${id}`).catch(() => null);
  }

  // Answers by field: sent together shortly after the last of them.
  answer(given, soon = 120) {
    for (const [name, value] of Object.entries(given)) {
      if (value === null) delete this.answers[name];
      else this.answers[name] = value;
      this.waiting[name] = value;
    }
    this.wait(soon);
  }

  wait(soon) {
    document.body.setAttribute("data-busy", "");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), soon);
  }

  // Another day, or closed candidates too: what is asked for, beside the answers.
  ask({ asOf = this.asOf, closed = this.closed }) {
    this.asOf = asOf;
    this.closed = closed;
    this.wait(0);
  }

  async send() {
    if (this.sending) return this.sending.then(() => this.send());
    const asked = this.asOf === this.state?.as_of && this.closed === this.state?.include_closed;
    if (!this.unsent && asked) {
      document.body.removeAttribute("data-busy");
      return undefined;
    }
    this.sending = this.deliver().finally(() => { this.sending = null; });
    return this.sending;
  }

  async deliver() {
    const answers = { ...this.waiting };
    const body = { answers, as_of: this.asOf || null, include_closed: this.closed };
    try {
      const response = await this.call("PUT", `/v1/sessions/${this.id}/answers?unknown=report`, body);
      if (response.status === 404) return await this.again();
      if (!response.ok) throw await problem(response);
      for (const [name, value] of Object.entries(answers)) {
        if (this.waiting[name] === value) delete this.waiting[name];
      }
      this.take(await response.json(), false);
    } catch (error) {
      if (error instanceof TypeError) {
        this.say("lost");
        this.timer = setTimeout(() => this.send(), RETRY);
      } else {
        // What the server does not take would stand in the way of everything after it.
        for (const name of Object.keys(answers)) delete this.waiting[name];
        document.body.removeAttribute("data-busy");
        this.say("refused", { message: error.message });
      }
    }
    return undefined;
  }

  // The session is over; everything that was answered begins a new one.
  async again() {
    const answers = { ...this.answers };
    const state = {
      answers, as_of: this.asOf || this.state?.as_of, patient: this.patient, include_closed: this.closed,
    };
    const response = await this.call("POST", "/v1/sessions?unknown=report", state);
    if (!response.ok) throw await problem(response);
    const begun = await response.json();
    this.id = begun.id;
    storage.set(KEPT, this.id);
    this.waiting = {};
    this.say("renewed");
    this.take(begun, false);
  }

  take(state, whole) {
    this.state = state;
    this.asOf = state.as_of;
    this.closed = state.include_closed;
    if (whole) this.answers = { ...state.answers };
    this.say("state", { state, whole });
    return state;
  }

  async candidate(id) {
    const response = await this.call("GET", `/v1/sessions/${this.id}/candidates/${encodeURIComponent(id)}`);
    if (!response.ok) throw await problem(response);
    return response.json();
  }
}

async function problem(response) {
  const said = await response.json().catch(() => ({}));
  const what = said.detail ?? `The server answered ${response.status}.`;
  return new Error(said.remedy ? `${what}. ${said.remedy}` : what);
}
