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
class RecordContact:
    """Whom to ask, as it is written; nobody is made up where a record names none."""

    name: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class RecordSite:
    """A place of the trial; ``at`` is latitude and longitude, ``status`` nothing where none is said of this place."""

    name: str
    city: str
    region: str
    country: str
    status: str
    at: tuple[float, float] | None
    contacts: tuple[RecordContact, ...]


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
    contacts: tuple[RecordContact, ...] = ()
    sites: tuple[RecordSite, ...] = ()
    #: the days, as they are written, of what has happened; nothing of what is only expected
    started: str = ""
    primary_completed: str = ""


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

    def happened(path: str) -> str:
        held = root.find(path)
        return said(path) if held is not None and held.get("type", "").casefold() == "actual" else ""

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
        tuple(_contacts_of_xml(root, ("overall_contact", "overall_contact_backup"))),
        tuple(map(_site_of_xml, root.iterfind("location"))),
        happened("start_date"),
        happened("primary_completion_date"),
    )


def _contacts_of_xml(held: ElementTree.Element, names: tuple[str, ...]) -> Iterator[RecordContact]:
    for each in (one for name in names for one in held.iterfind(name)):
        first, middle, last, degrees, phone, extension, email = (
            (each.findtext(name) or "").strip()
            for name in ("first_name", "middle_name", "last_name", "degrees", "phone", "phone_ext", "email")
        )
        name = ", ".join(filter(None, (" ".join(filter(None, (first, middle, last))), degrees)))
        yield from _contact(name, phone, extension, email)


def _site_of_xml(held: ElementTree.Element) -> RecordSite:
    def said(path: str) -> str:
        return (held.findtext(path) or "").strip()

    place = "facility/address"
    return RecordSite(
        said("facility/name"),
        said(f"{place}/city"),
        said(f"{place}/state"),
        said(f"{place}/country"),
        _STATUS.get(said("status").casefold(), ""),
        None,
        tuple(_contacts_of_xml(held, ("contact", "contact_backup"))),
    )


def _of_json(held: Mapping[str, Any]) -> Record:
    def module(name: str) -> Mapping[str, Any]:
        found = held.get(f"{name}Module")
        return found if isinstance(found, dict) else {}

    identity, status, who = module("identification"), module("status"), module("eligibility")
    places = module("contactsLocations")
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
        tuple(_contacts_of_json(places.get("centralContacts"))),
        tuple(_site_of_json(each) for each in _documents(places.get("locations"))),
        _happened(status.get("startDateStruct")),
        _happened(status.get("primaryCompletionDateStruct")),
    )


def _happened(held: Any) -> str:
    return str(held.get("date", "")) if isinstance(held, dict) and held.get("type") == "ACTUAL" else ""


def _documents(held: Any) -> list[dict[str, Any]]:
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _contacts_of_json(held: Any) -> Iterator[RecordContact]:
    for each in _documents(held):
        if each.get("role", "CONTACT") == "CONTACT":
            yield from _contact(
                *(str(each.get(name) or "") for name in ("name", "phone", "phoneExt", "email"))
            )


def _site_of_json(held: Mapping[str, Any]) -> RecordSite:
    name, city, region, country, status = (
        str(held.get(name) or "").strip() for name in ("facility", "city", "state", "country", "status")
    )
    point = held.get("geoPoint")
    point = point if isinstance(point, dict) else {}
    at = None
    match point.get("lat"), point.get("lon"):
        case (int() | float()) as latitude, (int() | float()) as longitude:
            at = float(latitude), float(longitude)
    return RecordSite(
        name,
        city,
        region,
        country,
        _STATUS.get(status.replace("_", " ").casefold(), ""),
        at,
        tuple(_contacts_of_json(held.get("contacts"))),
    )


def _contact(name: str, phone: str, extension: str, email: str) -> Iterator[RecordContact]:
    """Nobody, where neither a number nor an address is given; the extension belongs to the number."""
    if phone or email:
        number = f"{phone} ext. {extension}" if phone and extension else phone
        yield RecordContact(name or "Not named", number, email)


def _phase(stated: list[str]) -> str:
    parts = [part.strip().casefold() for each in stated for part in each.split("/")]
    found = list(dict.fromkeys(_PHASES[part] for part in parts if part in _PHASES))
    joined = "/".join(found)
    return joined if joined in ("1", "2", "3", "4", "1/2", "2/3") else "not stated"
