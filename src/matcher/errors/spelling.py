"""Whether one name is another with a slip of the pen in it.

Letters alone do not say so. Hypertension is two letters from hypotension, CD19 one from CD20, arthritis one from
arteritis, a mastectomy two from a gastrectomy: names that differ in a digit, a numeral, a prefix, an ending or a
whole word are different names. A slip leaves the first letter of a word in place and touches single letters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# One spelling for several ways to write a sound; applied to both names, so it need not be a word.
_SOUNDS = (("ae", "e"), ("oe", "e"), ("ph", "f"), ("ies", "ys"), ("tumour", "tumor"), ("leuco", "leuko"))
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_SIGN = re.compile(r"[+?<>=!~%&^|\u00b1\u00d8]|^\s*[-\u2212\u2013\u2014]|[-\u2212\u2013\u2014]\s*$")
_NUMERAL = re.compile(r"(?:i{2,3}|iv|vi{1,3}|ix)[abc]?$")


def _sounded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for written, sound in _SOUNDS:
        plain = plain.replace(written, sound)
    return plain


def _morphemes(text: str) -> tuple[str, ...]:
    """The longest first, so that ``peri`` is not taken for ``per``."""
    return tuple(sorted({_sounded(each) for each in text.split()}, key=lambda each: (-len(each), each)))


_PREFIXES = _morphemes(
    "allo ante anti auto brady ecto endo epi exo extra hemi hetero homo hyper hypo ile ili infra inter intra iso "
    "macro micro mono multi neo non oligo para per peri poly post pre pro semi sub super supra tachy trans tri un uni"
)
_ENDINGS = _morphemes(
    "agonist algia ase ate cytosis ectomy emia ide ine inducer inhibitor itis ite oma oscopy ose osis ostomy otomy "
    "paresis pathy penia plasty plegia uria"
)
_STEMS = _morphemes(
    "abduc adduc arter arthr calc carp chondr chord cutane femor haemat hepat humer insul inul kal lymph mucin mucos "
    "natr nephr neur perin periton peron phag phas plas radial radical subcut tars thym thyr ureter urethr vesic viscer"
)


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it is compared: its words, and what has to be the same in both names."""

    words: tuple[str, ...]
    joined: str
    letters: int
    digits: tuple[str, ...]
    signs: tuple[str, ...]
    is_code: bool

    @property
    def whole_words(self) -> bool:
        """Whether no word is so short that a letter more or less would be a word more or less."""
        return all(len(word) > 2 for word in self.words)


@lru_cache(maxsize=1 << 15)
def spelling(name: str) -> Spelling:
    plain = _sounded(name)
    words = tuple(_WORD.findall(plain))
    signs = tuple(sign.strip() for sign in _SIGN.findall(plain))
    is_code = name.isupper() and name.isalnum() and len(name) <= 7
    letters = sum(map(len, _WORD.findall(name)))
    return Spelling(words, "".join(words), letters, tuple(_DIGITS.findall(plain)), signs, is_code)


def letters_apart(written: Spelling, known: Spelling) -> int | None:
    """How many letters were slipped (0, 1 or 2), or ``None`` where these are different names.

    An exchange of neighbouring letters is one slip. A text of eight letters and more may hold two, a shorter one
    one, one of less than four none; two slips side by side are another syllable, and a word with a digit in it or
    an abbreviation in capitals holds none: BLCA is another code than BRCA. Hyphens, spaces, accents and ``ae`` for
    ``e`` do not count.
    """
    if not written.joined or written.digits != known.digits or written.signs != known.signs:
        return None
    if written.joined == known.joined:
        return 0
    if known.is_code or written.letters < 4 or abs(len(written.joined) - len(known.joined)) > 2:
        return None
    most = 2 if written.letters >= 8 else 1
    if len(written.words) == len(known.words):
        pairs = tuple(zip(written.words, known.words, strict=True))
    elif written.whole_words and known.whole_words:
        pairs, most = ((written.joined, known.joined),), 1
    else:
        return None
    slips = 0
    for one, other in pairs:
        found = _slips(one, other)
        if found is None or slips + found > most:
            return None
        slips += found
    return slips


def _slips(written: str, known: str) -> int | None:
    """The slips that lead from one word to another."""
    if written == known:
        return 0
    if not (written.isalpha() and known.isalpha()) or min(len(written), len(known)) < 2:
        return None
    if written[0] != known[0]:
        if written[:2] != known[1::-1]:
            return None
        rest = _slips(known[:2] + written[2:], known)
        return None if rest is None else rest + 1
    start, end = _difference(written, known)
    left, right = written[start : len(written) - end], known[start : len(known) - end]
    found = 1 if _is_one(left, right) else 2 if len(written) >= 8 and _are_two(left, right) else None
    if found is None or _are_different_words(written, known):
        return None
    return found if _is_slip_in_short(written, known, left, right) else None


def _is_slip_in_short(written: str, known: str, left: str, right: str) -> bool:
    """In a word of up to five letters another letter makes another word, in one of up to three also one more."""
    shortest = min(len(written), len(known))
    if shortest <= 3:
        struck_twice = not right and left * 2 in written
        plural = shortest == 3 and written == f"{known}s"
        return struck_twice or plural or (shortest == 3 and not left)
    return shortest > 5 or len(left) != 1 or len(right) != 1


def _difference(one: str, other: str) -> tuple[int, int]:
    """How many letters two texts share at the start, and how many of the rest at the end."""
    shortest = min(len(one), len(other))
    start = next((i for i in range(shortest) if one[i] != other[i]), shortest)
    rest = shortest - start
    return start, next((i for i in range(rest) if one[-1 - i] != other[-1 - i]), rest)


def _is_one(left: str, right: str) -> bool:
    """A letter more, one less, another one, or two neighbours exchanged."""
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])


def _are_two(left: str, right: str) -> bool:
    """One slip at the start of what differs and one at its end, with a letter between that is right."""
    steps = [(1, 1), (1, 0), (0, 1)]
    if left[:2] == right[1::-1]:
        steps.append((2, 2))
    for over, along in steps:
        rest, other = left[over:], right[along:]
        start, _ = _difference(rest, other)
        if start and _is_one(rest[start:], other[start:]):
            return True
    return False


def _are_different_words(one: str, other: str) -> bool:
    """Whether each has a numeral, prefix, ending or stem of its own where the other has another."""
    numerals = [found[0] if (found := _NUMERAL.search(word)) else "" for word in (one, other)]
    if numerals[0] != numerals[1]:
        return True
    for part in (_prefix, _ending, _stems):
        mine, others = part(one), part(other)
        if mine and others and mine != others:
            return True
    return False


def _prefix(word: str) -> str:
    return next((each for each in _PREFIXES if word.startswith(each)), "")


def _ending(word: str) -> str:
    return next(
        (each for each in _ENDINGS if word.removesuffix("s").endswith(each) or word.endswith(each)), ""
    )


def _stems(word: str) -> frozenset[str]:
    return frozenset(each for each in _STEMS if each in word)
