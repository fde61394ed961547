"""The intake page in a real browser against a real server: filled in from nothing, corrected, printed, cut off."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matcher.api.clock import now
from matcher.service import open_rulebook
from matcher.service.intake.sections import form_of
from matcher.service.intake.upload import answers_of
from matcher.store import Tokens, open_database
from tests.web.filling import answer, field, settled, standings, story
from tests.web.live import ROOT, Live, serving
from tests.web.pair import Pair, house
from tests.web.waiting import PATIENCE, until
from tests.whole import one_of, only_whole

WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 380, "height": 780}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live | Pair]:
    with house(tmp_path_factory.mktemp("server")) as live:
        yield live


class Watched:
    """A page whose every complaint and request is kept."""

    def __init__(self, context: Any, base: str) -> None:
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: self._asked(asked.url, base))
        self.base = base

    def _said(self, said: Any) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def _asked(self, url: str, base: str) -> None:
        if not url.startswith((base + "/", "blob:", "data:")):
            self.elsewhere.append(url)

    def open(self, day: str = "2026-01-15") -> Any:
        self.page.goto(f"{self.base}/intake")
        self.page.wait_for_selector("#question button")
        self.page.fill("#as-of", day)
        self.page.press("#as-of", "Tab")
        until(self.page, f"() => document.getElementById('as-of-said').textContent === '{day}'")
        return self.page


@pytest.fixture
def watched(browser: Any, server: Live | Pair, request: pytest.FixtureRequest) -> Iterator[Watched]:
    context = browser.new_context(viewport=getattr(request, "param", WIDE), accept_downloads=True)
    found = Watched(context, server.base)
    yield found
    context.close()
    # A breach of the Content-Security-Policy, a missing file, a failing script: all are said on the console.
    assert not found.complaints
    assert not found.elsewhere


def answers(told: dict[str, Any]) -> dict[str, Any]:
    rulebook = open_rulebook(ROOT / "rules")
    form = form_of(rulebook)
    given = answers_of(form, told["patient"], rulebook.formulary.lookup)
    return dict(sorted(given.items(), key=lambda each: form.place(each[0])))


@only_whole
@pytest.mark.parametrize("number", one_of(2, ["01", "09"]))
def test_a_story_filled_in_from_nothing_ends_as_the_story_does(watched: Watched, number: str) -> None:
    told = story(number)
    page = watched.open(told["as_of"])
    assert set(standings(page, "trials").values()) == {"possible"}
    if told.get("include_closed"):
        page.check("#closed")
        settled(page)
    seen = [standings(page, "trials")]
    for name, given in answers(told).items():
        answer(page, name, given)
        seen.append(standings(page, "trials"))
    assert len({json.dumps(each, sort_keys=True) for each in seen}) > 2
    for kind in ("trials", "regimens"):
        found = standings(page, kind)
        expected = {name: standing for each in told["expect"][kind] for name, standing in each.items()}
        assert {name: found[name] for name in expected} == expected
        assert [name for name in found if name in expected] == list(expected)
    for name, standing in told["expect"]["standings"].items():
        assert {**standings(page, "trials"), **standings(page, "regimens")}[name] == standing
    assert page.locator(".issue:visible").count() == 0


def test_one_click_on_the_question_answers_it_and_asks_the_next(watched: Watched) -> None:
    page = watched.open()
    answer(page, "diagnosis", "PLMESO")
    answer(page, "therapies", "complete")
    for _ in range(3):
        asked = page.locator("#question h3").inner_text()
        name = page.locator("#question .answers button").first
        name.click()
        settled(page)
        until(page, "(asked) => document.querySelector('#question h3').innerText !== asked", arg=asked)
        assert page.evaluate("document.activeElement.matches('#question h3')")
    assert "possible" in page.locator("#trials-counts").inner_text()
    assert page.locator("#changed").is_visible()


@only_whole
def test_a_question_that_needs_typing_leads_to_its_field(watched: Watched) -> None:
    page = watched.open()
    assert "cancer" in page.locator("#question h3").inner_text()
    page.get_by_role("button", name="Answer", exact=True).click()
    assert page.evaluate("document.activeElement.closest('[data-field]').dataset.field") == "diagnosis"
    page.keyboard.type("pleural meso")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    settled(page)
    assert "ruled out" in page.locator("#said").inner_text()
    assert page.locator("#changes li.lost").count() > 0


def test_a_correction_and_a_retraction_leave_no_trace(watched: Watched) -> None:
    page = watched.open()
    answer(page, "diagnosis", "PLMESO")
    first = (standings(page, "trials"), standings(page, "regimens"))
    answer(page, "ecog", {"value": "4"})
    assert (standings(page, "trials"), standings(page, "regimens")) != first
    answer(page, "ecog", {"value": "1"})
    field(page, "ecog").locator(".clear").click()
    settled(page)
    assert (standings(page, "trials"), standings(page, "regimens")) == first


@only_whole
def test_not_known_is_an_answer_that_is_not_asked_again(watched: Watched) -> None:
    page = watched.open()
    page.get_by_role("button", name="Not known").first.click()
    settled(page)
    assert field(page, "diagnosis").locator("[data-unknown]").is_checked()
    assert "cancer (type" not in page.locator("#question").inner_text()
    assert set(standings(page, "trials").values()) == {"possible"}


def test_what_cannot_be_read_is_said_at_its_field(watched: Watched) -> None:
    page = watched.open()
    answer(page, "lab:haemoglobin", {"value": "140", "unit": "g/dL"})
    said = field(page, "lab:haemoglobin").locator(".issue")
    assert "in g/L it would be possible" in said.inner_text()
    assert field(page, "lab:haemoglobin").locator('[aria-invalid="true"]').count() == 1
    answer(page, "lab:haemoglobin", {"unit": "g/L"})
    assert not said.is_visible()


@only_whole
def test_a_unit_chosen_beside_the_number_is_converted_at_once(watched: Watched) -> None:
    page = watched.open()
    place = field(page, "lab:creatinine")
    place.locator('[data-input="unit"]').select_option("umol/L")
    place.locator('[data-input="value"]').fill("88")
    assert place.locator("output").inner_text() == "= 0.9955 mg/dL"


@only_whole
def test_brand_names_are_completed_and_therapies_drawn_in_time(watched: Watched) -> None:
    page = watched.open()
    field(page, "therapies").locator(".add").click()
    page.keyboard.type("keytr")
    page.wait_for_selector("[role=option]")
    assert "pembrolizumab" in page.locator("[role=option]").first.inner_text()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    row = field(page, "therapies").locator(".row")
    row.locator('[data-input="agents"]').fill("")
    answer(page, "therapies/2", {"agents": ["cisplatin", "alimta"], "start": "2025-01", "end": "2025-05-02"})
    assert row.nth(1).locator(".token").all_inner_texts() == [
        "cisplatin\n\N{MULTIPLICATION SIGN}",
        "pemetrexed\n\N{MULTIPLICATION SIGN}",
    ]
    drawn = page.locator(".timeline svg")
    assert drawn.locator(".bar").count() == 1
    assert "cisplatin + pemetrexed from 2025-01-01 to 2025-05-02" in str(drawn.get_attribute("aria-label"))
    row.first.locator(".remove").click()
    settled(page)
    assert row.count() == 1


def test_a_candidate_opens_to_its_criteria_with_facts_and_sources(watched: Watched) -> None:
    page = watched.open()
    answer(page, "diagnosis", {"value": "PLMESO", "date": "2025-12-18"})
    answer(page, "ecog", {"value": "1", "date": "2026-01-10"})
    entry = page.locator('#trials details[data-candidate="NCT06097728"]')
    entry.evaluate(
        "(e) => { for (let p = e.parentElement; p; p = p.parentElement) if (p.tagName === 'DETAILS') p.open = true }"
    )
    entry.locator("summary").first.click()
    entry.locator(".criterion").first.wait_for()
    text = entry.inner_text()
    assert "intake form, ECOG performance status" in text
    assert "Source: KEY_CRITERIA" in text
    assert "unknown" in text
    assert "Not known yet (" in text
    assert "Exclusion: " in text


@only_whole
def test_the_keyboard_alone_is_enough(watched: Watched) -> None:
    page = watched.open()
    page.focus("#patient")
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.closest('[data-field]')?.dataset.field ?? ''"))
        if reached[-1] == "sex":
            break
    assert "birth_date" in reached
    page.keyboard.press("Space")
    settled(page)
    assert field(page, "sex").locator("input:checked").get_attribute("value") == "female"
    page.keyboard.press("ArrowRight")
    settled(page)
    assert field(page, "sex").locator("input:checked").get_attribute("value") == "male"
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.focus(".skip")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#matches"
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('#matches'))")


@only_whole
def test_every_control_has_a_name_and_the_page_its_landmarks(watched: Watched) -> None:
    page = watched.open()
    field(page, "therapies").locator(".add").click()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('input, select, button, [role=radiogroup]')].filter((e) => {
             if (e.closest('template')) return false;
             const by = e.getAttribute('aria-labelledby');
             const named = (by && by.split(' ').every((id) => document.getElementById(id)?.textContent.trim()))
               || e.getAttribute('aria-label') || e.textContent.trim() || [...(e.labels ?? [])].some((l) => l.textContent.trim());
             return !named; }).map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []
    repeated = page.evaluate(
        "() => { const ids = [...document.querySelectorAll('[id]')].map((e) => e.id); return ids.filter((id, n) => ids.indexOf(id) !== n); }"
    )
    assert repeated == []
    for role in ("banner", "main", "complementary", "contentinfo", "navigation"):
        assert page.get_by_role(role).count() >= 1
    assert page.locator("h1").count() == 1
    assert page.locator('[aria-live="polite"]').count() == 1
    assert page.locator("html").get_attribute("lang") == "en"


@only_whole
@pytest.mark.parametrize("watched", [NARROW], indirect=True)
def test_a_small_screen_shows_question_form_and_matches_without_scrolling_sideways(watched: Watched) -> None:
    page = watched.open()
    answer(page, "diagnosis", "PLMESO")
    answer(page, "therapies/1", {"agents": ["cisplatin"], "start": "2025-01-10"})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    assert page.locator("#ask").bounding_box()["y"] < page.locator("#form").bounding_box()["y"]
    assert not page.locator("#trials").is_visible()
    page.get_by_role("button", name=re.compile("Matches")).click()
    assert not page.locator("#form").is_visible()
    page.locator("#trials details[data-candidate] summary").first.click()
    page.locator("#trials .criterion").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    page.locator("#trials .ways button").first.click()
    assert page.evaluate("document.activeElement.closest('[data-field]').dataset.field")
    assert page.locator("#form").is_visible()


@only_whole
@pytest.mark.parametrize("watched", [{"width": 1366, "height": 768}], indirect=True)
def test_question_trials_and_regimens_are_in_view_before_anybody_scrolls(watched: Watched) -> None:
    page = watched.open()
    answer(page, "diagnosis", "PLMESO")
    for place in ("#question", "#trials .candidate >> nth=2", "#regimens .candidate >> nth=0"):
        box = page.locator(place).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 768 - page.locator("footer").bounding_box()["height"]


def test_what_is_in_the_way_comes_first_and_what_is_missing_leads_to_its_field(watched: Watched) -> None:
    page = watched.open()
    answer(page, "diagnosis", "PLMESO")
    answer(page, "ecog", {"value": "3"})
    out = page.locator("#trials details.ruled-out")
    out.locator("> summary").click()
    entry = out.locator("details[data-candidate]").first
    entry.locator("> summary").click()
    entry.locator(".criterion").first.wait_for()
    shapes = [
        each.split()[1]
        for each in entry.locator("li.criterion").evaluate_all("(all) => all.map((e) => e.className)")
    ]
    order = ["not-met", "unknown", "met"]
    assert [order.index(each) for each in shapes] == sorted(order.index(each) for each in shapes)
    way = entry.locator(".criterion.unknown .ways button").first
    title = way.inner_text().partition(": ")[2]
    way.click()
    held = page.evaluate("document.activeElement.closest('[data-field]').dataset.title")
    assert held == title


def test_nothing_that_was_answered_is_erased_unasked(watched: Watched) -> None:
    page = watched.open()
    answer(page, "diagnosis", "PLMESO")
    page.click("#new")
    page.get_by_role("button", name="Keep it").click()
    assert field(page, "diagnosis").locator("input").first.input_value() == "Pleural Mesothelioma"
    page.click("#new")
    page.get_by_role("button", name="Erase and begin anew").click()
    until(page, "() => document.getElementById('saved').textContent === '0 answers saved'")


def test_a_day_in_the_habit_of_the_house_is_understood_or_asked_about(watched: Watched) -> None:
    page = watched.open()
    typed = field(page, "birth_date").locator("input").first
    typed.fill("15.01.1960")
    typed.press("Tab")
    settled(page)
    assert "66" in page.locator("#summary").inner_text()
    typed.fill("03/04/1960")
    typed.press("Tab")
    field(page, "birth_date").get_by_role("button", name="3 April 1960").click()
    settled(page)
    assert typed.input_value() == "1960-04-03"
    assert page.locator(".issue:visible").count() == 0
    for said, issue, day in (
        ("3/4/2025", "3 April 2025 or 4 March 2025?", "2026-01-15"),
        ("2026-02-30", "Write the day as in", "2026-01-15"),
        ("15/1/2026", "", "2026-01-15"),
        ("16.1.2026", "", "2026-01-16"),
    ):
        page.fill("#as-of", said)
        page.press("#as-of", "Tab")
        settled(page)
        assert page.inner_text("#as-of-issue").startswith(issue)
        assert page.locator("#as-of-issue").is_visible() == bool(issue)
        assert page.inner_text("#as-of-said") == day
    assert page.input_value("#as-of") == "2026-01-16"


@only_whole
def test_it_prints_what_was_answered_and_where_that_leads(watched: Watched, tmp_path: Path) -> None:
    page = watched.open()
    answer(page, "diagnosis", "PLMESO")
    answer(page, "ecog", {"value": "1"})
    page.evaluate("() => { window.print = () => { window.printed = true } }")
    page.click("#print")
    until(page, "() => window.printed")
    assert page.locator("#trials > .candidates > li > details[open] .criterion").count() > 5
    page.emulate_media(media="print")
    assert field(page, "ecog").is_visible()
    assert not field(page, "weight").is_visible()
    assert not page.locator(".actions").is_visible()
    assert not page.locator("#ask").is_visible()
    assert page.locator("#trials").is_visible()
    assert "Check every criterion" in page.locator("footer").inner_text()
    assert len(page.pdf(path=str(tmp_path / "intake.pdf"))) > 20_000


@only_whole
def test_a_download_can_be_opened_again(watched: Watched, tmp_path: Path) -> None:
    page = watched.open()
    page.fill("#patient", "P-017")
    page.press("#patient", "Tab")
    for name, given in answers(story("09")).items():
        answer(page, name, given)
    before = (standings(page, "trials"), standings(page, "regimens"))
    with page.expect_download() as waiting:
        page.click("#download")
    kept = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(kept)
    assert re.fullmatch(r"intake-P-017-2026-01-15\.json", kept.name)
    told = json.loads(kept.read_text("utf-8"))
    assert told["profile"]["diagnoses"][0]["code"] == "PCM"
    assert told["rulebook"]["version"]
    page.click("#new")
    page.get_by_role("button", name="Erase and begin anew").click()
    until(page, "() => !document.querySelector('.field.answered')")
    for file in (kept, _only(tmp_path, told["profile"])):
        page.set_input_files("#file", str(file))
        until(
            page,
            "() => document.getElementById('as-of-said').textContent === '2026-01-15' && document.querySelector('.field.answered')",
        )
        assert (standings(page, "trials"), standings(page, "regimens")) == before


def _only(folder: Path, profile: dict[str, Any]) -> Path:
    place = folder / "profile.json"
    place.write_text(json.dumps(profile), "utf-8")
    return place


def test_a_lost_connection_keeps_what_was_typed_and_says_so(watched: Watched) -> None:
    page = watched.open()
    page.route("**/v1/sessions/**", lambda route: route.abort("connectionfailed"))
    field(page, "sex").locator('input[value="female"]').check(force=True)
    page.locator("#banner").wait_for()
    assert "kept here" in page.locator("#banner").inner_text()
    page.unroute("**/v1/sessions/**")
    settled(page)
    assert not page.locator("#banner").is_visible()
    assert "1 answer saved" in page.locator("#saved").inner_text()
    watched.complaints = [each for each in watched.complaints if "ERR_CONNECTION_FAILED" not in each]


def test_an_expired_session_loses_nothing(watched: Watched, server: Live | Pair) -> None:
    page = watched.open()
    answer(page, "diagnosis", "PLMESO")
    before = standings(page, "trials")
    with server.client() as client:
        old = page.evaluate("sessionStorage.getItem('matcher-session')")
        assert client.delete(f"/v1/sessions/{old}").status_code == 204
    answer(page, "sex", "female")
    assert "expired" in page.locator("#banner").inner_text()
    assert page.evaluate("sessionStorage.getItem('matcher-session')") != old
    assert standings(page, "trials").keys() == before.keys()
    page.reload()
    page.wait_for_selector("#question button")
    assert field(page, "sex").locator("input:checked").get_attribute("value") == "female"
    watched.complaints = [each for each in watched.complaints if "404" not in each]


@only_whole
def test_always_in_sight(watched: Watched) -> None:
    page = watched.open()
    text = page.locator(".top").inner_text() + page.locator("footer").inner_text()
    for said in ("a clinician decides", "Rulebook", "2026-01-15"):
        assert said in text


@only_whole
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_keep_their_contrast(browser: Any, server: Live | Pair, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server.base}/intake")
    names = ["ink", "soft", "accent", "green", "teal", "blue", "amber", "violet", "plum", "slate", "red"]
    names += ["paper", "wash", "accent-wash", *(f"{name}-wash" for name in names[3:]), "on-accent"]
    tokens = page.evaluate(
        "(names) => { const s = getComputedStyle(document.documentElement); return Object.fromEntries(names.map((n) => [n, s.getPropertyValue('--' + n).trim()])); }",
        names,
    )
    context.close()
    pairs = [(ink, "paper") for ink in names[:11]] + [
        ("ink", "wash"),
        ("soft", "wash"),
        ("ink", "accent-wash"),
    ]
    pairs += [(name, f"{name}-wash") for name in names[3:11]] + [
        ("on-accent", "accent"),
        ("accent", "accent-wash"),
    ]
    weak = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_who_has_a_token_enters_by_it(browser: Any, tmp_path: Path) -> None:
    with serving(tmp_path) as live:
        database = open_database(live.settings.store_url, now)
        secret = Tokens(database).create("intake")[1]
        database.close()
        context = browser.new_context()
        page = context.new_page()
        until_guarded(live)
        page.goto(f"{live.base}/intake")
        for typed in ("not this one", secret):
            assert page.url.startswith(f"{live.base}/login")
            assert not page.query_selector("#form")
            page.fill("#token", typed)
            page.click("main button")
        page.wait_for_selector("#question button")
        page.reload()
        page.wait_for_selector("#question button")
        context.close()


def until_guarded(live: Live) -> None:
    """What a server knows of tokens is at most two seconds old."""
    with live.client() as http:
        ends = time.monotonic() + PATIENCE
        while http.get("/v1/form").status_code != 401:
            assert time.monotonic() < ends
            time.sleep(0.1)
