"""An author in a real browser: cards, text, and what keeps both. Scenes 1 to 5 and 7 of the workbench."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.small_rulebook import write_rulebook
from tests.web.live import ROOT, Live, serving
from tests.web.waiting import PATIENCE
from tests.whole import one_of, only_whole

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 780}
RULE = """\
# Of a hospital's own, with an order of its own.
title:   A trial under work   # and spacing
trial: NCT00000042
phase: "2"
recruitment: {status: recruiting, as_of: 2026-01-01, source: protocol}
coverage: partial
sources:
  protocol: {document: Protocol 42, section: Eligibility}
inclusion:
  # the first
  I-01:
    source: protocol
    when: {lab: {test: platelets,   at_least: 100 10*9/L, within: 14 days}}   # as printed
    text: Platelets of at least 100
  I-02:
    text: Either of these
    when:
      any:
        - age: {at_least: 18 years}
        - sex: male
    source: protocol
"""
PROTOCOL = """\
Inclusion Criteria:
* Age >= 18 years
* Platelets \u2265 100 x 10^9/L within 14 days
* Able to comply, in the opinion of the investigator

Exclusion Criteria:
1. Known HIV infection
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, rules=str(write_rulebook(folder / "rules"))) as started:
        yield started


@pytest.fixture(scope="module")
def page(browser: Any, live: Live) -> Iterator[Any]:
    context = browser.new_context(viewport=DESKTOP)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield opened
    # A browser says of every refusal that it was one; those that a scene brings about are told apart by it.
    assert [each for each in complaints if "status of 4" not in each] == []
    context.close()


def begin(live: Live, **how: Any) -> str:
    answered = httpx.post(
        f"{live.base}/v1/drafts", json=how or {"from": "file", "text": RULE}, timeout=PATIENCE
    )
    assert answered.status_code == 201, answered.text
    return str(answered.json()["id"])


def text_of(live: Live, draft: str) -> str:
    return str(httpx.get(f"{live.base}/v1/drafts/{draft}", timeout=PATIENCE).json()["text"])


def look(page: Any, live: Live, draft: str, view: str = "") -> None:
    page.goto(f"{live.base}/drafts/{draft}{view}")
    page.wait_for_selector("#editor[data-ready=true]")


def saved(page: Any) -> None:
    page.wait_for_selector("#editor[data-saved=true]")


def test_scene_1_a_criterion_by_keyboard_alone(page: Any, live: Live) -> None:
    draft = begin(live, **{"from": "blank", "candidate": "NCT00000043"})
    look(page, live, draft)
    page.keyboard.press("a")
    page.wait_for_selector("#add-search:focus")
    page.keyboard.type("platelets")
    page.wait_for_selector(".offers button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-key='add at_least']:focus")
    page.keyboard.type("100")
    for _ in range(2):  # over the unit, which is the test's own
        page.keyboard.press("Tab")
    page.keyboard.type("14")
    page.wait_for_selector("#add-says :text('Platelets within 14 days at least 100 x 10^9/L')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#adding:not([open])", state="attached")
    saved(page)
    assert "Platelets within 14 days at least 100 x 10^9/L" in page.inner_text("#cards")
    assert page.get_attribute("#editor", "data-errors") == "0"
    text = text_of(live, draft)
    assert "when: {lab: {test: platelets, at_least: 100 10*9/L, within: 14 days}}" in text
    laid = httpx.post(
        f"{live.base}/v1/authoring/cards", json={"text": text, "name": "NCT00000043"}, timeout=PATIENCE
    ).json()
    assert [each for each in laid["problems"] if each["severity"] == "error"] == []


def test_scene_2_one_click_makes_it_the_right_unit(page: Any, live: Live) -> None:
    wrong = RULE.replace("test: platelets,   at_least: 100 10*9/L", "test: haemoglobin, at_least: 9 g/L")
    draft = begin(live, **{"from": "file", "text": wrong})
    look(page, live, draft)
    row = page.locator(".field-row:has(.finding.error)")
    assert "no living patient has haemoglobin of 9 g/L" in row.inner_text()
    assert row.locator("input").input_value() == "9"
    page.click("text=Make it 9 g/dL")
    page.wait_for_selector("#editor[data-errors='0']")
    saved(page)
    assert text_of(live, draft) == wrong.replace("9 g/L", "9 g/dL")


