"""Standings in bits are those that ``kind_of`` reads from the same verdicts, whatever the roots."""

from itertools import product

import numpy as np
import pytest

from matcher.domain.verdict import Verdict
from matcher.engines.base import VerdictTable
from matcher.engines.columnar import Planes
from matcher.engines.planes.chunk import packed
from matcher.rules.candidate import Coverage, Roots
from matcher.standing.bits import StandingBits
from matcher.standing.standing import StandingKind, kind_of

MET, UNKNOWN = Verdict.MET, Verdict.UNKNOWN
#: every verdict of four nodes beside every other
VERDICTS = [dict(enumerate(each)) for each in product(Verdict, repeat=4)]
ROOTS = [Roots(*each) for each in product(range(4), repeat=4)]
OPTIONS = list(product(ROOTS, Coverage))
ONE_ROOT = [each for each in OPTIONS if len(set(each[0].nodes)) == 1]


def planes() -> Planes:
    bits = [
        [packed(np.array([each[node] in kinds for each in VERDICTS])) for kinds in ((MET,), (MET, UNKNOWN))]
        for node in range(4)
    ]
    return Planes(len(VERDICTS), {node: node for node in range(4)}, np.array(bits))


def places(found: np.ndarray) -> np.ndarray:
    """The place of every standing, options by patients, of whole words."""
    low, middle, high = np.unpackbits(found.view(np.uint8), axis=-1, bitorder="little")
    kinds: np.ndarray = low | middle << 1 | high << 2
    return kinds


@pytest.mark.parametrize("options", [OPTIONS, ONE_ROOT, ONE_ROOT[2:4], OPTIONS[7:8]])
@pytest.mark.parametrize("words", [1, 5, 1 << 15])
def test_every_verdict_of_every_root(options, words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.standing.bits._WORDS", words)
    held = planes()
    table = VerdictTable(tuple(map(str, range(len(VERDICTS)))), tuple(VERDICTS), ())
    found = places(StandingBits(options, held.rows).of(held.bits))
    order = list(StandingKind)
    for (roots, coverage), kinds in zip(options, found.tolist(), strict=True):
        expected = [kind_of(roots, coverage, table, row) for row in range(len(VERDICTS))]
        assert [order[each] for each in kinds[: len(VERDICTS)]] == expected
        assert {order[each] for each in kinds[len(VERDICTS) :]} == {StandingKind.INELIGIBLE}


def test_no_options_and_no_patients() -> None:
    held = planes()
    assert StandingBits([], held.rows).of(held.bits).shape == (3, 0, 2)
    assert StandingBits(OPTIONS, held.rows).of(held.bits[:, :, :0]).shape == (3, len(OPTIONS), 0)
