"""What a criterion says: read from a file first, and then lowered to nodes of a graph.

Lowering gives the same condition back with the number of its gate in every part, and in every comparison the number
of the value it tests. So whoever explains a verdict, or asks what a part of a condition came to, reads the number
instead of lowering the part once more and hoping for the same node. Numbers belong to one graph and are no part of
what a condition says: equal conditions are equal before and after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from matcher.domain.possible import Limit, Op
from matcher.features.kind import Feature
from matcher.rules.graph import NodeId

Path: TypeAlias = tuple[str | int, ...]

#: of a condition that is in no graph yet
NOT_LOWERED: NodeId = -1


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, at a path that the loader turns into line and column."""

    path: Path
    code: str
    message: str
    hint: str = ""
    at_key: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """One comparison of a feature with a constant, the limit as it was written, and what its names became."""

    op: Op
    limit: Limit
    written: str
    read_as: tuple[tuple[str, str], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A feature held against one or two bounds, all of which must hold.

    ``derivation`` names a derived fact read in place of a recorded one; ``recorded`` asks for what was
    recorded alone. ``default_window`` is the catalogue's maximum age where the rule gave none, ``read_as`` each
    name that stands in the file in another way than the vocabulary's, with what it was taken for. ``value`` is the
    node that is tested: a feature, a derived fact, or several sources together.
    """

    word: str
    title: str
    bounds: tuple[Bound, ...]
    feature: Feature | None = None
    derivation: str = ""
    recorded: bool = False
    default_window: int | None = None
    read_as: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    path: Path = field(default=(), compare=False)
    node: NodeId = field(default=NOT_LOWERED, compare=False)
    value: NodeId = field(default=NOT_LOWERED, compare=False)


class Gate(StrEnum):
    """The gates of the rule language."""

    ALL = "all"
    ANY = "any"
    NOT = "not"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions under a gate; ``threshold`` and ``weights`` belong to ``at_least``."""

    gate: Gate
    members: tuple[Condition, ...]
    threshold: float = 0.0
    weights: tuple[float, ...] = ()
    path: Path = field(default=(), compare=False)
    node: NodeId = field(default=NOT_LOWERED, compare=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """A limit that depends on something else: higher transaminases with liver metastases."""

    condition: Condition
    then: Condition
    otherwise: Condition
    path: Path = field(default=(), compare=False)
    node: NodeId = field(default=NOT_LOWERED, compare=False)


Condition: TypeAlias = Comparison | Group | Branch

#: of an inclusion, and of an exclusion, that a version of a protocol does not have
ASKS_NOTHING = Group(Gate.ALL, ())
EXCLUDES_NOBODY = Group(Gate.ANY, ())


def known_whether(condition: Condition) -> Group:
    """Met where it is known whether the condition holds, and unknown elsewhere: it does, or it does not.

    What nobody recorded may still be found out, so this is never *not met*.
    """
    denied = Group(Gate.NOT, (condition,), path=condition.path)
    return Group(Gate.ANY, (condition, denied), path=condition.path)


def asked_whether(condition: Condition) -> Condition | None:
    """What has to be known, of a condition that asks for that alone."""
    match condition:
        case Group(gate=Gate.ANY, members=(asked, Group(gate=Gate.NOT, members=(denied,)))) if (
            asked == denied
        ):
            return asked
    return None


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Every comparison below, in the order written."""
    match condition:
        case Comparison():
            yield condition
        case Group(members=members):
            for member in members:
                yield from comparisons(member)
        case Branch(condition=asked, then=then, otherwise=otherwise):
            for part in (asked, then, otherwise):
                yield from comparisons(part)


def parts(condition: Condition) -> Iterator[Condition]:
    """The condition and every part of it."""
    yield condition
    match condition:
        case Group(members=members):
            for member in members:
                yield from parts(member)
        case Branch(condition=asked, then=then, otherwise=otherwise):
            for part in (asked, then, otherwise):
                yield from parts(part)


def without_else(condition: Condition) -> Iterator[Branch]:
    """Every branch below that asks nothing where its condition is not met."""
    for part in parts(condition):
        if isinstance(part, Branch) and part.otherwise == ASKS_NOTHING:
            yield part


def names_read(condition: Condition) -> tuple[tuple[str, str], ...]:
    """Each name that the author wrote in another way than the vocabulary, with what it was taken for."""
    return tuple(dict.fromkeys(pair for each in comparisons(condition) for pair in each.read_as))
