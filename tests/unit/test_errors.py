"""The closed list of codes, the form of a finding, and the names that are offered."""

import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import (
    CODES,
    FAMILIES,
    Code,
    Diagnostic,
    MatcherError,
    PatientDataError,
    RuleError,
    UsageError,
    error_reference,
    in_order,
    nearest,
)

FINDING = Diagnostic(
    "rules/trials/NCT04577326.yaml",
    14,
    9,
    "R012",
    "unknown word 'at_lest' in an age criterion",
    "did you mean 'at_least'?",
)


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_heading_in_the_reference(code: str, page: str) -> None:
    assert len(re.findall(rf"^### {code}$", page, re.MULTILINE)) == 1


def test_the_reference_has_no_heading_without_a_code(page: str) -> None:
    assert set(re.findall(r"^### (.*)$", page, re.MULTILINE)) == set(CODES)


def test_the_reference_is_up_to_date(page: str) -> None:
    assert page == error_reference(), "run `make docs`"


@pytest.mark.parametrize("entry", CODES.values(), ids=list(CODES))
def test_every_code_is_worded_in_full(entry: Code) -> None:
    assert entry.title[0].isupper() or entry.title.startswith("'")
    assert not entry.title.endswith(".")
    for sentence in (entry.meaning, entry.remedy):
        assert re.search(r"[.)]$", sentence)
        assert sentence == " ".join(sentence.split())


def test_no_two_codes_have_one_title_in_one_family() -> None:
    for family in FAMILIES:
        titles = [entry.title for entry in family.codes]
        assert len(titles) == len(set(titles))


def test_the_list_of_codes_is_closed() -> None:
    with pytest.raises(TypeError):
        CODES["R999"] = CODES["R001"]  # type: ignore[index]
    with pytest.raises(ValueError, match="closed list"):
        Diagnostic("a.yaml", 1, 1, "R999", "nothing")
    with pytest.raises(ValueError, match="closed list"):
        UsageError("nothing", code="U999")
    with pytest.raises(ValueError, match="not of the form"):
        Code("X001", "Title", "Meaning.", "Remedy.")


@pytest.mark.parametrize(
    ("prefix", "severity"), [("R", "error"), ("P0", "error"), ("P1", "warning"), ("U", "error")]
)
def test_a_fact_that_cannot_be_read_is_a_warning_and_a_patient_an_error(prefix: str, severity: str) -> None:
    assert {entry.severity for code, entry in CODES.items() if code.startswith(prefix)} == {severity}


def test_a_finding_is_two_lines_with_place_code_hint_and_reference() -> None:
    assert FINDING.render() == (
        "rules/trials/NCT04577326.yaml:14:9  R012 unknown word 'at_lest' in an age criterion\n"
        "    did you mean 'at_least'?  docs/reference/errors.md#r012"
    )
    assert FINDING.severity == "error"


def test_a_finding_without_a_hint_shows_the_remedy_of_its_code() -> None:
    assert CODES["U002"].remedy in Diagnostic("patients.csv", None, None, "U002", "no such file").render()


@pytest.mark.parametrize(
    ("line", "column", "place"), [(None, None, "a.csv"), (3, None, "a.csv:3"), (3, 7, "a.csv:3:7")]
)
def test_a_place_is_shown_as_far_as_it_is_known(line: int | None, column: int | None, place: str) -> None:
    assert Diagnostic("a.csv", line, column, "P001", "no identifier").place == place


@given(st.text(), st.text(), st.text())
def test_whatever_a_file_holds_a_finding_is_two_printable_lines(file: str, message: str, hint: str) -> None:
    rendered = Diagnostic(file, 1, 1, "R002", message, hint).render()
    assert rendered.count("\n") == 1
    assert rendered.replace("\n", "").isprintable()


def test_a_finding_that_quotes_a_flood_is_cut_off() -> None:
    assert len(Diagnostic("a.yaml", 1, 1, "R003", "x" * 1_000_000).render()) < 3_000


def test_findings_are_ordered_by_place_and_shown_once() -> None:
    first = Diagnostic("a.yaml", 2, 1, "R003", "twice")
    whole_file = Diagnostic("a.yaml", None, None, "R007", "too large")
    other_file = Diagnostic("b.yaml", 1, 1, "R003", "twice")
    last = Diagnostic("a.yaml", 10, 1, "R003", "twice")
    assert in_order([other_file, last, first, whole_file, first]) == [whole_file, first, last, other_file]


@pytest.mark.parametrize(("error", "exit_code"), [(RuleError, 3), (PatientDataError, 4)])
def test_an_error_tells_all_its_findings(error: type[RuleError | PatientDataError], exit_code: int) -> None:
    other = Diagnostic("a.yaml", 1, 1, "R039", "the file holds nothing")
    raised = error(iter([FINDING, other]))
    assert raised.exit_code == exit_code
    assert isinstance(raised, MatcherError)
    assert str(raised) == f"{other.render()}\n{FINDING.render()}"
    with pytest.raises(ValueError, match="at least one finding"):
        error([])


def test_a_usage_error_says_what_to_do() -> None:
    assert UsageError("no file named x.csv", code="U002").hint == CODES["U002"].remedy
    assert UsageError("--top is 0", "give 1 or more").exit_code == 2
    assert str(UsageError("--top is 0", "give 1 or more", "U019")) == "U019 --top is 0\n    give 1 or more"


@pytest.mark.parametrize(
    "error", [RuleError([FINDING]), PatientDataError([FINDING]), UsageError("a", "b", "U002")]
)
def test_an_error_survives_the_way_out_of_another_process(error: MatcherError) -> None:
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 (just written here)
    assert type(back) is type(error)
    assert str(back) == str(error)


COMPARISONS = ["at_least", "at_most", "above", "below", "between", "in"]


@pytest.mark.parametrize(
    ("word", "candidates", "offered"),
    [
        ("at_lest", COMPARISONS, "at_least"),
        ("atleast", COMPARISONS, "at_least"),
        ("At Least", COMPARISONS, "at_least"),
        ("abvoe", COMPARISONS, "above"),
        ("minimum", COMPARISONS, None),
        ("hemoglobin", ["haematocrit", "haemoglobin", "platelets"], "haemoglobin"),
        ("ecgo", ["age", "ecog", "sex"], "ecog"),
        ("sexx", ["age", "ecog", "sex"], "sex"),
        ("IIIC", ["IIIA", "IIIB", "IV"], None),
        ("I-03", ["I-01", "I-02"], None),
        ("checkpoint-inhibitors", ["checkpoint_inhibitor", "platinum"], "checkpoint_inhibitor"),
        ("", COMPARISONS, None),
        ("???", [], None),
    ],
)
def test_the_nearest_name_is_offered_and_a_far_one_is_not(
    word: str, candidates: list[str], offered: str | None
) -> None:
    assert nearest(word, candidates) == offered


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=8))
def test_the_nearest_name_does_not_depend_on_the_order_of_the_candidates(
    word: str, candidates: list[str]
) -> None:
    offered = nearest(word, candidates)
    assert offered is None or offered in candidates
    assert offered == nearest(word, reversed(candidates))
