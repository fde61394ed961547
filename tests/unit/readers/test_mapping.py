from pathlib import Path
from typing import Any

import pytest

from matcher.readers.binding import bind
from matcher.readers.csv_rows import Row
from matcher.readers.mapped import Drawn, draw
from matcher.readers.mapping import MappingError, load_mapping, wide_mapping
from matcher.readers.value import NOT_READ
from matcher.vocabulary.observations import OBSERVATIONS

HEAD = "mapping: a test\nid: {column: id}\n"


def drawn(tmp_path: Path, text: str, cells: dict[str, str]) -> Drawn:
    path = tmp_path / "m.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    cells = {"id": "p", **cells}
    return draw(bind(load_mapping(path), tuple(cells)), Row(2, cells), "t.csv", None)


def wire(tmp_path: Path, text: str, **cells: str) -> dict[str, Any]:
    result = drawn(tmp_path, text, cells)
    assert result.issues == ()
    return result.wire


def complaints(tmp_path: Path, text: str, header: tuple[str, ...] = ("id",)) -> list[tuple[str, int | None]]:
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError) as refused:
        bind(load_mapping(path), header)
    return [(each.code, each.line) for each in refused.value.diagnostics]


def test_a_column_becomes_a_fact(tmp_path: Path) -> None:
    assert wire(tmp_path, "facts: {sex: {column: gender}}", gender="male")["sex"] == "male"


def test_a_source_is_the_cell(tmp_path: Path) -> None:
    result = drawn(tmp_path, "facts: {sex: {column: gender}}", {"gender": "male"})
    assert str(result.places.of("sex")) == "t.csv, row 2, gender"


def test_blank_and_the_words_for_blank_say_nothing(tmp_path: Path) -> None:
    text = (
        "blank: ['NA', '[Not Available]']\nfacts: {sex: {column: a}, ecog: {column: b}, weight: {column: c}}"
    )
    assert wire(tmp_path, text, a="na", b="[Not Available]", c="") == {"id": "p"}


def test_values_are_translated_whatever_their_case(tmp_path: Path) -> None:
    text = "facts: {sex: {column: g, values: {M: male, W: female, X: null}}}"
    assert wire(tmp_path, text, g="w")["sex"] == "female"
    assert "sex" not in wire(tmp_path, text, g="x")


def test_a_value_the_mapping_does_not_name_is_an_issue(tmp_path: Path) -> None:
    result = drawn(tmp_path, "facts: {sex: {column: g, values: {M: male}}}", {"g": "7"})
    assert [(issue.code, issue.fact, issue.text) for issue in result.issues] == [("P105", "sex", "7")]
    assert result.wire["sex"] is NOT_READ


def test_unit_date_and_subject_go_with_the_fact(tmp_path: Path) -> None:
    text = "facts: {weight: {column: w, unit: kg, date: {column: d}}}"
    assert wire(tmp_path, text, w="70", d="2025-01")["weight"] == {
        "value": "70",
        "unit": "kg",
        "date": "2025-01",
    }


def test_an_old_value_without_a_date_reaches_back_for_ever(tmp_path: Path) -> None:
    text = "as_of: {column: s}\nfacts: {ecog: {column: e, undated: unknown}}"
    assert wire(tmp_path, text, e="1", s="2026-01-15")["ecog"]["date"] == {
        "from": "1900-01-01",
        "to": "2026-01-15",
    }


def test_days_count_from_the_index_date(tmp_path: Path) -> None:
    text = "index_date: {column: y, as: year}\nindex_month_day: '07-01'\nfacts: {birth_date: {column: b, as: days}}"
    assert wire(tmp_path, text, y="2012", b="-366")["birth_date"] == "2011-07-01"


def test_days_without_an_index_date_are_an_issue(tmp_path: Path) -> None:
    text = "index_date: {column: y, as: year}\nfacts: {birth_date: {column: b, as: days}}"
    assert [issue.code for issue in drawn(tmp_path, text, {"y": "", "b": "-366"}).issues] == ["P106"]


def test_the_as_of_day_is_the_latest_of_several(tmp_path: Path) -> None:
    text = "as_of: [{column: death, as: date, plus: -1}, {columns: ['seen*'], take: latest}]"
    assert wire(tmp_path, text, death="", seen1="2025-01-02", seen2="2025-03-04")["as_of"] == "2025-03-04"
    assert wire(tmp_path, text, death="2025-05-06", seen1="", seen2="2025-03-04")["as_of"] == "2025-05-05"


