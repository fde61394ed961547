"""The coordinator in a real browser: from home to who fits, what to ask, what was done. Scenes 15 to 20.

By one server; with ``make scenes`` by two that share a PostgreSQL, in turn, and scene 16 with 50,000 patients.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from matcher.api.clock import now
from matcher.store import open_database
from matcher.store.worklist_schema import STATUS_HISTORY, STATUSES
from tests.web.live import ROOT, Live
from tests.web.pair import PAIR, Pair, house
from tests.web.waiting import PATIENCE, until
from tests.whole import only_whole

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)
browser_of = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 780}
MANY = int(os.environ.get("MATCHER_MANY", "600"))
PATIENTS = (ROOT / "fixtures" / "patients.csv").read_text("utf-8")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live | Pair]:
    with house(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="module")
def page(browser: Any, live: Live | Pair) -> Iterator[Any]:
    context = browser.new_context(viewport=DESKTOP)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.goto(live.base)
    yield opened
    assert complaints == []
    context.close()


def send(page: Any, folder: Path, content: str, button: str, title: str = "Tuesday clinic") -> None:
    file = folder / "list.csv"
    file.write_text(content, "utf-8")
    page.click(f"a:has-text('{button}')")
    if page.locator("#title").count():
        page.fill("#title", title)
    page.set_input_files("#file", file)
    page.fill("#as_of", "2026-01-15")
    page.click("text=Send and look through")
    page.wait_for_selector("h2:has-text('Before anybody is matched')", timeout=600_000)


@pytest.fixture(scope="module")
def listed(page: Any, live: Live | Pair, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Scene 15: every problem with its row before matching, and the good rows go on. The list's address."""
    strange = PATIENTS.replace("patient_id,", "shoe_size,patient_id,", 1).replace("\nP-", "\n40,P-")
    strange = strange.replace("\n,", "\n40,,")
    send(page, tmp_path_factory.mktemp("sent"), strange, "New worklist")
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
    page: Any, live: Live | Pair, listed: str
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
    assert not re.search(r"\b[IE]-\d\d\b|the patient\b|life expectancy", page.inner_text("main"))
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
    for other in ("1", "5"):  # those whom the most trials do not rule out
        page.goto(f"{listed}/patients/{other}")
        assert pages_of(page.pdf(prefer_css_page_size=True)) == 1


def patients_drawn(count: int) -> str:
    """No two alike: what is alike is matched once, and such a list is done before anybody sees it move."""
    lines = ["patient_id,age,ecog,platelets,platelets_unit,labs_date,diagnosis"]
    lines += [
        f"M-{number},{30 + number % 50},{number % 3},{90 + number // 7}.{number % 7},10*9/L,2026-01-10,PLMESO"
        for number in range(count)
    ]
    return "\n".join(lines) + "\n"


def done_of(page: Any) -> int:
    """How many are matched, as the page says; all of them where it is the table already."""
    page.wait_for_selector("#bar[value], table.patients")
    return int(page.evaluate("document.getElementById('bar')?.value ?? 1e9"))


def load_again(page: Any) -> None:
    """The page as somebody has it who loads it again; one that goes on by itself at that moment has done so already."""
    try:
        page.reload()
    except browser_of.Error as error:
        if "ERR_ABORTED" not in error.message:
            raise
    page.wait_for_load_state()


