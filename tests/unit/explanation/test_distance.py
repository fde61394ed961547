"""How far the sites of a trial are, and what of it is not known."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.errors import UsageError
from matcher.explanation.distance import Near, distances_in_words, kilometres
from matcher.rules.candidate import Availability, Candidate, CandidateKind, Coverage, Site

DAY = date(2026, 1, 15)
AMSTERDAM = Near(52.37, 4.90)
HERE, FAR = (52.38, 4.95), (50.85, 4.35)


def site(name: str, at: tuple[float, float] | None, status: str = "recruiting", day: date = DAY) -> Site:
    return Site(name, "", "", "", at, status, (), day, None)


def said(*sites: Site, near: Near = AMSTERDAM, kind: CandidateKind = CandidateKind.TRIAL) -> list[str]:
    held = Candidate("T", kind, "A trial", Coverage.PARTIAL, Availability.OPEN, (), (), (), None, sites=sites)
    return list(distances_in_words(held, near, DAY))


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ((52.37, 4.90), (52.37, 4.90), 0),
        ((52.37, 4.90), (50.85, 4.35), 173),
        ((40.71, -74.01), (51.51, -0.13), 5570),
        ((0, 179), (0, -179), 222),
        ((90, 0), (-90, 120), 20015),
    ],
)
def test_distances_are_along_a_great_circle(
    first: tuple[float, float], second: tuple[float, float], distance: float
) -> None:
    assert kilometres(Near(*first), second) == pytest.approx(distance, abs=1)


def test_the_nearest_site_that_is_known_to_recruit_is_named() -> None:
    assert said(site("Far", FAR), site("Here", HERE)) == [
        "Nearest site known to recruit: Here, about 4 km (as known on 2026-01-15)"
    ]


def test_of_a_nearer_site_it_may_be_unknown_whether_it_recruits() -> None:
    expected = [
        "Nearest site known to recruit: Far, about 173 km (as known on 2026-01-15)",
        "Whether a nearer one takes patients is not known: of Here, about 4 km",
        "How far one more site is, which stands without coordinates, is not known",
    ]
    assert said(site("Far", FAR), site("Here", HERE, "unknown"), site("Nowhere", None)) == expected
    # What is known only from a later day is not known on this one.
    assert said(site("Far", FAR), site("Here", HERE, day=date(2026, 2, 1)), site("X", None)) == expected


def test_a_limit_is_said_and_leaves_nothing_out() -> None:
    found = said(site("Far", FAR), site("Over", HERE, "closed"), near=replace(AMSTERDAM, within=100))
    nearest = "Nearest site known to recruit: Far, about 173 km (as known on 2026-01-15)"
    assert found == [f"No site within 100 km is known to recruit. {nearest}"]


def test_without_sites_or_coordinates_nothing_is_guessed() -> None:
    assert said() == ["How far it is cannot be said: the rulebook has no sites of this trial"]
    assert said(site("Over", HERE, "completed")) == ["No site takes patients any more"]
    assert said(site("A", None), site("B", None)) == [
        "Of no site whose place is known it is known that it recruits",
        "How far 2 more sites are, which stand without coordinates, is not known",
    ]
    assert said(site("A", HERE), kind=CandidateKind.REGIMEN) == []


@pytest.mark.parametrize("text", ["", "52", "52,4,1", "91,0", "0,181", "nan,0", "Amsterdam", "inf,0", "52;4"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no place on the earth"):
        Near.of(text, None)


@pytest.mark.parametrize("within", [0.0, -1.0, float("nan")])
def test_a_limit_is_above_nothing(within: float) -> None:
    with pytest.raises(UsageError, match="nothing is within"):
        Near.of("52,4", within)
