"""One Phenopacket as a wire form. Each element is read, or named as not read; what it names stays open."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from matcher.domain.source import Source
from matcher.readers.cell_text import substances_of
from matcher.readers.fhir_resources import FhirPatient
from matcher.readers.outcome import Issue
from matcher.readers.phenopacket_parts import (
    Part,
    concept,
    day,
    end_day,
    label,
    part,
    parts,
    quantity,
)
from matcher.readers.place import Places
from matcher.readers.value import NOT_READ

_TNM = re.compile(r"([cpyra]{0,3})([TNM])(\w{1,5}).*", re.IGNORECASE)
_STAGE = re.compile(r"(?:(?:AJCC|UICC)\s+(?:v\d\s+)?)?stage\s+(\w{1,6})(?:\s+finding)?", re.IGNORECASE)
_SILENT = frozenset({"id", "metaData", "files", "subject"})
_OF_SUBJECT = {"id", "alternateIds", "dateOfBirth", "sex", "vitalStatus", "timeAtLastEncounter", "taxonomy",
               "karyotypicSex", "gender"}  # fmt: skip
_OF_FEATURE = {"type", "excluded", "onset", "resolution", "evidence", "description"}
_OF_DISEASE = {"term", "excluded", "onset", "resolution", "diseaseStage", "clinicalTnmFinding", "laterality"}
_OF_MEASUREMENT = {"assay", "value", "complexValue", "timeObserved", "description", "procedure"}
_OF_SAMPLE = {"id", "individualId", "derivedFromId", "description", "sampledTissue", "sampleType", "taxonomy",
              "timeOfCollection", "measurements", "phenotypicFeatures", "pathologicalStage",
              "pathologicalTnmFinding", "histologicalDiagnosis", "procedure", "files", "materialSample",
              "sampleProcessing", "sampleStorage"}  # fmt: skip
_OF_ACTION = {"procedure", "treatment", "radiationTherapy", "therapeuticRegimen", "treatmentTarget",
              "treatmentIntent", "responseToTreatment", "adverseEvents", "treatmentTerminationReason"}  # fmt: skip
_DOUBTED = frozenset({"IN_PROGRESS", "UNSOLVED", "UNKNOWN_PROGRESS", "COMPLETED"})
_SHAPES = (AttributeError, TypeError, KeyError, ValueError, IndexError)


class PhenopacketPatient:
    """One patient while the packet is read."""

    def __init__(self, file: str, patient: str) -> None:
        self._held = FhirPatient(file, patient, lambda *_: None)
        self._born: date | None = None
        self._cancers: set[str] = set()

    @property
    def issues(self) -> list[Issue]:
        return self._held.issues

    def read(self, packet: Part) -> tuple[dict[str, Any], Places]:
        """The wire form. A part whose shape is none of a packet's costs itself, and is said."""
        self._held.wire["id"] = self._held.patient
        self._subject(part(packet.get("subject")))
        readers: Mapping[str, Callable[[Part, Part], None]] = {
            "diseases": self._disease,
            "phenotypicFeatures": self._feature,
            "measurements": self._measurement,
            "interpretations": self._interpretation,
            "medicalActions": self._action,
            "biosamples": self._sample,
        }
        for name, held in packet.items():
            if name in _SILENT or held in (None, [], {}):
                continue
            read = readers.get(name)
            if read is None:
                self._unread(name, {}, held)
                continue
            if not isinstance(held, list):
                self._odd(name, held)
            for number, each in enumerate(held if isinstance(held, list) else []):
                place = {"resourceType": f"{name}[{number}]"}
                if not isinstance(each, dict):
                    self._odd(name, each)
                    continue
                try:
                    read(each, place)
                except _SHAPES:
                    self._odd(name, each, place)
        self._stages_of_one_cancer()
        return self._held.wire, Places(Source(self._held.file), self._held.places)

    def _subject(self, subject: Part) -> None:
        place = {"resourceType": "subject"}
        wire = self._held.wire
        born = subject.get("dateOfBirth")
        if isinstance(born, str) and born:
            wire["birth_date"] = born[:10]
            try:
                self._born = date.fromisoformat(born[:10])
            except ValueError:
                self._born = None
        sex = str(subject.get("sex", "")).casefold()
        if sex in ("male", "female"):
            wire["sex"] = sex
        elif sex not in ("", "unknown_sex"):
            wire["sex"] = NOT_READ
        vital = part(subject.get("vitalStatus"))
        status = str(vital.get("status", "")).casefold()
        if status == "deceased":
            died = day(vital.get("timeOfDeath"), self._born)
            wire["vital_status"] = {"value": "deceased", **({"date": died} if died is not None else {})}
        elif status == "alive":
            seen = day(subject.get("timeAtLastEncounter"), self._born)
            wire["vital_status"] = {"value": "alive", **({"date": seen} if seen is not None else {})}
        elif status not in ("", "unknown_status"):
            wire["vital_status"] = NOT_READ
        for name in ("sex", "birth_date", "vital_status"):
            self._held.places[name] = self._held.source(place)
        self._rest(subject, _OF_SUBJECT, place)

    def _disease(self, held: Part, place: Part) -> None:
        excluded = held.get("excluded") is True
        doubted = held.get("excluded") not in (None, True, False)
        assertion = "absent" if excluded else NOT_READ if doubted else None
        self._thing(held, place, assertion)
        if not excluded:
            self._staged(held.get("diseaseStage"), held.get("clinicalTnmFinding"), "clinical", place)
        self._rest(held, _OF_DISEASE, place)

    def _thing(self, held: Part, place: Part, assertion: Any, term: str = "term") -> None:
        """A disease or finding, in the list that its code leads to."""
        start, end = day(held.get("onset"), self._born), end_day(held.get("resolution"), self._born)
        over = held.get("resolution") is not None
        named = held.get(term)
        before = len(self._held.wire.get("diagnoses", ()))
        confirmed = {"absent": "refuted", "suspected": "suspected", None: None}.get(assertion, NOT_READ)
        self._held.coded(
            concept(named),
            place,
            {
                "conditions": {
                    "assertion": assertion,
                    "status": "resolved" if over else None,
                    "start": start,
                    "end": end if over else None,
                    "label": label(named) or None,
                },
                "diagnoses": {
                    "confirmed": confirmed,
                    "status": "remission" if over else None,
                    "date": start,
                },
            },
            "" if assertion == "absent" else "conditions",
        )
        if len(self._held.wire.get("diagnoses", ())) > before and assertion != "absent":
            self._cancers.add(str(self._held.wire["diagnoses"][-1].get("code")))

    def _staged(self, stages: Any, findings: Any, basis: str, place: Part) -> None:
        row: dict[str, Any] = {}
        for each in parts(findings):
            found = _TNM.fullmatch(label(each))
            if found is None:
                row |= {"t": NOT_READ, "n": NOT_READ, "m": NOT_READ}
                self._held.issue("P105", "staging", "no category of a TNM", place, label(each))
                continue
            row[found[2].casefold()] = f"{found[2]}{found[3]}"
            said = found[1].casefold()
            basis = "pathological" if "p" in said else "clinical" if "c" in said else basis
        for each in parts(stages):
            found = _STAGE.fullmatch(label(each))
            row["stage"] = found[1] if found else label(each) or NOT_READ
        if row:
            tnm = {"basis": basis} if set(row) - {"stage"} else {}
            self._held.add("staging", {**row, **tnm}, place)

    def _stages_of_one_cancer(self) -> None:
        """Of several cancers a stage may be any one's: it says nothing of the one that is asked about."""
        if len(self._cancers) > 1:
            for row in self._held.wire.get("staging", ()):
                for name in ("t", "n", "m", "stage"):
                    if name in row:
                        row[name] = NOT_READ

    def _feature(self, held: Part, place: Part) -> None:
        excluded = held.get("excluded")
        assertion = "absent" if excluded is True else None if excluded in (None, False) else NOT_READ
        self._thing(held, place, assertion, "type")
        self._rest(held, _OF_FEATURE, place)

    def _measurement(self, held: Part, place: Part) -> None:
        on = day(held.get("timeObserved"), self._born)
        value, whole = part(held.get("value")), held.get("complexValue")
        if whole is not None:
            typed = list(parts(part(whole).get("typedQuantities")))
            for each in typed:
                self._measured(each.get("type"), {"quantity": each.get("quantity")}, on, place)
            if not typed:
                self._measured(held.get("assay"), {}, on, place)
        else:
            self._measured(held.get("assay"), value, on, place)
        self._rest(held, _OF_MEASUREMENT, place)

    def _measured(self, assay: Any, value: Part, on: Any, place: Part) -> None:
        limits: Part = {}
        if (number := value.get("quantity")) is not None:
            found = quantity(number)
            limits = part(part(number).get("referenceRange"))
        else:
            found = label(value.get("ontologyClass")) or NOT_READ
        by_number = isinstance(found, str) and found[:1].isdecimal()
        self._held.coded(
            concept(assay),
            place,
            {
                "labs": {"value": found, "date": on, "uln": limits.get("high"), "lln": limits.get("low")},
                "observations": {"value": found, "date": on},
                "biomarkers": {"number" if by_number else "status": found, "date": on},
            },
        )

    def _interpretation(self, held: Part, place: Part) -> None:
        diagnosis = part(held.get("diagnosis"))
        doubted = str(held.get("progressStatus", "")) in _DOUBTED
        if diagnosis.get("disease") is not None:
            self._thing({"term": diagnosis["disease"]}, place, "suspected" if doubted else None)
        for each in parts(diagnosis.get("genomicInterpretations")):
            self._variant(each, place)
        self._rest(held, {"id", "progressStatus", "diagnosis", "summary"}, place)
        self._rest(diagnosis, {"disease", "genomicInterpretations"}, place)

    def _variant(self, held: Part, place: Part) -> None:
        described = part(part(held.get("variantInterpretation")).get("variationDescriptor"))
        gene = part(described.get("geneContext")) or part(held.get("gene"))
        row: dict[str, Any] = {"gene": gene.get("symbol") or gene.get("valueId") or NOT_READ}
        if described:
            written = {
                str(each.get("syntax", "")): str(each.get("value", ""))
                for each in parts(described.get("expressions"))
            }
            change = written.get("hgvs.p") or written.get("hgvs.c") or ""
            row["protein_change"] = change.rpartition(":")[2] or None
            kind = label(described.get("structuralType")).replace("_", " ")
            row["kind"] = kind or None
            if row["gene"] is NOT_READ and described.get("label"):
                row["gene"] = str(described["label"])
        if str(held.get("interpretationStatus", "")) == "REJECTED":
            # Rejected as the cause; whether it was found is another question.
            row["assertion"] = "suspected"
        self._held.add("alterations", row, place)

    def _action(self, held: Part, place: Part) -> None:
        treats_cancer = self._is_cancer(held.get("treatmentTarget"))
        outcome = {
            "response": label(held.get("responseToTreatment")) or None,
            "stopped_for": label(held.get("treatmentTerminationReason")) or None,
        }
        if (drug := held.get("treatment")) is not None:
            self._treatment(part(drug), outcome, place, of_cancer=treats_cancer or any(outcome.values()))
        if (regimen := held.get("therapeuticRegimen")) is not None:
            self._regimen(part(regimen), outcome, place)
        if (done := held.get("procedure")) is not None:
            on = day(part(done).get("performed"), self._born)
            code = part(done).get("code")
            row = {"start": on, "end": end_day(part(done).get("performed"), self._born)}
            lists = {"procedures": {**row, "label": label(code) or None}, "radiotherapy": row}
            self._held.coded(concept(code), place, lists, "procedures")
        if (beam := held.get("radiationTherapy")) is not None:
            dose = part(beam).get("dosage")
            field = label(part(beam).get("bodySite"))
            gray = {"dose": dose, "unit": "Gy"} if isinstance(dose, int | float) else {}
            self._held.add("radiotherapy", {"field": field or None, **gray, "end": NOT_READ}, place)
        for each in parts(held.get("adverseEvents")):
            self._thing({"term": each}, place, None)
        self._rest(held, _OF_ACTION, place)

    def _is_cancer(self, target: Any) -> bool:
        if target is None:
            return False
        probe = FhirPatient(self._held.file, self._held.patient, lambda *_: None)
        probe.coded(concept(target), {"resourceType": "target"}, {"diagnoses": {}, "conditions": {}})
        return "diagnoses" in probe.wire

    def _treatment(self, drug: Part, outcome: Mapping[str, Any], place: Part, *, of_cancer: bool) -> None:
        name = label(drug.get("agent"))
        spans = [part(each.get("interval")) for each in parts(drug.get("doseIntervals"))]
        starts = [str(each["start"])[:10] for each in spans if each.get("start")]
        ends = [str(each["end"])[:10] for each in spans if each.get("end")]
        row: dict[str, Any] = {
            "agents": substances_of(name) if name else NOT_READ,
            "start": min(starts) if starts else None,
            # Whether one without a last day goes on, nobody says.
            "end": max(ends) if ends and len(ends) == len(spans) else NOT_READ,
            "label": name or None,
        }
        self._held.add(
            "therapies" if of_cancer else "medications", {**row, **outcome} if of_cancer else row, place
        )

    def _regimen(self, regimen: Part, outcome: Mapping[str, Any], place: Part) -> None:
        named = regimen.get("ontologyClass") or regimen.get("externalReference")
        name = label(named) or str(part(named).get("description") or "")
        status = str(regimen.get("regimenStatus", ""))
        end = day(regimen.get("endTime"), self._born)
        row = {
            "agents": substances_of(name) if name else NOT_READ,
            "start": day(regimen.get("startTime"), self._born),
            "end": end if end is not None or status == "STARTED" else NOT_READ,
            "ongoing": "yes" if status == "STARTED" and end is None else None,
            "label": name or None,
            **outcome,
        }
        self._held.add("therapies", row, place)

    def _sample(self, held: Part, place: Part) -> None:
        at = str(place["resourceType"])
        for name, read in (("measurements", self._measurement), ("phenotypicFeatures", self._feature)):
            for number, each in enumerate(parts(held.get(name))):
                read(each, {"resourceType": f"{at}.{name}[{number}]"})
        stage = held.get("pathologicalStage")
        self._staged([stage] if stage else None, held.get("pathologicalTnmFinding"), "pathological", place)
        if (found := held.get("histologicalDiagnosis")) is not None:
            self._thing({"term": found}, place, None)
        self._rest(held, _OF_SAMPLE, place)

    def _rest(self, held: Part, known: set[str] | frozenset[str], place: Part) -> None:
        for name in held:
            if name not in known and held[name] not in (None, [], {}, ""):
                self._unread(name, place, held[name])

    def _unread(self, name: str, place: Part, held: Any) -> None:
        kind = "elements" if isinstance(held, list) else "element"
        words = ", ".join(_labels(held))
        self._held.issue(
            "P109", name, f"the {kind} {name} of a Phenopacket is not read", place, words or name
        )

    def _odd(self, name: str, held: Any, place: Part | None = None) -> None:
        """What has not the form of a packet: something is said, and nobody can read it."""
        where = place or {"resourceType": name}
        self._held.issue("P118", name, "the element has not the form of a Phenopacket", where, str(held)[:80])
        table = {"diseases": "diagnoses", "medicalActions": "therapies", "phenotypicFeatures": "conditions",
                 "interpretations": "alterations"}.get(name)  # fmt: skip
        if table is not None:
            self._held.wire.setdefault(table, []).append(NOT_READ)
        if name == "diseases":
            self._held.wire.setdefault("conditions", []).append(NOT_READ)


def _labels(held: Any) -> Iterator[str]:
    for each in held if isinstance(held, list) else [held]:
        if isinstance(each, dict) and (words := label(each)):
            yield words
