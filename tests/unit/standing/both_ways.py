"""Standing and order of many patients, worked out in columns and one patient at a time, and where they differ."""

from collections.abc import Sequence

from matcher.domain.profile import Profile
from matcher.engines.columnar import PatientFrame
from matcher.engines.reference import ReferenceEngine
from matcher.explanation.patient import is_deceased
from matcher.rules.candidate import CandidateKind
from matcher.rules.rulebook import Rulebook
from matcher.standing.columns import AVAILABILITIES, STANDINGS, Columns
from matcher.standing.deciding import ConditionReading
from matcher.standing.keys import because
from matcher.standing.order import _SAID, Order
from matcher.standing.ranking import Ranked, rank
from matcher.standing.recruiting import Recruiting
from matcher.standing.standing import stand


def ranked_singly(
    rulebook: Rulebook, profiles: Sequence[Profile], include_closed: bool
) -> list[list[Ranked]]:
    """Trials first, as many as there are, for each patient."""
    roots = [node for each in rulebook.candidates for node in each.root_nodes()]
    roots += [each.node for each in rulebook.derivations]
    found: list[list[Ranked]] = []
    for profile in profiles:
        table = ReferenceEngine().evaluate(rulebook.graph, (profile,), roots=roots)
        stood = (stand(one, table, 0, profile.as_of) for one in rulebook.candidates)
        standings = [each for each in stood if each is not None]
        closed = ("closed", "suspended")
        held = [each for each in standings if include_closed or each.availability.value not in closed]
        ranked = rank(held, ConditionReading(rulebook.graph, table, 0), rulebook)
        found.append([each for kind in CandidateKind for each in ranked[kind]])
    return found


def differences(rulebook: Rulebook, profiles: Sequence[Profile], include_closed: bool = False) -> list[str]:
    """Every pair whose place, standing, cohort, availability, keys or words are not the same.

    Where what is known of recruitment is the same on the days of all, in both layouts: for these days and for any.
    """
    frame = PatientFrame.of(profiles)
    only = Recruiting(rulebook.candidates).only(frame.as_of)
    expected = ranked_singly(rulebook, profiles, include_closed)
    layouts = (
        Columns(rulebook, include_closed=include_closed, period=period)
        for period in dict.fromkeys((None, only))
    )
    return [each for columns in layouts for each in _differences(columns, profiles, expected)]


def _differences(columns: Columns, profiles: Sequence[Profile], expected: list[list[Ranked]]) -> list[str]:
    frame = PatientFrame.of(profiles)
    order = Order(columns)
    planes = columns.planes(frame)
    wanted = [
        (
            row,
            each.rank,
            each.standing.candidate.id,
            each.standing.kind,
            each.standing.availability,
            f"{each.standing.cohort.cohort.id}: {each.standing.cohort.cohort.title}"
            if each.standing.cohort
            else "",
            because(each.keys, tied=each.tied),
        )
        for row, ranked in enumerate(expected)
        for each in ranked
    ]
    found = []
    keys = {
        (row, each.standing.candidate.id): each.keys for row, ranked in enumerate(expected) for each in ranked
    }
    wrong = []
    for judged in columns.judge(planes, frame.as_of):
        kept = order.kept(judged)
        for number in range(len(kept)):
            row, place = int(kept.patients[number]), int(kept.candidates[number])
            candidate = columns.candidates[place]
            found.append(
                (
                    row,
                    int(kept.ranks[number]),
                    candidate.id,
                    STANDINGS[kept.standings[number]],
                    AVAILABILITIES[kept.availabilities[number]],
                    columns.options[kept.options[number]].cohort,
                    kept.because[kept.said[number]],
                )
            )
            values = {name: int(getattr(judged, name)[place, row - judged.first]) for name in _SAID}
            if order.keys(place, values) != keys.get((row, candidate.id)):
                wrong.append(f"row {row}, {candidate.id}: {values}")
    wrong += [f"{one}\n  {other}" for one, other in zip(wanted, found, strict=False) if one != other]
    wrong += [] if len(wanted) == len(found) else [f"{len(wanted)} pairs, found {len(found)}"]
    died = columns.deceased(planes).tolist()
    return wrong + [each.id for each, dead in zip(profiles, died, strict=True) if dead != is_deceased(each)]
