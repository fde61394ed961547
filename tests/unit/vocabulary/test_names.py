"""Every name of every vocabulary against every other: none is offered for a name of another meaning."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from matcher.errors.spelling import letters_apart, spelling
from matcher.service import open_rulebook
from matcher.vocabulary.biomarkers import MARKERS
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.histology import HISTOLOGY
from matcher.vocabulary.laboratory import LAB_NAMES
from matcher.vocabulary.procedures import PROCEDURES

# What no rule about letters tells apart. Both names of each pair are known, so neither is ever taken for the other.
ALIKE = {
    frozenset({"afatinib", "apatinib"}),
    frozenset({"coumadin", "coumarin"}),
    frozenset({"cea", "ceas"}),
    frozenset({"actimmune", "autoimmune"}),
    frozenset({"tocilizumab", "ticilimumab"}),
    frozenset({"pleura", "pleurx"}),
    frozenset({"colistin", "colitis"}),
    frozenset({"ipn_other", "icpn_other"}),
    frozenset({"egc_other", "egct_other"}),
    frozenset({"platosin", "prazosin"}),
    frozenset({"valaciclovir", "valganciclovir"}),
    frozenset({"mmr vaccine", "mmrv_vaccine"}),
}


def meanings(root: Path) -> Iterator[tuple[str, str]]:
    for tree in (MARKERS, CONDITIONS, DIAGNOSES, HISTOLOGY, PROCEDURES):
        yield from ((name, f"{tree.name}: {code}") for name, code in tree.names.items())
    yield from ((name, f"test: {code}") for name, code in LAB_NAMES.items())
    formulary = open_rulebook(root / "rules").formulary
    yield from ((name, f"drug: {code}") for name, code in formulary.names.items())


def test_no_name_is_a_slip_of_the_pen_in_a_name_of_another_meaning(root: Path) -> None:
    named = dict(meanings(root))
    assert len(named) > 3_000
    alike = defaultdict(list)
    for name in named:
        spelled = spelling(name)
        alike[spelled.joined[:1], spelled.digits].append((name, spelled))
    found = {
        frozenset({name.casefold(), other.casefold()})
        for names in alike.values()
        for name, written in names
        for other, known in names
        if abs(len(name) - len(other)) <= 2 and named[name] != named[other] and letters_apart(written, known)
    }
    assert found <= ALIKE
