"""Published exports with the ready-made mappings: every patient is accounted for."""

from datetime import date
from pathlib import Path

import pytest

from matcher.readers.read import read_patients
from tests.small_formulary import SMALL_FORMULARY


@pytest.mark.parametrize(
    ("folder", "mapping", "patients"),
    [
        ("exports/cbioportal_paad", "cbioportal", 185),
        ("fhir/mcode_csv/test/sample-client-data", "mcode_csv", 4),
    ],
)
def test_every_patient_of_a_published_export_is_read(
    real_data: Path, folder: str, mapping: str, patients: int
) -> None:
    file = read_patients(
        real_data / folder, formulary=SMALL_FORMULARY, mapping=Path(mapping), as_of=date(2024, 1, 1)
    )
    assert len(list(file)) == patients
    assert (file.reading.matched, file.reading.rejected) == (patients, 0)
