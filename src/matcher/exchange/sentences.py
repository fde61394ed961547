"""The criteria of a record as sentences under their heading. No character of the text is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADING = re.compile(
    r"(?:key |main |major |general |principal |selected )?(?:(?P<out>exclusion|non-inclusion)|inclusion)"
    r"(?: and exclusion)? criteria(?: \([^()]{0,60}\))?\s*[:.]?|(?:patients|subjects) (?:will be |are )?"
    r"(?:excluded|(?P<bad>not eligible))[^:]{0,60}:|(?:disease characteristics|patient characteristics|prior concurrent "
    r"therapy|inclusion|exclusion)\s*:",
    re.IGNORECASE,
)
_BULLET = re.compile(
    r"(?P<indent>\s*)(?P<mark>[-*\u2022\u25cf\u00b7\u2013]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?P<text>\S.*)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """``excludes``: the heading it stands under; ``headed`` is false where it stands under none."""

    text: str
    excludes: bool
    headed: bool = True


def sentences_of(criteria: str) -> Iterator[Sentence]:
    """One for each item of the list; what stands below an item that ends with a colon belongs to it."""
    excludes = headed = False
    held: list[str] = []
    depth = 0
    for line in [*criteria.replace("\r", "\n").replace("\\>", ">").replace("\\<", "<").split("\n"), ""]:
        plain = " ".join(line.split())
        if plain and _HEADING.fullmatch(plain.strip("*# ")):
            yield from _finished(held, excludes=excludes, headed=headed)
            held, depth = [], 0
            folded = plain.casefold()
            out = ("exclusion", "excluded", "not eligible")
            excludes = any(each in folded for each in out) and not folded.startswith("inclusion")
            headed = True
            continue
        item = _BULLET.fullmatch(line.rstrip())
        if item is not None:
            indent = len(item["indent"].expandtabs(4))
            below = bool(held) and held[0].rstrip().endswith(":") and indent > depth
            if not below:
                yield from _finished(held, excludes=excludes, headed=headed)
                held, depth = [], indent
            held.append(" ".join(item["text"].split()))
        elif plain:
            held.append(plain)
        elif held and not held[0].rstrip().endswith(":"):
            yield from _finished(held, excludes=excludes, headed=headed)
            held, depth = [], 0
    yield from _finished(held, excludes=excludes, headed=headed)


def _finished(held: list[str], *, excludes: bool, headed: bool) -> Iterator[Sentence]:
    text = " ".join(held).strip()
    if text:
        yield Sentence(text, excludes, headed)
