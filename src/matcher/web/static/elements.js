// Small ways to make and find elements. Text is always text: nothing from the server becomes markup.

export const find = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "text") element.textContent = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((each) => each !== null && each !== undefined && each !== ""));
  return element;
}

export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function icon(symbol) {
  return svg("svg", { "aria-hidden": "true" }, svg("use", { href: `#${symbol}` }));
}

export const plural = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

export const rounded = (number) => (number >= 10 ? Math.round(number) : Math.round(number * 10) / 10).toString();

// A field's element by the name of an answer: a row's name, therapies/1, is its list's.
export const fieldOf = (name) => find(`[data-field="${CSS.escape(name.split("/")[0])}"]`);
