"""All specifications, in the order the reference page prints them."""

from tests.spec.table import Section, Table
from tests.spec.tables.course_of_time import MEASUREMENTS, SINCE
from tests.spec.tables.findings import FINDINGS
from tests.spec.tables.laboratory import LABORATORY
from tests.spec.tables.logic import DERIVED, LOGIC
from tests.spec.tables.markers import MARKERS
from tests.spec.tables.person import OBSERVED
from tests.spec.tables.possible import POSSIBLE
from tests.spec.tables.qualities import QUALITIES_OF_RECORDS
from tests.spec.tables.therapy import THERAPY

SECTIONS: tuple[Section, ...] = (
    POSSIBLE,
    MEASUREMENTS,
    SINCE,
    THERAPY,
    LABORATORY,
    MARKERS,
    FINDINGS,
    QUALITIES_OF_RECORDS,
    LOGIC,
    DERIVED,
    OBSERVED,
)
TABLES: tuple[Table, ...] = tuple(table for section in SECTIONS for table in section.tables)
