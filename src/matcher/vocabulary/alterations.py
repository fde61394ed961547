"""What can be stated absent of a gene: any alteration of it, or only those of some kinds.

"No KRAS alteration" covers every kind; "KRAS wild type" says that no mutation was found and nothing about
amplification. A code is the gene's symbol (nothing of any kind), the symbol with a kind or with one change behind it
("BRAF V600E was not detected"), or the two genes of a fusion, which have no order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matcher.vocabulary import genes, variants
from matcher.vocabulary.biomarkers import genes_of
from matcher.vocabulary.codes import ALTERATION_KIND
from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.text import whole_words, words
from matcher.vocabulary.variants import Change

#: leaves of the kinds of alteration, by the kind at the top that each belongs to
_TOP = {leaf: root for root in ALTERATION_KIND.roots for leaf in ALTERATION_KIND.leaves(root)}
_NO = re.compile(r"(?:no|any)\s+", re.IGNORECASE)


def absent(symbols: Iterable[str], kinds: Iterable[str] | None = None) -> frozenset[str]:
    """The codes of a statement that these genes have no alteration, or none of these kinds (leaves)."""
    if kinds is None:
        return frozenset(
            code for gene in symbols for code in (gene, *(f"{gene} {kind}" for kind in ALTERATION_KIND.roots))
        )
    whole = [root for root in ALTERATION_KIND.roots if ALTERATION_KIND.leaves(root) <= frozenset(kinds)]
    return frozenset(f"{gene} {kind}" for gene in symbols for kind in whole)


def asked(gene: str, kinds: frozenset[str] | None = None) -> frozenset[str]:
    """What a statement of absence must cover before nothing of the gene, or of these kinds, can be there."""
    return frozenset({gene}) if kinds is None else frozenset(f"{gene} {_TOP[kind]}" for kind in kinds)


def absent_changes(symbol: str, found: Iterable[Change]) -> frozenset[str]:
    """The codes of a statement that none of these changes was found; of a residue, no exchange at all."""
    return frozenset(f"{symbol} {text}" for each in found for text in (each.text, *_exchanges(each)))


def _exchanges(found: Change) -> Iterator[str]:
    if residue := _RESIDUE.fullmatch(found.text):
        yield from (f"{found.text}{other}" for other in _RESIDUES if other != residue[1])


def absent_fusion(first: str, second: str) -> frozenset[str]:
    """The code of a statement that these two genes are not joined."""
    return frozenset({"::".join(sorted((first, second)))})


def denied(
    codes: frozenset[str], genes: Iterable[str], kinds: frozenset[str] | None, changes: frozenset[str]
) -> bool:
    """Whether a statement of absence denies what was found: a kind of alteration of a gene, a change, or a fusion."""
    found = sorted(genes)
    if len(found) == 2 and absent_fusion(*found) <= codes:
        return True
    if kinds is not None and any(asked(gene, kinds) <= codes for gene in found):
        return True
    return bool(changes) and any({f"{gene} {each}" for each in changes} <= codes for gene in found)


def stated_absent(text: str) -> frozenset[str] | None:
    """The codes of what a text names: ``KRAS``, ``ALK fusion``, ``BRCA1/2 mutation``, ``BRAF V600E``, ``EML4::ALK``."""
    plain = _NO.sub("", text.strip())
    if found := genes.stated(plain):
        return absent(found)
    for name, rest in _parted(plain):
        if (found := genes.stated(name)) and (code := kind_of(rest)) is not None:
            return absent(found, ALTERATION_KIND.leaves(code)) or None
    named = finding(plain)
    if named is None or named.absent or len(named.genes) != 1:
        return None
    (symbol,) = named.genes
    if named.partner is not None:
        return absent_fusion(symbol, *named.partner) if len(named.partner) == 1 else None
    return absent_changes(symbol, variants.changes(" or ".join(named.changes), symbol)) or None


#: what "no alterations" denies
EVERYTHING = frozenset(genes.SYMBOLS)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text says was found, or was not: ``BRAF V600E``, ``EML4::ALK``, ``MET amplification``, ``KRAS wild type``.

    ``kinds`` are those that were found, or with ``absent`` those that were not (``None``: none of any kind).
    """

    genes: frozenset[str]
    kinds: frozenset[str] | None = None
    changes: tuple[str, ...] = ()
    partner: frozenset[str] | None = None
    absent: bool = False


def finding(text: str) -> Finding | None:
    """The whole text as one finding about a gene; nothing where some of it is left over."""
    plain = " ".join(text.split())
    if found := genes_of(plain):
        return Finding(found)
    if pair := joined(plain):
        return Finding(pair[0], FUSION, partner=pair[1])
    named, change = variants.named(plain)
    if named:
        symbol = genes.symbol(named) or ""
        return Finding(
            frozenset({symbol}), changes=tuple(each.text for each in variants.changes(change, symbol))
        )
    for name, rest in _parted(plain):
        if (found := genes.stated(name)) and (missing := words_of_absence(rest)) is not None:
            return Finding(found, missing.kinds, absent=True)
        code = kind_of(rest)
        if (found := genes.genes(name)) and code is not None:
            # Behind a gene's name these are the words of a report, and not the codes of this vocabulary.
            return Finding(found, ALTERATION_KIND.leaves(_LOOSE.get(words(rest), code)))
    return None


