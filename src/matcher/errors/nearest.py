"""Did you mean: one place, so that every message offers names by the same rule, and every reader takes them so."""

from collections.abc import Iterable, Mapping

from matcher.errors.spelling import letters_apart, spelling

_LONGEST = 200


def nearest(word: str, candidates: Iterable[str] | Mapping[str, str]) -> str | None:
    """The candidate that ``word`` was meant to be, or ``None`` where no one is close, or several are.

    A mapping says what each of its names means: several names of one meaning are one candidate. Case, spaces,
    hyphens and underscores do not count; ``letters_apart`` says which slips of the pen do not either. A wrong
    suggestion is worse than none: 'IIIC' does not suggest 'IIIB', nor 'hypotension' 'hypertension', and between
    two names that are equally close nothing is chosen.
    """
    if len(word) > _LONGEST:
        return None
    written = spelling(word)
    best, closest = 3, set[str]()
    for candidate in candidates:
        apart = letters_apart(written, spelling(candidate))
        if apart is not None and apart <= best:
            closest = closest | {candidate} if apart == best else {candidate}
            best = apart
    meanings = {candidates[each] for each in closest} if isinstance(candidates, Mapping) else closest
    return min(closest) if len(meanings) == 1 else None


def misspelt(text: str, names: Iterable[str] | Mapping[str, str]) -> str | None:
    """The one known name that a text of a record is one or two letters away from, as ``nearest`` finds it.

    A record under such a name may be one of that name: it is never certain, and never forgotten.
    """
    return nearest(text, names)
