"""Strict YAML: every trap at its exact place, every value at its mark, and no exception whatever the text."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from matcher.rulebook import strict_yaml
from matcher.rulebook.strict_yaml import (
    MAX_DEPTH,
    MAX_VALUES,
    Marked,
    load_yaml,
    parse_yaml,
    parse_yaml_documents,
)

Place = tuple[str, int, int]


def places(content: bytes | str) -> list[Place]:
    return [(d.code, d.line or 0, d.column or 0) for d in parse_yaml(content, "a.yaml")[1]]


def document(content: bytes | str) -> Marked:
    found, diagnostics = parse_yaml(content, "a.yaml")
    assert diagnostics == []
    assert found is not None
    return found


@pytest.fixture(params=["libyaml", "python"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(strict_yaml, "_LOADER", yaml.SafeLoader)


COLLECTED: dict[str, tuple[str, list[Place]]] = {
    "no as a value": ("at_screening: no\n", [("R006", 1, 15)]),
    "on as a value": ("a: on\n", [("R006", 1, 4)]),
    "yes and off in a list": ("a: [Yes, OFF, yes]\n", [("R006", 1, 5), ("R006", 1, 10), ("R006", 1, 15)]),
    "other spellings of true": ("- True\n- FALSE\n- true\n", [("R006", 1, 3), ("R006", 2, 3)]),
    "no as a key": ("a:\n  no: 1\n", [("R006", 2, 3)]),
    "on as a key": ("on: 2026-01-15\n", [("R006", 1, 1)]),
    "true as a key": ("true: 1\n", [("R006", 1, 1)]),
    "null as a key": ("null: 1\n", [("R006", 1, 1)]),
    "octal as a key": ("010: 1\n", [("R006", 1, 1)]),
    "base sixty": ("a: 12:30\n", [("R006", 1, 4)]),
    "base sixty with seconds": ("a: 12:30:45.5\n", [("R006", 1, 4)]),
    "a ratio": ("randomised: 2:1\n", [("R006", 1, 13)]),
    "octal of YAML 1.1": ("a: 010\n", [("R006", 1, 4)]),
    "octal of YAML 1.2": ("a: 0o10\n", [("R006", 1, 4)]),
    "leading zeros": ("a: 00.5\n", [("R006", 1, 4)]),
    "hexadecimal": ("a: 0xFF\n", [("R006", 1, 4)]),
    "binary": ("a: -0b11\n", [("R006", 1, 4)]),
    "exponent": ("a: 1e3\n", [("R006", 1, 4)]),
    "exponent with point": ("a: -1.5E-10\n", [("R006", 1, 4)]),
    "exponent beyond all bounds": ("a: 1e999999999\n", [("R006", 1, 4)]),
    "underscores": ("a: 100_000\n", [("R006", 1, 4)]),
    "plus sign": ("a: +5\n", [("R006", 1, 4)]),
    "no digit before the point": ("a: .5\n", [("R006", 1, 4)]),
    "no digit after the point": ("a: 5.\n", [("R006", 1, 4)]),
    "infinity": ("a: [.inf, -.INF, Infinity]\n", [("R006", 1, 5), ("R006", 1, 11), ("R006", 1, 18)]),
    "not a number": ("a: [.nan, NaN, nan]\n", [("R006", 1, 5), ("R006", 1, 11), ("R006", 1, 16)]),
    "other spellings of null": ("a: [~, Null, NULL]\n", [("R006", 1, 5), ("R006", 1, 8), ("R006", 1, 14)]),
    "too many digits": ("a: 1234567890123456789\n", [("R006", 1, 4)]),
    "thousands of digits": (f"a: {'9' * 9000}\n", [("R006", 1, 4)]),
    "thousands of decimals": (f"a: 0.{'9' * 9000}\n", [("R006", 1, 4)]),
    "the sign =": ("a: =\n", [("R006", 1, 4)]),
    "a point in time": ("a: 2026-01-15 10:30:00\n", [("R006", 1, 4)]),
    "a point in time with T": ("a: 2026-01-15T10:30:00Z\n", [("R006", 1, 4)]),
    "a folded text meant as a comparison": ("wbc: >8\nb: 1\n", [("R006", 1, 6)]),
    "no space after a colon in braces": ("when: {age:18}\n", [("R006", 1, 8)]),
    "a decimal comma in braces": ("a: {above: 1,5}\n", [("R006", 1, 14)]),
    "a thousands comma in braces": ("a: {above: 1,000}\n", [("R006", 1, 14)]),
    "a day that does not exist": ("as_of: 2026-02-30\n", [("R033", 1, 8)]),
    "year nought": ("as_of: 0000-01-01\n", [("R033", 1, 8)]),
    "a date without its zeros": ("as_of: 2026-1-5\n", [("R033", 1, 8)]),
    "same key twice": ("a: 1\nb: 2\na: 3\na: 4\n", [("R003", 3, 1), ("R003", 4, 1)]),
    "same key, once quoted": ("1: a\n'1': b\n", [("R003", 2, 1)]),
    "same key in braces": ("when: {age: 1, age: 2}\n", [("R003", 1, 16)]),
    "problems inside a repeated key": ("a: 1\na: {b: no}\n", [("R003", 2, 1), ("R006", 2, 8)]),
    "tag": ("a: !secret x\n", [("R004", 1, 4)]),
    "standard tag": ("a: !!str 3\nb: !!python/object:os.system x\n", [("R004", 1, 4), ("R004", 2, 4)]),
    "tag on a key": ("!!str a: 1\n", [("R004", 1, 1)]),
    "tag on a collection": ("a: !!set {b: 1}\n", [("R004", 1, 4)]),
    "tag without a name": ("a: ! 12\n", [("R004", 1, 4)]),
    "anchor and alias": ("a: &x 1\nb: *x\n", [("R005", 1, 4), ("R005", 2, 4)]),
    "anchor on a collection": ("a: &x\n  b: 1\n", [("R005", 1, 4)]),
    "anchor on a key": ("&x a: 1\n", [("R005", 1, 1)]),
    "alias as a key": ("*x : 1\n", [("R005", 1, 1)]),
    "alias to nothing": ("a: *nobody\n", [("R005", 1, 4)]),
    "anchor that loops": ("a: &x [*x]\n", [("R005", 1, 4), ("R005", 1, 8)]),
    "merge key": ("<<: {a: 1}\nb: 2\n", [("R005", 1, 1)]),
    "list as a key": ("? [1, no]\n: 2\n", [("R006", 1, 7), ("R038", 1, 3)]),
    "no key": ("? \n: 1\n", [("R038", 1, 2)]),
    "second document": ("a: 1\n---\nb: no\n---\nc: 3\n", [("R009", 2, 1), ("R006", 3, 4)]),
    "invisible character": (
        "a: hae\u00admo\u200bglobin\nb: no\n",
        [("R008", 1, 7), ("R008", 1, 10), ("R006", 2, 4)],
    ),
    "direction mark in a comment": ("a: 1 # \u202e\n", [("R008", 1, 8)]),
    "control character": ("a: x\x00y\x1b\n", [("R008", 1, 5), ("R008", 1, 7)]),
    "line separator": ("a: x\u2028y\nb: off\n", [("R008", 1, 5), ("R006", 2, 4)]),
    "damaged character": ("a: x\ufffdy\n", [("R008", 1, 5)]),
    "place after wide characters": ("é😀: [ß, no]\n", [("R006", 1, 9)]),
    "place with Windows line ends": ("a: 1\r\nb:\r\n  - no\r\n", [("R006", 3, 5)]),
    "place after a byte-order mark": ("\ufeffa: no\n", [("R006", 1, 4)]),
    "empty file": ("", [("R039", 1, 1)]),
    "comments alone": ("# nothing\n\n", [("R039", 1, 1)]),
    "everything at once": (
        "on: 1\na: no\na: !x 010\nb: &c 2026-02-30\n",
        [("R006", 1, 1), ("R006", 2, 4), ("R003", 3, 1), ("R004", 3, 4), ("R005", 4, 4), ("R033", 4, 4)],
    ),
}


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(("text", "expected"), COLLECTED.values(), ids=list(COLLECTED))
def test_a_trap_is_reported_at_its_place(text: str, expected: list[Place]) -> None:
    assert sorted(places(text)) == sorted(expected)
    assert places(text.encode()) == places(text)


STOPPED: dict[str, tuple[str, Place, str]] = {
    "tab as indentation": ("a:\n\tb: 1\n", ("R002", 2, 1), "tab"),
    "tab below a value": ("a: 1\n\tb: 2\n", ("R002", 2, 1), "tab"),
    "tab in front": ("\ta: 1\n", ("R002", 1, 1), "tab"),
    "colon inside text": ("text: Note: measured twice\n", ("R002", 1, 11), "quote the text"),
    "indented too far": ("a: 1\n  b: 2\n", ("R002", 2, 4), "indent the line"),
    "indented too little": ("a:\n  - x\n - y\n", ("R002", 3, 2), "does not belong"),
    "list and mapping mixed": ("- a\nb: 1\n", ("R002", 2, 1), "entries of a list"),
    "line without a colon": ("a: 1\nfoo\nb: 2\n", ("R002", 2, 1), "neither 'key: value'"),
    "quote never closed": ("a: 1\nb: 'text\nc: 2\n", ("R002", 2, 4), "never closed"),
    "apostrophe in single quotes": ("a: 'patient's'\n", ("R002", 1, 13), "apostrophe"),
    "unknown escape": ('a: "5\\%"\n', ("R002", 1, 6), "single quotes"),
    "brace never closed": ("when: {age: {at_least: 18}\ntext: x\n", ("R002", 2, 1), "opened at 1:7"),
    "bracket never closed": ("a: [1, 2\nb: 3\n", ("R002", 2, 2), "opened at 1:4"),
    "bracket open at the end": ("a: [", ("R002", 2, 1), "never closed"),
    "text after a bracket": ("a: [x] y\n", ("R002", 1, 8), "one pair of quotation marks"),
    "one bracket too many": ("{a: 1}}\n", ("R002", 1, 7), "check the brackets"),
    "percent in front": ("a: %x\n", ("R002", 1, 4), "cannot begin with '%'"),
    "asterisks": ("a: **bold**\n", ("R002", 1, 4), "cannot begin with '*'"),
    "greater than": ("wbc: > 8\n", ("R002", 1, 6), "at_least, above"),
    "greater or equal": ("wbc: >= 8\n", ("R002", 1, 6), "at_least, above"),
    "no key before a colon": ("a: {: 1}\n", ("R002", 1, 5), "a key or a value is missing"),
    "hyphen alone": ("a: - b\n", ("R002", 1, 4), "no list can begin"),
    "tag handle": ("a: !x!y 1\n", ("R004", 1, 4), "tags are not allowed"),
    "directive": ("%YAML 3.0\n---\na: 1\n", ("R002", 1, 1), "instructs the parser"),
}


@pytest.mark.parametrize(("text", "place", "words"), STOPPED.values(), ids=list(STOPPED))
def test_bad_syntax_is_said_in_plain_words(text: str, place: Place, words: str) -> None:
    found, (diagnostic,) = parse_yaml(text, "a.yaml")
    assert found is None
    assert (diagnostic.code, diagnostic.line, diagnostic.column) == place
    assert words in diagnostic.render()


def test_what_was_found_before_bad_syntax_is_reported_with_it() -> None:
    assert places("a: no\nb: 'x\n") == [("R006", 1, 4), ("R002", 2, 4)]


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        (b"a: 1\nb: caf\xe9\n", 2, 7, "0xE9"),
        (b"\xef\xbb\xbf\xff", 1, 1, "0xFF"),
        ("a: 1\n".encode("utf-16"), 1, 1, "UTF-16"),
    ],
)
def test_bytes_that_are_not_utf_8_are_named_with_their_place(
    content: bytes, line: int, column: int, words: str
) -> None:
    found, (diagnostic,) = parse_yaml(content, "a.yaml")
    assert found is None
    assert (diagnostic.code, diagnostic.line, diagnostic.column) == ("R001", line, column)
    assert words in diagnostic.message


def test_a_file_that_cannot_be_opened_is_a_finding(tmp_path: Path) -> None:
    found, (diagnostic,) = load_yaml(tmp_path, "rules/x.yaml")
    assert found is None
    assert (diagnostic.code, diagnostic.place) == ("R001", "rules/x.yaml")


def test_a_file_is_loaded_under_the_name_it_is_shown_by(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: no\n")
    assert load_yaml(path)[1][0].file == path.as_posix()
    assert load_yaml(path, "rules/x.yaml")[1][0].file == "rules/x.yaml"


# --- limits -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("either_parser")
def test_nesting_stops_at_the_limit() -> None:
    assert places("[" * MAX_DEPTH + "]" * MAX_DEPTH) == []
    assert places("[" * 100_000) == [("R007", 1, MAX_DEPTH + 1)]


def test_the_number_of_values_is_limited() -> None:
    assert document("- \n" * (MAX_VALUES - 1)).data == [None] * (MAX_VALUES - 1)
    assert places("- \n" * MAX_VALUES) == [("R007", MAX_VALUES, 2)]


@pytest.mark.parametrize("content", ["a" * 1_000_001, b"a" * 1_000_001, "é" * 500_001])
def test_the_size_is_limited_in_bytes(content: bytes | str) -> None:
    assert places(content) == [("R007", 1, 1)]


def test_a_billion_laughs_are_a_line_each() -> None:
    bomb = "a0: &a0 [lol]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 10))
    found, diagnostics = parse_yaml(bomb, "a.yaml")
    assert {d.code for d in diagnostics} == {"R005"}
    assert len(diagnostics) == 10 + 9 * 9
    assert found is not None
    assert isinstance(found.data, dict)
    assert found.data["a9"] == [None] * 9


# --- values and marks -------------------------------------------------------------------------

TRIAL = """\
trial: NCT04577326   # a comment
inclusion:
  I-01:
    text: At least 18 years old
    when: {age: {at_least: 18 years}}
  I-02:
    when:
      all:
        - histology: {in: [epithelioid, biphasic]}
        - lab: "x"
