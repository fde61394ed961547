"""A formulary and a short way to assemble, for the tests of this folder."""

from datetime import date
from typing import Any

from matcher.domain.profile import Profile
from matcher.readers.assemble import Assembled, assemble
from matcher.readers.outcome import Issue
from matcher.vocabulary.formulary import Agent, DrugClass, Formulary

AS_OF = date(2026, 1, 15)

FORMULARY = Formulary(
    [
        Agent("cisplatin", ("cddp",)),
        Agent("carboplatin"),
        Agent("pemetrexed", ("alimta",)),
        Agent("nivolumab"),
        Agent("idecabtagene_vicleucel", ("ide-cel",)),
        Agent("leucovorin"),
        Agent("prednisone"),
        Agent("aspirin"),
        Agent("placebo"),
    ],
    [
        DrugClass("platinum", "Platinum", ("cisplatin", "carboplatin")),
        DrugClass("checkpoint_inhibitor", "Checkpoint inhibitor", ("nivolumab",)),
        DrugClass("car_t", "CAR T cells", ("idecabtagene_vicleucel",)),
    ],
    not_anticancer=("leucovorin", "placebo"),
    unresolvable=("nivolumab or placebo",),
)


def assembled(**wire: Any) -> Assembled:
    return assemble(wire, as_of=AS_OF, formulary=FORMULARY)


def profile(**wire: Any) -> Profile:
    """The profile of a wire form in which everything can be read."""
    result = assembled(**wire)
    assert result.issues == ()
    assert result.profile is not None
    return result.profile


def with_issue(code: str, **wire: Any) -> tuple[Profile, Issue]:
    """The profile of a wire form in which exactly one fact cannot be read, and its issue."""
    result = assembled(**wire)
    assert [issue.code for issue in result.issues] == [code], result.issues
    assert result.profile is not None
    return result.profile, result.issues[0]
