"""Three texts of one rule: the one a draft began with, what the folder holds now, and what was written since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MINE, THEIRS = "<<<<<<< this draft", ">>>>>>> the file in the folder"
BETWEEN = "======="


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines on which the sides agree, or not: ``base`` as it was, then each side as it is."""

    base: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]

    @property
    def changed(self) -> str:
        """By whom: nobody, mine, theirs, both alike, or both in two ways."""
        if self.mine == self.theirs:
            return "" if self.mine == self.base else "alike"
        if self.mine == self.base:
            return "theirs"
        return "mine" if self.theirs == self.base else "both"

    @property
    def merged(self) -> tuple[str, ...]:
        match self.changed:
            case "theirs":
                return self.theirs
            case "both":
                return (f"{MINE}\n", *_ended(self.mine), f"{BETWEEN}\n", *_ended(self.theirs), f"{THEIRS}\n")
        return self.mine


def stretches(base: str, mine: str, theirs: str) -> list[Stretch]:
    """The three texts in pieces, cut where a line of the base stands in both others."""
    lines = [each.splitlines(keepends=True) for each in (base, mine, theirs)]
    at = [0, 0, 0]
    found: list[Stretch] = []
    for start, ours, other in [*_anchors(*lines), tuple(map(len, lines))]:
        to = (start, ours, other)
        if at != list(to):
            found.append(Stretch(*(tuple(held[at[n] : to[n]]) for n, held in enumerate(lines))))
        if start < len(lines[0]):
            line = (lines[0][start],)
            if found and not found[-1].changed:
                last = found.pop().base + line
                found.append(Stretch(last, last, last))
            else:
                found.append(Stretch(line, line, line))
            at = [each + 1 for each in to]
    return found


def merged(base: str, mine: str, theirs: str) -> tuple[str, int]:
    """Both changes in one text, and how many places there are where somebody has to choose."""
    pieces = stretches(base, mine, theirs)
    text = "".join(line for each in pieces for line in each.merged)
    return text, sum(each.changed == "both" for each in pieces)


def _anchors(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[int, int, int]]:
    ours, others = _matches(base, mine), _matches(base, theirs)
    for line in range(len(base)):
        if line in ours and line in others:
            yield line, ours[line], others[line]


def _matches(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    blocks = SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks()
    return {each.a + n: each.b + n for each in blocks for n in range(each.size)}


def _ended(lines: tuple[str, ...]) -> tuple[str, ...]:
    """A last line without an end would run into the mark below it."""
    return tuple(each if each.endswith("\n") else f"{each}\n" for each in lines)
