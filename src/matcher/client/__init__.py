"""A client of the HTTP API: profiles in, the same records out that the program itself works with."""

from matcher.api.shapes import CandidateShownWhole, FormShown, JobShown, ProblemDetail, RulebookShown
from matcher.client.client import MatcherClient, ProblemError
from matcher.client.explanations import explanations
from matcher.explanation.answer import CandidateShown, CriterionShown, PatientShown, Question
from matcher.service.answer import MatchAnswer
from matcher.service.catalogue import CandidateListed, FeatureListed
from matcher.service.intake.state import IntakeState

__all__ = [
    "CandidateListed",
    "CandidateShown",
    "CandidateShownWhole",
    "CriterionShown",
    "FeatureListed",
    "FormShown",
    "IntakeState",
    "JobShown",
    "MatchAnswer",
    "MatcherClient",
    "PatientShown",
    "ProblemDetail",
    "ProblemError",
    "Question",
    "RulebookShown",
    "explanations",
]
