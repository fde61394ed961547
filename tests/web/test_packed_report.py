"""The report of many patients: packed, searched, and written out patient by patient as the report of few is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from matcher.explanation.lines import line_of
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.service import Matcher, MatchOptions, open_rulebook
from matcher.service.account import Account, Run
from matcher.service.rendered import Indexed
from matcher.service.report import Detail, Report
from tests.unit.service.made import reading
from tests.web.waiting import until
from tests.whole import one_of, only_whole

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 1, 15)
PATIENTS = 30
# An element as a line, and a text as a line: white space between elements is nothing.
WRITTEN = """() => {
  const compared = [...document.querySelectorAll("article.patient")].slice(0, 3);
  compared.forEach(one => one.querySelectorAll("details").forEach(each => each.open = true));
  const said = [];
  const walk = node => {
    if (node.nodeType === 3) { const text = node.data.replace(/\\s+/g, " ").trim(); if (text) said.push(text); return; }
    const about = [...node.attributes].filter(each => each.name !== "open").map(each => `${each.name}=${each.value}`);
    said.push("<" + [node.tagName.toLowerCase(), ...about.sort()].join(" ") + ">");
    node.childNodes.forEach(walk);
  };
  compared.forEach(walk);
  // A text may stand in pieces: it is the same text.
  return said.join("\\n").replace(/\\n(?!<)/g, " ").replace(/ (?=[.,])/g, "").split("\\n");
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same patients written out by the template, and packed for the script."""
    rulebook = open_rulebook()
    file = read_patients(
        ROOT / "fixtures" / "patients.csv", formulary=rulebook.formulary, as_of=DAY, today=DAY
    )
    profiles = [each.profile for each in file if isinstance(each, Patient)]
    matcher = Matcher(rulebook, MatchOptions(include_closed=True))
    shown = [matcher.match_one(each, ["ecog: cannot be read"]) for each in profiles]
    written: dict[str, Path] = {}
    for detail in (Detail.FULL, Detail.LINES):
        counts = Account(Run(rulebook, "patients.csv", DAY.isoformat(), "single"))
        report, page = Report(io.StringIO(), PATIENTS), io.StringIO()
        report.detail = detail
        for each in shown:
            counts.count(each)
            report.add(each)
            report.add_line(Indexed.of(each), line_of(each, matcher.common))
        common = matcher.common.document([each.id for each in rulebook.candidates if each.roots is not None])
        report.write(page, counts, reading(len(shown)), common=common)
        path = written[detail.value] = tmp_path_factory.mktemp("report") / f"{detail.value}.html"
        path.write_text(page.getvalue(), encoding="utf-8")
    return written


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, pages: dict[str, Path], asked: list[str]) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(message.text))
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(pages["lines"].as_uri())
    yield opened
    opened.close()
    assert troubles == []


def everybody(page: Page) -> None:
    page.locator("#print-all").check()
    until(page, "document.getElementById('opened').dataset.whole === ''")


def test_a_patient_is_written_as_the_report_of_few_writes_them(
    page: Page, browser: Browser, pages: dict[str, Path]
) -> None:
    everybody(page)
    compared = "[...document.querySelectorAll('article.patient')].slice(0, 3)"
    page.evaluate(
        f"{compared}.forEach(one => one.querySelectorAll('details').forEach(each => each.open = true))"
    )
    until(
        page,
        f"{compared}.every(one => [...one.querySelectorAll('details.candidate')].every(each => !each.write))",
    )
    few = browser.new_page()
    few.goto(pages["full"].as_uri())
    expected, found = few.evaluate(WRITTEN), page.evaluate(WRITTEN)
    few.close()
    assert len(expected) > 2_000
    for ours, theirs in zip(found, expected, strict=False):
        assert ours == theirs
    assert len(found) == len(expected)


def test_nobody_is_written_before_they_are_asked_for(
    page: Page, pages: dict[str, Path], asked: list[str]
) -> None:
    assert page.locator("article.patient").count() == 0
    assert page.locator("table.index tbody tr").count() == 12
    assert asked == [pages["lines"].as_uri()]


def test_a_name_in_the_index_opens_the_patient_and_one_in_the_ranking_the_criteria(page: Page) -> None:
    page.get_by_role("link", name="P-002").first.click()
    until(page, "document.querySelector('#p2 h2')?.textContent === 'Patient P-002'")
    page.locator("#p2 .ranked a").first.click()
    until(page, "document.querySelector('#p2 details.candidate[open] table.criteria')")
    page.get_by_role("link", name="P-001").first.click()
    until(page, "document.getElementById('p1')")
    assert page.locator("article.patient").evaluate_all("each => each.map(one => one.id)") == ["p1", "p2"]


def test_an_address_with_a_patient_opens_them(browser: Browser, pages: dict[str, Path]) -> None:
    opened = browser.new_page()
    opened.goto(pages["lines"].as_uri() + "#p3")
    until(opened, "document.getElementById('p3')")
    opened.close()


def test_the_index_is_searched_by_all_words(page: Page) -> None:
    search = page.get_by_label("Search")
    search.fill("p-002 MEETS")
    assert page.locator("table.index tbody tr:visible").count() == 1
    assert page.get_by_role("status").inner_text() == "1 of 12"
    search.fill("nobody of that name")
    assert page.locator("table.index tbody tr:visible").count() == 0
    search.fill("")
    assert page.locator("table.index tbody tr:visible").count() == 12


def test_who_is_opened_is_printed_with_every_criterion(page: Page) -> None:
    page.get_by_role("link", name="P-002").first.click()
    until(page, "document.getElementById('p2')")
    assert page.pdf(format="A4").startswith(b"%PDF")
    until(page, "[...document.querySelectorAll('#p2 details.candidate')].every(each => !each.write)")


@only_whole
def test_rankings_of_everybody_are_printed_without_criteria(page: Page) -> None:
    page.locator("#print-rankings").check()
    until(page, "document.getElementById('opened').dataset.whole === ''")
    page.emulate_media(media="print")
    assert page.locator("article.patient:visible").count() == 12
    assert page.locator("details.candidate:visible").count() == 0
    assert page.locator("table.criteria").count() == 0


@pytest.mark.parametrize("width", one_of(2, [360, 1200]))
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.get_by_role("link", name="P-002").first.click()
    until(page, "document.getElementById('p2')")
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
