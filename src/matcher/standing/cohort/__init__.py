"""How many patients each criterion costs, which facts are missing, and what would change if it were dropped."""

from matcher.standing.cohort.counts import CohortCounts, CriterionCount, FactCount
from matcher.standing.cohort.entry import Entry
from matcher.standing.cohort.plan import CohortPlan

__all__ = ["CohortCounts", "CohortPlan", "CriterionCount", "Entry", "FactCount"]
