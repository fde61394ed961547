"""The only door for the command line, the HTTP API and the pages."""

from matcher.service.match import ENGINES, Matcher, MatchOptions
from matcher.service.rulebooks import (
    CaseRun,
    case_coverage,
    check,
    open_rulebook,
    rules_directory,
    run_all_cases,
)

__all__ = [
    "ENGINES",
    "CaseRun",
    "MatchOptions",
    "Matcher",
    "case_coverage",
    "check",
    "open_rulebook",
    "rules_directory",
    "run_all_cases",
]
