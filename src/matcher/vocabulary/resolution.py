"""What a written course can have been, and how several such answers make one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

from matcher.vocabulary.text import words


class Anything(Enum):
    """The type of ``ANYTHING``."""

    ANYTHING = "anything"

    def __repr__(self) -> str:
        return "ANYTHING"


#: Any agent at all, known to the formulary or not.
ANYTHING: Final = Anything.ANYTHING
#: Of all that can be given the one thing whose denial says nothing: who had no placebo had something nobody named.
PLACEBO = frozenset({"placebo"})
Component: TypeAlias = frozenset[str] | Literal[Anything.ANYTHING]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a course text can have been: one set of leaves for each component.

    Every ``ANYTHING`` is explained: its text is in ``blinded`` or in ``unresolved``. ``not_anticancer`` is true
    when every component is known to be none.
    """

    components: tuple[Component, ...]
    unresolved: tuple[str, ...] = ()
    blinded: tuple[str, ...] = ()
    not_anticancer: bool = False


def blinded(text: str) -> Resolution:
    return Resolution((ANYTHING,), blinded=(text.strip(),))


def unresolved(text: str) -> Resolution:
    return Resolution((ANYTHING,), unresolved=(text.strip(),) if words(text) else ())


def together(found: Sequence[Resolution]) -> Resolution:
    return Resolution(
        tuple(component for each in found for component in each.components),
        flat(found),
        tuple(text for each in found for text in each.blinded),
    )


def flat(found: Sequence[Resolution]) -> tuple[str, ...]:
    return tuple(text for each in found for text in each.unresolved)


def any_of(components: Sequence[Component]) -> Component:
    known = [each for each in components if each is not ANYTHING]
    return frozenset().union(*known) if len(known) == len(components) else ANYTHING


def narrower(first: Resolution, second: Resolution) -> Resolution | None:
    """The more exact of two readings of one thing: "chemotherapy (cisplatin + pemetrexed)" is the two agents."""
    for general, exact in ((first, second), (second, first)):
        if len(general.components) == 1 and general.components[0] is not ANYTHING:
            whole = general.components[0]
            if all(each is not ANYTHING and each <= whole for each in exact.components):
                return exact
    return first if set(first.components) == set(second.components) else None
