"""Completions of a profile: worlds in which everything it leaves open has been decided.

Every value is one value, every date one day, every agent known, every list closed after records nobody entered
were added (none that a statement of absence rules out, none after the as-of day), and single facts that nobody
recorded are given. A completion is a world in which sources that agreed still agree: two records of one day
that overlap become one value, a scale is given so that the other scale could have been converted from it, and
worlds in which a recorded fact and a derived one come to contradict each other are not looked at.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis import strategies as st

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Codes
from matcher.domain.profile import LISTS, Profile
from matcher.domain.record import (
    Alteration,
    Condition,
    Course,
    Listing,
    Medication,
    Procedure,
    Radiotherapy,
)
from matcher.vocabulary import codes
from tests.generative import profiles as made
from tests.generative.completer import Completer

TABLES = ("observations", "staging", "labs", "biomarkers", "events", "judgements")


@st.composite
def completions(draw: st.DrawFn, profile: Profile, tables: frozenset[str] | None = None) -> Profile:
    """A completion of the profile; its records stand where the profile's stood, added ones behind them."""
    decide = Completer(draw, profile.as_of)
    whole: dict[str, Callable[[], Any]] = {
        "birth": lambda: decide.day(
            profile.birth or DateSpan.year(profile.as_of.year - decide.choose((10, 18, 50, 70)))
        ),
        "observations": lambda: decide.observations(profile.observations),
        "diagnoses": lambda: decide.with_index(profile.diagnoses),
        "staging": lambda: decide.staging(profile.staging),
        "labs": lambda: decide.labs(profile.labs),
        "biomarkers": lambda: decide.biomarkers(profile.biomarkers),
        "events": lambda: decide.events(profile.events),
        "judgements": lambda: decide.judgements(profile.judgements),
        **{name: partial(_listing, decide, profile, name) for name in _LISTED},
    }
    return replace(
        profile, **{name: decided() for name, decided in whole.items() if tables is None or name in tables}
    )


def _listing(decide: Completer, profile: Profile, name: str) -> Any:
    method, unknown, pool = _LISTED[name]
    return decide.listing(getattr(profile, name), getattr(decide, method), unknown, pool)


#: by list: what decides a record, a record of which only a code is known, and the codes it may have
_LISTED: dict[str, tuple[str, Callable[[str], Any], Sequence[str]]] = {
    "alterations": ("alteration", lambda code: Alteration(Codes.of(code)), made.GENES),
    "therapies": ("course", lambda code: Course((Codes.of(code),)), made.AGENTS),
    "procedures": ("procedure", lambda code: Procedure(Codes.of(code)), made.PROCEDURE_CODES),
    "radiotherapy": (
        "irradiation",
        lambda code: Radiotherapy(intent=Codes.of(code)),
        codes.RADIOTHERAPY_INTENTS,
    ),
    "conditions": ("condition", lambda code: Condition(Codes.of(code)), made.CONDITION_CODES),
    "medications": ("medication", lambda code: Medication((Codes.of(code),)), made.AGENTS),
}


@st.composite
def narrowings(draw: st.DrawFn, before: Profile, after: Profile) -> Profile:
    """A profile between the two: some records decided, some added, some lists closed."""
    changes: dict[str, Any] = {"birth": after.birth if draw(st.booleans()) else before.birth}
    for name in (*LISTS, *TABLES):
        old, new = getattr(before, name), getattr(after, name)
        if name == "events":
            # What precedes bounds what follows: the planned days are decided together.
            changes[name] = new if draw(st.booleans()) else old
            continue
        held = [
            draw(st.sampled_from((first, second)))
            for first, second in zip(before.table(name), after.table(name), strict=False)
        ]
        added = after.table(name)[len(held) :]
        if not isinstance(new, Listing):
            changes[name] = (*held, *(each for each in added if draw(st.booleans())))
        elif draw(st.booleans()):
            changes[name] = Listing((*held, *added), new.absences, True)
        else:
            some = tuple(each for each in added if draw(st.booleans()))
            changes[name] = Listing((*held, *some), old.absences, old.complete)
    return replace(before, **changes)