@pytest.fixture(scope="module")
def many(browser: Any, live: Live | Pair, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Scene 16: the bar moves, survives a reload and a server that is killed, and ends at the table."""
    context = browser.new_context(viewport=DESKTOP)
    opened = context.new_page()
    opened.goto(live.base)
    send(opened, tmp_path_factory.mktemp("many"), patients_drawn(MANY), "New worklist", "Many")
    opened.click("text=Match these patients")
    opened.wait_for_selector("#bar[value]:not([value='0'])", timeout=180_000)
    seen = done_of(opened)
    load_again(opened)
    assert done_of(opened) >= seen > 0
    live.kill()
    if not PAIR:
        # A quick machine may be through before it is killed.
        done = "document.querySelector('table.patients') !== null || location.protocol === 'chrome-error:'"
        stopped = "document.getElementById('said')?.textContent.includes('does not answer')"
        until(opened, f"() => {done} || {stopped}")
    live.start()
    load_again(opened)
    assert done_of(opened) >= seen
    opened.wait_for_selector("table.patients", timeout=1_200_000)
    assert f"{MANY:,} patients, 1 to 50" in opened.inner_text("main")
    yield opened
    context.close()


def set_ticked(page: Any, status: str) -> str:
    page.select_option("#bulk select", status)
    page.click("#bulk button")
    page.wait_for_selector("#answered")
    return re.sub(r"\s+", " ", page.inner_text("#answered"))


@only_whole
def test_scene_17_of_200_the_one_that_changed_meanwhile_is_named(many: Any) -> None:
    many.select_option("[name=rows]", "200")
    many.wait_for_url("**rows=200**")
    other = many.context.new_page()
    other.goto(many.url)
    name = other.locator("table.patients tbody th").nth(7).inner_text()
    other.check(f"[aria-label='Tick {name}']")
    assert set_ticked(other, "contacted") == "1 set."
    other.close()
    many.check("#all")
    assert many.inner_text("#ticked") == "(200)"
    assert set_ticked(many, "reviewing").startswith(
        f"199 set, 1 not: somebody changed it meanwhile. {name}, NCT"
    )


@only_whole
@pytest.mark.skipif(not PAIR, reason="by one server: tests/unit/store/test_worklists.py")
def test_a_server_killed_in_the_middle_of_a_bulk_change_has_made_none_of_it(many: Any, live: Pair) -> None:
    database = open_database(live.settings.store_url, now)
    chosen = many.locator("table.patients tbody th").all_inner_texts()
    assert len(chosen) == 200
    # Somebody holds the status of one of those in the middle: the change has made a hundred, and waits.
    with database.reading() as connection:
        held = connection.execute(select(STATUSES).where(STATUSES.c.patient == chosen[100]).with_for_update())
        assert held.first() is not None
        many.check("#all")
        many.select_option("#bulk select", "enrolled")
        many.locator("#bulk button").click(no_wait_after=True)
        ends = time.monotonic() + PATIENCE
        while not live.busy:
            assert time.monotonic() < ends
            many.wait_for_timeout(50)
        many.wait_for_timeout(1_000)
        (place,) = live.busy
        live.kill(place)
        many.wait_for_selector("text=ended before it had answered")
    many.goto(re.sub(r"/status.*", "?status=enrolled", many.url))
    assert "Nobody of this kind" in many.inner_text("table.patients")
    with database.reading() as connection:
        history = connection.execute(select(STATUS_HISTORY).where(STATUS_HISTORY.c.status == "enrolled"))
        assert history.first() is None
    many.goto(many.url.replace("status=enrolled", "rows=200"))
    many.check("#all")
    assert set_ticked(many, "enrolled") == "200 set."
    live.start(place)
    database.close()


def test_keys_go_down_the_rows_and_tick(page: Any, listed: str) -> None:
    page.goto(listed)
    page.focus("a:text-is('P-006')")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.is_checked("[aria-label='Tick P-004']")
    page.check("#all")
    assert set_ticked(page, "reviewing") == "11 set."


def test_scenes_18_to_20_a_judgement_is_shown_exported_and_goes_stale_with_the_next_file(
    page: Any, live: Live | Pair, listed: str, tmp_path: Path
) -> None:
    page.goto(listed)
    page.click("a:text-is('P-002')")
    patient = page.url
    page.goto(patient.replace("?", "/judge/NCT04577326/I-02?"))
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


@only_whole
@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")], ids=["dark", "phone"])
def test_axe_finds_nothing_and_nothing_is_cut(
    browser: Any, live: Live | Pair, listed: str, size: Any, scheme: Any
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
