"""A patient in the body of a request: a profile, or FHIR."""

from __future__ import annotations

from matcher.api.bounds import refuse_too_many_values
from matcher.readers.fhir_document import OnePatient, is_fhir_document, one_patient
from matcher.readers.json_body import read_json


def patient_in(body: bytes) -> object | OnePatient:
    """The JSON of a profile as it was sent, or the patient of a FHIR document; refused where it says too much."""
    document: object = read_json(body)
    if not is_fhir_document(document):
        refuse_too_many_values(document)
        return document
    return patient_of_fhir(document)


def patient_of_fhir(document: object) -> OnePatient:
    """The one patient of a FHIR document."""
    patient = one_patient(document)
    refuse_too_many_values(patient.wire)
    return patient
