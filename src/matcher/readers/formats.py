"""Formats of others that are read as they are: told by the beginning of a file, without a mapping."""

from __future__ import annotations

from pathlib import Path

from matcher.readers.ctml_patients import CtmlPatients, is_ctml
from matcher.readers.entry import PatientSource
from matcher.readers.fhir import FhirFile, is_fhir
from matcher.readers.phenopacket import PhenopacketFile, is_phenopacket_file

_FORMATS = ((is_fhir, FhirFile), (is_ctml, CtmlPatients), (is_phenopacket_file, PhenopacketFile))


def is_foreign(path: Path) -> bool:
    """Whether the file or folder is in a format of others."""
    return any(matches(path) for matches, _ in _FORMATS)


def foreign_source(path: Path) -> PatientSource | None:
    """The reader of a file or folder in a format of others; nothing where it is in none."""
    return next((made(path) for matches, made in _FORMATS if matches(path)), None)
