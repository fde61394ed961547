"""The gene alterations of a patient: found, found in doubt, or stated absent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from matcher.domain.possible import DENIED, DOUBTS, NOT_UNDERSTOOD, SUSPECTED, Codes, is_unread
from matcher.domain.record import Absence, Alteration, Listing
from matcher.readers import lookup
from matcher.readers.context import Asserted, Context, is_unknown
from matcher.readers.rows import TableRow, listing_of
from matcher.vocabulary import alterations, genes, variants
from matcher.vocabulary.alterations import FUSION, Finding
from matcher.vocabulary.codes import ALTERATION_KIND
from matcher.vocabulary.marks import Assertion, assertion_of, marked
from matcher.vocabulary.text import whole_words

#: what stands between changes that were all found
_ALL_OF = re.compile(r"\s*[;,+&]\s*|\s+and\s+|\s+und\s+", re.IGNORECASE)
#: kinds that a report may mean when it says only that something was deleted or inserted
_LOOSE = {"deletion": "inframe_deletion", "loss": "inframe_deletion"}


@dataclass(frozen=True, slots=True)
class _Said:
    """What one cell says: the kinds (``None``: nothing), the changes, or what was not found."""

    kinds: frozenset[str] | None = None
    changes: tuple[str, ...] = ()
    missing: alterations.Missing | None = None
    partner: Codes | None = None
    doubted: bool = False
    #: something is said, and nobody can read it
    unread: bool = False


def read_alterations(
    context: Context, wire: Mapping[str, Any], complete: frozenset[str]
) -> Listing[Alteration]:
    """Every alteration, and every statement that there is none of a gene or of a kind."""
    more: list[Alteration] = []

    def record(row: TableRow) -> Alteration | Absence | None:
        if row.fields is None:
            return Alteration(None, source=context.source(row.path))
        first, *others = _Row(context, row.fields, row.path).read()
        more.extend(each for each in others if isinstance(each, Alteration))
        return first

    listed = listing_of(
        context,
        "alterations",
        wire,
        complete,
        record,
        lookup.ABSENT_ALTERATION,
        alterations.EVERYTHING,
    )
    return replace(listed, records=(*listed.records, *more))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the table being read."""

    context: Context
    fields: Mapping[str, Any]
    path: str

    def read(self) -> list[Alteration | Absence | None]:
        named, asserted = self._named()
        asserted = asserted.said_by(self.context.assertion(self.fields, self.path))
        gene, doubts = _apart(self._gene(named))
        other = self._named_beside()
        if gene is not None and other is not None and other not in gene.members:
            # Which of the two cells is wrong nobody can say.
            gene = gene.union(Codes.of(other))
        partner = self._partner(gene, named)
        symbol = next(iter(gene.members)) if gene is not None and gene.exact else ""
        kind = self._kind(symbol)
        changes = list(self._changes(symbol, gene)) or [_Said()]
        copies = self.context.number(self.fields, "copy_number", self.path, high=10_000)
        on = self.context.date(self.fields, "date", self.path)
        source = self.context.source(f"{self.path}.gene")
        found: list[Alteration | Absence | None] = []
        for each in changes:
            made = self._record(gene, partner or each.partner, named, kind, each, asserted.assertion)
            if isinstance(made, Alteration):
                doubted = made.gene and Codes(made.gene.members | doubts)
                made = replace(made, gene=doubted, copy_number=copies, on=on, source=source)
            elif made is not None:
                made = replace(made, on=on, source=source)
            found.append(made)
        return found

    def _named(self) -> tuple[Finding | None, Asserted]:
        """What stands in the gene's cell, without the marks beside it, and what those say."""
        raw = self.fields.get("gene")
        if not isinstance(raw, str) or is_unknown(raw):
            return None, Asserted(None)
        kind = self.fields.get("kind")
        code = ALTERATION_KIND.lookup(kind) if isinstance(kind, str) else None
        if code == "fusion" and not genes.genes(raw) and (pair := alterations.joined(f"{raw} fusion")):
            return Finding(pair[0], FUSION, partner=pair[1]), Asserted(None)
        found = alterations.finding(raw)
        if found is None and (mark := marked(raw, lambda name: alterations.finding(name) is not None)):
            return alterations.finding(mark.name), Asserted(None, mark.assertion)
        return found, Asserted(None)

    def _gene(self, named: Finding | None) -> Codes | None:
        if named is not None:
            return Codes(named.genes)
        if is_unknown(self.fields.get("gene")) and (elsewhere := self._named_beside()):
            return Codes(frozenset({elsewhere}))
        return self.context.codes(self.fields, "gene", self.path, lookup.GENE)

    def _named_beside(self) -> str | None:
        """The gene that the change names, where the gene's own cell says nothing."""
        raw = self.fields.get("protein_change")
        return genes.symbol(variants.named(raw)[0]) if isinstance(raw, str) else None

    def _partner(self, gene: Codes | None, named: Finding | None) -> Codes | None:
        raw = self.fields.get("partner")
        beside = Codes(named.partner) if named is not None and named.partner else None
        if is_unknown(raw):
            return beside
        fusion = (
            alterations.joined(f"{raw} fusion") if isinstance(raw, str) and not genes.genes(raw) else None
        )
        if fusion is not None and gene is not None and gene.members in fusion:
            return Codes(fusion[1] if fusion[0] == gene.members else fusion[0])
        stated = self.context.codes(self.fields, "partner", self.path, lookup.GENE, kept=True)
        if beside is None or stated is None or gene is None:
            return stated or beside
        if stated.members in (beside.members, gene.members):
            return beside
        self._issue("P111", "partner", "another partner than the one beside the gene", raw)
        return beside.union(stated)

    def _kind(self, symbol: str) -> _Said:
        raw = self.fields.get("kind")
        if is_unknown(raw):
            return _Said()
        if isinstance(raw, str):
            code = ALTERATION_KIND.lookup(raw) if alterations.kind_of(raw) else None
            if code is not None:
                return _Said(ALTERATION_KIND.leaves(code))
            if (missing := alterations.words_of_absence(raw)) is not None:
                return _Said(missing=missing)
            if changes := variants.changes(raw, symbol):
                return _of_changes(changes)
            if (said := _assertion(raw)) is not None:
                return said
            if whole_words(raw) in alterations.OF_ANY_KIND:
                return _Said()
        kinds = self.context.codes(self.fields, "kind", self.path, lookup.ALTERATION_KIND)
        if kinds is None or not kinds.members <= ALTERATION_KIND.all_leaves:
            return _Said(doubted=not isinstance(raw, str) or alterations.may_deny(raw), unread=True)
        return _Said(kinds.members)

    def _changes(self, symbol: str, gene: Codes | None) -> Iterator[_Said]:
        raw = self.fields.get("protein_change")
        if is_unknown(raw):
            return
        if isinstance(raw, list) and raw and all(isinstance(each, str) for each in raw):
            several = [variants.changes(each, symbol) for each in raw]
            if all(several):
                yield _of_changes([each for found in several for each in found])
                return
            raw = " or ".join(raw)
        if not isinstance(raw, str):
            self.context.codes(self.fields, "protein_change", self.path, lookup.WORD)
            yield _Said(doubted=True, unread=True)
            return
        whole = self._change(raw, symbol, gene)
        if whole is not None:
            yield whole
            return
        parts = [self._change(each, symbol, gene) for each in _ALL_OF.split(raw.strip()) if each]
        if len(parts) > 1 and all(part is not None and part.changes for part in parts):
            yield from (part for part in parts if part is not None)
            return
        self._issue("P105", "protein_change", "not a change of a protein that is understood", raw)
        yield _Said(doubted=alterations.may_deny(raw), unread=True)

    def _change(self, text: str, symbol: str, gene: Codes | None) -> _Said | None:
        """What one text in the cell of the change says; nothing where it is not understood."""
        if found := variants.changes(text, symbol):
            return _of_changes(found)
        if (missing := alterations.words_of_absence(text)) is not None:
            return _Said(missing=missing)
        code = alterations.kind_of(text)
        if code is not None:
            return _Said(ALTERATION_KIND.leaves(code))
        if (said := _assertion(text)) is not None:
            return said
        mark = marked(text, lambda name: bool(variants.changes(name, symbol)))
        if mark is not None and mark.assertion is Assertion.ABSENT:
            # "V600E not detected"
            return replace(
                _of_changes(variants.changes(mark.name, symbol)), missing=alterations.Missing(None)
            )
        named = alterations.finding(text)
        if named is None or named.absent:
            return None
        if named.partner is not None and gene is not None and gene.members in (named.genes, named.partner):
            other = named.partner if gene.members == named.genes else named.genes
            return _Said(FUSION, partner=Codes(other))
        if gene is None or named.genes == gene.members:
            changes = variants.changes(" or ".join(named.changes), symbol) if named.changes else ()
            return _of_changes(changes) if changes else _Said(named.kinds) if named.partner is None else None
        return None

    def _record(
        self,
        gene: Codes | None,
        partner: Codes | None,
        named: Finding | None,
        kind: _Said,
        said: _Said,
        assertion: Assertion,
    ) -> Alteration | Absence | None:
        beside = _of_changes(_changes_of(named)) if named is not None and named.changes else _Said()
        texts = said.changes or kind.changes or beside.changes
        missing = kind.missing or said.missing
        if named is not None and named.absent:
            missing = alterations.Missing(named.kinds)
        if assertion is Assertion.NOT_PATIENTS:
            return None
        if assertion is Assertion.ABSENT and missing is None:
            missing = alterations.Missing(named.kinds if named is not None else None)
        doubt = SUSPECTED if kind.doubted or said.doubted or assertion is Assertion.SUSPECTED else ""
        if missing is not None and not doubt:
            if not texts and partner is None:
                return self._absence(gene, missing, kind, said)
            if (codes := _denied(gene, partner, texts, missing)) is not None:
                # That one change or one fusion was not found says nothing of the gene's others.
                return Absence(codes, self._label())
        if missing is not None:
            doubt = DENIED
        joined = partner is not None or not is_unknown(self.fields.get("partner"))
        if kind.unread:
            kinds: frozenset[str] | None = ALTERATION_KIND.all_leaves | {NOT_UNDERSTOOD}
        else:
            # A partner alone is a fusion. Beside a change that nobody can read it may be something else.
            kinds = self._kinds((kind, said, beside), named, changed=bool(texts)) or (
                FUSION if joined and not said.unread else None
            )
        if gene and partner and gene.exact and partner.exact and not is_unread(partner):
            gene, partner = sorted((gene, partner), key=lambda each: sorted(each.members))
        if doubt and gene is not None:
            gene = gene.doubted(doubt)
        return Alteration(
            gene,
            Codes(kinds) if kinds is not None else None,
            Codes(frozenset(texts)) if texts else None,
            partner=partner,
        )

    def _absence(
        self, gene: Codes | None, missing: alterations.Missing, kind: _Said, said: _Said
    ) -> Absence | None:
        raw = self.fields.get("gene")
        if gene is None or not (gene.exact or (isinstance(raw, str) and self._all_denied(raw, gene))):
            return None
        kinds = missing.kinds
        if kinds is None:
            kinds = kind.kinds or said.kinds
        codes = alterations.absent(gene.members, kinds)
        return Absence(codes, self._label()) if codes else None

    def _label(self) -> str:
        cells = (self.fields.get(name) for name in ("gene", "partner", "kind", "protein_change", "assertion"))
        return " ".join(str(each) for each in cells if not is_unknown(each))

    def _all_denied(self, raw: str, gene: Codes) -> bool:
        """Whether a denial of the text is one of each of the genes, and not of one among several."""
        named = alterations.finding(raw)
        return genes.stated(raw) == gene.members or (named is not None and named.absent)

    def _kinds(
        self, cells: tuple[_Said, ...], named: Finding | None, *, changed: bool
    ) -> frozenset[str] | None:
        """What the cells say of the kind, together; where they exclude each other, either."""
        stated = [each.kinds for each in cells if each.kinds]
        if named is not None and named.kinds:
            stated.append(named.kinds)
        held: frozenset[str] | None = None
        for each in stated:
            if changed and held is not None:
                # "deletion" beside a change is one in the reading frame, not the loss of the gene.
                held |= {loose for leaf in held if (loose := _LOOSE.get(leaf)) is not None}
            if held is not None and not held & each:
                self._issue(
                    "P111",
                    "kind",
                    "the kind and the change beside it exclude each other",
                    self.fields.get("kind"),
                )
            held = each if held is None else held & each or held | each
        return held

    def _issue(self, code: str, field: str, reason: str, raw: object) -> None:
        self.context.issue(code, f"{self.path}.{field}", reason, raw)


