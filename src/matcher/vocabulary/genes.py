"""Genes by the symbols HGNC approves, with the previous symbols and the names that reports still use.

``genes.csv`` holds the genes of the usual oncology panels and their fusion partners: approved symbols, previous
symbols and aliases as the HUGO Gene Nomenclature Committee publishes them (https://www.genenames.org). An
approved symbol means its gene, whatever else it may once have been called. Any other name that two genes share is
a set of possible genes and decides nothing. A family (``RAS``, ``BRCA1/2``) is one of its genes, nobody says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from matcher.errors import nearest as nearest_of
from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.text import key

_ROWS = rows("genes.csv")
SYMBOLS: tuple[str, ...] = tuple(row["symbol"] for row in _ROWS)
#: names of several genes at once
FAMILIES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        key(name): frozenset(members.split())
        for name, members in (
            ("RAS", "HRAS KRAS NRAS"),
            ("pan-RAS", "HRAS KRAS NRAS"),
            ("RAF", "ARAF BRAF RAF1"),
            ("MEK", "MAP2K1 MAP2K2"),
            ("ERK", "MAPK1 MAPK3"),
            ("AKT", "AKT1 AKT2 AKT3"),
            ("NTRK", "NTRK1 NTRK2 NTRK3"),
            ("TRK", "NTRK1 NTRK2 NTRK3"),
            ("FGFR", "FGFR1 FGFR2 FGFR3 FGFR4"),
            ("VEGFR", "FLT1 FLT4 KDR"),
            ("PDGFR", "PDGFRA PDGFRB"),
            ("ERBB", "EGFR ERBB2 ERBB3 ERBB4"),
            ("IDH", "IDH1 IDH2"),
            ("BRCA", "BRCA1 BRCA2"),
            ("NOTCH", "NOTCH1 NOTCH2 NOTCH3 NOTCH4"),
            ("JAK", "JAK1 JAK2 JAK3"),
            ("H3", "H3-3A H3-3B H3-4 H3-5 H3C1 H3C10 H3C11 H3C12 H3C13 H3C14 H3C2 H3C3 H3C4 H3C6 H3C7 H3C8"),
        )
    }
)
#: what a name consists of: anything else in it is not part of a name and may change what is said
_NAME = re.compile(r"\w+(?:[ ./_-]+\w+)*@?")
_SERIES = re.compile(r"([A-Z][A-Z0-9-]*?)([A-Z]|\d{1,2})((?:\s*[/,]\s*(?:[A-Z]|\d{1,2}))+)", re.IGNORECASE)
_RANGE = re.compile(r"([A-Z]+)(\d)\s*(?:-|to)\s*(?:\1)?(\d)", re.IGNORECASE)


def _index() -> dict[str, frozenset[str]]:
    approved = {key(symbol): frozenset({symbol}) for symbol in SYMBOLS}
    shared: dict[str, frozenset[str]] = {}
    for row in _ROWS:
        for name in (*listed(row["previous"]), *listed(row["aliases"])):
            shared[key(name)] = shared.get(key(name), frozenset()) | {row["symbol"]}
    return {**shared, **approved}


_GENES: Mapping[str, frozenset[str]] = MappingProxyType(_index())


@lru_cache(maxsize=16384)
def genes(text: str) -> frozenset[str]:
    """Every gene the text could mean: one, the genes that share the name, a family; none where it is no name."""
    plain = _plain(text)
    return (_GENES.get(key(plain)) or family(plain)) if plain else frozenset()


def stated(text: str) -> frozenset[str]:
    """The genes that a statement about the text is about, all of them: a name that two genes share states none."""
    found = genes(text)
    return found if len(found) == 1 else family(_plain(text))


def symbol(text: str) -> str | None:
    """The approved symbol of the one gene that the text means."""
    found = genes(text)
    return next(iter(found)) if len(found) == 1 else None


def family(text: str) -> frozenset[str]:
    """The genes of a family, or of a series such as ``BRCA1/2``, ``FGFR1-3``, ``CDKN2A/B``."""
    if (found := FAMILIES.get(key(text))) is not None:
        return found
    if series := _SERIES.fullmatch(text):
        ends = [series[2], *re.findall(r"\w+", series[3])]
        return _each(f"{series[1]}{end}" for end in ends)
    if (ranged := _RANGE.fullmatch(text)) and ranged[2] < ranged[3]:
        return _each(f"{ranged[1]}{number}" for number in range(int(ranged[2]), int(ranged[3]) + 1))
    return frozenset()


def _each(names: Iterable[str]) -> frozenset[str]:
    found = [_GENES.get(key(name), frozenset()) for name in names]
    return frozenset().union(*found) if all(len(each) == 1 for each in found) else frozenset()


def nearest(text: str) -> str | None:
    """The approved symbol whose name is spelled most like the text, where only one gene has that name."""
    close = nearest_of(key(text), _GENES)
    return symbol(close) if close is not None else None


def _plain(text: str) -> str:
    plain = text.strip().translate(_DASHES)
    return plain if len(plain) <= 60 and (_NAME.fullmatch(plain) or _SERIES.fullmatch(plain)) else ""


_DASHES = dict.fromkeys((8208, 8209, 8210, 8211, 8212, 8722), "-")
