"""The only door for the command line, the HTTP API and the pages.

What is named here is imported when it is asked for: whoever wants a schema does not wait for the engines.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matcher.service.match import ENGINES, Matcher, MatchOptions
    from matcher.service.rulebooks import (
        CaseRun,
        case_coverage,
        check,
        open_readable,
        open_rulebook,
        out_of_form,
        rulebook_of,
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
    "open_readable",
    "open_rulebook",
    "out_of_form",
    "rulebook_of",
    "rules_directory",
    "run_all_cases",
]
_IN_MATCH = ("ENGINES", "MatchOptions", "Matcher")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{'match' if name in _IN_MATCH else 'rulebooks'}"), name)
