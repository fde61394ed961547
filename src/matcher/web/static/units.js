// Instant conversion: the factors are the server's, this only multiplies and rounds to what a laboratory prints.

import { all, find } from "./elements.js";

const NUMBER = /^([<>]=?|[≤≥])?\s*(\d+(?:\.\d+)?)$/;

export function convertedText(text, factor, unit) {
  const match = NUMBER.exec(text.trim());
  if (!match || !unit) return "";
  const value = Number(match[2]) * factor;
  if (!Number.isFinite(value)) return "";
  return `= ${match[1] ?? ""}${Number(value.toPrecision(4))} ${unit}`;
}

// Shows the value beside its unit in the other usual units of the test.
export function showConversion(input) {
  const place = input.parentElement;
  const chosen = find("select.unit", place);
  const shown = find("output.converted", place);
  if (!chosen || !shown) return;
  const own = chosen.selectedOptions[0];
  const factor = Number(own?.dataset.factor);
  const others = all("option", chosen).filter((each) => each !== own && each.dataset.factor && each.text);
  // A unit that prints the same number, 10⁹/L and 10³/µL, is nothing to convert to.
  const differing = others.filter((each) => Number(each.dataset.factor) !== factor);
  shown.textContent = own?.dataset.factor
    ? differing.slice(0, 2)
      .map((each) => convertedText(input.value, factor / Number(each.dataset.factor), each.text))
      .filter(Boolean).join("  ")
    : "";
}

export function watchUnits(form) {
  form.addEventListener("input", (event) => {
    if (event.target.matches('input[data-kind="number"]')) showConversion(event.target);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select.unit")) {
      showConversion(find('input[data-kind="number"]', event.target.parentElement));
    }
  });
}