def test_columns_that_disagree_are_one_of_their_values(tmp_path: Path) -> None:
    text = "facts: {histology: {columns: [a, b], take: any}}"
    assert wire(tmp_path, text, a="epithelioid", b="biphasic")["histology"] == ["epithelioid", "biphasic"]
    assert wire(tmp_path, text, a="epithelioid", b="epithelioid")["histology"] == "epithelioid"


@pytest.mark.parametrize(("upper", "unit"), [("1.3", "mg/dL"), ("125", "umol/L"), ("", None), ("10", None)])
def test_a_unit_may_hang_on_the_printed_range(tmp_path: Path, upper: str, unit: str | None) -> None:
    text = """
rows:
  labs:
    - fields:
        test: {constant: creatinine}
        value: {column: v}
        unit:
          - {constant: mg/dL, when: {column: u, at_most: 5}}
          - {constant: umol/L, when: {column: u, at_least: 20}}
"""
    (lab,) = wire(tmp_path, text, v="1.1", u=upper)["labs"]
    assert lab.get("unit") == unit


GROUPS = """
rows:
  therapies:
    - repeat: drug[-#]
      together_by: [start, end]
      fields: {agents: {column: '*.name'}, start: {column: '*.start'}, end: {column: '*.end'}, response: {column: '*.best'}}
"""


def test_repeated_groups_are_rows_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    cells = {"drug-10.name": "c", "drug.name": "a", "drug-2.name": "b", "drugs.name": "x"}
    assert [row["agents"] for row in wire(tmp_path, GROUPS, **cells)["therapies"]] == ["a", "b", "c"]


def test_groups_of_the_same_days_are_one_course(tmp_path: Path) -> None:
    cells = {"drug.name": "cisplatin", "drug.start": "2025-01", "drug.end": "2025-03", "drug.best": "SD"}
    other = {"drug-2.name": "alimta", "drug-2.start": "2025-01", "drug-2.end": "2025-03", "drug-2.best": "PR"}
    (course,) = wire(tmp_path, GROUPS, **cells, **other)["therapies"]
    assert course.pop("response") is NOT_READ
    assert course == {"agents": ["cisplatin", "alimta"], "start": "2025-01", "end": "2025-03"}


def test_groups_without_days_are_never_joined(tmp_path: Path) -> None:
    assert len(wire(tmp_path, GROUPS, **{"drug.name": "a", "drug-2.name": "b"})["therapies"]) == 2


def test_a_joined_group_without_a_name_is_an_agent_nobody_can_name(tmp_path: Path) -> None:
    cells = {"drug.name": "cisplatin", "drug.start": "2025-01", "drug.end": "2025-03"}
    (course,) = wire(tmp_path, GROUPS, **cells, **{"drug-2.start": "2025-01", "drug-2.end": "2025-03"})[
        "therapies"
    ]
    assert course["agents"] == ["cisplatin", None]


def test_a_row_that_means_nothing_is_still_a_row(tmp_path: Path) -> None:
    text = "rows: {therapies: {fields: {agents: {column: a, values: {x: cisplatin}}}}}"
    result = drawn(tmp_path, text, {"a": "?!"})
    assert result.wire["therapies"] == [{"agents": NOT_READ}]
    assert [issue.code for issue in result.issues] == ["P105"]


def test_several_values_of_a_cell_are_a_row_each(tmp_path: Path) -> None:
    text = "rows: {conditions: {spread: condition, fields: {condition: {column: c, split: ';'}}}}"
    assert wire(tmp_path, text, c="hiv; pain")["conditions"] == [{"condition": "hiv"}, {"condition": "pain"}]


def test_a_no_may_be_a_statement_of_absence(tmp_path: Path) -> None:
    text = "rows: {therapies: {fields: {none_of: {column: io, values: {'no': checkpoint_inhibitor, 'yes': null}}}}}"
    assert wire(tmp_path, text, io="No")["therapies"] == [{"none_of": "checkpoint_inhibitor"}]
    assert "therapies" not in wire(tmp_path, text, io="yes")


def test_a_closed_world_is_said_and_listed(tmp_path: Path) -> None:
    text = (
        "assume: {complete: conditions, because: the clinic asks for all, when: {column: asked, is: 'yes'}}"
    )
    text = text.replace("assume: {", "assume: [{") + "]"
    held = wire(tmp_path, text, asked="yes")
    assert held["complete"] == ["conditions"]
    assert held["assumptions"] == ["conditions: what is not listed is absent (the clinic asks for all)"]
    assert "complete" not in wire(tmp_path, text, asked="no")