def test_scene_3_one_limit_changed_is_that_line(page: Any, live: Live) -> None:
    draft = begin(live)
    look(page, live, draft)
    page.click("[data-id='I-01'] summary")
    page.fill("[data-id='I-01'] [aria-label='at least']", "75")
    page.wait_for_selector("[data-id='I-01'] .says:has-text('at least 75 x 10^9/L')")
    saved(page)
    assert text_of(live, draft) == RULE.replace("at_least: 100 10*9/L", "at_least: 75 10*9/L")
    page.select_option("#cohort", "invented")
    page.wait_for_selector("[data-id='I-01'] .counted:has-text('unknown 1 of 1')")
    page.select_option("#cohort", "")
    # A limit as it is printed fills the fields that it speaks of.
    page.evaluate(
        """text => {
            const input = document.querySelector("[data-id='I-01'] [aria-label='at least']");
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", text);
            input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true, bubbles: true }));
        }""",
        "> 1.5 x 10^9/L within 7 days",
    )
    page.wait_for_selector("[data-id='I-01'] .says:has-text('within 7 days above 1.5 x 10^9/L')")
    page.click("#undo")
    saved(page)


@only_whole
def test_groups_are_made_and_moved_in_the_form(page: Any, live: Live) -> None:
    draft = begin(live)
    look(page, live, draft)
    page.click("[data-id='I-02'] summary")
    page.locator("[data-id='I-02'] [aria-label='Move down']").first.click()
    page.wait_for_selector("[data-id='I-02'] .says p:first-child:has-text('Sex')")
    page.select_option("[data-id='I-02'] [aria-label='How these belong together']", "at_least")
    page.wait_for_selector("[data-id='I-02'] .says:has-text('at least 1 of these')")
    page.select_option("[data-id='I-02'] .node .node [aria-label='Group']", "not")
    page.wait_for_selector("[data-id='I-02'] .says:has-text('not: Sex')")
    saved(page)
    assert text_of(live, draft).partition("    when:\n")[2] == (
        "      at_least: 1\n      of:\n        - not:\n            sex: male\n"
        "        - age: {at_least: 18 years}\n    source: protocol\n"
    )


def test_scene_4_broken_text_then_cards(page: Any, live: Live) -> None:
    draft = begin(live)
    look(page, live, draft, "/text")
    broken = RULE.replace("within: 14 days}}", "within: 14 days}")
    page.fill("#text", broken)
    page.wait_for_selector("#findings .error")
    page.click(".tabs >> text=Cards")
    page.wait_for_selector(".broken")
    said = page.inner_text("#cards")
    assert "Nothing is lost" in said
    assert "when: {lab: {test: platelets" in page.inner_text(".broken") or "text: Platelets" in said
    saved(page)
    assert text_of(live, draft) == broken
    page.click("#cards >> text=in the text")
    assert page.evaluate("document.activeElement.id") == "text"
    page.fill("#text", RULE)
    page.click(".tabs >> text=Cards")
    page.wait_for_selector("[data-id='I-02']")
    saved(page)
    assert text_of(live, draft) == RULE


def test_scene_5_a_tab_that_is_killed_loses_no_word(page: Any, live: Live, browser: Any) -> None:
    draft = begin(live)
    other = page.context.new_page()
    look(other, live, draft)
    other.locator("[data-id='I-01'] .words").press("End")
    other.locator("[data-id='I-01'] .words").press_sequentially(" or more, seen twice")
    other.wait_for_timeout(2_000)
    other.close(run_before_unload=False)
    assert "text: Platelets of at least 100 or more, seen twice\n" in text_of(live, draft)
    # And where nothing gets through any more: what is typed is in this browser.
    other = page.context.new_page()
    look(other, live, draft)
    other.route("**/v1/**", lambda route: route.abort())
    other.locator("[data-id='I-02'] .words").press("End")
    other.locator("[data-id='I-02'] .words").press_sequentially(", typed in a tunnel")
    other.close(run_before_unload=False)
    look(page, live, draft)
    saved(page)
    assert "text: Either of these, typed in a tunnel\n" in text_of(live, draft)


