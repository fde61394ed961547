"""The cancers and their staging."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from matcher.domain.possible import NO, YES, Codes
from matcher.domain.record import Diagnosis, Listing, Staging
from matcher.readers import lookup
from matcher.readers.context import Context, is_unknown
from matcher.readers.rows import TableRow, listing_of, rows_of
from matcher.readers.value import UnreadableError
from matcher.vocabulary import staging as stages
from matcher.vocabulary.diagnoses import DIAGNOSES

SUSPECTED = Codes.of("yes", "no")
_SITES = (
    ("pleural", ("PLEURA",)),
    ("gastric", ("gastric_cancer", "gastric_or_gej_adenocarcinoma")),
    ("lung", ("LUNG",)),
)


class TwoIndexCancersError(Exception):
    """More than one diagnosis is marked as the one that treatment is sought for."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def read_diagnoses(context: Context, wire: Mapping[str, Any], complete: frozenset[str]) -> Listing[Diagnosis]:
    """The cancers with one index cancer among them; nothing chooses it but a mark or being the only one."""

    def record(row: TableRow) -> Diagnosis:
        if row.fields is None:
            return Diagnosis(None, source=context.source(row.path))
        return _diagnosis(context, row.fields, row.path)

    listed = listing_of(context, "diagnoses", wire, complete, record, lookup.DIAGNOSIS.resolve)
    short = _short_diagnosis(context, wire)
    records = listed.records if short is None else (short, *listed.records)
    return replace(listed, records=_with_index(context, records))


def _diagnosis(context: Context, row: Mapping[str, Any], path: str) -> Diagnosis:
    confirmed = context.codes(row, "confirmed", path, lookup.CONFIRMED)
    return Diagnosis(
        context.codes(row, "code", path, lookup.DIAGNOSIS),
        context.codes(row, "index", path, lookup.YES_NO),
        # What is recorded without a doubt is a known diagnosis; a doubt nobody can read is still a doubt.
        confirmed or (YES if is_unknown(row.get("confirmed")) else SUSPECTED),
        context.codes(row, "histology", path, lookup.HISTOLOGICAL_TYPE),
        context.codes(row, "status", path, lookup.DIAGNOSIS_STATUS),
        context.date(row, "date", path),
        context.source(f"{path}.code" if "code" in row else path),
    )


def _short_diagnosis(context: Context, wire: Mapping[str, Any]) -> Diagnosis | None:
    if is_unknown(wire.get("diagnosis")) and is_unknown(wire.get("histology")):
        return None
    code = context.codes(wire, "diagnosis", "", lookup.DIAGNOSIS)
    histology = context.codes(wire, "histology", "", lookup.HISTOLOGICAL_TYPE)
    place = "diagnosis" if not is_unknown(wire.get("diagnosis")) else "histology"
    return Diagnosis(code, YES, YES, histology, source=context.source(place))


def _with_index(context: Context, records: tuple[Diagnosis, ...]) -> tuple[Diagnosis, ...]:
    marked = [record for record in records if record.index == YES]
    if len(marked) > 1:
        raise TwoIndexCancersError("diagnoses")
    if marked:
        return tuple(record if record.index is not None else replace(record, index=NO) for record in records)
    open_ones = [record for record in records if record.index is None]
    if len(records) == 1 and open_ones:
        return (replace(records[0], index=YES),)
    if len(open_ones) > 1:
        context.issue("P122", "diagnoses", "several diagnoses and none is marked as the index cancer")
    return records


def read_staging(
    context: Context, wire: Mapping[str, Any], diagnoses: tuple[Diagnosis, ...]
) -> Iterator[Staging]:
    """TNM classifications and stages; a stage means nothing without its scheme."""
    site = site_of(diagnoses)
    for table in ("staging", "tnm", "stage"):
        for row in rows_of(context, table, wire.get(table)):
            if row.fields is not None:
                fields = dict(row.fields)
                if table == "stage":
                    fields["stage"] = fields.pop("value")
                found = _staging(context, fields, row.path, site, "value" if table == "stage" else "stage")
                if found is not None:
                    yield found


def _staging(
    context: Context, row: Mapping[str, Any], path: str, site: str | None, named: str
) -> Staging | None:
    edition = context.codes(row, "edition", path, lookup.EDITION)
    scheme = context.codes(row, "scheme", path, lookup.SCHEME)
    if scheme is None and edition is not None and edition.exact and site is not None:
        derived = stages.scheme_of(site, next(iter(edition.members)))
        scheme = Codes.of(derived) if derived is not None else None
    known = next(iter(scheme.members)) if scheme is not None and scheme.exact else None
    t, n, m = (_category(context, row, letter, path, known) for letter in "tnm")
    if edition is None and (t or n or m):
        # Said, so that an older classification's edition does not stand for this one.
        edition = Codes(frozenset(stages.EDITIONS))
    found = Staging(
        edition,
        t,
        n,
        m,
        _stage(context, row, path, known, named),
        scheme,
        context.codes(row, "basis", path, lookup.STAGING_BASIS),
        context.date(row, "date", path),
        context.source(path),
    )
    said = (found.t, found.n, found.m, found.stage)
    return found if any(each is not None for each in said) else None


def _category(
    context: Context, row: Mapping[str, Any], letter: str, path: str, scheme: str | None
) -> Codes | None:
    def categories(text: str) -> frozenset[str]:
        found = stages.tnm_category(letter, text, scheme)
        if isinstance(found, stages.Refused):
            raise UnreadableError("P114", found.reason, text)
        return found

    return context.codes(row, letter, path, lookup.Lookup(f"a {letter.upper()} category", categories))


def _stage(
    context: Context, row: Mapping[str, Any], path: str, scheme: str | None, named: str
) -> Codes | None:
    if is_unknown(row.get("stage")):
        return None
    if scheme is None:
        context.issue(
            "P114", f"{path}.{named}", "a stage without scheme and edition means nothing", row["stage"]
        )
        return None

    def leaves(text: str) -> frozenset[str]:
        if text in stages.STAGE.all_leaves:
            return frozenset({text})
        found = stages.stage_codes(scheme, text)
        if isinstance(found, stages.Refused):
            raise UnreadableError("P114", found.reason, text)
        return found

    return context.codes(row, "stage", path, lookup.Lookup("a stage", leaves))


def site_of(diagnoses: tuple[Diagnosis, ...]) -> str | None:
    """The organ whose AJCC chapter applies to the index cancer, where its code leaves no doubt."""
    for diagnosis in diagnoses:
        if diagnosis.index == YES and diagnosis.code is not None:
            for site, roots in _SITES:
                if any(diagnosis.code.members <= DIAGNOSES.leaves(root) for root in roots):
                    return site
    return None
