"""Tumour and blood markers, how they are measured, and what a measurement can speak for.

A marker of the tumour is measured on tumour. A serum level of the same protein is another quantity: shed
mesothelin in the blood (SMRP, a laboratory test of its own) says nothing about mesothelin on tumour cells, and
``speaks_for_tumour`` is false for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from matcher.vocabulary import genes
from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.tree import Node, Tree, flat


class MarkerKind(StrEnum):
    """What a result of the marker looks like."""

    IHC = "ihc"
    FLOW = "flow"
    SCORE = "score"
    GENE = "gene"
    NUMERIC = "numeric"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker. ``specimen`` is ``tumour``, ``blood`` or ``any`` (HLA type); ``gene`` its HGNC symbol."""

    code: str
    title: str
    kinds: frozenset[MarkerKind]
    specimen: str
    gene: str


_ROWS = rows("biomarkers.csv")
MARKERS = Tree(
    "biomarkers", (Node(row["code"], row["title"], None, listed(row["synonyms"])) for row in _ROWS)
)
MARKER: Mapping[str, Marker] = MappingProxyType(
    {
        row["code"]: Marker(
            row["code"],
            row["title"],
            frozenset(MarkerKind(kind) for kind in listed(row["kinds"])),
            row["specimen"],
            row["gene"],
        )
        for row in _ROWS
    }
)

METHOD = flat(
    "method",
    ("ihc", "immunohistochemistry", ("immunohistochemical", "immunostaining", "IHC stain")),
    ("icc", "immunocytochemistry", ("immunocytochemical", "cell block")),
    ("flow", "flow cytometry", ("flow cytometric", "FACS", "MFC")),
    (
        "ngs",
        "sequencing of the tumour",
        ("next generation sequencing", "panel sequencing", "WES", "WGS", "sequencing"),
    ),
    ("fish", "in situ hybridisation", ("fluorescence in situ hybridisation", "FISH", "ISH", "CISH", "SISH")),
    ("pcr", "polymerase chain reaction", ("RT-PCR", "qPCR")),
    ("serology", "typing from blood", ("HLA typing", "germline test")),
    ("serum", "serum or plasma level", ("ELISA", "plasma", "blood level", "immunoassay", "serum level")),
    ("ctdna", "circulating tumour DNA", ("liquid biopsy", "cell-free DNA", "cfDNA")),
)

# What each method is done on. Flow cytometry and PCR are done on either: the record must say.
METHOD_SPECIMENS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "ihc": frozenset({"tumour"}),
        "icc": frozenset({"tumour"}),
        "flow": frozenset({"tumour", "blood"}),
        "ngs": frozenset({"tumour"}),
        "fish": frozenset({"tumour"}),
        "pcr": frozenset({"tumour", "blood"}),
        "serology": frozenset({"blood"}),
        "serum": frozenset({"blood"}),
        "ctdna": frozenset({"blood"}),
    }
)

SPECIMEN = flat(
    "specimen",
    (
        "tumour",
        "tumour tissue or marrow",
        ("tumor", "tissue", "biopsy", "bone marrow", "marrow", "cell block"),
    ),
    ("blood", "blood", ("serum", "plasma", "peripheral blood")),
)
SPECIMENS = SPECIMEN.codes

STATUS = flat(
    "status",
    (
        "positive",
        "positive",
        (
            "pos",
            "+",
            "detected",
            "expressed",
            "present",
            "overexpressed",
            "amplified",
            "positiv",
            "retained",
            "preserved",
            "overexpression",
            "weakly positive",
            "strongly positive",
            "nachgewiesen",
            "amplification",
        ),
    ),
    (
        "negative",
        "negative",
        (
            "neg",
            "not detected",
            "not expressed",
            "absent",
            "not amplified",
            "non-amplified",
            "unamplified",
            "no amplification",
            "undetectable",
            "undetected",
            "not detectable",
            "negativ",
            "not present",
            "lost",
            "loss of expression",
            "no expression",
            "not overexpressed",
            "no staining",
            "nicht nachgewiesen",
        ),
    ),
    ("equivocal", "equivocal", ("indeterminate", "borderline", "inconclusive", "ambiguous")),
)
STATUSES = STATUS.codes

SCORE_TYPE = flat(
    "score type",
    ("tps", "tumour proportion score", ("TC", "tumour cells", "tumor proportion score")),
    ("cps", "combined positive score", ("combined proportion score",)),
    ("ic", "immune cell score", ("immune cells", "IC score")),
    ("her2", "HER2 score, 0 to 3", ("HER2 IHC score",)),
    ("h_score", "H-score, 0 to 300", ("histoscore", "H score")),
)

_CATEGORY_ROWS = rows("categories.csv")
#: Markers whose result is one of a few named states
CATEGORIES: Mapping[str, Tree] = MappingProxyType(
    {
        marker: Tree(
            f"state of {marker}",
            (
                Node(row["code"], row["title"], row["parent"] or None, listed(row["synonyms"]))
                for row in _CATEGORY_ROWS
                if row["marker"] == marker
            ),
        )
        for marker in dict.fromkeys(row["marker"] for row in _CATEGORY_ROWS)
    }
)


def specimens(method: str | None = None, specimen: str | None = None) -> frozenset[str]:
    """What a result can have been measured on. Where method and specimen contradict each other, either."""
    by_method = frozenset(SPECIMENS) if method is None else METHOD_SPECIMENS[method]
    stated = frozenset(SPECIMENS) if specimen is None else frozenset({specimen})
    return by_method & stated or by_method | stated


def speaks_for_tumour(marker: str, method: str | None = None, specimen: str | None = None) -> bool:
    """Whether a result may stand for the marker on the tumour. A blood level never does, whatever else is said.

    Where method or specimen is not stated, a tumour marker is taken as measured on tumour if it can be.
    """
    on_tumour = method is None or "tumour" in METHOD_SPECIMENS[method]
    return MARKER[marker].specimen == "tumour" and on_tumour and specimen != "blood"


def genes_of(text: str) -> frozenset[str]:
    """Every gene that a name could mean, the name of a gene or of a marker made by one; none where it is neither."""
    found = genes.genes(text)
    if found:
        return found
    code = MARKERS.lookup(text) if re.fullmatch(r"\w+(?:[ ./_-]+\w+)*", text.strip()) else None
    return frozenset({MARKER[code].gene}) if code is not None and MARKER[code].gene else frozenset()


def gene_symbol(text: str) -> str | None:
    """The HGNC symbol of a gene or of the gene behind a marker: ``HER2`` is ERBB2, ``MLL2`` is KMT2D.

    Nothing where no gene, or more than one, is called so.
    """
    found = genes_of(text)
    return next(iter(found)) if len(found) == 1 else None


_ALLELE = re.compile(r"(?:HLA[\s-]*)?([ABC])\s{0,9}\*?\s{0,9}(\d{2,3})(?::?(\d{2,3}))?(?::\d+)*[NLSQ]?")


def hla_allele(text: str) -> str | None:
    """An HLA class I allele in two fields: ``HLA-A*02:01:01`` is ``A*02:01``; ``HLA-A2`` is the group ``A*02``.

    The group is a set of alleles: it neither is nor is not A*02:01.
    """
    found = _ALLELE.fullmatch(re.sub(r"^(HLA-?[ABC])\s*\*?(\d)$", r"\g<1>*0\2", text.strip().upper()))
    if found is None:
        return None
    locus, group, protein = found.groups()
    return f"{locus}*{group}" + (f":{protein}" if protein else "")
