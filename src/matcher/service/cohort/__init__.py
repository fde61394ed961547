"""What the owner of a cohort wants to see: tables, and a section of the report with its charts."""

from matcher.service.cohort.counter import CohortCounter
from matcher.service.cohort.section import report_section
from matcher.service.cohort.svg import make_ready
from matcher.service.cohort.tables import COHORT_TABLES, write_tables

__all__ = ["COHORT_TABLES", "CohortCounter", "make_ready", "report_section", "write_tables"]
