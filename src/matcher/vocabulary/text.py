"""How names are compared: case, accents, punctuation, hyphens, spacing and British spelling do not matter."""

from __future__ import annotations

import re
import unicodedata

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


def key(text: str) -> str:
    """What two spellings of one name have in common: letters and digits, nothing else."""
    joined = words(text).replace(" ", "")
    for british, american in _SPELLINGS:
        joined = joined.replace(british, american)
    return joined


def in_sentence(title: str) -> str:
    """A title inside a sentence: small, unless it begins with an abbreviation or a person's name."""
    first = title.split(" ", 1)[0]
    named = (
        "'s" in first or first in _NAMES or any(letter.isupper() or letter.isdigit() for letter in first[1:])
    )
    return title if named else title[:1].lower() + title[1:]


_NAMES = frozenset({"Guillain-Barr\u00e9", "Cushing", "Karnofsky"})
