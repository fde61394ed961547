"""What an approval asks for, each with what is so, and where one sees to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from matcher.service.workbench.checked import Checked
from matcher.service.workbench.grid import grid_of

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a draft beside its text; ``seen`` are those who saw the impact of this revision."""

    contributors: Mapping[str, str]
    excuses: Mapping[str, str]
    seen: Collection[str]
    changed_meanwhile: bool
    in_review: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One demand. ``said`` is what is so, in words; ``tab`` the page of the draft where one sees to it."""

    name: str
    met: bool
    said: str
    tab: str = ""


def conditions(checked: Checked, standing: Standing, approver: str) -> tuple[Condition, ...]:
    """For this person, who would approve."""
    return (
        *_of_people(standing, approver),
        _of_form(checked, standing),
        _of_claim(checked),
        *_of_cases(checked, standing),
        Condition(
            "impact seen",
            approver in standing.seen,
            "You have seen whom this touches."
            if approver in standing.seen
            else "You have not looked at whom this touches since the last save.",
            "impact",
        ),
        Condition(
            "base unchanged",
            not standing.changed_meanwhile,
            "The rule in force was changed since this draft began: compare the three."
            if standing.changed_meanwhile
            else "The rule in force is the one this draft began with.",
            "merge",
        ),
    )


def _of_people(standing: Standing, approver: str) -> Iterator[Condition]:
    said = "It is in review." if standing.in_review else "It was not given to review."
    yield Condition("in review", standing.in_review, said, "review")
    wrote = approver in standing.contributors
    names = ", ".join(standing.contributors.values())
    said = f"You wrote part of it; it is for somebody else to approve. Written by {names}."
    yield Condition(
        "second person", not wrote, said if wrote else f"Written by {names}, not by you.", "review"
    )


def _of_form(checked: Checked, standing: Standing) -> Condition:
    open_ones = [
        each for each in checked.faults if each.severity == "error" or each.message not in standing.excuses
    ]
    if not open_ones:
        return Condition("clean lint", True, "Nothing is wrong with the rule.", "text")
    shown = "; ".join(f"line {each.line}: {each.code} {each.message}" for each in open_ones[:_NAMED])
    return Condition("clean lint", False, f"{_count(len(open_ones), 'finding')}: {shown}", "text")


def _of_claim(checked: Checked) -> Condition:
    """A rule that claims the whole protocol has no sentence of it waiting, lost or unread."""
    claimed = checked.claim
    if claimed.claimed != "full" or claimed.follows != "partial":
        return Condition("coverage claim", True, "It claims no more of the protocol than it has.", "")
    return Condition(
        "coverage claim", False, "It claims the whole protocol, and sentences of it are not encoded.", "text"
    )


def _of_cases(checked: Checked, standing: Standing) -> Iterator[Condition]:
    grid = grid_of(checked)
    if checked.subject is None:
        yield Condition("cases green", False, "The cases cannot be run before the rule is right.", "cases")
        yield Condition("coverage", False, "Nothing is shown before the rule is right.", "cases")
        return
    red = checked.failures
    said = f"All {len(grid.rows)} cases come out as they say." if grid.rows else "There is no case."
    if red:
        names = [each.case.name for each in checked.results if each.failures]
        said = f"{_count(len(names), 'case')} of {len(grid.rows)} come out otherwise: {'; '.join(names[:_NAMED])}"
        if checked.of_cases:
            said = "; ".join(f"line {each.line}: {each.message}" for each in checked.of_cases[:_NAMED])
    yield Condition("cases green", bool(grid.rows) and not red, said, "cases")
    open_ones = [each for each in grid.missing if each.key not in standing.excuses]
    excused = len(grid.missing) - len(open_ones)
    said = f"{grid.exercised} of {grid.wanted} are shown" + (
        f", {excused} excused in writing." if excused else "."
    )
    if open_ones:
        named = "; ".join(each.said for each in open_ones[:_NAMED])
        more = f"; and {len(open_ones) - _NAMED} more" if len(open_ones) > _NAMED else ""
        said = f"{_count(len(open_ones), 'cell')} empty: {named}{more}"
    yield Condition("coverage", not open_ones, said, "cases")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