empty:
"""


@pytest.mark.usefixtures("either_parser")
def test_values_have_the_type_they_are_written_in() -> None:
    text = (
        "[true, false, null, , 18, -3, 0, 0.5, -1.0, 2026-01-15, 2026-01, 18 years, 9.0 g/dL, 10*9/L, <5, '18', "
        "\"no\", y, n, none, T1, 2+, 120/80, 1.2.3, I-01, 1 000, '1e3', 0.71]"
    ).replace(" ,", "")
    assert document(text).data == [
        *(True, False, None, 18, -3, 0, 0.5, -1.0, date(2026, 1, 15), "2026-01", "18 years", "9.0 g/dL"),
        *(
            "10*9/L",
            "<5",
            "18",
            "no",
            "y",
            "n",
            "none",
            "T1",
            "2+",
            "120/80",
            "1.2.3",
            "I-01",
            "1 000",
            "1e3",
            0.71,
        ),
    ]
    assert document("a:\nb: null\n").data == {"a": None, "b": None}
    assert document("a: |\n  no\n  on\nb: >-\n  12:30\n  x\n").data == {"a": "no\non\n", "b": "12:30 x"}


def test_keys_are_text_as_written() -> None:
    data = document("0: alive\n1.0: dead\n2026-01-15: day\n'no': quoted\n").data
    assert data == {"0": "alive", "1.0": "dead", "2026-01-15": "day", "no": "quoted"}


def test_a_file_may_be_a_list_or_a_single_value() -> None:
    assert document("- case: one\n- case: two\n").data == [{"case": "one"}, {"case": "two"}]
    assert document("IIIA\n").data == "IIIA"


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    ("location", "value", "key"),
    [
        ((), (1, 1), (1, 1)),
        (("trial",), (1, 8), (1, 1)),
        (("inclusion",), (3, 3), (2, 1)),
        (("inclusion", "I-01"), (4, 5), (3, 3)),
        (("inclusion", "I-01", "when", "age", "at_least"), (5, 28), (5, 18)),
        (("inclusion", "I-02", "when", "all", 0), (9, 11), (9, 11)),
        (("inclusion", "I-02", "when", "all", 0, "histology", "in", 1), (9, 41), (9, 41)),
        (("inclusion", "I-02", "when", "all", 1, "lab"), (10, 16), (10, 11)),
        (("empty",), (11, 7), (11, 1)),
        (("inclusion", "I-01", "source"), (4, 5), (3, 3)),
        (("inclusion", "I-01", "Criterion", "text"), (4, 11), (4, 5)),
        (("inclusion", "I-02", "when", "all", 7), (9, 9), (8, 7)),
        ((3, "nowhere"), (1, 1), (1, 1)),
    ],
)
def test_every_location_has_a_mark(
    location: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]
) -> None:
    marked = document(TRIAL)
    assert marked.mark(location) == value
    assert marked.key_mark(location) == key


def test_a_finding_is_made_at_a_location() -> None:
    marked = document(TRIAL)
    location = ("inclusion", "I-01", "when", "age", "at_least")
    assert marked.report("R012", location, "unknown word", on_key=True).place == "a.yaml:5:18"
    assert marked.report("R015", location, "no unit", "write 18 years").place == "a.yaml:5:28"


def test_a_document_with_findings_comes_back_with_its_doubtful_values_named() -> None:
    found, diagnostics = parse_yaml("a: no\nb: [1e3, 2]\non: 1\nc: 1\nc: 2\n", "a.yaml")
    assert found is not None
    assert found.data == {"a": "no", "b": ["1e3", 2], "on": 1, "c": 1}
    assert found.faults == {("a",), ("b", 0), ("on",)}
    assert len(diagnostics) == 4


def test_several_documents_are_read_where_they_are_expected() -> None:
    documents, diagnostics = parse_yaml_documents("a: 1\n---\n- b\n", "a.yaml")
    assert [marked.data for marked in documents] == [{"a": 1}, ["b"]]
    assert documents[1].mark((0,)) == (3, 3)
    assert diagnostics == []


# --- whatever the text ------------------------------------------------------------------------


class _Quoting(yaml.SafeDumper):
    """Writes every text in quotes, so that nothing is left to the reader's judgement, and no aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 (the name is the parent's)
        return True


