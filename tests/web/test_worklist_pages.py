"""The coordinator in a real browser: from home to who fits, what to ask, what was done. Scenes 15 to 20."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.live import ROOT, Live, serving

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 780}
PATIENTS = (ROOT / "fixtures" / "patients.csv").read_text("utf-8")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="module")
def page(browser: Any, live: Live) -> Iterator[Any]:
    context = browser.new_context(viewport=DESKTOP)
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.goto(live.base)
    yield opened
    assert complaints == []
    context.close()


def send(page: Any, live: Live, folder: Path, content: str, button: str) -> None:
    file = folder / "list.csv"
    file.write_text(content, "utf-8")
    page.click(f"a:has-text('{button}')")
    if page.locator("#title").count():
        page.fill("#title", "Tuesday clinic")
    page.set_input_files("#file", file)
    page.fill("#as_of", "2026-01-15")
    page.click("text=Send and look through")
    page.wait_for_selector("h2:has-text('Before anybody is matched')")


@pytest.fixture(scope="module")
def listed(page: Any, live: Live, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Scene 15: every problem with its row before matching, and the good rows go on. The list's address."""
    strange = PATIENTS.replace("patient_id,", "shoe_size,patient_id,", 1).replace("\nP-", "\n40,P-")
    strange = strange.replace("\n,", "\n40,,")
    send(page, live, tmp_path_factory.mktemp("sent"), strange, "New worklist")
    said = page.inner_text("main")
    assert "12 of 13 patients can be matched; 1 cannot" in said
    assert "shoe_size" in page.inner_text(".unread")
    rows = page.locator("[aria-label='Problems by row'] tbody tr td:first-child").all_inner_texts()
    assert [each for each in rows if each != "1"] == ["12", "13", "14"]
    assert complaints(page) == []
    page.click("text=Match these patients")
    page.wait_for_selector("table.patients")
    return re.sub(r"\?.*", "", page.url)


def complaints(page: Any) -> list[str]:
    found = axe.Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


def test_from_the_home_page_to_what_to_ask_in_three_clicks_on_one_page(
    page: Any, live: Live, listed: str
) -> None:
    page.goto(live.base)
    page.click("a:has-text('Tuesday clinic')")
    page.click("a:text-is('P-002')")
    said = page.inner_text("article.board")
    assert "Mesothelin-targeted CAR T cells" in said
    assert said.index("Trials") < said.index("What to ask") < said.index("Regimens")
    assert page.locator(".asking li").count() == 5
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
    page.click("text=In plain language")
    assert "no decision and no advice" in page.inner_text("main")
    assert not re.search(r"\b[IE]-\d\d\b|the patient\b", page.inner_text("main"))
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1


def test_scene_17_a_status_that_changed_meanwhile_is_named(page: Any, live: Live, listed: str) -> None:
    page.goto(listed)
    other = page.context.new_page()
    other.goto(listed)
    for each, status, ticked in ((other, "contacted", "P-004"), (page, "reviewing", "")):
        each.check(f"[aria-label='Tick {ticked}']" if ticked else "#all")
        each.select_option("#bulk select", status)
        each.click("#bulk button")
        each.wait_for_selector("#answered")
    assert re.sub(r"\s+", " ", page.inner_text("#answered")).startswith(
        "10 set, 1 not: somebody changed it meanwhile."
    )
    assert "P-004" in page.inner_text("#answered")
    other.close()
    page.focus("a:text-is('P-006')")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.is_checked("[aria-label='Tick P-004']")


def test_scenes_18_to_20_a_judgement_is_shown_exported_and_goes_stale_with_the_next_file(
    page: Any, live: Live, listed: str, tmp_path: Path
) -> None:
    page.goto(listed)
    page.click("a:text-is('P-002')")
    patient = page.url
    page.goto(f"{patient}/judge/NCT04577326/I-02")
    assert "Computed" in page.inner_text(".keyed")
    page.check("input[value='met']")
    page.fill("#reason", "Karnofsky 80 in clinic today")
    page.fill("#person", "Dr Weber")
    page.click("main button")
    page.wait_for_url(patient)
    assert "Karnofsky 80 in clinic today" in page.inner_text("article.board")
    exported = page.request.get(f"{listed}/export.csv").text()
    assert "computed unknown, judged met by Dr Weber on 2026-01-15, Karnofsky 80" in exported
    assert complaints(page) == []
    page.goto(listed)
    send(
        page,
        live,
        tmp_path,
        re.sub(r"(\nP-002,.*?,.*?,.*?,.*?,.*?),1,", r"\1,2,", PATIENTS, count=1),
        "Send a new file",
    )
    page.click("text=Match these patients")
    page.wait_for_selector("table.patients")
    assert "otherwise than with file 1" in page.inner_text(".since")
    page.click("text=Show them")
    assert "P-002" in page.inner_text("table.patients")
    assert "Reviewing" in page.inner_text("table.patients")
    page.click("a:text-is('P-002')")
    assert "count no longer" in page.inner_text("#stale")
    page.goto(f"{listed}?run=1")
    assert "earlier file" in page.inner_text("main")


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")], ids=["dark", "phone"])
def test_axe_finds_nothing_and_nothing_is_cut(
    browser: Any, live: Live, listed: str, size: Any, scheme: Any
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)
    opened = context.new_page()
    paths = (
        ["/", "/worklists", "/worklists/new", "/rules", "/rules/NCT04577326", "/docs"]
        if size is PHONE
        else []
    )
    own = [
        "",
        "/cohort",
        "/problems",
        "/patients/2",
        "/patients/2/plain",
        "/patients/2/judge/NCT04577326/I-02",
    ]
    for address in [*(live.base + each for each in paths), *(listed + each for each in own)]:
        opened.goto(address)
        opened.evaluate(
            "for (const each of [...document.querySelectorAll('details')].slice(0, 12)) each.open = true"
        )
        assert complaints(opened) == [], address
        wide = opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
    context.close()
