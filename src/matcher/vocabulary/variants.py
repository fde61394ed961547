"""Changes of a protein as reports write them, each understood to its last character or not at all.

``V600E``, ``p.V600E``, ``p.(Val600Glu)`` and ``NP_004324.2:p.Val600Glu`` are one change. A *class* stands for many:
``V600``, ``V600X`` and ``codon 600`` for any change of that residue, ``R213fs`` for any frameshift that begins
there, ``exon 19 deletion`` for all of them. A change of the coding sequence (``c.1799T>A``) without its transcript is
some change of the gene.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from matcher.vocabulary import genes
from matcher.vocabulary.codes import ALTERATION_KIND
from matcher.vocabulary.exons import EXONS, exons, named_exon
from matcher.vocabulary.text import whole_words

MUTATION = ALTERATION_KIND.leaves("mutation")
ANY_MUTATION = "mutation"
LONGEST = 80

_AMINO_ACIDS = {
    "ala": "A", "arg": "R", "asn": "N", "asp": "D", "cys": "C", "gln": "Q", "glu": "E", "gly": "G", "his": "H",
    "ile": "I", "leu": "L", "lys": "K", "met": "M", "phe": "F", "pro": "P", "ser": "S", "thr": "T", "trp": "W",
    "tyr": "Y", "val": "V", "sec": "U", "ter": "*", "stop": "*", "xaa": "X",
}  # fmt: skip
_AA = rf"(?:{'|'.join(_AMINO_ACIDS)}|[ACDEFGHIKLMNPQRSTUVWYX*])"
_EACH = re.compile(_AA, re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?:N[MPRCG]_\d+|ENS[TPG]\d+|LRG_\d+)(?:\.\d+|[tp]\d+)?(?:\([\w-]+\))?:\s*", re.IGNORECASE
)
_CODING = r"[cgn]\.[\w*>+=_?-]+"
_WITH_CODING = re.compile(
    rf"{_CODING}(?:[\s,;:/|]+\(?|\()\s*(.+?)\)?|(p\..+?|\(?{_AA}\d+.*?)[\s,;:/|]*\(?{_CODING}\)?",
    re.IGNORECASE,
)
_POINT = re.compile(rf"({_AA})(\d+)({_AA}|=)", re.IGNORECASE)
_SITE = re.compile(rf"({_AA})(\d+)", re.IGNORECASE)
_ONE_OF = re.compile(rf"({_AA}\d+)({_AA}(?:/{_AA})+)", re.IGNORECASE)
_CODON = re.compile(
    r"(?:codon|residue|position|amino acid|aa)\s*(\d+)(?:\s*(?:mutation|mut|variant|change))?", re.IGNORECASE
)
_FRAMESHIFT = re.compile(rf"({_AA})(\d+)({_AA})?fs(?:(?:\*|X|Ter)(\d+|\?)?)?", re.IGNORECASE)
_SPAN = re.compile(
    rf"({_AA})?(\d+)(?:[_-]({_AA})?(\d+))?(delins|del|dup|ins|>)({_AA}*?|\d+)(?:ins({_AA}+))?", re.IGNORECASE
)
_RUN = re.compile(r"([A-Z]{2,})(\d+)[_-](\d+)(del.*|dup.*|>.*)", re.IGNORECASE)
_LEADING = re.compile(r"(delins|del|dup|ins)([A-Z*]*\d+.*)", re.IGNORECASE)
_SPLICE = re.compile(rf"(?:{_AA})?(\d+)_?splice", re.IGNORECASE)
_EXTENSION = re.compile(rf"(?:\*|Ter|X)(\d+){_AA}?ext[\w*?]*", re.IGNORECASE)
_EXON_AND = re.compile(
    r"(?:in )?(?:exon|ex) ?(?P<before>\d{1,2})(?P<said> ?(?:deletion|del|insertion|ins|duplication|mutation))?[ ,:;(-]+"
    r"(?P<behind>.+?)\)?"
    r"|(?P<first>.+?)[ ,:;(-]+(?:in )?(?:exon|ex) ?(?P<after>\d{1,2})(?P<then>(?: ?[a-z]+)?)\)?",
    re.IGNORECASE,
)
#: what stands behind a change and does not alter it: a word for "change", or the share of the reads that show it
_NOISE = re.compile(
    r"[\s_,;(\[]+(?:(?:missense |point |hotspot )?(?:mutation|mutant|mutated|mut|variant|substitution|alteration)"
    r"|heterozygous|het|homozygous|hom|somatic|germline|pathogenic|likely pathogenic"
    r"|(?:VAF|AF|MAF|allele fraction|allele frequency)[\s:=]*~?(?=[\d.,]*[1-9])[\d.,]+\s*%?)[)\]]?$",
    re.IGNORECASE,
)
_PROMOTER = re.compile(
    r"(?:promoter[ ,:]*(?:mutation|variant)?[ ,:(]*)?(?:(C228T|(?:c\.)?-124C>T)|(C250T|(?:c\.)?-146C>T))?\)?"
    r"(?:[ (]*promoter\)?)?(?: mutation)?",
    re.IGNORECASE,
)
_DASHES = dict.fromkeys((8208, 8209, 8210, 8211, 8212, 8722), "-")


@dataclass(frozen=True, slots=True)
class Change:
    """What a text says of a change. ``keys`` name the one change; a class of changes has none.

    An insertion or deletion beside a repeat can be written at several places: its second key is the length it adds or
    takes, so that two spellings with the same length are never told apart. ``residues`` are those it touches.
    """

    text: str
    kinds: frozenset[str] = MUTATION
    keys: frozenset[str] = frozenset()
    residues: tuple[int, int] | None = None
    exon: str = ""


@lru_cache(maxsize=16384)
def change(text: str, gene: str = "") -> Change | None:
    """The change, or class of changes, that the whole text says; nothing where some of it is left over.

    ``gene`` is its approved symbol: exons hold other residues in every gene.
    """
    plain = " ".join(text.translate(_DASHES).split())
    if not plain or len(plain) > LONGEST:
        return None
    plain = _REFERENCE.sub("", plain, count=1) if _REFERENCE.match(plain) else plain
    if re.fullmatch(_CODING, plain, re.IGNORECASE) and gene != "TERT":
        return Change(plain)
    if found := _WITH_CODING.fullmatch(plain):
        plain = found[1] or found[2]
    for read in (_in_words, _exon_class, _protein, _with_exon):
        understood = read(plain, gene)
        if understood is not None:
            return _perhaps_spliced(understood) if gene == "MET" else understood
    return None


def _perhaps_spliced(found: Change) -> Change:
    """A change of the last residue of exon 14 of MET (D1010, in another transcript D1028) may skip the exon."""
    if found.residues is None or not set(found.residues) & {1010, 1028} or found.exon:
        return found
    return replace(found, kinds=found.kinds | {"splice"})


def changes(text: str, gene: str = "") -> tuple[Change, ...]:
    """The changes of which the text means one: ``V600E/K``, ``G12C or G12D``; none where it is not understood."""
    whole = change(text, gene)
    if whole is not None:
        return (whole,)
    plain = "".join(_bare(text).split())
    if found := _ONE_OF.fullmatch(plain):
        return _all(f"{found[1]}{each}" for each in found[2].split("/"))
    parts = [part for part in re.split(r"\s+or\s+|\s*[/|]\s*", text.strip(), flags=re.IGNORECASE) if part]
    return _all(iter(parts), gene) if len(parts) > 1 else ()


@lru_cache(maxsize=16384)
def named(text: str) -> tuple[str, str]:
    """The name of a gene that the text begins with, and the change behind it: ``BRAF V600E``, ``EGFRvIII``.

    Nothing where the text does not begin with a gene that a whole change follows.
    """
    plain = " ".join(text.translate(_DASHES).split())
    if reference := re.match(r"[NE][\w.]+\(([\w-]+)\):", plain):
        plain = f"{reference[1]}:{plain[reference.end() :]}"
    elif changes(plain):
        # "p.Gly12Asp" does not begin with the gene PGL, nor "Arg100Asp" with AR.
        return "", ""
    for length in range(min(len(plain) - 1, 40), 1, -1):
        name, rest = plain[:length].rstrip(" :,-_"), plain[length:].lstrip(" :,-_")
        if len(name) < 2 or not rest or (gene := genes.symbol(name)) is None:
            continue
        if rest[:1].isdigit() and plain[length - 1 : length].isalnum():
            # The number belongs to the name: "FGFR3" is no third residue of FGFR.
            continue
        if changes(rest, gene):
            return name, rest
    return "", ""


def _all(texts: Iterator[str], gene: str = "") -> tuple[Change, ...]:
    found = [change(each, gene) for each in texts]
    return tuple(each for each in found if each is not None) if all(found) else ()


def exons_of(found: Change, gene: str) -> frozenset[str] | None:
    """The exons that the change may lie in."""
    return frozenset({found.exon}) if found.exon else exons(found.residues, gene)


def _in_words(plain: str, gene: str) -> Change | None:
    if whole_words(plain) in ("any", "any mutation", "any change"):
        return Change(ANY_MUTATION)
    if gene == "FLT3" and whole_words(plain) == "itd":
        return Change("ITD", frozenset({"inframe_insertion"}), residues=(550, 650))
    if gene == "EGFR" and re.fullmatch(
        r"v(?:ariant)?\s?(?:iii|3)(?:\s(?:mutation|variant|deletion))?", whole_words(plain)
    ):
        # Exons 2 to 7 are missing, by a rearrangement that reports call a deletion or a fusion.
        return Change(
            "vIII",
            frozenset({"inframe_deletion", "fusion", "deletion", "splice"}),
            frozenset({"vIII"}),
            (6, 297),
        )
    if gene == "TERT" and (found := _PROMOTER.fullmatch(plain)):
        where = "C228T" if found[1] else "C250T" if found[2] else ""
        keys = frozenset({where} if where else ())
        # Before the first residue: a place of its own.
        return Change(f"promoter {where}".strip(), frozenset({"mutation_other"}), keys, (0, 0))
    if gene == "AR" and re.fullmatch(r"(?:ar )?v7", whole_words(plain)):
        return Change("V7", frozenset({"splice"}), frozenset({"V7"}))
    code = ALTERATION_KIND.lookup(plain) if re.fullmatch(r"[\w -]+", plain) else None
    if code is not None and ALTERATION_KIND.leaves(code) <= MUTATION:
        return Change(code, ALTERATION_KIND.leaves(code))
    if found := _CODON.fullmatch(plain):
        return Change(f"codon {int(found[1])}", residues=(int(found[1]), int(found[1])))
    return None


def _exon_class(plain: str, gene: str) -> Change | None:
    found = named_exon(plain, gene)
    if found is None:
        return None
    number, last, effect = found
    if last:
        return Change(f"exon {number}-{last}{' ' + effect if effect else ''}", ALTERATION_KIND.all_leaves)
    if gene == "MET" and number == "14" and effect == "deletion":
        # Where a report says that exon 14 of MET is deleted, the transcript has skipped it.
        effect = "skipping"
    held = next((each for each in EXONS.get(gene, ()) if each.number == number), None)
    residues = (held.widest_first, held.widest_last) if held is not None else None
    kinds = _exon_kinds(effect, held is not None)
    return Change(f"exon {number} {effect}".strip(), kinds, frozenset(), residues, number)


def _exon_kinds(effect: str, small: bool) -> frozenset[str]:
    """``small``: in this gene the words mean a change within the exon, not the loss of the whole of it."""
    match effect:
        case "skipping":
            return frozenset({"splice"})
        case "deletion":
            kinds = {"inframe_deletion"}
            return frozenset(kinds if small else kinds | {"frameshift", "splice", "deletion", "loss"})
        case "insertion":
            return frozenset({"inframe_insertion"} if small else {"inframe_insertion", "frameshift"})
    return MUTATION


def _with_exon(plain: str, gene: str) -> Change | None:
    """``exon 21 L858R``: the exon is said beside the change, and they must agree."""
    found = _EXON_AND.fullmatch(plain)
    if found is None:
        return None
    within = found["behind"] or found["first"]
    inner = _protein(within, gene) or _in_words(within, gene)
    number, said = found["before"] or found["after"], found["said"] or found["then"] or ""
    outer = _exon_class(f"exon {number}{said}", gene)
    if inner is None or outer is None:
        return None
    lying = exons(inner.residues, gene)
    if (lying is not None and outer.exon not in lying) or not outer.kinds & inner.kinds:
        return None
    if inner.residues is None:
        return replace(outer, text=f"exon {outer.exon} {inner.text}", kinds=outer.kinds & inner.kinds)
    return inner


def _bare(plain: str) -> str:
    """Without ``p.``, brackets and words such as "mutation" around it."""
    bare = plain.strip()
    for _ in range(3):
        bare = _NOISE.sub("", bare)
        bare = bare.strip()
        if re.match(r"p\.", bare, re.IGNORECASE):
            bare = bare[2:]
        bare = bare.removeprefix("(").removeprefix("[")
        bare = bare if bare.count("(") == bare.count(")") else bare.removesuffix(")")
        bare = bare.removesuffix("]")
    return bare


def _protein(plain: str, _gene: str) -> Change | None:
    text = "".join(_bare(plain).split())
    if text.casefold() in ("m1?", "met1?"):
        return Change("M1?", frozenset({"mutation_other"}), frozenset({"M1?"}), (1, 1))
    if found := _LEADING.fullmatch(text):
        text = f"{found[2]}{found[1]}"
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Change | None]], ...] = (
        (_POINT, _point),
        (
            _SITE,
            lambda found: _site(_letters(found[1]), int(found[2])) if _letters(found[1]) != "*" else None,
        ),
        (_FRAMESHIFT, _frameshift),
        (_RUN, _run),
        (_SPAN, _span),
        (
            _SPLICE,
            lambda found: Change(f"X{int(found[1])}_splice", frozenset({"splice"}), residues=_at(found[1])),
        ),
        (
            _EXTENSION,
            lambda found: Change(
                f"*{int(found[1])}ext", frozenset({"mutation_other"}), residues=_at(found[1])
            ),
        ),
    )
    for pattern, read in readers:
        if found := pattern.fullmatch(text):
            return read(found)
    return None


def _letters(text: str | None) -> str:
    return "".join(_AMINO_ACIDS.get(each.casefold(), each.upper()) for each in _EACH.findall(text or ""))


def _at(digits: str) -> tuple[int, int]:
    return int(digits), int(digits)


def _site(residue: str, position: int) -> Change:
    return Change(f"{residue}{position}", residues=(position, position))


def _point(found: re.Match[str]) -> Change:
    before, position, after = _letters(found[1]), int(found[2]), _letters(found[3]) or "="
    if after == "X" or before == "X":
        # X was once a stop and is now any residue: either way a change of this one.
        return _site(before if before != "X" else "X", position)
    text = f"{before}{position}{'=' if after == before else after}"
    kind = (
        "nonsense"
        if after == "*"
        else "mutation_other"
        if after in ("=", before) or before == "*"
        else "missense"
    )
    return Change(text, frozenset({kind}), frozenset({text}), (position, position))


def _frameshift(found: re.Match[str]) -> Change:
    before, position, after, stop = _letters(found[1]), int(found[2]), _letters(found[3]), found[4] or ""
    exact = bool(after) and stop.isdigit()
    text = f"{before}{position}{after}fs" + (f"*{int(stop)}" if exact else "")
    return Change(text, frozenset({"frameshift"}), frozenset({text} if exact else ()), (position, position))


def _run(found: re.Match[str]) -> Change | None:
    """``ELREA746_750del``: the residues are spelled out before their numbers."""
    residues, first, last = found[1].upper(), int(found[2]), int(found[3])
    if len(residues) not in (2, last - first + 1):
        return None
    return _protein(f"{residues[0]}{first}_{residues[-1]}{last}{found[4]}", "")


def _span(found: re.Match[str]) -> Change | None:
    """A deletion, duplication, insertion or replacement of one residue or of several."""
    start, first = _letters(found[1]), int(found[2])
    end, last = _letters(found[3]), int(found[4] or found[2])
    effect, rest, inserted = found[5].casefold(), found[6], _letters(found[7])
    if (
        last < first
        or last - first > 3000
        or (first <= 30 and start == "E" and found[4] is None and effect in ("del", "ins"))
    ):
        # "E19del" is written for exon 19 as well as for a glutamate.
        return None
    size = last - first + 1
    if effect == "del" and inserted:
        effect, rest = "delins", inserted
    if effect in (">", "delins"):
        if size == 1 and start and len(_letters(rest)) == 1:
            return _protein(f"{start}{first}{_letters(rest)}", "")
        return _replaced(_place(start, first, end, last), _letters(rest), (first, last), size)
    where = _place(start, first, end, last)
    if effect == "ins":
        residues = (first, max(last, first + 1))
        new = _letters(rest)
        if "*" in new:
            return Change(
                f"{where}ins{new}", frozenset({"nonsense"}), frozenset({f"{where}ins{new}"}), residues
            )
        return _indel(
            f"{where}ins{new}",
            "inframe_insertion",
            len(new) if new and "X" not in new else 0,
            residues,
            start,
        )
    kind, length = ("inframe_deletion", -size) if effect == "del" else ("inframe_insertion", size)
    return _indel(f"{where}{effect}", kind, length, (first, last), start)


def _place(start: str, first: int, end: str, last: int) -> str:
    return f"{start}{first}" + (f"_{end}{last}" if last != first else "")


def _replaced(where: str, new: str, residues: tuple[int, int], size: int) -> Change | None:
    if not new:
        return Change(f"{where}delins", MUTATION - {"missense", "nonsense", "splice"}, residues=residues)
    text = f"{where}delins{new}"
    if "*" in new:
        return Change(text, frozenset({"nonsense"}), frozenset({text}), residues)
    length = len(new) - size
    if not length:
        return Change(text, frozenset({"missense", "mutation_other"}), frozenset({text, "~0"}), residues)
    return _indel(text, "inframe_insertion" if length > 0 else "inframe_deletion", length, residues, where)


def _indel(text: str, kind: str, length: int, residues: tuple[int, int], named: str) -> Change:
    exact = bool(length) and named[:1].isalpha()
    return Change(text, frozenset({kind}), frozenset({text, f"~{length:+d}"} if exact else ()), residues)