@dataclass(frozen=True, slots=True)
class Missing:
    """That nothing was found, of these kinds (leaves) or of any."""

    kinds: frozenset[str] | None


def words_of_absence(text: str) -> Missing | None:
    """What words such as "wild type", "not amplified", "not detected" say was not found; nothing in other words."""
    said = whole_words(text)
    found = _ABSENCE.get(said)
    if found is not None:
        return Missing(ALTERATION_KIND.expand(found) if found else None)
    for sign in _NOT_BEFORE:
        if said.startswith(f"{sign} ") and (code := kind_of(said.removeprefix(f"{sign} "))):
            return Missing(ALTERATION_KIND.leaves(code))
    for sign in _NOT_BEHIND:
        if said.endswith(f" {sign}") and (code := kind_of(said.removesuffix(f" {sign}"))):
            return Missing(ALTERATION_KIND.leaves(code))
    return None


def may_deny(text: str) -> bool:
    """Whether a text that nobody understands could say that nothing was found, or that it is in doubt."""
    return not any(letter.isdigit() for letter in text) or _DENIAL.search(text) is not None


def kind_of(text: str) -> str | None:
    """The kind of alteration in a report's words; a doubt or denial beside it makes it none."""
    plain = _DETECTED.sub("", text.strip())
    return (
        ALTERATION_KIND.lookup(plain)
        if re.fullmatch(r"[\w /()-]+", plain) and not plain.endswith("-")
        else None
    )


def joined(plain: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """The two genes of a fusion. A stroke joins them only where the text calls it a fusion."""
    bare = _FUSION_WORDS.sub("", plain).strip(" ()")
    bare = re.sub(r"(?i)[ -](?:positive|detected|present)$", "", bare)
    called = bare != plain.strip(" ()")
    for separator in ("::", " - ", "-", "\u2013", "\u2014", ":", "_", ";", "/", " and ", " with ", " "):
        if separator in ("/", ";", " and ", " with ", " ") and not called:
            continue
        parts = bare.split(separator)
        for cut in range(1, len(parts)):
            first, second = separator.join(parts[:cut]), separator.join(parts[cut:])
            pair = genes.genes(first), genes.genes(second)
            if all(pair) and pair[0] != pair[1]:
                return pair
    return None


def _parted(plain: str) -> Iterator[tuple[str, str]]:
    """The text cut in two at each place between words, and what stands before a name put behind it."""
    for found in re.finditer(
        r"[\s:,]+|(?<=\w)-(?=(?:negative|wild|wt|rearranged|mutated|mutant|amplified|fusion))", plain
    ):
        yield plain[: found.start()], plain[found.end() :].strip(" ()")
    leading = re.match(r"(?i)(no|any|without|absence of|negative for)\s+(\S+)\s*(.*)", plain)
    if leading:
        yield leading[2], f"no {leading[3] or 'alteration'}".strip()
    if leading := re.match(r"(?i)(wild[ -]?type|wt|unmutated)\s+(.+)", plain):
        yield leading[2], leading[1]
    if turned := re.match(
        r"(?i)(fusion|rearrangement|amplification|mutation|deletion|loss) (?:of|in) (.+)", plain
    ):
        yield turned[2], turned[1]


#: words of a report in the place of a kind that say how sure or how common the finding is, and nothing of its kind
OF_ANY_KIND = frozenset(
    {"pathogenic", "likely pathogenic", "pathogenic likely pathogenic", "oncogenic", "likely oncogenic", "activating",
     "hotspot", "somatic", "germline", "heterozygous", "homozygous"}
)  # fmt: skip
_RESIDUES = "ACDEFGHIKLMNPQRSTVWY*"
_RESIDUE = re.compile(rf"([{_RESIDUES}])\d+")
_LOOSE = dict.fromkeys(("loss", "deletion", "deleted", "copy loss"), "copy_number_loss")
FUSION = ALTERATION_KIND.leaves("fusion")
_FUSION_WORDS = re.compile(
    r"(?i)\b(?:gene |oncogenic )?(?:fusion|rearrangement|translocation)(?: gene| transcript)?s?(?: detected| positive| present)?\b|\brearranged\b"
)
_DETECTED = re.compile(
    r"(?i)\s*(?:detected|present|positive|found|identified|confirmed|was|is)$|^(?:is|was|has)\s+"
)
_NOT_BEFORE = (
    "no",
    "not",
    "non",
    "without",
    "negative for",
    "no evidence of",
    "absence of",
    "keine",
    "kein",
    "nicht",
    "ohne",
)
_NOT_BEHIND = (
    "negative",
    "not detected",
    "absent",
    "not found",
    "not present",
    "undetected",
    "excluded",
    "negativ",
)
#: words that say what was not found, to the nodes of its kinds; without any it is of no kind at all
_ABSENCE = {
    words(name): listed(row["kinds"]) for row in rows("not_found.csv") for name in listed(row["words"])
}
_DENIAL = re.compile(
    r"(?i)\b(?:no|not|non|none|nil|neg\w*|absen\w*|without|wild\w*|wt|exclu\w*|ruled|undetect\w*|unmut\w*|normal|fail\w*|"
    r"kein\w*|nicht|ohne|unauff\w*|pending|possible|suspect\w*|vus|benign|likely benign|unlikely|ausst\w*|nd)\b|\?|^-|-$|0 ?%"
)
