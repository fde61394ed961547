"""A cohort of a trial for one patient, as it is shown."""

from __future__ import annotations

from matcher.explanation.answer import STANDING_TEXT, CohortShown
from matcher.standing.standing import CohortStanding, Standing, StandingKind


def cohort_shown(part: CohortStanding, standing: Standing) -> CohortShown:
    """It fits where no other stands better, and where anybody can stand so at all."""
    held, kind = part.cohort, part.kind
    fits = kind is standing.kind and kind is not StandingKind.INELIGIBLE
    text, number = STANDING_TEXT[kind.value], len(part.criteria)
    return CohortShown(held.id, held.title, kind.value, text, part.availability.value, number, fits)
