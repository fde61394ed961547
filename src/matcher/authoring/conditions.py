"""A condition as a tree of cards: groups that open, and tests with their fields, each at its place in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matcher.authoring.forms import form_of
from matcher.authoring.written import in_flow
from matcher.explanation.read_back import read_back
from matcher.rulebook.marked import Location
from matcher.rules.lexicon import Lexicon
from matcher.rules.parse import ConditionReader

LISTED = ("all", "any")
ONE = ("not", "known", "recorded")


@dataclass(frozen=True, slots=True)
class Filled:
    """A field of a test as it is written; ``name`` as in its form."""

    name: str
    path: Location
    value: Any
    written: str


@dataclass(frozen=True, slots=True)
class Test:
    """One word and what it is asked; ``says`` is its generated sentence, empty where it is not understood."""

    path: Location
    word: str
    fields: tuple[Filled, ...]
    says: str
    kind: str = "test"


@dataclass(frozen=True, slots=True)
class Gated:
    """Conditions under ``all``, ``any``, ``not``, ``at_least``, ``if``, ``known`` or ``recorded``.

    ``members_at`` is the list they stand in; ``roles`` names the parts of an ``if``.
    """

    path: Location
    gate: str
    members: tuple[Tree, ...]
    members_at: Location
    threshold: Any = None
    roles: tuple[str, ...] = ()
    kind: str = "group"


@dataclass(frozen=True, slots=True)
class Unread:
    """What is no condition yet."""

    path: Location
    written: str
    kind: str = "unread"


Tree = Test | Gated | Unread


def tree_of(raw: object, path: Location, lexicon: Lexicon) -> Tree:
    if not isinstance(raw, dict) or not raw:
        return Unread(path, "" if raw is None else in_flow(raw))
    if "if" in raw:
        roles = tuple(name for name in ("if", "then", "else") if name in raw)
        return Gated(
            path, "if", tuple(tree_of(raw[one], (*path, one), lexicon) for one in roles), path, roles=roles
        )
    if "at_least" in raw and "of" in raw:
        at = (*path, "of")
        return Gated(path, "at_least", _members(raw["of"], at, lexicon), at, raw["at_least"])
    word = next(iter(raw))
    here = (*path, word)
    if word in LISTED:
        return Gated(path, word, _members(raw[word], here, lexicon), here)
    if word in ONE:
        return Gated(path, word, (tree_of(raw[word], here, lexicon),), path)
    return Test(path, word, tuple(_fields(raw[word], here, word)), _says(raw, path, lexicon))


def _members(raw: object, path: Location, lexicon: Lexicon) -> tuple[Tree, ...]:
    held = raw if isinstance(raw, list) else []
    return tuple(tree_of(each, (*path, place), lexicon) for place, each in enumerate(held))


def _says(raw: object, path: Location, lexicon: Lexicon) -> str:
    read = ConditionReader(lexicon, []).read(raw, path)
    return " ".join(line.text for line in read_back(read)) if read is not None else ""


def _fields(raw: object, path: Location, word: str) -> Iterator[Filled]:
    if not isinstance(raw, dict):
        form = form_of(word)
        yield Filled(form.bare if form else "is", path, raw, in_flow(raw))
        return
    for name, value in raw.items():
        if isinstance(value, dict):
            for inner, held in value.items():
                yield Filled(f"{name} {inner}", (*path, name, inner), held, in_flow(held))
        else:
            yield Filled(name, (*path, name), value, in_flow(value))
