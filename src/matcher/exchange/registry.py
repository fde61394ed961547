"""Records of ClinicalTrials.gov, as classic XML and as JSON of version 2."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from matcher.errors import UsageError

LARGEST = 50_000_000
"""Bytes of a file: the longest record of the registry with its results has a few million."""
_STATUS = {
    "recruiting": "recruiting",
    "enrolling by invitation": "recruiting",
    "not yet recruiting": "not_yet_recruiting",
    "suspended": "suspended",
    "active, not recruiting": "closed",
    "active not recruiting": "closed",
    "terminated": "closed",
    "withdrawn": "closed",
    "completed": "completed",
}
_PHASES = {
    "phase 1": "1",
    "phase1": "1",
    "early phase 1": "1",
    "early_phase1": "1",
    "phase 2": "2",
    "phase2": "2",
    "phase 3": "3",
    "phase3": "3",
    "phase 4": "4",
    "phase4": "4",
}


@dataclass(frozen=True, slots=True)
class Record:
    """What a record says of one trial. ``updated`` is the day of the record, as it is written."""

    identifier: str
    title: str
    status: str
    phase: str
    sponsor: str
    updated: str
    criteria: str
    minimum_age: str
    maximum_age: str
    sex: str
    acronym: str = ""


def records_of(path: Path) -> Iterator[Record]:
    """The records of a file; a file that is no record is refused with the reason."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise UsageError(f"{path.name} is larger than any record of a registry", code="U011")
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror}", code="U009") from None
    yield from records_in(text, path.name)


def records_in(text: bytes, name: str) -> Iterator[Record]:
    """The same of what somebody sent; ``name`` is what it is called in a refusal."""
    if text.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        yield _of_xml(_parsed(text, name))
        return
    try:
        document = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is neither XML nor JSON: {error}", code="U011") from None
    studies = document.get("studies", [document]) if isinstance(document, dict) else document
    for study in studies if isinstance(studies, list) else []:
        held = study.get("protocolSection") if isinstance(study, dict) else None
        if not isinstance(held, dict):
            raise UsageError(f"{name} is no record of ClinicalTrials.gov (no protocolSection)", code="U011")
        yield _of_json(held)


def _parsed(text: bytes, name: str) -> ElementTree.Element:
    """The document; one that declares entities or a document type is refused: no record does, and bombs do."""
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: Any) -> None:
        raise UsageError(f"{name} declares a document type, as no record of the registry does", code="U011")

    def begin(tag: str, attributes: dict[str, str]) -> None:
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        builder.end(tag)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(text, True)
        root = builder.close()
    except expat.ExpatError as error:
        raise UsageError(
            f"{name} is no whole XML document: line {error.lineno}, {error}", code="U011"
        ) from None
    if root.tag != "clinical_study":
        raise UsageError(
            f"{name} is no record of ClinicalTrials.gov: it begins with <{root.tag}>", code="U011"
        )
    return root


def _of_xml(root: ElementTree.Element) -> Record:
    def said(path: str) -> str:
        return (root.findtext(path) or "").strip()

    return Record(
        said("id_info/nct_id"),
        said("brief_title") or said("official_title"),
        _STATUS.get(said("overall_status").casefold(), "unknown"),
        _phase([said("phase")]),
        said("sponsors/lead_sponsor/agency"),
        said("last_update_submitted") or said("verification_date") or said("study_first_submitted"),
        said("eligibility/criteria/textblock"),
        said("eligibility/minimum_age"),
        said("eligibility/maximum_age"),
        said("eligibility/gender").casefold(),
        said("acronym"),
    )


def _of_json(held: Mapping[str, Any]) -> Record:
    def module(name: str) -> Mapping[str, Any]:
        found = held.get(f"{name}Module")
        return found if isinstance(found, dict) else {}

    identity, status, who = module("identification"), module("status"), module("eligibility")
    sponsor = module("sponsorCollaborators").get("leadSponsor") or {}
    stated = str(status.get("overallStatus", "")).replace("_", " ").casefold()
    updated = status.get("lastUpdateSubmitDate") or status.get("statusVerifiedDate") or ""
    return Record(
        str(identity.get("nctId", "")),
        str(identity.get("briefTitle") or identity.get("officialTitle") or ""),
        _STATUS.get(stated, "unknown"),
        _phase([str(each) for each in module("design").get("phases") or []]),
        str(sponsor.get("name", "")),
        str(updated),
        str(who.get("eligibilityCriteria", "")),
        str(who.get("minimumAge", "")),
        str(who.get("maximumAge", "")),
        str(who.get("sex", "")).casefold(),
        str(identity.get("acronym", "")),
    )


def _phase(stated: list[str]) -> str:
    parts = [part.strip().casefold() for each in stated for part in each.split("/")]
    found = list(dict.fromkeys(_PHASES[part] for part in parts if part in _PHASES))
    joined = "/".join(found)
    return joined if joined in ("1", "2", "3", "4", "1/2", "2/3") else "not stated"
