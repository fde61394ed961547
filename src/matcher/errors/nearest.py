"""Did you mean: one place, so that every message offers names by the same rule."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

_SHORT = 4
_LONGEST = 200
_ALIKE = 0.7
_ALIKE_WHEN_SHORT = 0.8
_SEPARATORS = re.compile(r"[\s_\-./]+")


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that ``word`` was most likely meant to be, or ``None`` where no one is close.

    A wrong suggestion is worse than none, so short words must be closer than long ones: 'IIIC' does not
    suggest 'IIIB', nor 'I-03' 'I-02'. Case, spaces, hyphens and underscores do not count; two
    neighbouring letters exchanged do not either. Equally close candidates are decided by the alphabet, not by
    the order in which they come.
    """
    wanted = _plain(word)
    if not wanted or len(wanted) > _LONGEST:
        return None
    limit = _ALIKE_WHEN_SHORT if len(wanted) <= _SHORT else _ALIKE
    letters = frozenset(wanted)
    # Neither can match more letters than it has: of most names that is seen from their length.
    size = len(wanted)
    lengths = {each for each in range(1, 3 * size) if 2.0 * min(size, each) / (size + each) >= limit}
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    best: tuple[float, str] | None = None
    for candidate in candidates:
        plain, others = _known(candidate)
        if len(plain) not in lengths:
            continue
        # A letter that only one of them has matches nothing: no comparison can come to more than this.
        most = min(size - len(letters - others), len(plain) - len(others - letters))
        if 2.0 * most / (size + len(plain)) < limit:
            continue
        if plain == wanted or _exchanged(plain, wanted):
            likeness = 1.0 if plain == wanted else 0.99
        else:
            matcher.set_seq1(plain)
            if matcher.quick_ratio() < limit:
                continue
            likeness = matcher.ratio()
        if likeness >= limit and (best is None or (-likeness, candidate) < (-best[0], best[1])):
            best = (likeness, candidate)
    return best[1] if best else None


def _plain(word: str) -> str:
    return _SEPARATORS.sub("", word).casefold()


@lru_cache(maxsize=1 << 15)
def _known(candidate: str) -> tuple[str, frozenset[str]]:
    """The same for names of a vocabulary, which come again and again; with the letters in it."""
    plain = _plain(candidate)
    return plain, frozenset(plain)


def _exchanged(one: str, other: str) -> bool:
    if len(one) != len(other) or not one.isalpha():
        return False
    places = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and one[places[0]] == other[places[1]]
        and one[places[1]] == other[places[0]]
    )
