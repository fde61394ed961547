"""The shipped AJCC 8 derivation against the four stage tables of the pdq document, and with categories missing."""

from collections.abc import Iterator
from itertools import product

import pytest

from matcher.domain.possible import Codes
from matcher.engines.base import Engine
from matcher.readers.assemble import assemble
from matcher.rulebook.load import load_rulebook
from matcher.rules.rulebook import Rulebook
from tests.engines import ENGINES
from tests.spec.table import AS_OF

T, N, M = ("T1", "T2", "T3", "T4"), ("N0", "N1", "N2"), ("M0", "M1")
STAGES = frozenset({"IA", "IB", "II", "IIIA", "IIIB", "IV"})

#: stage: (T, N, M) as the rows of tables 1 to 4 have them; "any" is every category of the edition
PRINTED: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    ("IA", ("T1",), ("N0",), ("M0",)),
    ("IB", ("T2", "T3"), ("N0",), ("M0",)),
    ("II", ("T1", "T2"), ("N1",), ("M0",)),
    ("IIIA", ("T3",), ("N1",), ("M0",)),
    ("IIIB", ("T1", "T2", "T3"), ("N2",), ("M0",)),
    ("IIIB", ("T4",), N, ("M0",)),
    ("IV", T, N, ("M1",)),
)
EACH = {(t, n, m): stage for stage, *categories in PRINTED for t, n, m in product(*categories)}
#: what may stand for a category: itself, X, or nothing at all
WRITTEN = {letter: (*known, f"{letter}X", None) for letter, known in (("T", T), ("N", N), ("M", M))}
each_engine = pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)


@pytest.fixture(scope="module")
def rulebook(root) -> Rulebook:
    return load_rulebook(root / "rules")


def derived(
    engine: Engine, rulebook: Rulebook, classifications: list[dict[str, str]], **facts: object
) -> list[frozenset[str]]:
    """The stages each classification leaves possible."""
    node = rulebook.derived["ajcc8_pleural_stage"].node
    patients = []
    for classification in classifications:
        wire = {"diagnosis": "PLMESO", "growth_pattern": "diffuse", "tnm": {"edition": 8, **classification}}
        assembled = assemble({"id": "p", **wire, **facts}, as_of=AS_OF, formulary=rulebook.formulary)
        assert assembled.profile is not None
        assert not assembled.issues
        patients.append(assembled.profile)
    found = engine.evaluate(rulebook.graph, patients, roots=[node]).findings
    return [_stages(each[node].value) for each in found]


def _stages(value: object) -> frozenset[str]:
    assert isinstance(value, Codes)
    return frozenset(code.removeprefix("ajcc8_pleural.") for code in value.members)


def known(combination: tuple[str | None, str | None, str | None]) -> dict[str, str]:
    return {letter: each for letter, each in zip("tnm", combination, strict=True) if each is not None}


def completed(combination: tuple[str | None, str | None, str | None]) -> Iterator[tuple[str, str, str]]:
    choices = [
        (each,) if each is not None and not each.endswith("X") else every
        for each, every in zip(combination, (T, N, M), strict=True)
    ]
    yield from product(*choices)


def test_the_tables_give_every_combination_exactly_one_stage() -> None:
    assert set(EACH) == set(product(T, N, M))
    assert set(EACH.values()) == STAGES
    assert len(EACH) == sum(len(t) * len(n) * len(m) for _, t, n, m in PRINTED)


@each_engine
def test_every_row_of_the_tables(engine: Engine, rulebook: Rulebook) -> None:
    found = derived(engine, rulebook, [known(each) for each in EACH])
    assert dict(zip(EACH, found, strict=True)) == {each: frozenset({stage}) for each, stage in EACH.items()}


@each_engine
def test_with_x_or_missing_every_stage_a_completion_could_give_stays_possible(
    engine: Engine, rulebook: Rulebook
) -> None:
    combinations = [each for each in product(*WRITTEN.values()) if any(each)]
    found = derived(engine, rulebook, [known(each) for each in combinations])
    for combination, stages in zip(combinations, found, strict=True):
        assert stages >= {EACH[each] for each in completed(combination)}, combination


@each_engine
def test_with_x_nothing_is_left_possible_that_no_completion_gives(engine: Engine, rulebook: Rulebook) -> None:
    """Sound would allow more; the order of the rows leaves nothing that could not come to be."""
    combinations = [each for each in product(*WRITTEN.values()) if None not in each]
    found = derived(engine, rulebook, [known(each) for each in combinations])
    wider = {
        combination: stages - {EACH[each] for each in completed(combination)}
        for combination, stages in zip(combinations, found, strict=True)
    }
    assert not [combination for combination, extra in wider.items() if extra]


@each_engine
def test_t0_without_metastasis_stands_in_no_table(engine: Engine, rulebook: Rulebook) -> None:
    without, metastatic = derived(engine, rulebook, [known(("T0", "N0", "M0")), known(("T0", "N0", "M1"))])
    assert without == STAGES
    assert metastatic == {"IV"}


@each_engine
@pytest.mark.parametrize(
    "facts",
    [
        {"tnm": {"edition": 7, "t": "T1", "n": "N0", "m": "M0"}},
        {"growth_pattern": "localised"},
        {"diagnosis": "PEMESO"},
        {"diagnosis": "mesothelioma"},
        {"growth_pattern": None},
    ],
    ids=["another edition", "localised", "peritoneal", "site not known", "growth not known"],
)
def test_it_is_silent_where_it_does_not_apply(
    engine: Engine, rulebook: Rulebook, facts: dict[str, object]
) -> None:
    assert derived(engine, rulebook, [known(("T1", "N0", "M0"))], **facts) == [STAGES]