_Quoting.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: "e" not in repr(number))
    | st.dates()
    | st.text()
)
plain_data = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(plain_data, st.sampled_from([True, False, None]), st.booleans())
def test_data_that_is_written_is_read_back_the_same(data: Any, flow: bool | None, windows: bool) -> None:
    written = yaml.dump(
        data,
        Dumper=_Quoting,
        default_flow_style=flow,
        sort_keys=False,
        allow_unicode=False,
        line_break="\r\n" if windows else "\n",
    )
    found = document(written)
    assert found.data == data
    assert repr(found.data) == repr(data)


yaml_like = st.lists(
    st.sampled_from(
        [*"abc019 \n\t:-,[]{}'\"#&*!|>%@`?~=<.\\\r", "\n  ", ": ", "- ", "---\n", "no", "1e3", "é", "\x00"]
    ),
    max_size=40,
).map("".join)


@given(st.text() | yaml_like)
@example("\ud800")
@example("a: \ud800\n")
def test_no_text_raises(text: str) -> None:
    found, diagnostics = parse_yaml(text, "a.yaml")
    assert found is not None or diagnostics
    for diagnostic in diagnostics:
        assert diagnostic.line is not None
        assert diagnostic.line >= 1
        diagnostic.render()


@given(st.binary())
def test_no_bytes_raise(content: bytes) -> None:
    found, diagnostics = parse_yaml(content, "a.yaml")
    assert found is not None or diagnostics


@given(yaml_like)
def test_what_is_accepted_means_the_same_to_an_ordinary_reader(text: str) -> None:
    found, diagnostics = parse_yaml(text, "a.yaml")
    if found is not None and not diagnostics:
        as_written = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 (text only)
        assert_same(found.data, as_written)


def assert_same(ours: Any, as_written: Any) -> None:
    """Both have the same shape and text, and what is not text here is no text to PyYAML either."""
    match ours:
        case dict():
            assert list(ours) == list(as_written)
            for key, value in ours.items():
                assert_same(value, as_written[key])
        case list():
            assert len(ours) == len(as_written)
            for one, other in zip(ours, as_written, strict=True):
                assert_same(one, other)
        case str():
            assert ours == as_written
        case _:
            assert ours == yaml.safe_load(as_written)
