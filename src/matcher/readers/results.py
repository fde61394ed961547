"""Results of markers as laboratories write them: ``2+``, ``TPS 50 %``, ``positive (80 %)``, ``12 mut/Mb``, ``MSI-H``.

A text says one or several things at once, and each goes to the field it is about. HER2 by immunohistochemistry is
negative at 0 and 1+, equivocal at 2+ and positive at 3+, and *low* at 1+ or 2+ (ASCO/CAP 2018, affirmed 2023).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from math import inf

from matcher.domain.possible import Interval
from matcher.vocabulary.biomarkers import CATEGORIES, MARKER, MARKERS, SCORE_TYPE, STATUS, MarkerKind
from matcher.vocabulary.text import whole_words, words
from matcher.vocabulary.tree import Tree

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Result:
    """What a text says, by the field it is about. ``open``: something is said of the result, and no value."""

    status: frozenset[str] | None = None
    percent: Interval | None = None
    intensity: Interval | None = None
    score: Interval | None = None
    score_type: str | None = None
    number: Interval | None = None
    category: frozenset[str] | None = None
    open: bool = False

    def with_(self, other: Result) -> Result | None:
        """Both together; nothing where they speak of one field twice."""
        said = {each.name: getattr(other, each.name) for each in fields(other) if getattr(other, each.name)}
        if any(getattr(self, name) not in (None, False, value) for name, value in said.items()):
            return None
        return replace(self, **said)


_NUMBER = r"\d+(?:\.\d+)?"
_SIGN = r"(<=|>=|=<|=>|<|>|\u2264|\u2265|~)?\s*"
_PERCENT = re.compile(
    rf"{_SIGN}({_NUMBER})(?:\s*%?\s*(?:-|\u2013|to)\s*({_NUMBER}))?\s*(?:%|percent|pct)\s*"
    r"(?:(?:of )?(?:the )?(?:invasive )?(?:viable )?(?:tumou?r )?(?:cells?|nuclei)|tumou?r|staining|expression)?"
)
_PLAIN = re.compile(rf"{_SIGN}({_NUMBER})(?:\s*(?:-|\u2013|to)\s*({_NUMBER}))?")
_LEVEL = re.compile(
    r"(?:ihc |intensity |score |staining )?(?:([0-3])\s*\+?|(\+{1,3}))(?:\s*(?:/|-|\u2013|to|or)\s*([0-3])\s*\+?)?(?: staining| intensity)?"
)
_SCORED = re.compile(
    rf"(tps|cps|ic|tc|h[ -]?score|tumou?r proportion score|combined positive score)(?: score)?\s*[:=]?\s*(?:of |is )?"
    rf"({_SIGN}{_NUMBER}(?:\s*%?\s*(?:-|\u2013|to)\s*{_NUMBER})?)\s*%?"
)
_PER_MEGABASE = re.compile(
    rf"({_SIGN}{_NUMBER}(?:\s*(?:-|\u2013|to)\s*{_NUMBER})?)\s*"
    r"(?:(?:non-?synonymous |somatic )?(?:mut(?:ation)?s?|m|variants)?\.?\s*(?:/|per)\s*(?:mb|megabase)s?)"
)
_WORDS_OF_LEVEL = {"no staining": (0, 0), "weak": (1, 1), "moderate": (2, 2), "strong": (3, 3)} | {
    "weak to moderate": (1, 2),
    "moderate to strong": (2, 3),
}
_OF_TUMOUR = re.compile(r"mlh1|msh2|msh6|pms2")
_NAMES = {
    "mmr": re.compile(r"\b[dp]?mmr[dp]?\b|\bmismatch repair\b"),
    "msi": re.compile(r"\bms[is]\b|\bmicrosatellites?\b"),
}
_SIGNS = {"+": "positive", "pos.": "positive", "neg.": "negative"}
_HER2 = {0: "negative", 1: "negative", 2: "equivocal", 3: "positive"}


@lru_cache(maxsize=16384)
def result(text: str, marker: str) -> Result | None:
    """All that the text says of this marker; nothing where some of it is left over."""
    plain = " ".join(text.casefold().split())
    if not plain or len(plain) > LONGEST:
        return None
    plain = _without_name(plain, marker)
    whole = _one(plain, marker)
    if whole is not None:
        return whole
    for found in re.finditer(r"\s*[,;(:]\s*|\s+(?:in|at|with)\s+|\s+", plain):
        first = _one(plain[: found.start()], marker)
        second = _one(plain[found.end() :].strip(" ()"), marker) if first is not None else None
        if first is not None and second is not None and (both := first.with_(second)) is not None:
            return both
    return None


def test_named(text: str) -> str:
    """Which of the two tests of mismatch repair a text names itself: ``dMMR``, ``MSI-H``; nothing of "deficient"."""
    said = words(text)
    return next((marker for marker, names in _NAMES.items() if names.search(said)), "")


def named(text: str) -> tuple[str, str]:
    """The marker that a text begins with and the result behind it: ``HER2 3+``, ``TMB 12/Mb``, ``MSI-H``."""
    plain = " ".join(text.split())
    for marker, tree in CATEGORIES.items():
        if test_named(plain) == marker:
            code = _lookup(tree, plain)
            if code is not None:
                return marker, plain
    for found in reversed(list(re.finditer(r"[\s:,-]+", plain))):
        name = plain[: found.start()]
        code = MARKERS.lookup(name) if re.fullmatch(r"\w+(?:[ ./_-]+\w+)*", name) else None
        if code is not None and result(plain[found.end() :], code) is not None:
            return code, plain[found.end() :]
    return "", ""


def _without_name(plain: str, marker: str) -> str:
    """``HER2 low``, ``TMB: 12``: the name of the marker may stand before its own result."""
    if marker in CATEGORIES:
        return plain
    for found in reversed(list(re.finditer(r"[\s:=-]+", plain))):
        name = plain[: found.start()]
        if re.fullmatch(r"\w+(?:[ ./_-]+\w+)*", name) and MARKERS.lookup(name) == marker:
            return plain[found.end() :]
    return plain


def _one(plain: str, marker: str) -> Result | None:
    readers: tuple[Callable[[str, str], Result | None], ...] = (
        _named_state,
        _status,
        _score,
        _numeric,
        _percent,
        _level,
    )
    for read in readers:
        found = read(plain, marker)
        if found is not None:
            return found
    return None


def _lookup(tree: Tree, plain: str) -> str | None:
    return tree.lookup(plain) if re.fullmatch(r"[\w /-]+\w", plain) else None


def _named_state(plain: str, marker: str) -> Result | None:
    tree = CATEGORIES.get(marker)
    if tree is None:
        return None
    code = _lookup(tree, plain)
    if code is not None:
        return Result(category=tree.leaves(code))
    if marker == "msi" and whole_words(plain) in (
        "negative",
        "not detected",
        "msi negative",
        "msi not detected",
        "msi h negative",
    ):
        return Result(category=frozenset({"mss", "msi_low"}))
    if marker == "mmr" and (proteins := set(_OF_TUMOUR.findall(plain))):
        return _proteins(whole_words(_OF_TUMOUR.sub(" ", plain)), len(proteins))
    return None


def _proteins(rest: str, count: int) -> Result | None:
    """Loss of any of the four proteins is deficient; only all four together are intact."""
    said = " ".join(
        each
        for each in rest.split()
        if each not in ("of", "and", "the", "expression", "nuclear", "protein", "isolated", "proteins")
    )
    if said in ("loss", "lost", "absent", "absence", "deficient", "negative", "not expressed"):
        return Result(category=frozenset({"mmr_deficient"}))
    if said in ("intact", "retained", "no loss", "preserved", "positive", "present") and count == 4:
        return Result(category=frozenset({"mmr_proficient"}))
    return None


def _status(plain: str, marker: str) -> Result | None:
    if plain in _SIGNS:
        return Result(status=frozenset({_SIGNS[plain]}))
    if marker == "her2" and whole_words(plain) in ("low", "low expression", "low positive"):
        return Result(frozenset({"negative", "equivocal"}), intensity=Interval(1, 2))
    if marker == "her2" and whole_words(plain) in ("zero", "null"):
        return Result(frozenset({"negative"}), intensity=Interval(0, 0))
    code = _lookup(STATUS, plain)
    return Result(status=frozenset({code})) if code is not None else None


def _score(plain: str, marker: str) -> Result | None:
    found = _SCORED.fullmatch(plain)
    if found is None or MarkerKind.SCORE not in MARKER[marker].kinds:
        return None
    kind = SCORE_TYPE.lookup(found[1])
    value = _interval(found[2].replace("%", ""), 300 if kind == "h_score" else 100)
    if value is None or kind is None:
        return None
    return Result(score=value, score_type=kind, percent=value if kind == "tps" else None)


def _numeric(plain: str, marker: str) -> Result | None:
    if MarkerKind.NUMERIC not in MARKER[marker].kinds:
        return None
    if found := _PER_MEGABASE.fullmatch(plain) if marker == "tmb" else None:
        return _number(found[1])
    if whole_words(plain) in ("high", "low", "h", "l", "intermediate", "int"):
        # Where high begins is the laboratory's: the number stays open.
        return Result(open=True)
    return _number(plain) if _PLAIN.fullmatch(plain) else None


def _number(text: str) -> Result | None:
    value = _interval(text, inf)
    return Result(number=value) if value is not None else None


def _percent(plain: str, marker: str) -> Result | None:
    if not _PERCENT.fullmatch(plain) or not MARKER[marker].kinds & {MarkerKind.IHC, MarkerKind.FLOW}:
        return None
    value = _interval(re.split(r"%|p", plain)[0] if plain.count("%") < 2 else plain.replace("%", ""), 100)
    return Result(percent=value) if value is not None else None


def _level(plain: str, marker: str) -> Result | None:
    if MarkerKind.IHC not in MARKER[marker].kinds:
        return None
    if plain in _WORDS_OF_LEVEL:
        low, high = _WORDS_OF_LEVEL[plain]
    elif (found := _LEVEL.fullmatch(plain)) and (
        "+" in plain or plain.startswith(("score", "ihc", "intensity"))
    ):
        low = int(found[1]) if found[1] is not None else len(found[2])
        high = int(found[3]) if found[3] is not None else low
    else:
        return None
    if low > high:
        return None
    status = frozenset(_HER2[each] for each in range(low, high + 1)) if marker == "her2" else None
    return Result(status, intensity=Interval(float(low), float(high)))


def _interval(text: str, most: float) -> Interval | None:
    found = _PLAIN.fullmatch(text.strip())
    if found is None:
        return None
    low = float(found[2])
    high = float(found[3]) if found[3] is not None else low
    if found[1] == "~" or low > high or high > most or (found[1] and found[3]):
        return None
    match found[1]:
        case "<":
            return Interval(0, high, high_open=True) if high > 0 else None
        case "<=" | "=<" | "\u2264":
            return Interval(0, high)
        case ">":
            return Interval(low, most, low_open=True) if low < most else None
        case ">=" | "=>" | "\u2265":
            return Interval(low, most)
    return Interval(low, high)
