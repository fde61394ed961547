"""Filling the intake form as a person does: by clicking, choosing and typing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.web.waiting import until

STORIES = Path(__file__).resolve().parents[1] / "functional" / "stories"


def story(number: str) -> dict[str, Any]:
    (path,) = STORIES.glob(f"{number}-*.yaml")
    found: dict[str, Any] = json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))
    return found


def field(page: Any, name: str) -> Any:
    return page.locator(f'[data-field="{name.partition("/")[0]}"]')


def answer(page: Any, name: str, given: Any) -> None:
    """One answer, and the wait until it has arrived."""
    place = field(page, name)
    place.evaluate(
        "(e) => { for (let p = e; p; p = p.parentElement) if (p.tagName === 'DETAILS') p.open = true }"
    )
    if "/" in name:
        place.locator(".add").click()
        place = place.locator(".row").last
        place.evaluate("(e) => e.querySelectorAll('details').forEach((d) => { d.open = true })")
    if given in ("complete", "no others"):
        ends = place.locator(f'.list-end input[value="{given}"]')
        (ends if ends.count() else place.locator('.list-end input[value="no others"]')).check()
    elif given == "unknown":
        box = place.locator('[data-unknown], input[value="unknown"]')
        box.first.check()
    else:
        row = given if isinstance(given, Mapping) else {"value": given}
        # In the order of the page: what belongs to a value shows once there is one.
        shown = place.locator("[data-input]").evaluate_all("(all) => all.map((e) => e.dataset.input)")
        for key in sorted(row, key=shown.index):
            put(place, key, row[key])
    settled(page)


def put(place: Any, key: str, value: Any) -> None:
    control = place.locator(f'[data-input="{key}"]').first
    text = ("yes" if value else "no") if isinstance(value, bool) else value
    match control.get_attribute("data-kind"):
        case "pills":
            control.locator(f'input[value="{text}"]').check()
        case "select" | "unit":
            control.select_option(str(text))
        case "term" | "terms":
            for each in text if isinstance(text, list) else [str(text)]:
                control.fill(each)
                control.press("Enter")
        case _:
            control.fill(str(text))
            control.press("Tab")


def settled(page: Any) -> None:
    """Until everything typed is on the server and shown."""
    until(
        page,
        "() => document.getElementById('saved').textContent.endsWith('saved') && !('busy' in document.body.dataset)",
    )


def standings(page: Any, kind: str) -> dict[str, str]:
    """The candidates of a kind as they are shown, folded ones included, with their standing."""
    found = page.eval_on_selector_all(
        f"#{kind} details[data-candidate]",
        "(all) => all.map((e) => [e.dataset.candidate, [...e.classList].find((c) => c !== 'candidate')])",
    )
    return dict(found)
