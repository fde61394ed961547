"""A form's edit changes what it says it changes: every other byte of the file stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from matcher.authoring.edits import Edit, EditError, edited, typed
from matcher.authoring.protocol import WAITING
from matcher.rulebook.documents import CASES_SUFFIX
from matcher.rulebook.marked import Location
from matcher.rulebook.spans import Span, locate
from matcher.rulebook.strict_yaml import parse_yaml

TEXT = """\
# of a hospital's own
title:   A trial   # with its own spacing
trial: "NCT01234567"
inclusion:
  # the first
  I-01:   # behind
    source: mirror
    when: {lab: {test: platelets,   at_least: 100 10*9/L}}   # in braces
    text: >-
      Platelets of
      at least 100

  # protocol: Adults.
  I-02:
    text: 'Adults'
    when:
      any:
        - age: {at_least: 18 years}
        # whoever else
        - sex: male
    judgement: false
exclusion:
  E-01: {text: HIV, when: {not: {condition: hiv}}}
"""


def lines_changed(before: str, after: str) -> list[tuple[str, str]]:
    old, new = before.split("\n"), after.split("\n")
    assert len(old) == len(new)
    return [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]


def test_one_limit_changed_is_one_line_changed() -> None:
    path = ("inclusion", "I-01", "when", "lab", "at_least")
    after = edited(TEXT, Edit("set", path, "75 10*9/L"))
    assert lines_changed(TEXT, after) == [
        (
            "    when: {lab: {test: platelets,   at_least: 100 10*9/L}}   # in braces",
            "    when: {lab: {test: platelets,   at_least: 75 10*9/L}}   # in braces",
        )
    ]


def test_the_value_that_is_there_changes_nothing() -> None:
    for path in (("title",), ("trial",), ("inclusion", "I-01", "text"), ("inclusion", "I-02", "judgement")):
        assert edited(TEXT, Edit("set", path, locate(TEXT, "t").value(path))) == TEXT


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("no", "'no'"),
        ("12:30", "'12:30'"),
        ("a: b", "'a: b'"),
        ("it's # here", '"it\'s # here"'),
        ("≥ 1.5 x ULN", "≥ 1.5 x ULN"),
        ("", "''"),
        ("one, or [two]", "one, or [two]"),
        ("2026-01-01", "'2026-01-01'"),
        ("tab\there", "tab here"),
    ],
)
def test_a_text_stays_a_text_whatever_yaml_would_take_it_for(text: str, written: str) -> None:
    after = edited(TEXT, Edit("set", ("inclusion", "I-02", "text"), text))
    assert f"    text: {written}\n" in after


def test_what_somebody_types_is_a_number_a_list_or_a_text() -> None:
    assert [typed(each) for each in ("18", "1.5", "true", "[IIIA, IIIB]", "18 years", "10*9/L", "no")] == [
        18,
        1.5,
        True,
        ["IIIA", "IIIB"],
        "18 years",
        "10*9/L",
        "no",
    ]


def test_groups_open_and_close_around_what_is_written() -> None:
    for path in (("inclusion", "I-01", "when"), ("inclusion", "I-02", "when")):
        for gate in ("all", "not"):
            wrapped = edited(TEXT, Edit("wrap", path, key=gate))
            assert wrapped != TEXT
            assert edited(wrapped, Edit("unwrap", path)) == TEXT


def test_a_group_of_at_least_so_many_and_back() -> None:
    path = ("inclusion", "I-02", "when")
    some = edited(TEXT, Edit("gate", path, key="at_least"))
    assert locate(some, "t").value((*path, "at_least")) == 1
    assert edited(some, Edit("gate", path, key="any")) == TEXT


def test_members_move_with_the_comments_above_them() -> None:
    path = ("inclusion", "I-02", "when", "any")
    moved = edited(TEXT, Edit("move", (*path, 1), by=-1))
    assert "      any:\n        # whoever else\n        - sex: male\n        - age:" in moved
    assert edited(moved, Edit("move", (*path, 0), by=1)) == TEXT
    with pytest.raises(EditError, match="at the end"):
        edited(TEXT, Edit("move", (*path, 0), by=-1))


def test_members_are_added_and_removed() -> None:
    path = ("inclusion", "I-02", "when", "any")
    more = edited(TEXT, Edit("add", path, {"ecog": {"at_most": 1}}))
    assert "        - sex: male\n        - {ecog: {at_most: 1}}\n    judgement" in more
    assert edited(more, Edit("remove", (*path, 2))) == TEXT


def test_a_criterion_takes_the_sentence_that_waited_and_gives_it_back() -> None:
    waiting = TEXT + "# not yet (exclusion): Known  hepatitis B\n"
    new = {"text": "Hepatitis B", "when": {"condition": "hepatitis_b"}}
    taken = edited(waiting, Edit("add_criterion", ("exclusion",), new, sentence="Known hepatitis B"))
    assert taken.endswith(
        "  # protocol: Known hepatitis B\n  E-02:\n    text: Hepatitis B\n    when: {condition: hepatitis_b}\n"
    )
    given = edited(taken, Edit("remove_criterion", ("exclusion", "E-02")))
    assert given == TEXT + "# not yet (exclusion): Known hepatitis B\n"


def test_the_last_criterion_takes_its_section_along_and_a_new_one_stands_in_its_place() -> None:
    alone = edited(TEXT, Edit("remove_criterion", ("exclusion", "E-01")))
    assert "exclusion" not in alone
    emptied = edited(
        edited(TEXT, Edit("remove_criterion", ("inclusion", "I-01"))),
        Edit("remove_criterion", ("inclusion", "I-02")),
    )
    again = edited(emptied, Edit("add_criterion", ("inclusion",), {"text": "Men", "when": {"sex": "male"}}))
    assert again.index("inclusion:\n  I-01:") < again.index("exclusion:")
    assert "# not yet (inclusion): Adults." in again


def test_a_criterion_is_left_to_a_person_and_taken_back() -> None:
    path = ("inclusion", "I-01")
    left = edited(TEXT, Edit("judge", path))
    assert "    judgement: true   # in braces" in left
    back = {"lab": {"test": "platelets", "at_least": "100 10*9/L"}}
    assert locate(edited(left, Edit("ask", path, back)), "t").value((*path, "when")) == back


def test_line_ends_and_the_mark_of_an_editor_stay() -> None:
    text = "\ufeff" + TEXT.replace("\n", "\r\n")
    new = {"text": "Men", "when": {"sex": "male"}}
    after = edited(text, Edit("add_criterion", ("inclusion",), new))
    after = edited(after, Edit("wrap", ("inclusion", "I-02", "when"), key="all"))
    assert after.startswith("\ufeff# of")
    assert "\n" not in after.replace("\r\n", "")


def test_what_cannot_be_edited_is_said_and_nothing_is_lost() -> None:
    cases = [
        (TEXT.replace("    source: mirror", "   source: {"), Edit("set", ("title",), "x"), "at line"),
        (TEXT, Edit("set", ("inclusion", "I-09", "text"), "x"), "no such place"),
        (TEXT, Edit("set", ("inclusion", "I-01", "text", "deeper"), "x"), "no such place"),
        (TEXT, Edit("paint", ("title",)), "no edit 'paint'"),
        (TEXT, Edit("rename", ("title",), key="trial"), "no such place"),
        (TEXT, Edit("set", ("title",), "x" * 6_000), "5,000 characters"),
        ("a: &b {c: 1}\nd: *b\n", Edit("set", ("a", "c"), 2), "at line"),
        ("", Edit("set", ("a",), 2), "at line"),
    ]
    for text, edit, said in cases:
        with pytest.raises(EditError, match=said):
            edited(text, edit)


def _leaves(span: Span, path: Location = ()) -> Iterator[Location]:
    if span.kind == "scalar":
        yield path
    for step, inner in span.each():
        yield from _leaves(inner, (*path, step))


def test_every_kind_of_value_in_the_shipped_rules_can_be_changed_alone(root: Path) -> None:
    """A sample of values of a sample of files, another at each run of another version of the rules."""
    files = sorted((root / "rules").rglob("*.yaml"))
    chance = Random(len(files))  # noqa: S311 - no secret
    for file in chance.sample(files, 25):
        text = file.read_bytes().decode()
        held = locate(text, file.name)
        assert held.root is not None
        every = list(_leaves(held.root))
        for path in chance.sample(every, min(4, len(every))):
            old, span = held.value(path), held.at(path)
            assert span is not None
            match old:
                case bool():
                    new: object = not old
                case int() | float():
                    new = old + 1
                case _:
                    new = "another text"
            after = edited(text, Edit("set", path, new))
            marked, problems = parse_yaml(after, file.name)
            assert marked is not None
            assert not problems
            if "\n" not in text[span.start : span.end]:
                assert len(lines_changed(text, after)) == 1, (file.name, path)
            # With the old value back it is the old rule, and the rest of the text never moved.
            assert after.startswith(text[: span.start])
            assert after.endswith(text[span.end :])
            changed = locate(after, file.name)
            around = changed.value(path[:-1])
            assert around[path[-1]] == new  # type: ignore[index]
            around[path[-1]] = old  # type: ignore[index]
            assert changed.value(()) == held.value(())


def test_every_shipped_rule_is_opened_and_its_own_title_changes_nothing(root: Path) -> None:
    files = [
        each for each in sorted((root / "rules").rglob("*.yaml")) if not each.name.endswith(CASES_SUFFIX)
    ]
    titled = 0
    for file in files:
        text = file.read_bytes().decode()
        if found := re.search(r"^title: ([^'\"|>#\n]+)$", text, re.MULTILINE):
            titled += 1
            assert edited(text, Edit("set", ("title",), found[1].strip())) == text, file
    assert titled > 50


def test_what_a_criterion_grants_stands_where_people_write_it() -> None:
    path = ("inclusion", "I-01")
    granted = edited(TEXT, Edit("set", (*path, "recoverable"), {"within": "10 %"}))
    assert "    recoverable: {within: 10 %}\n" in granted
    plain = (
        "trial: T\ninclusion:\n  I-01:\n    text: Consent\n    when: {consent: true}\n    source: protocol\n"
    )
    screened = edited(plain, Edit("set", (*path, "at_screening"), value=True))
    assert screened == plain.replace("    source", "    at_screening: true\n    source")
    assert edited(screened, Edit("remove", (*path, "at_screening"))) == plain


def test_the_last_sentence_that_waits_takes_its_heading_with_it() -> None:
    head = "trial: T\ntitle: A trial\n"
    text = f"{head}\n{WAITING}\n# not yet (exclusion): Known HIV infection,\n"
    value = {"text": "Known HIV infection,", "when": {"condition": "hiv"}}
    done = edited(text, Edit("add_criterion", ("exclusion",), value, sentence="Known HIV infection,"))
    assert WAITING not in done
    assert "    text: Known HIV infection\n" in done


def test_a_list_of_ever_so_many_names_is_refused_before_it_is_written() -> None:
    names = [f"N{number}" for number in range(100_000)]
    with pytest.raises(EditError, match="1,000 names"):
        edited(TEXT, Edit("set", ("inclusion", "I-01", "when", "lab", "test"), names))
