"""The report in a real browser: on a screen, on a telephone, on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from matcher.explanation.answer import DECISION_NOTICE, STANDING_TEXT, PatientShown
from matcher.service.report import Report
from tests.unit.service.made import FAILED, MET, PATIENT, REGIMEN, TRIAL, account, reading
from tests.web.waiting import until
from tests.whole import one_of, only_whole

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LONG = "Averyveryverylongwordwithoutanyplacetobreak" * 4

# The contrast of every piece of text with the first opaque colour behind it (WCAG 2, 1.4.3).
POOR_CONTRAST = """() => {
  const channel = value => { value /= 255; return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4 };
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = node => {
    for (let each = node; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || ["SCRIPT", "STYLE"].includes(node.tagName)) continue;
    const [one, two] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((a, b) => b - a);
    if ((one + 0.05) / (two + 0.05) < 4.5) poor.push(walker.currentNode.textContent.trim());
  }
  return poor;
}"""


def patients() -> list[PatientShown]:
    """A patient with a candidate of every standing, one with long words, and one who has died."""
    every = tuple(
        replace(TRIAL, rank=rank, id=f"T-{rank}", title=f"Trial {rank}", standing=name, standing_text=text)
        for rank, (name, text) in enumerate(STANDING_TEXT.items(), start=1)
    )
    long = replace(
        TRIAL,
        title=LONG,
        because=LONG,
        missing=(LONG,),
        criteria=(replace(MET, text=LONG, reason=LONG, citation=LONG), FAILED),
    )
    return [
        replace(PATIENT, trials=every),
        replace(PATIENT, patient=LONG, summary=(f"Diagnosis: {LONG}",), trials=(long,), questions=()),
        replace(
            PATIENT,
            patient="P-003",
            deceased=True,
            trials=(replace(TRIAL, rank=None),),
            regimens=(replace(REGIMEN, rank=None),),
        ),
    ]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    counts, page = account(), io.StringIO()
    report = Report(io.StringIO(), 3)
    for each in patients():
        counts.count(each)
        report.add(each)
    report.write(page, counts, reading(3))
    written = tmp_path_factory.mktemp("report") / "report.html"
    written.write_text(page.getvalue(), encoding="utf-8")
    return written


@pytest.fixture
def asked() -> list[str]:
    """Every address the page asks for."""
    return []


@pytest.fixture
def page(browser: Browser, path: Path, asked: list[str]) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(message.text))
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(path.as_uri())
    yield opened
    opened.close()
    assert troubles == []


def test_the_page_asks_for_nothing_but_itself(page: Page, path: Path, asked: list[str]) -> None:
    assert asked == [path.as_uri()]


def test_the_notice_the_version_and_the_day_stand_first(page: Page) -> None:
    cover = page.locator("header.cover").inner_text()
    assert DECISION_NOTICE in cover
    assert "0123456789ab" in cover
    assert "3 patients, as of 2026-01-15" in cover


def test_headings_and_landmarks_give_the_page_its_outline(page: Page) -> None:
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.locator("article.patient > header h2").count() == 3
    assert page.locator("table").count() == page.locator("table:has(thead th[scope=col])").count()
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("width", one_of(3, [360, 768, 1200]))
def test_nothing_is_wider_than_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut: Any = page.evaluate(
        "() => [...document.querySelectorAll('td, th, dd, h2, h4, li, p')]"
        ".filter(each => !each.closest('thead') && each.checkVisibility() && each.scrollWidth > each.clientWidth + 1"
        " && getComputedStyle(each).display !== 'inline').map(each => each.textContent.slice(0, 60))"
    )
    assert cut == []


def test_all_text_can_be_read_against_its_background(page: Page) -> None:
    assert page.evaluate(POOR_CONTRAST) == []


@pytest.mark.parametrize("standing", list(STANDING_TEXT))
def test_a_standing_is_a_word_and_a_shape_of_its_own(page: Page, standing: str) -> None:
    badge = page.locator(f".ranking .standing.{standing}").first
    assert badge.text_content() in (STANDING_TEXT[standing], "Not eligible")
    assert badge.locator(f"use[href='#s-{standing}']").count() == 1
    assert page.locator(f"symbol#s-{standing}").count() == 1


def test_the_name_in_the_ranking_opens_the_criteria(page: Page) -> None:
    target = page.locator("#p1-T-4")
    assert target.get_attribute("open") is None
    page.get_by_role("link", name="Trial 4").click()
    until(page, "document.getElementById('p1-T-4').open")
    assert target.locator("table.criteria").first.is_visible()


def test_the_page_can_be_used_with_the_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the patients"
    page.locator("#p1-T-1 > summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#p1-T-1").get_attribute("open") is not None


def test_on_paper_every_criterion_is_visible_and_each_patient_starts_a_page(page: Page) -> None:
    page.emulate_media(media="print")
    until(
        page,
        "() => [...document.querySelectorAll('.criteria td, .ruled-out td')].every(each => each.checkVisibility())",
    )
    breaks = page.evaluate(
        "() => [...document.querySelectorAll('.patient')].map(each => getComputedStyle(each).breakBefore)"
    )
    assert breaks == ["page"] * 3
    assert not page.locator(".printing").is_visible()


@only_whole
def test_paper_can_be_saved(page: Page) -> None:
    page.locator("#print-rankings").check()
    page.emulate_media(media="print")
    assert page.locator(".candidate:visible").count() == 0
    assert page.locator(".ranking:visible").count() == 6


@only_whole
@pytest.mark.parametrize("paper", one_of(2, ["A4", "Letter"]))
def test_it_prints(page: Page, paper: str) -> None:
    assert page.pdf(format=paper, print_background=True).startswith(b"%PDF")
