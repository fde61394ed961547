"""How far the sites of a trial are from a place, as the crow flies.

It decides nothing. A site is only ever nearer or further where the source gives its coordinates, and recruits only
where the source says so; of the others it is said how many they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import asin, cos, radians, sin, sqrt

from matcher.errors import UsageError
from matcher.explanation.sites import called, is_over, known_on
from matcher.rules.candidate import Candidate, CandidateKind, Site

_EARTH = 6371.0
_HALF_A_TURN = 180.0
_QUARTER_OF_A_TURN = 90.0


@dataclass(frozen=True, slots=True)
class Near:
    """A place in degrees, and how many kilometres from it are not too far, if that is asked."""

    latitude: float
    longitude: float
    within: float | None = None

    @classmethod
    def of(cls, text: str, within: float | None) -> Near:
        """From ``52.37,4.90``; an error for what is no place on the earth."""
        try:
            latitude, longitude = (float(each) for each in text.split(","))
        except ValueError:
            latitude = longitude = float("nan")
        if not (abs(latitude) <= _QUARTER_OF_A_TURN and abs(longitude) <= _HALF_A_TURN):
            hint = "Latitude and longitude in degrees with a point, as in --near 52.37,4.90."
            raise UsageError(f"'{text}' is no place on the earth", hint, code="U001")
        if within is not None and not within > 0:
            raise UsageError(
                f"nothing is within {within:g} km", "A number of kilometres above 0.", code="U001"
            )
        return cls(latitude, longitude, within)


def kilometres(near: Near, at: tuple[float, float]) -> float:
    """Along a great circle of a round earth: exact to half a percent."""
    here, there = radians(near.latitude), radians(at[0])
    half = sin((there - here) / 2) ** 2
    half += cos(here) * cos(there) * sin(radians(at[1] - near.longitude) / 2) ** 2
    return 2 * _EARTH * asin(min(1.0, sqrt(half)))


def distances_in_words(candidate: Candidate, near: Near, day: date) -> tuple[str, ...]:
    """The nearest site that is known to recruit, and what is not known of nearer ones; of a regimen nothing.

    What is known of a site only from a later day than the as-of day is not known on that day.
    """
    if candidate.kind is not CandidateKind.TRIAL:
        return ()
    if not candidate.sites:
        return ("How far it is cannot be said: the rulebook has no sites of this trial",)
    sites = [each if each.as_of <= day else replace(each, status="unknown") for each in candidate.sites]
    return tuple(_in_words([each for each in sites if not is_over(each)], near))


def _in_words(sites: list[Site], near: Near) -> Iterator[str]:
    if not sites:
        yield "No site takes patients any more"
        return
    placed = sorted(
        ((kilometres(near, each.at), each) for each in sites if each.at is not None), key=lambda pair: pair[0]
    )
    recruiting = [pair for pair in placed if pair[1].status == "recruiting"]
    limit = near.within
    if recruiting:
        distance, site = recruiting[0]
        far = f"No site within {limit:g} km is known to recruit. " if limit and distance > limit else ""
        yield f"{far}Nearest site known to recruit: {called(site)}, about {_written(distance)} ({known_on(site)})"
    else:
        yield "Of no site whose place is known it is known that it recruits"
    bound = recruiting[0][0] if recruiting else float("inf")
    bound = min(bound, limit) if limit else bound
    nearer = [pair for pair in placed if pair[0] < bound and pair[1].status != "recruiting"]
    if nearer:
        distance, site = nearer[0]
        others = f", and of {len(nearer) - 1} more" if len(nearer) > 1 else ""
        yield f"Whether a nearer one takes patients is not known: of {called(site)}, about {_written(distance)}{others}"
    unplaced = len(sites) - len(placed)
    if unplaced:
        what = (
            "one more site is, which stands" if unplaced == 1 else f"{unplaced} more sites are, which stand"
        )
        yield f"How far {what} without coordinates, is not known"


def _written(distance: float) -> str:
    return f"{distance:.0f} km" if distance >= 1 else "1 km"
