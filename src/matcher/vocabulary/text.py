"""How names are compared: case, accents, punctuation, hyphens, spacing and British spelling do not matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Greek letters by code point: several look like Latin ones.
_GREEK = {0x3B1: "alpha", 0x3B2: "beta", 0x3B3: "gamma", 0x3B4: "delta", 0x3BA: "kappa", 0x3BB: "lambda"}
# One spelling for both sides of the Atlantic; applied to both texts, so it need not be a word.
_SPELLINGS = (
    ("ae", "e"),
    ("oesoph", "esoph"),
    ("oedem", "edem"),
    ("oestr", "estr"),
    ("rrhoea", "rrhea"),
    ("tumour", "tumor"),
    ("leuco", "leuko"),
    ("sulph", "sulf"),
    ("isation", "ization"),
    ("ised", "ized"),
    ("metre", "meter"),
    ("litre", "liter"),
)


def words(text: str) -> str:
    """The words of a text in lower case with single spaces: ``Non-Small-Cell`` is ``non small cell``."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_GREEK))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


#: All that may stand in a name and mean nothing. What is not here is part of the name: ``HIV?`` is not ``HIV``.
_MEANINGLESS = frozenset(" \t\r\n\u00a0'\"`\u2019\u2018\u201c\u201d.,;:\\()[]{}_&\u00b7\u2022\u00ae\u2122")
_BETWEEN_WORDS = _MEANINGLESS | {"-", "/"}
_DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u207b\u208b\ufe63\uff0d", "-")
)
_ROMAN = frozenset("ivx")


def plain(text: str) -> str:
    """The text in lower case, without accents, Greek letters by name, every dash and minus the same sign."""
    folded = unicodedata.normalize("NFKD", text.translate(_DASHES).casefold().translate(_GREEK))
    return "".join(letter for letter in folded if not unicodedata.combining(letter)).translate(_DASHES)


def whole_words(text: str) -> str:
    """The words of a text that consists of nothing else; empty where a sign stands among them, as in "detected?"."""
    left = {letter for letter in plain(text.strip()) if not letter.isalnum()} - _BETWEEN_WORDS
    return "" if left or text.strip()[-1:] in "-+" or text.strip()[:1] in "-+" else words(text)


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """What two spellings of one name have in common: everything but case, accents, blanks and idle punctuation.

    A hyphen joins words; at either end, or alone, it is a sign ("HIV-", "HIV (-)") and stays. Numbers that stand
    apart stay apart: "I-II" is not III, nor "T1, 2" T12.
    """
    written = plain(text)
    found: list[str] = []
    word, separators = "", ""
    for place, letter in enumerate(written):
        if letter in _MEANINGLESS or (letter == "-" and _joins(written, place)):
            separators += letter
            continue
        if separators and found and _are_numbers(word, _word_at(written, place), separators):
            found.append("|")
        word = (word if not separators else "") + letter
        separators = ""
        found.append(letter)
    joined = "".join(found)
    for british, american in _SPELLINGS:
        joined = joined.replace(british, american)
    return joined


def _joins(text: str, place: int) -> bool:
    """Whether the hyphen stands between two words, blanks beside it or not."""
    before, after = text[:place].rstrip(), text[place + 1 :].lstrip()
    return bool(before and after) and _ends_word(before[-1], ")]") and _ends_word(after[0], "([")


def _ends_word(letter: str, brackets: str) -> bool:
    return letter.isalnum() or letter in brackets


def _word_at(text: str, place: int) -> str:
    end = place
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[place:end]


def _are_numbers(first: str, second: str, separators: str) -> bool:
    """Whether two words side by side would make a third number: not where a point or a bar is part of one."""
    if first[-1:].isdigit() and second[:1].isdigit():
        return separators not in (".", "_")
    return bool(first and second) and _ROMAN.issuperset(first) and _ROMAN.issuperset(second)


def in_sentence(title: str) -> str:
    """A title inside a sentence: small, but for abbreviations, letters that stand for something, and names of people.

    Of a title in which every word has a capital, as classifications write them, every word is small.
    """
    first, *others = title.split(" ")
    if others and all(each[0].isupper() for each in others if len(each) > 3 and each[0].isalpha()):
        return " ".join(map(_small, (first, *others)))
    return " ".join((_small(first), *others))


def _small(word: str) -> str:
    """``T-Cell`` keeps its letter, ``non-Hodgkin`` the name of a person, ``p16`` and ``HER2`` all."""
    return "-".join(map(_small_part, word.split("-")))


def _small_part(part: str) -> str:
    bare = part.strip("(),;:")
    named = "'" in bare or bare in _NAMES or (len(bare) == 1 and bare != "A")
    if named or any(letter.isupper() or letter.isdigit() for letter in bare[1:]):
        return part
    return part.lower()


def either_of(titles: Sequence[str]) -> str:
    """Several of which any is meant: ``A, B or C``."""
    *others, last = titles
    return f"{', '.join(others)} or {last}" if others else last


_NAMES = frozenset(
    {
        "Barr\u00e9",
        "Burkitt",
        "Castleman",
        "Cushing",
        "Ewing",
        "Gilbert",
        "Guillain",
        "Hodgkin",
        "Hurthle",
        "Kaposi",
        "Karnofsky",
        "Langerhans",
        "Leydig",
        "Merkel",
        "Paget",
        "Sertoli",
        "Tis",
        "Waldenstrom",
    }
)
