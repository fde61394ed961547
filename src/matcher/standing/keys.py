"""The keys of the order: what each one is worth, smaller being better, and its words.

Each is made from a few plain values, whoever found them: for one patient, or in columns for many.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from matcher.domain.verdict import Verdict
from matcher.rules.candidate import Availability, CandidateKind
from matcher.rules.syntax import RankingDocument
from matcher.standing.standing import StandingKind


class KeyValue(NamedTuple):
    """One key of the order for one candidate: smaller is better, and the words for it."""

    key: str
    value: tuple[int, ...] | tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Credit:
    """The best evidence credited: the place of its direction, and of its level within that direction.

    A place as long as the declared order stands for none. ``sought``: whether there is any evidence at all.
    """

    direction: int
    level: int
    sought: bool


def standing_key(ranking: RankingDocument, kind: StandingKind, background: bool) -> KeyValue:
    """The declared order; what is an option for everybody comes after all that is possible in particular."""
    order = ranking.standings
    place, words = order.index(kind.value), kind.value.replace("_", " ")
    if background:
        return KeyValue(
            "standing", (max(place, order.index("possible")), 1), f"{words}; an option for everybody"
        )
    return KeyValue("standing", (place, 0), words)


def availability_key(ranking: RankingDocument, availability: Availability) -> KeyValue:
    name = availability.name.lower()
    words = "" if name == "not_applicable" else f"recruitment {availability.value}"
    return KeyValue("availability", (ranking.availability.index(name),), words)


def specificity_key(found: Collection[str]) -> KeyValue:
    """How many kinds of selection (biomarker, histology, line, prior therapy) are known to be met."""
    words = f"selects by {', '.join(sorted(found))}" if found else ""
    return KeyValue("specificity", (-len(found),), words)


def setting_key(settings: Sequence[str], verdict: Verdict | None) -> KeyValue:
    """Whether the patient's setting is one the regimen is for: known, possible, or another.

    ``None`` where no setting is asked for or none is derived.
    """
    if not settings or verdict is None:
        return KeyValue("setting", (1,), "")
    *others, last = (each.replace("_", " ") for each in settings)
    named = f"{', '.join(others)} or {last}" if others else last
    words = {Verdict.MET: f"for {named} disease", Verdict.UNKNOWN: f"for {named} disease, setting not known"}
    place = {Verdict.MET: 0, Verdict.UNKNOWN: 1, Verdict.NOT_MET: 2}[verdict]
    return KeyValue("setting", (place,), words.get(verdict, f"for {named} disease, this is another setting"))


def evaluation_key(evaluation: bool) -> KeyValue:
    """What is under clinical evaluation comes after what is an established option."""
    return KeyValue("evaluation", (int(evaluation),), "under clinical evaluation" if evaluation else "")


def evidence_key(kind: CandidateKind, applies: Verdict | None) -> KeyValue:
    """Whether the studies cited speak of this patient's disease; ``None`` where none is cited.

    An option the source lists without a study is not behind one whose study is of this disease: other keys decide.
    """
    if kind is CandidateKind.TRIAL or applies is None or applies is Verdict.MET:
        return KeyValue("evidence", (0,), "")
    if applies is Verdict.UNKNOWN:
        return KeyValue("evidence", (1,), "whether its evidence applies is not known")
    return KeyValue("evidence", (2,), "no evidence that applies to this disease")


def population_key(kind: CandidateKind, outside: bool) -> KeyValue:
    """Whether a caution applies that puts the patient outside the population studied.

    Trials have none of their own here: their criteria say whom they take.
    """
    if kind is CandidateKind.TRIAL or not outside:
        return KeyValue("population", (0,), "")
    return KeyValue("population", (1,), "outside the population studied")


def encoded_key(ranking: RankingDocument, share: str) -> KeyValue:
    """How much of the protocol is encoded: a candidate is not ahead because little is asked of it here."""
    place = ranking.encoded.index(share) if share in ranking.encoded else len(ranking.encoded)
    return KeyValue("encoded", (place,), "" if share == "whole" else f"{share} of the protocol encoded")


def direction_key(ranking: RankingDocument, kind: CandidateKind, credit: Credit) -> KeyValue:
    if kind is CandidateKind.TRIAL:
        return KeyValue("direction", (0,), "")
    order = ranking.directions
    if not credit.sought:
        return KeyValue("direction", (len(order),), "")
    name = order[credit.direction] if credit.direction < len(order) else ""
    words = {
        "favours": "evidence favours it",
        "no_survival_difference": "no survival difference shown",
        "unclear": "evidence unclear",
    }.get(name, "")
    return KeyValue("direction", (credit.direction,), words)


def level_key(ranking: RankingDocument, kind: CandidateKind, credit: Credit) -> KeyValue:
    """The best level among the evidence in the best direction."""
    if kind is CandidateKind.TRIAL:
        return KeyValue("level", (0,), "")
    name = ranking.levels[credit.level] if credit.level < len(ranking.levels) else ""
    words = f"level of evidence {name}" if name and name != "not stated" else ""
    return KeyValue("level", (credit.level,), words)


def credit_of(ranking: RankingDocument, direction: str, level: str) -> Credit:
    """What one piece of evidence is worth; of several the least counts. Compare ``(direction, level)``."""
    directions, levels = ranking.directions, ranking.levels
    if direction not in directions:
        return no_credit(ranking, sought=True)
    place = levels.index(level) if level in levels else len(levels)
    return Credit(directions.index(direction), place, sought=True)


def no_credit(ranking: RankingDocument, *, sought: bool) -> Credit:
    return Credit(len(ranking.directions), len(ranking.levels), sought)


def unknowns_key(number: int) -> KeyValue:
    return KeyValue("unknowns", (number,), _counted(number, "unknown") or "nothing unknown")


def unsatisfied_key(number: int) -> KeyValue:
    return KeyValue("unsatisfied", (number,), _counted(number, "not satisfied"))


def identifier_key(identifier: str) -> KeyValue:
    return KeyValue("identifier", (identifier,), "")


def because(keys: Sequence[KeyValue], *, tied: bool = False) -> str:
    """Why a candidate has its place, in words; of one that shares it, what could break the tie."""
    said = [each.words for each in keys if each.words]
    if tied:
        open_ = any(each.key == "unknowns" and each.value != (0,) for each in keys)
        breaks = "answers to what is missing may part them" if open_ else "nothing declared parts them"
        said.append(f"shares its rank: {breaks}")
    return "; ".join(said)


def compared(keys: Sequence[KeyValue]) -> tuple[tuple[int, ...] | tuple[str, ...], ...]:
    """What decides a rank. The identifier only says in which order equals are listed."""
    return tuple(each.value for each in keys if each.key != "identifier")


def _counted(number: int, what: str) -> str:
    if not number:
        return ""
    return f"{number} {'criterion' if number == 1 else 'criteria'} {what}"