def test_decimal_comma_and_day_first_are_read_where_the_mapping_says_so(tmp_path: Path) -> None:
    text = """
decimal: comma
dates: day_first
rows: {labs: {fields: {test: {constant: platelets}, value: {column: v}, date: {column: d}}}}
"""
    (lab,) = wire(tmp_path, text, v="1.250,5", d="03.04.2025")["labs"]
    assert (lab["value"], lab["date"]) == ("1250.5", "2025-04-03")


def test_a_row_number_stands_for_a_missing_identifier(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("mapping: t\nid: {row: true}\n", encoding="utf-8")
    assert draw(bind(load_mapping(path), ("a",)), Row(7, {"a": "1"}), "t.csv", None).patient == "row-7"


def test_columns_the_file_lacks_are_all_said_at_their_lines(tmp_path: Path) -> None:
    text = HEAD + "facts:\n  sex: {column: gendr}\n  ecog: {column: e}\n"
    assert complaints(tmp_path, text, ("id", "gender")) == [("U013", 4), ("U013", 5)]


def test_what_the_mapping_says_nothing_about_is_unknown_and_what_it_ignores_is_not(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(HEAD + "ignore: [{columns: 'note*', because: free text}]\n", encoding="utf-8")
    assert bind(load_mapping(path), ("id", "note1", "x")).unknown == ("x",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id: {column: id}\n", [("R010", 1)]),
        (HEAD + "fact: {}\n", [("R011", 3)]),
        (HEAD + "facts:\n  sexx: {column: id}\n", [("U014", 4)]),
        (HEAD + "rows:\n  labz: {fields: {}}\n", [("U014", 4)]),
        (HEAD + "rows:\n  labs: {fields: {tset: {column: id}}}\n", [("U014", 4)]),
        (HEAD + "facts:\n  sex: {column: id, constant: male}\n", [("U015", 4)]),
        (HEAD + "facts:\n  sex: {column: id, take: last}\n", [("U015", 4)]),
        (HEAD + "assume: [{complete: labs, because: x}]\n", [("U014", 3)]),
        (HEAD + "facts:\n  sex: {column: id, values: {a: no}}\n", [("R006", 4)]),
    ],
)
def test_what_is_wrong_with_a_mapping_is_shown_at_its_line(
    tmp_path: Path, text: str, expected: list[tuple[str, int]]
) -> None:
    assert complaints(tmp_path, text) == expected


def test_the_wide_csv_has_every_single_fact_but_those_that_need_a_subject() -> None:
    facts = set(wide_mapping().mapping.facts)
    subjects = {name: kind.subject for name, kind in OBSERVATIONS.items()}
    assert {subjects[name] for name in set(OBSERVATIONS) - facts} == {"therapy", "specimen", "gene"}


REPEATED = "rows: {therapies: {repeat: PATTERN, fields: {agents: {column: '*.name'}}}}"


@pytest.mark.parametrize("pattern", ["'" + "#" * 40 + "z'", "'a#b#'", "'drug[-#]#'", "'drug'", "'[-#][-#]'"])
def test_a_repeated_group_has_one_number(tmp_path: Path, pattern: str) -> None:
    assert complaints(tmp_path, HEAD + REPEATED.replace("PATTERN", pattern)) == [("U015", 3)]


def test_a_column_of_endless_digits_is_no_group_and_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(HEAD + REPEATED.replace("PATTERN", "'drug#'"), encoding="utf-8")
    header = ("id", "drug" + "9" * 100_000, "drug" + "9" * 100_000 + ".name", "drug10.name", "drug2.name")
    bound = bind(load_mapping(path), header)
    assert [each.fields[0][1][0].columns for each in bound.rows] == [("drug2.name",), ("drug10.name",)]


@pytest.mark.parametrize(
    "text",
    [
        "facts: {sex: {column: a, split: ''}}",
        "facts: {sex: {column: a, plus: 99999999999}}",
        f"ignore: [{{columns: [{', '.join(f'c{n}' for n in range(20_001))}], because: x}}]",
    ],
    ids=["split", "plus", "columns"],
)
def test_what_a_mapping_asks_for_has_bounds(tmp_path: Path, text: str) -> None:
    assert {code for code, _ in complaints(tmp_path, HEAD + text)} == {"U015"}