def _assertion(text: str) -> _Said | None:
    """What a status in place of a finding says: "positive", "pending", "ruled out"; a stroke may mean either."""
    if text.strip() in ("-", ".", "\u2013"):
        return _Said(doubted=True)
    said = assertion_of(text)
    if said is Assertion.ABSENT:
        return _Said(missing=alterations.Missing(None))
    return _Said(doubted=said is not Assertion.PRESENT) if said is not None else None


def _apart(gene: Codes | None) -> tuple[Codes | None, frozenset[str]]:
    """A gene that is written with its doubts, without them, and those."""
    doubts = gene.members & DOUBTS if gene is not None else frozenset[str]()
    return (Codes(gene.members - doubts) if gene is not None and doubts else gene), doubts


def _denied(
    gene: Codes | None, partner: Codes | None, texts: tuple[str, ...], missing: alterations.Missing
) -> frozenset[str] | None:
    """The codes of one change, or of one fusion, that was not found; nothing where that is not what is said."""
    if gene is None or not gene.exact:
        return None
    (symbol,) = gene.members
    if texts and partner is None:
        found = variants.changes(" or ".join(texts), symbol)
        kinds = frozenset().union(*(each.kinds for each in found))
        said = missing.kinds is None or kinds <= missing.kinds
        return alterations.absent_changes(symbol, found) if said and found else None
    if (
        partner is None
        or texts
        or not partner.exact
        or is_unread(partner)
        or not (missing.kinds is None or missing.kinds >= FUSION)
    ):
        return None
    return alterations.absent_fusion(symbol, *partner.members)


def _of_changes(found: tuple[variants.Change, ...] | list[variants.Change]) -> _Said:
    kinds = frozenset().union(*(each.kinds for each in found))
    texts = tuple(each.text for each in found if each.text != variants.ANY_MUTATION)
    return _Said(kinds, texts if len(texts) == len(found) else ())


def _changes_of(named: Finding) -> tuple[variants.Change, ...]:
    (symbol,) = named.genes
    return tuple(each for text in named.changes if (each := variants.change(text, symbol)) is not None)
