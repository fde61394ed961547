"""Opening and checking rulebooks: the shipped one, or a directory of one's own."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.errors import Diagnostic, RuleError, UsageError, in_order
from matcher.rules.rulebook import Rulebook

if TYPE_CHECKING:
    from matcher.cases.coverage import Coverage
    from matcher.cases.run import Case, CaseResult
    from matcher.rulebook.load import Loaded

_INSTALLED = Path("share") / "trial-matcher" / "rules"


def rules_directory(given: Path | None = None) -> Path:
    """The directory given, else the rules of this checkout, else those installed with the package."""
    if given is not None:
        return given
    checkout = Path(__file__).resolve().parents[3] / "rules"
    for place in (checkout, Path(sys.prefix) / _INSTALLED):
        if (place / "ranking.yaml").is_file():
            return _shown_from_here(place)
    raise UsageError("no rulebook is installed", "give a directory of rules with --rules")


def _shown_from_here(place: Path) -> Path:
    """Relative where that is below the working directory, so that messages name short paths."""
    try:
        return place.relative_to(Path.cwd())
    except ValueError:
        return place


def open_rulebook(given: Path | None = None) -> Rulebook:
    """A rulebook ready to match; ``RuleError`` with everything wrong in it."""
    from matcher.rulebook.load import load_rulebook

    return load_rulebook(rules_directory(given))


@dataclass(frozen=True, slots=True)
class CaseRun:
    """All cases of a rulebook, run: the results, and what was wrong with the files."""

    rulebook: Rulebook
    cases: tuple[Case, ...]
    results: tuple[CaseResult, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failures(self) -> tuple[Diagnostic, ...]:
        return self.diagnostics + tuple(each for result in self.results for each in result.failures)


def check(given: Path | None = None) -> Loaded:
    """Everything wrong with a directory of rules, and what deserves a second look, without raising for it."""
    from matcher.rulebook.lint import lint
    from matcher.rulebook.load import check_rulebook

    loaded = check_rulebook(rules_directory(given))
    loaded.diagnostics = in_order([*loaded.diagnostics, *lint(loaded)])
    return loaded


def case_coverage(given: Path | None = None) -> Coverage:
    """What the cases do not show yet. Cases that fail show nothing."""
    from matcher.cases.coverage import coverage
    from matcher.cases.run import read_cases, run_cases
    from matcher.rulebook.load import check_rulebook

    directory = rules_directory(given)
    loaded = check_rulebook(directory)
    if loaded.rulebook is None or loaded.errors:
        raise RuleError(loaded.errors)
    cases, diagnostics = read_cases(loaded.rulebook, directory)
    if diagnostics:
        raise RuleError(diagnostics)
    return coverage(loaded, tuple(run_cases(loaded.rulebook, cases)))


def run_all_cases(given: Path | None = None) -> CaseRun:
    """The cases beside the rules, each on the reference engine."""
    from matcher.cases.run import read_cases, run_cases
    from matcher.rulebook.load import load_rulebook

    directory = rules_directory(given)
    rulebook = load_rulebook(directory)
    cases, diagnostics = read_cases(rulebook, directory)
    results = tuple(run_cases(rulebook, cases))
    return CaseRun(rulebook, tuple(cases), results, tuple(diagnostics))
