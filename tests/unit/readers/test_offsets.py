"""Days that are written as so many months or years after another."""

from datetime import date

import pytest

from matcher.domain.dates import DateSpan
from matcher.readers.mapped_days import offset

DAY = DateSpan.on(date(2013, 7, 1))


@pytest.mark.parametrize(
    ("text", "unit", "span"),
    [
        ("61", "days", "2013-08-31"),
        ("2.0", "months", {"from": "2013-08-29", "to": "2013-09-03"}),
        ("2.17", "months", {"from": "2013-09-04", "to": "2013-09-06"}),
        # Typed columns keep no decimal of 2.0: it may be that, or two months that are over.
        ("2", "months", {"from": "2013-08-29", "to": "2013-10-01"}),
        ("0", "months", {"from": "2013-06-29", "to": "2013-08-01"}),
        ("1", "years", {"from": "2014-06-08", "to": "2015-07-02"}),
    ],
)
def test_months_are_as_precise_as_they_are_written(text: str, unit: str, span: object) -> None:
    assert offset(DAY, text, unit, 0) == span


@pytest.mark.parametrize("unit", ["months", "years"])
@pytest.mark.parametrize("number", range(5))
def test_a_whole_number_begins_as_the_same_with_a_decimal_and_ends_later(number: int, unit: str) -> None:
    whole, decimal = (offset(DAY, text, unit, -1) for text in (f"{number}", f"{number}.0"))
    assert isinstance(whole, dict)
    assert isinstance(decimal, dict)
    assert whole["from"] == decimal["from"]
    assert whole["to"] > decimal["to"]
