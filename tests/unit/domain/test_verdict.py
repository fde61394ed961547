"""The connectives, against every way the unknown members could turn out."""

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.verdict import Verdict, all_of, any_of, at_least

VERDICTS = st.sampled_from(list(Verdict))
WEIGHTS = st.sampled_from((1.0, 0.55, 0.6, 2.0, -0.5))


def outcomes(verdicts: Sequence[Verdict]) -> list[list[bool]]:
    """Two-valued worlds that agree with the verdicts."""
    choices = {Verdict.MET: (True,), Verdict.NOT_MET: (False,), Verdict.UNKNOWN: (True, False)}
    return [list(world) for world in product(*(choices[each] for each in verdicts))]


def of(results: Sequence[bool]) -> Verdict:
    return Verdict.UNKNOWN if len(set(results)) > 1 else Verdict.of(results[0])


@given(verdicts=st.lists(VERDICTS, min_size=1, max_size=4))
def test_all_and_any_say_what_holds_in_every_world(verdicts: list[Verdict]) -> None:
    worlds = outcomes(verdicts)
    assert all_of(verdicts) is of([all(world) for world in worlds])
    assert any_of(verdicts) is of([any(world) for world in worlds])


@given(data=st.data(), verdicts=st.lists(VERDICTS, min_size=1, max_size=4), threshold=WEIGHTS)
def test_weights_say_what_holds_in_every_world(
    data: st.DataObject, verdicts: list[Verdict], threshold: float
) -> None:
    """As far as ends of a range can: sums that jump over the threshold are met or not met in no world."""
    weights = data.draw(st.lists(WEIGHTS, min_size=len(verdicts), max_size=len(verdicts)))
    sums = [
        round(sum(weight for weight, is_met in zip(weights, world, strict=True) if is_met), 6)
        for world in outcomes(verdicts)
    ]
    assert at_least(threshold, verdicts, weights) is of([each >= threshold for each in sums])


def test_sums_are_rounded_before_they_are_compared() -> None:
    assert at_least(0.3, [Verdict.MET, Verdict.MET], [0.1, 0.2]) is Verdict.MET


@pytest.mark.parametrize("verdict", list(Verdict))
def test_not_swaps_met_and_not_met_and_presuming_takes_unknown_as_met(verdict: Verdict) -> None:
    assert verdict.negated().negated() is verdict
    assert (verdict.negated() is verdict) == (verdict is Verdict.UNKNOWN)
    assert verdict.presumed() is (Verdict.NOT_MET if verdict is Verdict.NOT_MET else Verdict.MET)
