"""Patients as MatchMiner keeps them: clinical documents, and beside them the genomic ones that refer to them.

A patient here is one sample, as it is there. The day of a report is not the day of a sample, so no finding is dated by
it. A document says what was found; that nothing else was found, nobody says.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from matcher.domain.source import Source
from matcher.errors import Diagnostic, PatientDataError, UsageError
from matcher.readers.entry import Entry
from matcher.readers.outcome import Issue
from matcher.readers.place import Places
from matcher.readers.text import encoding_of, lines_of
from matcher.readers.value import NOT_READ
from matcher.vocabulary import genes
from matcher.vocabulary.codes import ALTERATION_KIND
from matcher.vocabulary.oncotree import at_or_below

LARGEST = 500_000_000
_MARK = "ONCOTREE_PRIMARY_DIAGNOSIS_NAME"
_HEAD = 4096
_MMR = "MMR_STATUS"
_SIGNATURES = {
    "APOBEC_STATUS": "apobec_signature",
    "POLE_STATUS": "pole_signature",
    "TEMOZOLOMIDE_STATUS": "temozolomide_signature",
    "TOBACCO_STATUS": "tobacco_signature",
    "TABACCO_STATUS": "tobacco_signature",
    "UVA_STATUS": "uva_signature",
}
_CLINICAL = {
    "_id", _MARK, "GENDER", "SAMPLE_ID", "REPORT_DATE", "MRN", "VITAL_STATUS", "BIRTH_DATE", "BIRTH_DATE_INT",
    _MMR, "TUMOR_MUTATIONAL_BURDEN_PER_MEGABASE", "PANEL_VERSION",
}  # fmt: skip
_GENOMIC = {
    "_id", "CLINICAL_ID", "SAMPLE_ID", "VARIANT_CATEGORY", "CNV_CALL", "HARMONIZED_HUGO_SYMBOL", "HARMONIZED_PROTEIN_CHANGE",
    "HARMONIZED_VARIANT_CLASSIFICATION", _MMR, "STRUCTURAL_VARIANT_COMMENT", "STRUCTURAL_VARIANT_TYPE",
    "HARMONIZED_LEFT_PARTNER_GENE", "HARMONIZED_RIGHT_PARTNER_GENE", *_SIGNATURES,
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,15}")
_DOUBTED = re.compile(
    r"\b(?:no|not|without|negative|absent|wild|possible|probable|suspected)\b", re.IGNORECASE
)


def is_ctml(path: Path) -> bool:
    """Whether the file, or one in the folder, holds clinical documents of MatchMiner, by its beginning."""
    if path.is_dir():
        return any(is_ctml(each) for each in sorted(path.glob("*.json")))
    if path.suffix.casefold() != ".json":
        return False
    try:
        with path.open("rb") as stream:
            return f'"{_MARK}"'.encode() in stream.read(_HEAD)
    except OSError:
        return False


class CtmlPatients:
    """A file of clinical documents, or a folder of both kinds. They are held in memory."""

    dated = False

    def __init__(self, path: Path) -> None:
        self.assumptions: list[str] = [
            "MatchMiner: a sample is a patient, and no finding is dated by the day of its report"
        ]
        self.file_issues: list[Issue] = []
        clinical: list[tuple[str, int, Mapping[str, Any]]] = []
        genomic: list[tuple[str, int, Mapping[str, Any]]] = []
        for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
            for place, each in enumerate(_documents(file), start=1):
                (clinical if _MARK in each else genomic).append((file.name, place, each))
        self._clinical = clinical
        self._genomic: dict[str, list[tuple[str, int, Mapping[str, Any]]]] = defaultdict(list)
        own = {str(each.get("_id", "")) for _, _, each in clinical}
        unread: Counter[str] = Counter()
        for file_name, place, each in genomic:
            unread.update(set(each) - _GENOMIC)
            owner = str(each.get("CLINICAL_ID", ""))
            if owner in own:
                self._genomic[owner].append((file_name, place, each))
            else:
                reason = "no clinical document has the identifier that this genomic one names"
                self.file_issues.append(Issue.of("P009", reason, source=Source(file_name, place)))
        for _, _, each in clinical:
            unread.update(set(each) - _CLINICAL)
        for name, number in sorted(unread.items()):
            reason = f"the key {name} is not read, in {number} documents"
            self.file_issues.append(Issue.of("P109", reason, source=Source(path.name), text=name))

    def identifiers(self) -> Iterator[str]:
        for _, _, each in self._clinical:
            yield _identifier(each)

    def entries(self, as_of: date | None) -> Iterator[Entry]:  # noqa: ARG002 every patient is dated later
        for file, place, each in self._clinical:
            reader = _Reader(_identifier(each), Source(file, place))
            reader.clinical(each)
            for own_file, own_place, found in self._genomic.get(str(each.get("_id", "")), []):
                reader.genomic(found, Source(own_file, own_place))
            yield Entry(
                reader.patient,
                reader.source,
                reader.wire,
                Places(reader.source, reader.places),
                text=reader.patient,
            )


class _Reader:
    """One patient while the documents are read."""

    def __init__(self, patient: str, source: Source) -> None:
        self.patient, self.source = patient, source
        self.wire: dict[str, Any] = {"id": patient}
        self.places: dict[str, Source] = {}

    def clinical(self, held: Mapping[str, Any]) -> None:
        for key, name in (("BIRTH_DATE", "birth_date"), ("GENDER", "sex"), ("VITAL_STATUS", "vital_status")):
            if _said(held.get(key)):
                self.wire[name] = str(held[key])[:10] if name == "birth_date" else held[key]
        if _said(held.get(_MARK)):
            self.wire["diagnosis"] = at_or_below(str(held[_MARK])) or held[_MARK]
        burden = held.get("TUMOR_MUTATIONAL_BURDEN_PER_MEGABASE")
        if _said(burden):
            self._add("biomarkers", {"marker": "tmb", "number": burden}, self.source)
        self._repair(held.get(_MMR), self.source)

    def genomic(self, held: Mapping[str, Any], source: Source) -> None:
        category = str(held.get("VARIANT_CATEGORY", "")).casefold()
        self._repair(held.get(_MMR), source)
        for key, marker in _SIGNATURES.items():
            if _said(held.get(key)):
                state = {"yes": "present", "no": "absent"}.get(str(held[key]).casefold(), NOT_READ)
                self._add("biomarkers", {"marker": marker, "category": state}, source)
        if category == "signature":
            return
        rows = self._structural(held) if category == "sv" else [self._variant(held, category)]
        for row in rows:
            self._add("alterations", row, source)

    def _variant(self, held: Mapping[str, Any], category: str) -> dict[str, Any]:
        gene = held.get("HARMONIZED_HUGO_SYMBOL")
        row: dict[str, Any] = {"gene": gene if _said(gene) else NOT_READ}
        if category == "cnv":
            call = held.get("CNV_CALL")
            return {**row, "kind": call if _said(call) else "copy number change"}
        effect, change = held.get("HARMONIZED_VARIANT_CLASSIFICATION"), held.get("HARMONIZED_PROTEIN_CHANGE")
        if category == "mutation":
            known = ALTERATION_KIND.lookup(str(effect)) if _said(effect) else None
            row["kind"] = known or "mutation"
        else:
            row["kind"] = NOT_READ
        return {**row, "protein_change": change} if _said(change) else row

    def _structural(self, held: Mapping[str, Any]) -> list[dict[str, Any]]:
        """By its two genes; else by the gene that the comment names, which is in doubt where it names several."""
        sides = [held.get(f"HARMONIZED_{side}_PARTNER_GENE") for side in ("LEFT", "RIGHT")]
        stated = [each for each in sides if _said(each)]
        if stated:
            partner = {"partner": stated[1]} if len(stated) > 1 and stated[0] != stated[1] else {}
            return [{"gene": stated[0], "kind": "fusion", **partner}]
        comment = str(held.get("STRUCTURAL_VARIANT_COMMENT") or "")
        named = dict.fromkeys(symbol for word in _WORD.findall(comment) for symbol in _symbols(word))
        if not named:
            return [{"gene": NOT_READ, "kind": "fusion"}]
        doubted = len(named) > 1 or _DOUBTED.search(comment) is not None
        beside = {"assertion": "suspected"} if doubted else {}
        return [{"gene": each, "kind": "fusion", **beside} for each in named]

    def _repair(self, stated: Any, source: Source) -> None:
        if not _said(stated):
            return
        text = str(stated).casefold()
        if "deficient" in text and "proficient" not in text:
            states: tuple[Any, Any] = ("mmr_deficient", "msi_high")
        elif "proficient" in text:
            states = ("mmr_proficient", "mss")
        else:
            states = (NOT_READ, NOT_READ)
        for marker, state in zip(("mmr", "msi"), states, strict=True):
            self._add("biomarkers", {"marker": marker, "category": state}, source)

    def _add(self, table: str, row: Mapping[str, Any], source: Source) -> None:
        rows = self.wire.setdefault(table, [])
        self.places[f"{table}[{len(rows)}]"] = source
        rows.append(dict(row))


def _symbols(word: str) -> frozenset[str]:
    """The gene that a word of a text is the very symbol of: other names of genes are words of the language too."""
    return genes.genes(word) if word.isupper() or any(c.isdigit() for c in word) else frozenset()


def _said(value: Any) -> bool:
    return value is not None and str(value).strip() not in ("", "None", "NA")


def _identifier(document: Mapping[str, Any]) -> str:
    return str(document.get("SAMPLE_ID") or document.get("_id") or "")


def _documents(path: Path) -> list[Mapping[str, Any]]:
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path.name} is too large to be held in memory", code="U011")
        parsed = json.loads("".join(lines_of(path, encoding_of(path))))
    except RecursionError:
        raise PatientDataError([Diagnostic(path.name, None, None, "P008", "nested too deep")]) from None
    except json.JSONDecodeError as error:
        raise PatientDataError([Diagnostic(path.name, error.lineno, None, "P004", error.msg)]) from None
    members = parsed if isinstance(parsed, list) else [parsed]
    if not all(isinstance(each, dict) for each in members):
        raise PatientDataError(
            [Diagnostic(path.name, None, None, "P005", "a document is an object with fields")]
        )
    return members
