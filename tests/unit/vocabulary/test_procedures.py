import pytest

from matcher.vocabulary.procedures import PROCEDURES


@pytest.mark.parametrize(
    "text", ["mastectomy", "lumpectomy", "laparoscopy", "lymphadenectomy", "oophorectomy"]
)
def test_what_one_surgeon_calls_major_may_be_major_surgery(text: str) -> None:
    may_be = PROCEDURES.leaves(PROCEDURES.lookup(text) or "")
    major = PROCEDURES.leaves("major_surgery")
    assert may_be & major
    assert may_be - major
    assert PROCEDURES.named(may_be) == (PROCEDURES.lookup(text),)


@pytest.mark.parametrize("text", ["wide excision", "angioplasty"])
def test_a_name_of_small_and_large_is_neither(text: str) -> None:
    assert PROCEDURES.lookup(text) is None
