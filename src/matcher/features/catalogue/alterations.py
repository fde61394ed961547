"""Alterations of genes as rules ask for them: what matches, and which statements of absence settle it."""

from __future__ import annotations

from matcher.domain.possible import Interval
from matcher.features.kind import Contains, Count, Filter, Is, Within
from matcher.features.word import Arguments
from matcher.vocabulary import alterations, variants
from matcher.vocabulary.alterations import FUSION
from matcher.vocabulary.variants import Change


def alteration(arguments: Arguments) -> Count:
    """How often the gene is altered. A fusion belongs to both its partners, whichever stands first."""
    gene = arguments.text("gene")
    where: tuple[Filter, ...] = (Contains("genes", frozenset({gene})),)
    kinds = arguments.codes("kind") if "kind" in arguments else None
    changed = _changes(arguments, gene)
    if changed:
        possible = frozenset().union(*(each.kinds for each in changed))
        kinds = possible if kinds is None else kinds & possible
    if "partner" in arguments:
        pair = frozenset({gene, arguments.text("partner")})
        where = (Contains("genes", pair), *(Contains("event", frozenset({each})) for each in sorted(pair)))
        kinds = FUSION
    if kinds is not None:
        where += (Is("kind", kinds),)
    asked = alterations.asked(gene, kinds)
    return Count(
        "alterations", (*where, *_changed(changed)), asked, others=_denials(arguments, gene, changed, kinds)
    )


def excluded(arguments: Arguments) -> tuple[str, str] | None:
    """What no alteration can have beside the rest: two genes are joined by a fusion and by nothing else."""
    if "partner" not in arguments:
        return None
    if "protein_change" in arguments:
        return "protein_change", "a fusion with a partner changes no residue of a protein"
    if "kind" in arguments and not arguments.codes("kind") & FUSION:
        return "partner", "only a fusion has a partner"
    return None


def _denials(
    arguments: Arguments, gene: str, changed: list[Change], kinds: frozenset[str] | None
) -> tuple[frozenset[str], ...]:
    """What else says that there is none: these very changes were not found, or the other gene is not fused."""
    found: tuple[frozenset[str], ...] = ()
    if changed:
        found += (frozenset(f"{gene} {each.text}" for each in changed),)
    if "partner" in arguments:
        partner = arguments.text("partner")
        found += (alterations.asked(partner, kinds), alterations.absent_fusion(gene, partner))
    return found


def _changes(arguments: Arguments, gene: str) -> list[Change]:
    texts = arguments.given["protein_change"].value if "protein_change" in arguments else ()
    assert isinstance(texts, tuple)
    return [each for text in texts if (each := variants.change(text, gene)) is not None]


def _changed(changed: list[Change]) -> tuple[Filter, ...]:
    """The change itself, or the residues and the exon that a class of changes stands for."""
    filters: tuple[Filter, ...] = ()
    keys = [each.keys for each in changed]
    if keys and all(keys):
        filters += (Is("change", frozenset().union(*keys)),)
    in_exon = frozenset(each.exon for each in changed if each.exon)
    if in_exon:
        return (*filters, Is("exon", in_exon))
    places = [each.residues for each in changed]
    if places and all(places):
        ends = [float(end) for place in places if place is not None for end in place]
        # An insertion or deletion beside a repeat is written a few residues further on as well.
        margin = 10.0 if any(len(each) > 1 for each in keys) else 0.0
        filters += (Within("residues", Interval(min(ends) - margin, max(ends) + margin)),)
    return filters
