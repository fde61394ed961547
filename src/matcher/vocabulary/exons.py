"""Exons of the genes whose trials name them: the residues each one holds, and how reports name an exon.

``exons.csv`` gives the residues an exon certainly holds (``first`` to ``last``) and those it may hold as transcripts
and codons cut by a splice site go (``widest_first`` to ``widest_last``): counted from the coding sequences of the
transcripts that reports use, with a margin where they differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.vocabulary.tables import rows
from matcher.vocabulary.text import words

_EXON_WORDS = {
    "": "", "mutation": "", "mut": "", "mutated": "", "alteration": "", "variant": "", "change": "",
    "deletion": "deletion", "del": "deletion", "deletions": "deletion", "deleted": "deletion",
    "in frame deletion": "deletion", "inframe deletion": "deletion",
    "deletion mutation": "deletion", "del mutation": "deletion",
    "insertion": "insertion", "ins": "insertion", "insertions": "insertion", "dup": "insertion",
    "duplication": "insertion", "in frame insertion": "insertion", "inframe insertion": "insertion",
    "insertion mutation": "insertion", "ins mutation": "insertion",
    "skipping": "skipping", "skip": "skipping", "skipped": "skipping", "skipping mutation": "skipping",
    "skipping alteration": "skipping", "skipping variant": "skipping",
}  # fmt: skip
_EXON = re.compile(r"(?:exon|ex)\s?(\d{1,2})(?: (?:to )?(\d{1,2}))?\s?([a-z][a-z ]*)?")
_OF_EXON = re.compile(r"([a-z][a-z ]*?)(?: in| of)?(?: the)? ?(?:exon|ex)\s?(\d{1,2})")
_BARE_EXON = re.compile(r"(?:(del|ins)\s?(\d{1,2})|(\d{1,2})\s?(del|ins|deletion|insertion))")


@dataclass(frozen=True, slots=True)
class _Exon:
    number: str
    first: int
    last: int
    widest_first: int
    widest_last: int


def _exons() -> dict[str, tuple[_Exon, ...]]:
    found: dict[str, tuple[_Exon, ...]] = {}
    for row in rows("exons.csv"):
        ends = (int(row[name]) for name in ("first", "last", "widest_first", "widest_last"))
        found[row["gene"]] = (*found.get(row["gene"], ()), _Exon(row["exon"], *ends))
    return found


EXONS = _exons()
OTHER_EXON = "other"


def exons(residues: tuple[int, int] | None, gene: str) -> frozenset[str] | None:
    """The exons that these residues may lie in; nothing is known of a gene that is not in the table."""
    if residues is None or gene not in EXONS:
        return None
    first, last = residues
    inside = [each for each in EXONS[gene] if each.first <= first and last <= each.last]
    if inside:
        return frozenset({inside[0].number})
    near = {each.number for each in EXONS[gene] if first <= each.widest_last and last >= each.widest_first}
    return frozenset({*near, OTHER_EXON})


def named_exon(plain: str, gene: str) -> tuple[str, str, str] | None:
    """The number of the exon that a text names, of the last one where it names several, and what befell it."""
    if not re.fullmatch(r"[\w .,()/-]+", plain):
        return None
    text = words(re.sub(r"(?i)(exon|ex)(?=\d)", r"\1 ", re.sub(r"(\d)(?=[A-Za-z])", r"\1 ", plain)))
    first = last = said = None
    if found := _EXON.fullmatch(text):
        first, last, said = found[1], found[2], (found[3] or "").strip()
    elif found := _OF_EXON.fullmatch(text):
        first, said = found[2], found[1].strip()
    elif gene in EXONS and (found := _BARE_EXON.fullmatch(text)):
        first, said = found[2] or found[3], found[1] or found[4]
    if first is None or said not in _EXON_WORDS:
        return None
    return str(int(first)), str(int(last)) if last is not None else "", _EXON_WORDS[said]
