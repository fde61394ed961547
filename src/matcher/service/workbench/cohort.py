"""The patients that a draft is tried on: those of a worklist's file, or the invented ones of the rulebook's cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

from matcher.domain.profile import Profile
from matcher.engines.base import VerdictTable
from matcher.engines.columnar import ColumnarEngine
from matcher.explanation.criterion import verdict_in_words
from matcher.readers.assemble import assemble
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.documents import validated
from matcher.rulebook.sources import Sources
from matcher.rulebook.strict_yaml import load_yaml
from matcher.rules.candidate import Candidate
from matcher.rules.rulebook import Rulebook
from matcher.rules.syntax import CaseDocument
from matcher.service.impact import Impact, StandingChanged, standings_changed
from matcher.service.match import Matcher, MatchOptions
from matcher.service.rulebooks import rules_directory
from matcher.service.worklist.filed import Filed
from matcher.standing.standing import StandingKind, stand

MOST = 5_000
"""Patients that are looked at while somebody waits; a larger file is for the command line."""
_TOGETHER = 500
_NEVER = "never matched"


@dataclass(frozen=True, slots=True)
class Cohort:
    """``title`` says whose patients they are; ``left_out`` how many more the file holds than are looked at."""

    title: str
    profiles: tuple[Profile, ...]
    rejected: int = 0
    left_out: int = 0


@dataclass(slots=True)
class Tried:
    """What a draft says of a cohort: how many stand where, and each criterion's verdicts with their number."""

    cohort: str
    patients: int = 0
    left_out: int = 0
    standings: Counter[str] = field(default_factory=Counter)
    criteria: dict[str, Counter[str]] = field(default_factory=dict)


def of_file(filed: Filed, title: str, rulebook: Rulebook, most: int = MOST) -> Cohort:
    """The first patients of a file, read as the rulebook reads them."""
    read = read_patients(
        filed.patients,
        formulary=rulebook.formulary,
        mapping=filed.mapping,
        as_of=filed.as_of,
        today=filed.today,
    )
    outcomes = list(islice(read, most))
    profiles = tuple(each.profile for each in outcomes if isinstance(each, Patient))
    return Cohort(title, profiles, len(outcomes) - len(profiles), len(read) - len(outcomes))


def sample(rulebook: Rulebook, rules: Path | None) -> Cohort:
    """Each patient of the rulebook's cases once: nobody's record, and every limit of every rule among them."""
    return Cohort(
        "the invented patients of the rulebook's cases",
        _invented(rulebook.version, rules, rulebook.formulary),
    )


@lru_cache(2)
def _invented(version: str, rules: Path | None, formulary: object) -> tuple[Profile, ...]:  # noqa: ARG001 - keys
    found: dict[str, Profile] = {}
    for path in Sources.of(rules_directory(rules)).cases:
        marked, problems = load_yaml(path, path.name)
        if marked is None or problems or not isinstance(marked.data, list):
            continue
        rule = path.name.partition(".")[0]
        for index in range(len(marked.data)):
            document, _ = validated(CaseDocument, marked, (index,))
            if document is None:
                continue
            key = repr((document.as_of, document.patient))
            if key not in found:
                wire = {"id": f"{rule}: {document.case}", **document.patient}
                read = assemble(wire, as_of=document.as_of, formulary=formulary)  # type: ignore[arg-type]
                if read.profile is not None:
                    found[key] = read.profile
    return tuple(found.values())


def tried(candidate: Candidate, book: Rulebook, cohort: Cohort) -> Tried:
    found = Tried(cohort.title, left_out=cohort.left_out)
    found.criteria = {each.id: Counter() for each in candidate.every_criterion}
    for table, row, _ in _evaluated(candidate, book, cohort.profiles):
        found.patients += 1
        for each in candidate.every_criterion:
            found.criteria[each.id][verdict_in_words(each.role, table.verdict(each.node, row))] += 1
        found.standings[_standing(candidate, table, row)] += 1
    return found


def impact_of(name: str, before: Rulebook, after: Rulebook, cohort: Cohort) -> Impact:
    """Whose standing with one candidate changes. Only these are explained, so that many can be looked at."""
    found = Impact(rejected=cohort.rejected)
    sides = [_standings(name, book, cohort.profiles) for book in (before, after)]
    matchers = [
        Matcher(book, MatchOptions(include_closed=True, questions=0, about=(name,)))
        for book in (before, after)
    ]
    for was, now, profile in zip(*sides, cohort.profiles, strict=True):
        found.patients += 1
        if was != now:
            shown = [each.match_one(profile) for each in matchers]
            found.changed += list(standings_changed(*shown)) or [_blank(profile, name, was, now)]
    return found


def _blank(profile: Profile, name: str, was: str, now: str) -> StandingChanged:
    """Of somebody who is in no ranking: who has died, for one."""
    return StandingChanged(profile.id, name, was, now, ())


def _standings(name: str, book: Rulebook, profiles: Sequence[Profile]) -> list[str]:
    candidate = book.by_id.get(name)
    if candidate is None:
        return [StandingKind.INELIGIBLE.value] * len(profiles)
    return [_standing(candidate, table, row) for table, row, _ in _evaluated(candidate, book, profiles)]


def _standing(candidate: Candidate, table: VerdictTable, row: int) -> str:
    found = stand(candidate, table, row)
    return found.kind.value if found is not None else _NEVER


def _evaluated(
    candidate: Candidate, book: Rulebook, profiles: Sequence[Profile]
) -> Iterator[tuple[VerdictTable, int, Profile]]:
    """Each patient as computed: what people judged of other rules counts for nothing here."""
    engine = ColumnarEngine()
    for start in range(0, len(profiles), _TOGETHER):
        some = profiles[start : start + _TOGETHER]
        table = engine.evaluate(book.graph, some, roots=candidate.root_nodes())
        for row, each in enumerate(some):
            yield table, row, each
