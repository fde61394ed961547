"""Every table on every engine, by the real path; the catalogue covered; the page current."""

from pathlib import Path

import pytest

from matcher.engines.base import Engine
from matcher.features.catalogue import CATALOGUE
from matcher.rulebook.strict_yaml import load_yaml
from tests.engines import ENGINES
from tests.spec.page import PAGE, flow, specification
from tests.spec.table import Table, verdicts, words_in
from tests.spec.tables import TABLES


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_the_engine_answers_as_specified(table: Table, engine: Engine) -> None:
    answered = verdicts(table, engine)
    wrong = [
        f"{each.patient}: {found}, should be {each.verdict}"
        for each, found in zip(table.rows, answered, strict=True)
        if found != each.verdict
    ]
    assert not wrong, wrong


def test_every_word_of_the_catalogue_is_specified() -> None:
    used = {word for table in TABLES for word in words_in(table.condition)}
    assert set(CATALOGUE) - used == set()


def test_every_table_has_a_name_of_its_own() -> None:
    assert len({table.title for table in TABLES}) == len(TABLES)


def test_most_tables_show_all_three_verdicts() -> None:
    shown = [{each.verdict for each in table.rows} for table in TABLES]
    assert sum(len(each) == 3 for each in shown) > len(TABLES) * 3 / 4


def test_the_reference_page_is_current(root: Path) -> None:
    assert (root / PAGE).read_text(encoding="utf-8") == specification(), "run `make docs`"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_what_the_page_prints_reads_back_as_the_rule(table: Table, tmp_path: Path) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text(f"when: {flow(table.condition)}\n", encoding="utf-8")
    marked, diagnostics = load_yaml(path, "rule.yaml")
    assert not diagnostics
    assert marked is not None
    assert marked.data == {"when": table.condition}
