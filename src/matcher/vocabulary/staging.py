"""Stages and TNM categories. A stage code carries scheme and edition, because the same numeral means other things.

``STAGE`` has one root for each scheme (``ajcc8_pleural`` > ``ajcc8_pleural.III`` > ``ajcc8_pleural.IIIA``);
its nodes are closed: stage III of AJCC 8 is IIIA or IIIB and nothing else. ``TNM`` has the roots ``T``, ``N``
and ``M`` for all editions and sites (T4 of the stomach has parts, that of the pleura has not), and
``tnm_category`` says what a written category can mean in one scheme.
Sources: AJCC Cancer Staging Manual, 5th to 8th edition; Rusch VW, Lung Cancer 1996;14:1-12 (IMIG).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matcher.vocabulary.tables import rows
from matcher.vocabulary.tree import Node, Tree, flat


@dataclass(frozen=True, slots=True)
class Refused:
    """A stage or category that the scheme has not, and why in words."""

    reason: str


# Scheme: its title and its stages in order. A stage with a letter is part of the numeral, IA1 is part of IA.
_STAGES: Mapping[str, tuple[str, str]] = {
    row["scheme"]: (row["title"], row["stages"]) for row in rows("stage_schemes.csv")
}


def _stage_nodes() -> Iterator[Node]:
    for scheme, (title, stages) in _STAGES.items():
        yield Node(scheme, title, closed=True)
        for stage in stages.split():
            whole = stage[:-1] if stage[-1] in "ABCD123" else ""
            yield Node(
                f"{scheme}.{stage}",
                f"stage {stage}",
                f"{scheme}.{whole}" if whole else scheme,
                closed=True,
            )
    yield Node("other_scheme", "a stage of another scheme")


STAGE = Tree("stage", _stage_nodes())
SCHEMES = tuple(_STAGES)
#: the schemes by their titles
SCHEME = flat("staging schemes", *((scheme, STAGE.title(scheme)) for scheme in SCHEMES))
#: AJCC / UICC editions of TNM
EDITIONS = ("4", "5", "6", "7", "8", "9")

_TNM_PARTS: Mapping[str, Mapping[str, str]] = {
    "T": {"0": "", "is": "", "1": "mi a b c", "2": "a b c", "3": "a b", "4": "a b c d"},
    "N": {"0": "", "1": "mi a b c", "2": "a b c", "3": "a b c"},
    "M": {"0": "", "1": "a b c"},
}


def _tnm_nodes() -> Iterator[Node]:
    for letter, title in (
        ("T", "primary tumour"),
        ("N", "regional lymph nodes"),
        ("M", "distant metastasis"),
    ):
        yield Node(letter, title, closed=True)
        for category, parts in _TNM_PARTS[letter].items():
            yield Node(f"{letter}{category}", f"{letter}{category}", letter)
            for part in parts.split():
                yield Node(f"{letter}{category}{part}", f"{letter}{category}{part}", f"{letter}{category}")


TNM = Tree("tnm", _tnm_nodes())

_OLDER_PLEURAL = ("T0", "T1", "T1a", "T1b", "T2", "T3", "T4", "N0", "N1", "N2", "N3", "M0", "M1")
# The categories that a scheme has; a scheme that is not here may use any.
_TNM_OF: Mapping[str, tuple[str, ...]] = {
    "ajcc8_pleural": ("T0", "T1", "T2", "T3", "T4", "N0", "N1", "N2", "M0", "M1"),
    **dict.fromkeys(("ajcc7_pleural", "ajcc6_pleural", "ajcc5_pleural", "imig"), _OLDER_PLEURAL),
}
_REFUSED: Mapping[tuple[str, str], str] = {
    ("ajcc8_pleural", "T1a"): "T1a belongs to older editions; AJCC 8 has one T1 for pleural mesothelioma",
    ("ajcc8_pleural", "T1b"): "T1b belongs to older editions; AJCC 8 has one T1 for pleural mesothelioma",
    ("ajcc8_pleural", "N3"): "N3 belongs to older editions; AJCC 8 ends at N2 for pleural mesothelioma",
}
# What a category that could not be assessed can be: a tumour, nodes or metastasis of any extent.
_NOT_ASSESSED: Mapping[str, frozenset[str]] = {
    "T": frozenset({"Tis", "T1", "T2", "T3", "T4"}),
    "N": frozenset({"N0", "N1", "N2", "N3"}),
    "M": frozenset({"M0", "M1"}),
}


_EDITION_WORDS = r"(?:(?:ajcc|uicc|tnm|iaslc|cancer|staging|manual|version|edition|auflage|ed|v|the|of)(?![a-z])[\s./,_-]*)*"
_EDITION = re.compile(rf"{_EDITION_WORDS}(\d+)(?:\s*(?:st|nd|rd|th))?[\s./,_-]*{_EDITION_WORDS}")
# What is noted beside a category and does not change it: sentinel node, multifocal, isolated cells, nodes counted.
_NOTED = re.compile(r"\((?:sn|f|m|is|i[+-]|mol[+-]|cy[+-]|n?\d+(?:/\d+)?)\)|\s", re.IGNORECASE)


def edition(text: str) -> str | None:
    """The edition a text names: ``7th``, ``AJCC 8``, ``8th edition`` are 7, 8 and 8; ``8?`` names none."""
    found = _EDITION.fullmatch(text.strip().casefold())
    return found[1] if found is not None and found[1] in EDITIONS else None


def scheme_of(diagnosis_site: str, of_edition: str) -> str | None:
    """The AJCC scheme of an edition for ``pleural``, ``gastric`` or ``lung``, where the table has it."""
    scheme = f"ajcc{of_edition}_{diagnosis_site}"
    return scheme if scheme in _STAGES else None


def stage_codes(scheme: str, text: str) -> frozenset[str] | Refused:
    """The leaves a written stage can mean: ``Stage III``, ``3a``, ``IIIA or IIIB``, ``II-III``.

    A stage without a letter is any of its parts, a range everything from its first end to its last.
    """
    if scheme not in _STAGES:
        return Refused(f"unknown staging scheme '{scheme}'")
    cleaned = re.sub(
        r"\b(clinical|pathologic(al)?|anatomic|ajcc|uicc|r-?iss|iss|stage|st)\b\.?",
        " ",
        text,
        flags=re.IGNORECASE,
    )
    parts = [
        part
        for part in re.split(r"\s{0,9}(?:\bor\b|/|,)\s{0,9}", cleaned.strip(), flags=re.IGNORECASE)
        if part
    ]
    found: set[str] = set()
    for part in parts:
        leaves = _stage_range(scheme, part)
        if isinstance(leaves, Refused):
            return leaves
        found |= leaves
    return frozenset(found) if found else Refused(f"'{text}' names no stage")


def _stage_range(scheme: str, text: str) -> frozenset[str] | Refused:
    ends = re.split(r"\s{0,9}(?:\bto\b|[-\u2013])\s{0,9}(?=[IViv\d])", text)
    if len(ends) > 2:
        return Refused(f"'{text}' is not a stage")
    reached: list[frozenset[str]] = []
    for end in ends:
        code = f"{scheme}.{_numeral(end)}"
        if not STAGE.has(code):
            title, stages = _STAGES[scheme]
            return Refused(f"{title} has no stage '{end.strip()}': it has {', '.join(stages.split())}")
        reached.append(STAGE.leaves(code))
    order = [code for code in STAGE.codes if code in STAGE.leaves(scheme)]
    first, last = min(map(order.index, reached[0])), max(map(order.index, reached[-1]))
    if first > last:
        return Refused(f"'{text}' runs backwards")
    return frozenset(order[first : last + 1])


def _numeral(text: str) -> str:
    plain = re.sub(r"[\s._-]", "", text.upper())
    if (digit := re.fullmatch(r"([1-4])([A-C]?\d?)", plain)) is not None:
        return ("I", "II", "III", "IV")[int(digit[1]) - 1] + digit[2]
    return plain


def tnm_category(letter: str, text: str, scheme: str | None = None) -> frozenset[str] | Refused:
    """The leaves of ``TNM`` a written category can mean in a scheme: ``pT3``, ``N1-2``, ``TX``, ``ypN0 (sn)``.

    TX is any primary tumour (T1 to T4 in the pleural schemes), NX and MX any nodes and any metastasis. A
    category of another edition is refused with the reason.
    """
    axis = letter.upper()
    plain = _NOTED.sub("", text)
    bare = re.sub(rf"^(?:[cpyra]{{0,3}}{axis})?", "", plain, flags=re.IGNORECASE).lower()
    if not bare:
        return Refused(f"'{text}' is not a {axis} category")
    if bare == "x":
        return _any_of(axis, scheme)
    found: set[str] = set()
    for part in _categories(axis, bare):
        category = f"{axis}{part}"
        if (reason := _REFUSED.get((scheme or "", category))) is not None:
            return Refused(reason)
        if not TNM.has(category) or category not in _TNM_OF.get(scheme or "", (category,)):
            where = _STAGES[scheme][0] if scheme is not None and scheme in _STAGES else "TNM"
            return Refused(f"{where} has no category '{category}'")
        found |= TNM.leaves(category)
    return frozenset(found)


def _any_of(axis: str, scheme: str | None) -> frozenset[str]:
    have = _TNM_OF.get(scheme or "")
    wanted = (each for each in _NOT_ASSESSED[axis] if have is None or each in have)
    return TNM.expand(wanted)


def _categories(axis: str, bare: str) -> list[str]:
    """``1-2`` and ``1/2`` as their members; everything else as it is."""
    ends = re.split(rf"(?:[-\u2013/]|or|to)(?:{axis})?", bare, flags=re.IGNORECASE)
    if len(ends) == 2 and all(re.fullmatch("[0-4]", end) for end in ends):
        return [str(number) for number in range(int(ends[0]), int(ends[1]) + 1)] or [bare]
    return ends
