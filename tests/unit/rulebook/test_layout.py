"""The form of a rule file: what moves is space, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.rulebook.layout import laid_out
from matcher.rulebook.strict_yaml import parse_yaml

UGLY = """\
\ufeff# what stands above stays above
trial:   NCT01234567   # and behind, behind
title: >-
   two lines
     of it


inclusion:
    # of the first
    I-01:
        text: "it's
          one text   "
        when:
            any:
            - {age:   {at_least: 18 years}}\x20\x20
            -   all:
                  - {condition: hiv}


                  # among the members
                  - {condition: {is: [ascites,
                                      pleural_effusion]}}
# at the end


"""
IN_FORM = """\
# what stands above stays above
trial: NCT01234567   # and behind, behind
title: >-
   two lines
     of it


inclusion:
  # of the first
  I-01:
    text: "it's
      one text   "
    when:
      any:
        - {age:   {at_least: 18 years}}
        - all:
            - {condition: hiv}

            # among the members
            - {condition: {is: [ascites,
                                pleural_effusion]}}
# at the end
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_only_space_in_front_behind_and_after_a_colon_changes(ends: str) -> None:
    content, problems = laid_out(UGLY.replace("\n", ends).encode(), "a.yaml")
    assert (content.decode(), problems) == (IN_FORM, [])


def test_what_is_in_form_comes_back_as_it_is(root: Path) -> None:
    assert laid_out(IN_FORM.encode(), "a.yaml")[0] == IN_FORM.encode()
    for path in [
        *(root / "rules" / "derivations").glob("*.yaml"),
        *(root / "rules" / "lists").glob("a*.yaml"),
    ]:
        content = path.read_bytes()
        assert laid_out(content, path.name)[0] == content


@pytest.mark.parametrize(
    "written",
    [
        "a:\n    b: |\n        kept   \n\n          deeper\n    c: 1\n",
        "- - a\n  - b\n- c\n",
        "a:\n- 1\n-\n    b: 2\n",
        "a:\n    b:\n    c: ''\n",
        "a: 'x\n\n\n   y'\nb:  [1,\n  2]\n",
    ],
)
def test_what_a_file_says_is_never_changed(written: str) -> None:
    content, problems = laid_out(written.encode(), "a.yaml")
    (before, _), (after, faults) = parse_yaml(written, "a"), parse_yaml(content, "a")
    assert before is not None
    assert after is not None
    assert not problems + faults
    assert after.data == before.data
    assert laid_out(content, "a.yaml")[0] == content


def test_what_cannot_be_read_is_left_and_said() -> None:
    content, problems = laid_out(b"a: [1\nb: 2\n", "a.yaml")
    assert content == b"a: [1\nb: 2\n"
    assert [each.code for each in problems] == ["R002"]
