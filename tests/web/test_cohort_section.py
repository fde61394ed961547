"""All patients together, in a real browser: on a screen, on a telephone, on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.load import load_rulebook
from matcher.service.account import Account, Run
from matcher.service.cohort import CohortCounter, report_section
from matcher.service.report import Report
from matcher.standing.cohort import CohortPlan
from tests.unit.service.made import reading
from tests.web.test_report import LONG, POOR_CONTRAST
from tests.web.waiting import until
from tests.whole import one_of, only_whole

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENTS = 400


@pytest.fixture(scope="module")
def path(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped rules with a name that cannot be broken, and the sample patients many times over."""
    rulebook = load_rulebook(root / "rules")
    first, *others = rulebook.candidates
    criterion = replace(first.criteria[0], text=LONG)
    first = replace(first, title=LONG, criteria=(criterion, *first.criteria[1:]))
    rulebook = replace(rulebook, candidates=(first, *others))
    file = read_patients(
        root / "fixtures" / "patients.csv", formulary=rulebook.formulary, as_of=date(2026, 1, 15)
    )
    held = [outcome.profile for outcome in file if isinstance(outcome, Patient)]
    counter = CohortCounter(CohortPlan.of(rulebook))
    for number in range(PATIENTS):
        profile = replace(held[number % len(held)], id=f"P-{number}")
        counter.take(profile, left_out=number == 0)
    page = io.StringIO()
    account = Account(Run(rulebook, "patients.csv", "2026-01-15", "columnar"))
    section = report_section(counter.counts(), rulebook)
    Report(io.StringIO(), PATIENTS).write(page, account, reading(PATIENTS), section)
    written = tmp_path_factory.mktemp("report") / "report.html"
    written.write_text(page.getvalue(), encoding="utf-8")
    return written


@pytest.fixture
def page(browser: Browser, path: Path) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    asked: list[str] = []
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(message.text))
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(path.as_uri())
    yield opened
    opened.close()
    assert troubles == []
    assert asked == [path.as_uri()]


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


@pytest.mark.parametrize("width", one_of(3, [360, 768, 1200]))
def test_nothing_is_cut_and_nothing_lies_over_anything(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut: Any = page.evaluate(
        "() => [...document.querySelectorAll('.together :is(td, th, h3, h4, li, p)')]"
        ".filter(each => !each.closest('thead') && each.checkVisibility() && each.scrollWidth > each.clientWidth + 1"
        " && getComputedStyle(each).display !== 'inline').map(each => each.textContent.slice(0, 60))"
    )
    assert cut == []
    over: Any = page.evaluate("""() => {
      const found = [];
      for (const chart of document.querySelectorAll('.together svg')) {
        const frame = chart.getBoundingClientRect();
        const boxes = [...chart.querySelectorAll('text')].map(each => [each.textContent, each.getBoundingClientRect()]);
        boxes.forEach(([text, box], place) => {
          if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1) found.push(text);
          for (const [other, its] of boxes.slice(place + 1))
            if (box.right > its.left + 1 && its.right > box.left + 1 && box.bottom > its.top + 3 && its.bottom > box.top + 3)
              found.push(text + ' / ' + other);
        });
      }
      return found;
    }""")
    assert over == []


def test_all_text_can_be_read_against_its_background(page: Page) -> None:
    unfold(page)
    assert page.evaluate(POOR_CONTRAST.replace("document.body", "document.querySelector('.together')")) == []


def test_the_name_at_a_glance_opens_what_its_criteria_cost(page: Page) -> None:
    name = page.locator(".cohort-overview a").nth(2)
    target = page.locator(name.get_attribute("href") or "")
    assert target.get_attribute("open") is None
    name.click()
    until(page, "each => each.open", arg=target.element_handle())
    assert target.locator("table.cohort-criteria").is_visible()


@only_whole
def test_charts_have_a_name_and_the_map_can_be_moved_with_the_keyboard(page: Page) -> None:
    assert page.get_by_role("img", name="Standing of each patient towards each candidate").count() == 1
    assert (
        page.get_by_role("img", name="Patients for whom a missing fact would settle a candidate").count() == 1
    )
    page.set_viewport_size({"width": 360, "height": 800})
    page.locator(".chart.wide").focus()
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.chart.wide').scrollLeft > 0")


@only_whole
@pytest.mark.parametrize("paper", one_of(2, ["A4", "Letter"]))
def test_it_prints(page: Page, paper: str) -> None:
    page.emulate_media(media="print")
    until(
        page,
        "() => [...document.querySelectorAll('.cohort-criteria td')].every(each => each.checkVisibility())",
    )
    assert page.pdf(format=paper, print_background=True).startswith(b"%PDF")


def test_rankings_only_leaves_the_criteria_out_on_paper(page: Page) -> None:
    page.locator("#print-rankings").check()
    page.emulate_media(media="print")
    assert page.locator(".cohort-criteria:visible").count() == 0
    assert page.locator(".cohort-overview:visible").count() > 0
