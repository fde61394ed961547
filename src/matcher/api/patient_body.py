"""A patient in the body of a request: a profile, FHIR, or a Phenopacket."""

from __future__ import annotations

from matcher.api.bounds import refuse_too_many_values
from matcher.readers.fhir_document import OnePatient, is_fhir_document, one_patient
from matcher.readers.json_body import read_json
from matcher.readers.phenopacket import is_phenopacket, one_packet


def patient_in(body: bytes) -> object | OnePatient:
    """The JSON of a profile as it was sent, or the patient of another form; refused where it says too much."""
    document: object = read_json(body)
    found = patient_of_others(document)
    if found is None:
        refuse_too_many_values(document)
        return document
    return found


def patient_of_others(document: object) -> OnePatient | None:
    """The patient of FHIR or of a Phenopacket; nothing where it is neither."""
    if is_fhir_document(document):
        return patient_of_fhir(document)
    if not is_phenopacket(document):
        return None
    patient = one_packet(document)
    refuse_too_many_values(patient.wire)
    return patient


def patient_of_fhir(document: object) -> OnePatient:
    """The one patient of a FHIR document."""
    patient = one_patient(document)
    refuse_too_many_values(patient.wire)
    return patient
