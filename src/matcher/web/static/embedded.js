// The form inside a page of another site: it takes a profile and colours from that page, and says how far it is.
// Only origins that the server was started with are heard and told.

const COLOUR = /^(#[0-9a-f]{3,8}|(rgb|hsl)a?\([\d\s.,%/]+\)|[a-z]+)$/i;
const NAMES = new Set(["--paper", "--ink", "--soft", "--line", "--edge", "--wash", "--accent", "--on-accent", "--accent-wash"]);

export function embed(session) {
  const origins = (document.body.dataset.embed ?? "").split(" ").filter(Boolean);
  if (window.parent === window || !origins.length) return;

  const tell = (message) => {
    for (const origin of origins) window.parent.postMessage(message, origin);
  };

  window.addEventListener("message", async (event) => {
    if (event.source !== window.parent || !origins.includes(event.origin)) return;
    const said = event.data ?? {};
    if (said.type === "matcher:profile") {
      try {
        await session.forget();
        await session.begin({ profile: said.profile });
      } catch (error) {
        tell({ type: "matcher:refused", message: error.message });
      }
    } else if (said.type === "matcher:theme") {
      for (const [name, value] of Object.entries(said.variables ?? {})) {
        if (NAMES.has(name) && COLOUR.test(value)) document.documentElement.style.setProperty(name, value);
      }
    } else if (said.type === "matcher:ask") {
      tell({ type: "matcher:answer", profile: session.state?.profile, trials: session.state?.trials });
    }
  });

  // Not before the form has a session: what came earlier would be overtaken by it.
  session.addEventListener("state", () => tell({ type: "matcher:ready" }), { once: true });
  session.addEventListener("state", () => {
    const { revision, trials = [] } = session.state;
    tell({ type: "matcher:state", revision, open: trials.filter((each) => each.standing !== "ineligible").length });
  });
}
