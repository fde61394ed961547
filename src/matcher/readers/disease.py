"""The cancers and their staging."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from matcher.domain.possible import NO, NOT_UNDERSTOOD, YES, Codes
from matcher.domain.record import (
    Absence,
    Diagnosis,
    Listing,
    Staging,
)
from matcher.domain.source import UNSTATED
from matcher.readers import lookup
from matcher.readers.context import Asserted, Context, is_unknown
from matcher.readers.misplaced import belongs_elsewhere
from matcher.readers.rows import TableRow, listing_of, rows_of
from matcher.readers.value import UnreadableError
from matcher.vocabulary import staging as stages
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.marks import Assertion, assertion_of

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

    def record(row: TableRow) -> Diagnosis | Absence | None:
        if row.fields is None:
            return Diagnosis(None, source=context.source(row.path))
        if is_unknown(row.fields.get("index")) and _is_no_cancer(context, row.fields, row.path):
            return None
        return _diagnosis(context, row.fields, row.path)

    listed = listing_of(
        context, "diagnoses", wire, complete, record, lookup.DIAGNOSIS, lookup.DIAGNOSIS.leaves
    )
    short = _short_diagnosis(context, wire)
    records = listed.records if short is None else (short, *listed.records)
    return replace(listed, records=_with_index(context, records))


def _is_no_cancer(context: Context, row: Mapping[str, Any], path: str) -> bool:
    """Whether a row that nobody marked is a condition or a treatment."""
    confirmed = row.get("confirmed")
    return belongs_elsewhere(
        context,
        "diagnoses",
        row.get("code"),
        lambda: (context.date(row, "date", path), None),
        context.source(f"{path}.code"),
        lambda: assertion_of(confirmed) if isinstance(confirmed, str) else None,
    )


def _diagnosis(context: Context, row: Mapping[str, Any], path: str) -> Diagnosis | Absence | None:
    asserted = context.asserted(row, "code", path, lookup.DIAGNOSIS)
    confirmed = YES
    if not is_unknown(row.get("confirmed")):
        said = assertion_of(str(row["confirmed"])) if isinstance(row["confirmed"], str) else None
        asserted = asserted.said_by(said if said is not Assertion.PRESENT else None)
        # What is recorded without a doubt is a known diagnosis; a doubt nobody can read is still a doubt.
        known = said in (Assertion.ABSENT, Assertion.NOT_PATIENTS)
        confirmed = NO if known else context.codes(row, "confirmed", path, lookup.CONFIRMED) or SUSPECTED
    index = context.codes(row, "index", path, lookup.YES_NO, kept=True)
    histology = context.codes(row, "histology", path, lookup.HISTOLOGICAL_TYPE, kept=True)
    on = context.date(row, "date", path)
    source = context.source(f"{path}.code" if "code" in row else path)
    if asserted.assertion is Assertion.NOT_PATIENTS:
        return None
    if asserted.assertion is Assertion.ABSENT and index != YES:
        label = row["code"] if isinstance(row.get("code"), str) else ""
        return None if asserted.codes is None else Absence(asserted.codes.members, label, on, source)
    return Diagnosis(
        _code(row, "code", asserted),
        index,
        confirmed if asserted.assertion is Assertion.PRESENT else _doubted(asserted, confirmed),
        histology,
        context.codes(row, "status", path, lookup.DIAGNOSIS_STATUS),
        on,
        source,
        context.date(row, "free_since", path),
        context.qualities(row, "diagnoses", path),
    )


def _code(row: Mapping[str, Any], name: str, asserted: Asserted) -> Codes | None:
    """The cancer; of the one that treatment is sought for, "not mesothelioma" is any other."""
    if asserted.codes is None:
        unread = not is_unknown(row.get(name))
        return Codes(lookup.DIAGNOSIS.leaves | {NOT_UNDERSTOOD}) if unread else None
    if asserted.assertion is Assertion.ABSENT:
        others = lookup.DIAGNOSIS.leaves - asserted.codes.members
        return Codes(others) if others else None
    return asserted.codes


def _doubted(asserted: Asserted, confirmed: Codes) -> Codes:
    return SUSPECTED if asserted.assertion is Assertion.SUSPECTED else confirmed


def _short_diagnosis(context: Context, wire: Mapping[str, Any]) -> Diagnosis | None:
    if is_unknown(wire.get("diagnosis")) and is_unknown(wire.get("histology")):
        return None
    asserted = context.asserted(wire, "diagnosis", "", lookup.DIAGNOSIS)
    histology = context.codes(wire, "histology", "", lookup.HISTOLOGICAL_TYPE, kept=True)
    place = "diagnosis" if not is_unknown(wire.get("diagnosis")) else "histology"
    if asserted.assertion is Assertion.NOT_PATIENTS:
        asserted = Asserted(None)
    return Diagnosis(
        _code(wire, "diagnosis", asserted),
        YES,
        _doubted(asserted, YES),
        histology,
        source=context.source(place),
    )


def _with_index(context: Context, records: tuple[Diagnosis, ...]) -> tuple[Diagnosis, ...]:
    if sum(record.index == YES for record in records) > 1:
        # The same statement once more is no second cancer.
        records = tuple({replace(record, source=UNSTATED): record for record in records}.values())
    marked = [record for record in records if record.index == YES]
    if len(marked) > 1:
        raise TwoIndexCancersError("diagnoses")
    if marked:
        # Where the index cancer is only suspected, another that is recorded may be the one that is meant.
        rest = NO if marked[0].confirmed == YES else Codes(lookup.YES_NO.leaves)
        return tuple(
            record if record.index is not None else replace(record, index=rest) for record in records
        )
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
    edition = context.codes(row, "edition", path, lookup.EDITION, kept=True)
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

    every = stages.TNM.leaves(letter.upper())
    named = lookup.Lookup(f"a {letter.upper()} category", categories, leaves=every)
    return context.codes(row, letter, path, named, kept=True)


def _stage(
    context: Context, row: Mapping[str, Any], path: str, scheme: str | None, named: str
) -> Codes | None:
    """The stage in its scheme; without one it is that of some scheme, and says nothing about any other."""
    raw = row.get("stage")
    if is_unknown(raw):
        return None
    if scheme is None and not _names_scheme(raw):
        context.issue("P114", f"{path}.{named}", "a stage without scheme and edition means nothing", raw)
    schemes = stages.SCHEMES if scheme is None else (scheme,)

    def leaves(text: str) -> frozenset[str]:
        if text in stages.STAGE.all_leaves:
            return frozenset({text})
        found = [stages.stage_codes(each, text) for each in schemes]
        known = [each for each in found if not isinstance(each, stages.Refused)]
        if not known:
            refused = next(each for each in found if isinstance(each, stages.Refused))
            raise UnreadableError("P114", refused.reason, text)
        return frozenset().union(*known)

    every = frozenset().union(*(stages.STAGE.leaves(each) for each in schemes))
    return context.codes(row, "stage", path, lookup.Lookup("a stage", leaves, leaves=every), kept=True)


def _names_scheme(raw: object) -> bool:
    several = raw if isinstance(raw, list) else [raw]
    return all(each in stages.STAGE.all_leaves for each in several)


def site_of(diagnoses: tuple[Diagnosis, ...]) -> str | None:
    """The organ whose AJCC chapter applies to the index cancer, where its code leaves no doubt."""
    for diagnosis in diagnoses:
        if diagnosis.index == YES and diagnosis.code is not None:
            for site, roots in _SITES:
                if any(diagnosis.code.members <= DIAGNOSES.leaves(root) for root in roots):
                    return site
    return None
