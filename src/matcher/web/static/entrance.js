// The entrance of a server that asks for a token: the page of the form is fetched with it, and takes this one's place.

import { TOKEN } from "./session.js";

const dialog = document.getElementById("sign-in");

async function enter() {
  const token = sessionStorage.getItem(TOKEN);
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch("/", { headers, cache: "no-store" });
  const found = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!found.getElementById("form")) return ask(Boolean(token));
  const script = found.querySelector('script[type="module"]').getAttribute("src");
  document.replaceChild(document.adoptNode(found.documentElement), document.documentElement);
  await import(script);
}

function ask(refused) {
  document.getElementById("refused").hidden = !refused;
  dialog.addEventListener("close", () => {
    sessionStorage.setItem(TOKEN, document.getElementById("token").value.trim());
    enter();
  }, { once: true });
  dialog.showModal();
}

enter();