def test_what_another_saved_meanwhile_is_shown_beside_ones_own(page: Any, live: Live) -> None:
    draft = begin(live)
    look(page, live, draft)
    theirs = RULE.replace("A trial under work", "Theirs")
    held = httpx.get(f"{live.base}/v1/drafts/{draft}", timeout=PATIENCE).json()
    sent = {"text": theirs, "revision": held["revision"]}
    assert httpx.put(f"{live.base}/v1/drafts/{draft}/text", json=sent, timeout=PATIENCE).status_code == 200
    page.fill("[data-id='I-01'] .words", "Mine")
    page.wait_for_selector("#conflict:visible")
    assert "Theirs" in page.inner_text("#conflict")
    page.click("text=Go on with mine")
    saved(page)
    assert text_of(live, draft) == RULE.replace("Platelets of at least 100", "Mine")


def test_scene_7_every_shipped_rule_is_opened_and_stays_as_it_is(page: Any, live: Live) -> None:
    """In the browser the longest and some of each kind; of all of them it is shown by the unit tests."""
    trials, regimens = (
        sorted(each for each in (ROOT / "rules" / kind).glob("*.yaml") if ".cases" not in each.name)
        for kind in ("trials", "regimens")
    )
    longest = max(trials, key=lambda each: each.stat().st_size)
    for file in one_of(3, [longest, trials[0], regimens[-1]]):
        shipped = file.read_bytes().decode()
        draft = begin(live, **{"from": "file", "text": shipped})
        look(page, live, draft)
        page.wait_for_selector(".card, .about-rule")
        if page.locator(".card summary").count():
            page.locator(".card summary").first.click()
            words = page.locator(".card .words").first
            words.press("End")
            words.press_sequentially(" x")
            page.keyboard.press("Tab")
            page.wait_for_selector("#undo:enabled")
            page.click("#undo")
        page.click(".tabs >> text=Text")
        page.click(".tabs >> text=Cards")
        saved(page)
        assert text_of(live, draft) == shipped, file.name


@only_whole
def test_sentences_of_a_protocol_are_encoded_or_left_to_a_person(page: Any, live: Live) -> None:
    text = (
        RULE.partition("inclusion:")[0]
        + "# not yet (inclusion): Platelets \u2265 100 x 10^9/L within 14 days\n"
        + "# not yet (inclusion): Able to comply\n# not yet (exclusion): Expecting a child\n"
    )
    draft = begin(live, **{"from": "file", "text": text})
    look(page, live, draft)
    assert "3 sentences of the protocol: 3 not yet encoded" in page.inner_text("#cards")
    page.click("text=Look at the proposal")
    page.wait_for_selector("#add-says :text('Platelets within 14 days')")
    page.click("#adding >> text=Add it")
    page.wait_for_selector("[data-id='I-01']")
    page.click(".waiting li:has-text('Able to comply') >> text=Leave to a person")
    page.wait_for_selector("[data-id='I-02']")
    page.click(".waiting li:has-text('Expecting a child') >> text=Encode")
    page.wait_for_selector("#add-search:focus")
    page.keyboard.type("pregnan")
    page.wait_for_selector(".offers button")
    page.keyboard.press("Enter")
    page.click("#adding >> text=Add it")
    page.wait_for_selector("[data-id='E-01']")
    page.click("text=Say full")
    page.wait_for_selector("#cards >> text=Coverage: full")
    saved(page)
    assert text_of(live, draft).count("# protocol: ") == 3


def test_the_editor_is_whole_on_a_small_screen_and_for_a_screen_reader(page: Any, live: Live) -> None:
    draft = begin(live, **{"from": "file", "text": RULE.replace("100 10*9/L", "100")})
    look(page, live, draft)
    page.click("[data-id='I-02'] summary")
    try:
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), size
        for view in ("Cards", "Text"):
            page.click(f".tabs >> text={view}")
            found = axe.Axe().run(page).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []
        page.click(".tabs >> text=Cards")
        page.click("#add")
        assert [each["id"] for each in axe.Axe().run(page).response["violations"]] == []
    finally:
        page.set_viewport_size(DESKTOP)
