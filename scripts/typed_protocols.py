"""Protocols that nobody has encoded, from pasted text to approved, typed into a real browser as a person would.

`python scripts/typed_protocols.py [RECORD.xml ...]`, or `make typed`. What an author says of each sentence of three
protocols is written down in `typed_plans.py`: a proposal that was read and taken, a word that was looked for, or that
it is left to a person. Of any other record every proposal is taken that nothing speaks against. The author then states
the verdict of each case that the page offers; a second person looks at the impact and approves. Printed are
keystrokes, clicks and minutes of the program; the rule and its cases are left in `out/typed/`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import httpx
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.web.live import serving  # noqa: E402

from matcher.api.clock import now  # noqa: E402
from matcher.exchange.registry import Record, records_of  # noqa: E402
from matcher.store import Tokens, open_database  # noqa: E402
from typed_plans import PLANS, Plan, Said  # noqa: E402

CHROMIUM = os.environ.get("MATCHER_CHROMIUM", "/usr/bin/chromium")
_PEOPLE = {"anna": "author", "berta": "approver"}


@dataclass
class Hands:
    """A person at a page; what their fingers did is counted."""

    page: Page
    keys: int = 0
    clicks: int = 0
    told: list[str] = field(default_factory=list)

    def click(self, what: str) -> None:
        self.clicks += 1
        self.page.locator(what).first.click()

    def type(self, into: str, text: str) -> None:
        self.click(into)
        self.keys += len(text)
        self.page.keyboard.type(text)

    def paste(self, into: str, text: str) -> None:
        self.click(into)
        self.keys += 2
        self.page.locator(into).fill(text)

    def saved(self) -> None:
        self.page.wait_for_selector("#editor[data-saved=true]")


def encode(hands: Hands, base: str, record: Record, plan: Plan | None) -> str:
    """The sentences of a record, each encoded or left to a person; the address of the draft."""
    page = hands.page
    page.goto(f"{base}/drafts/new?from=sentences")
    hands.type("#candidate", record.identifier)
    hands.type("#title", record.title)
    hands.type("#document", "ClinicalTrials.gov")
    hands.paste("#address", f"https://clinicaltrials.gov/study/{record.identifier}")
    hands.paste("#text", record.criteria)
    hands.click("text=Begin the draft")
    page.wait_for_selector("#editor[data-ready=true]")
    draft = page.url
    while number := page.locator(".waiting li").count():
        first = page.locator(".waiting li").first
        sentence = first.locator("p").first.inner_text().removeprefix("not yet").strip(" .;,")
        answer = plan.says.get(sentence) if plan is not None else None
        _answered(hands, first, sentence, answer)
        page.wait_for_function(
            "number => document.querySelectorAll('.waiting li').length < number", arg=number
        )
    for answer in plan.beside if plan is not None else ():
        hands.click("#add")
        _said(hands, answer)
    if plan is not None and plan.phase:
        hands.click(".about-rule summary")
        hands.page.fill("[aria-label=phase]", "")
        hands.type("[aria-label=phase]", plan.phase)
        page.keyboard.press("Tab")
    hands.saved()
    if page.locator("text=Say full").count():
        hands.click("text=Say full")
        page.wait_for_selector("#cards >> text=Coverage: full")
    hands.saved()
    return draft


def _answered(hands: Hands, sentence: Any, text: str, answer: Said | None) -> None:
    """As the plan says it; without one a proposal is taken, and what has none is left to a person."""
    proposed = sentence.locator("text=Look at the proposal")
    if answer is None and proposed.count():
        hands.clicks += 1
        proposed.click()
        if _taken(hands, text):
            return
    if answer is None or answer.person:
        hands.click(".waiting li >> text=Leave to a person")
        return
    hands.clicks += 1
    sentence.locator("button").first.click()
    _said(hands, answer, text)


def _said(hands: Hands, answer: Said, text: str = "") -> None:
    """One criterion in the dialog, and what is said of it on its card."""
    page = hands.page
    _composed(hands, answer)
    assert _taken(hands, text or answer.look), (text, answer)
    card = page.locator(".card:focus-within")
    for beside in answer.any_of:
        if not card.locator("text=Add to this group").count():
            card.locator("[aria-label=Group]").first.select_option("any")
            hands.clicks += 2
        card.locator("text=Add to this group").click()
        hands.clicks += 1
        _composed(hands, beside)
        assert _taken(hands, f"{text}, or"), beside
    if answer.screening:
        hands.clicks += 1
        card.locator("label:has-text('Screening settles it') input").check()
    if answer.lost:
        hands.clicks += 1
        hands.keys += len(answer.lost)
        card.locator(".lost input").click()
        page.keyboard.type(answer.lost)
        page.keyboard.press("Tab")
    hands.saved()


def _composed(hands: Hands, answer: Said) -> None:
    page = hands.page
    page.wait_for_selector("#adding[open]")
    if answer.look:
        if not page.locator("#add-search").count():
            hands.click("text=Something else")
        hands.type("#add-search", answer.look)
        wanted = page.locator(f".offers button:has(span:text-is({answer.choose or answer.look!r}))")
        wanted.first.wait_for()
        hands.clicks += 1
        wanted.first.click()
    for name, value in answer.fields:
        field = page.locator(f"[data-key='add {name}']")
        if not field.count():
            hands.clicks += 2
            page.locator("#adding [aria-label='Say more']").select_option(name)
        if field.first.evaluate("element => element.tagName") == "SELECT":
            hands.clicks += 2
            field.select_option(value)
        else:
            hands.type(f"[data-key='add {name}']", value)
            page.keyboard.press("Tab")


def _taken(hands: Hands, sentence: str) -> bool:
    """Whether what is composed says something and lint has nothing against it."""
    page = hands.page
    page.wait_for_selector("#add-says p")
    page.wait_for_timeout(600)  # a person reads it
    says = page.inner_text("#add-says")
    if page.locator("#add-says .finding").count():
        hands.told.append(f"not taken: {says}")
        hands.click("#adding >> text=Cancel")
        page.wait_for_selector("#adding:not([open])", state="attached")
        return False
    hands.told.append(f"{sentence} => {says}")
    hands.click("#adding >> text=Add it")
    page.wait_for_selector("#adding:not([open])", state="attached")
    return True


def show(hands: Hands, draft: str) -> None:
    """A case for every empty cell that the page offers one for. The author says what must come out."""
    page, before = hands.page, ""
    while True:
        page.goto(f"{draft}/cases")
        holes = page.locator("a[href*='/cases/new?key=']")
        if not holes.count():
            return
        wanted = holes.first.inner_text().strip("+ \n")
        title = holes.first.get_attribute("title") or ""
        key = str(holes.first.get_attribute("href")).partition("key=")[2]
        if key == before:
            hands.told.append(f"still empty: {title}")
            return
        before = key
        hands.clicks += 1
        holes.first.click()
        note = page.locator("form.case").locator("xpath=..").locator(".since")
        if note.count() and note.first.inner_text().startswith(("Change", "Write")):
            _excuse(hands, draft, unquote_plus(key))
            continue
        if not page.locator("fieldset input[type=radio]:checked").count():
            choices = page.locator("fieldset input[type=radio]")
            values = [choices.nth(place).get_attribute("value") for place in range(choices.count())]
            verdict = wanted if wanted in values else _meant(title, [str(each) for each in values])
            hands.click(f"fieldset input[value='{verdict}']")
        hands.click("text=Save the case")
        page.wait_for_load_state()
        if page.locator(".flag").count():
            hands.told.append(f"case: {title}: {page.locator('.flag').first.inner_text()}")
            return


def _excuse(hands: Hands, draft: str, key: str) -> None:
    """What no single fact shows is excused in writing."""
    page = hands.page
    page.goto(f"{draft}/cases")
    hands.click("text=Excuse an empty cell in writing")
    page.select_option("#about", key)
    hands.type(
        "form[action$='/excuses'] [name=reason]", "No single fact shows it; the sentence was read again."
    )
    hands.click("form[action$='/excuses'] button")
    page.wait_for_load_state()
    hands.told.append(f"excused: {key}")


def _meant(title: str, values: list[str]) -> str:
    """On a limit with *at least* or *at most* the patient passes; beside it they do not."""
    on = "exactly on" in title
    included = "at least" in title or "at most" in title
    return values[0] if on is included else values[1]


def approve(author: Hands, reviewer: Hands, draft: str) -> str:
    """Given to review, looked at and approved; what the page says of it."""
    author.page.goto(f"{draft}/review")
    author.click("text=Give it to review")
    reviewer.page.goto(f"{draft}/impact")
    if reviewer.page.locator("button:text('Look')").count():
        reviewer.click("button:text('Look')")
    reviewer.page.goto(f"{draft}/review")
    reviewer.type("#reason-approve", "Read against the registry's text, sentence by sentence.")
    reviewer.click("button:text('Approve')")
    reviewer.page.wait_for_load_state()
    return reviewer.page.locator(".done, .flag").first.inner_text()


def _signed_in(browser: Any, base: str, secret: str) -> Page:
    page: Page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{base}/login")
    page.fill("input[name=token]", secret)
    page.click("main button")
    return page


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("records", nargs="*", type=Path, help="records of ClinicalTrials.gov")
    asked.add_argument("--out", type=Path, default=ROOT / "out" / "typed")
    given = asked.parse_args()
    shared = Path(os.environ.get("MATCHER_REAL_DATA", ROOT.parent / "shared" / "data")) / "ctgov" / "xml"
    files = given.records or [path for each in PLANS for path in sorted(shared.rglob(f"{each}.xml"))]
    if not files:
        print(f"No records: there are none in {shared}; name some.")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="typed-"))
    (folder / "rules").mkdir()
    # Lists and derived facts of the shipped rulebook, whose own trials these are not weighed against.
    for part in ("lists", "derivations"):
        shutil.copytree(ROOT / "rules" / part, folder / "rules" / part)
    (folder / "rules" / "rulebook.yaml").write_text("rulebook: typed\nextends: none\n", "utf-8")
    database = open_database(f"sqlite:///{folder / 'store.sqlite'}", now)
    secrets = {name: Tokens(database).create(role, person=name.title())[1] for name, role in _PEOPLE.items()}  # type: ignore[arg-type]
    database.close()
    given.out.mkdir(parents=True, exist_ok=True)
    failed = 0
    with serving(folder, rules=str(folder / "rules")) as live, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        pages = {name: _signed_in(browser, live.base, secret) for name, secret in secrets.items()}
        for file in files:
            for record in records_of(file):
                failed += not _typed(pages, live.base, record, secrets["anna"], given.out)
        browser.close()
    return 1 if failed else 0


def _typed(pages: dict[str, Page], base: str, record: Record, secret: str, out: Path) -> bool:
    author, reviewer = Hands(pages["anna"]), Hands(pages["berta"])
    began = time.monotonic()
    draft = encode(author, base, record, PLANS.get(record.identifier))
    encoded = time.monotonic()
    show(author, draft)
    shown = time.monotonic()
    said = approve(author, reviewer, draft)
    done = time.monotonic()
    headers = {"authorization": f"Bearer {secret}"}
    held = httpx.get(f"{base}/v1{draft.removeprefix(base)}", headers=headers).json()
    (out / f"{record.identifier}.yaml").write_text(held["text"], "utf-8")
    (out / f"{record.identifier}.cases.yaml").write_text(held["cases"], "utf-8")
    lines = [
        f"{record.identifier}: {held['state']}. {' '.join(said.split())[:200]}",
        f"  author {author.keys} keystrokes, {author.clicks} clicks; reviewer {reviewer.keys}, {reviewer.clicks}",
        f"  minutes: {(encoded - began) / 60:.1f} criteria, {(shown - encoded) / 60:.1f} cases, {(done - shown) / 60:.1f} review",
        *(f"  {each}" for each in author.told),
    ]
    print("\n".join(" ".join(each.split()) if each[0] != " " else each for each in lines), flush=True)
    return bool(held["state"] == "approved")


if __name__ == "__main__":
    sys.exit(main())
