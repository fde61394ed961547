"""Opening and checking rulebooks: the shipped one, or a directory of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.errors import Diagnostic, RuleError, UsageError, in_order
from matcher.rules.rulebook import Rulebook

if TYPE_CHECKING:
    from matcher.cases.coverage import Coverage
    from matcher.cases.run import Case, CaseResult
    from matcher.rulebook.load import Loaded


def rules_directory(given: Path | None = None) -> Path:
    """The directory given, else the rules of this checkout, else those installed with the package."""
    from matcher.rulebook.sources import shipped_rules

    if given is not None:
        return given
    shipped = shipped_rules()
    if shipped is not None:
        return shipped
    raise UsageError("no rulebook is installed", "give a directory of rules with --rules")


def open_rulebook(given: Path | None = None, *, absent_is_negative: bool = False) -> Rulebook:
    """A rulebook ready to match; ``RuleError`` with everything wrong in it.

    ``absent_is_negative``: for comparing with a program that knows no unknown.
    """
    from matcher.rulebook.load import closed_rulebook, load_rulebook

    if absent_is_negative:
        return closed_rulebook(rules_directory(given))
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


def check(given: Path | None = None, files: Sequence[Path] = ()) -> Loaded:
    """Everything wrong with a directory of rules, and what deserves a second look, without raising for it.

    With ``files`` what is said of these alone.
    """
    from matcher.rulebook.lint import lint
    from matcher.rulebook.load import check_rulebook

    loaded = check_rulebook(rulebook_of(files, given))
    loaded.diagnostics = in_order([*loaded.diagnostics, *lint(loaded)])
    if files:
        wanted = {path.resolve() for path in files}
        loaded.files = tuple(each for each in loaded.files if Path(each.name).resolve() in wanted)
        loaded.diagnostics = [each for each in loaded.diagnostics if Path(each.file).resolve() in wanted]
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


def run_all_cases(given: Path | None = None, files: Sequence[Path] = ()) -> CaseRun:
    """The cases beside the rules, each on the reference engine; with ``files`` those of these rules alone.

    A trial or regimen that is wrong keeps nobody else's cases from being run.
    """
    from matcher.cases.run import read_cases, run_cases

    directory = rulebook_of(files, given)
    rulebook, left_out = open_readable(directory)
    wanted = {path.name.partition(".")[0] for path in files}
    cases, diagnostics = read_cases(rulebook, directory, wanted or None)
    told = [each for each in left_out if not wanted or Path(each.file).stem in wanted]
    wrong = {Path(each.file).stem for each in left_out}
    diagnostics = [each for each in diagnostics if Path(each.file).name.partition(".")[0] not in wrong]
    results = tuple(run_cases(rulebook, cases))
    return CaseRun(rulebook, tuple(cases), results, (*told, *diagnostics))


def open_readable(directory: Path) -> tuple[Rulebook, tuple[Diagnostic, ...]]:
    """The rulebook without the trials and regimens that are wrong, and what is wrong with them.

    ``RuleError`` where what is wrong is a list, a derivation or the order: others are read with it.
    """
    from matcher.rulebook.load import check_rulebook

    loaded = check_rulebook(directory)
    wrong = {each.file for each in loaded.errors}
    alone = {each.name for each in loaded.files if each.is_candidate}
    if loaded.rulebook is None or not wrong <= alone:
        raise RuleError(loaded.errors)
    kept = tuple(each for each in loaded.rulebook.candidates if each.file not in wrong)
    return replace(loaded.rulebook, candidates=kept), tuple(loaded.errors)


def rulebook_of(files: Sequence[Path], given: Path | None = None) -> Path:
    """The rulebook that files belong to: the one given, else the one around them, else the shipped one."""
    from matcher.rulebook.sources import root_of

    for path in files:
        if path.is_dir():
            raise UsageError(f"{path} is a folder", f"name a rulebook with --rules {path}")
        if not path.is_file():
            raise UsageError(f"there is no file {path}")
    if given is None and files:
        given = root_of(files[0]) or files[0].parent
    return rules_directory(given)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A rule file that is not in form, or why it cannot be brought into it."""

    path: Path
    content: bytes
    problems: tuple[Diagnostic, ...] = ()


def out_of_form(files: Sequence[Path], given: Path | None = None) -> Iterator[LaidOut]:
    """The files that are not in form, each with what it would be, and those that cannot be read.

    Without ``files`` all of one's own in the rulebook; those it extends are somebody else's.
    """
    from matcher.rulebook.layout import laid_out
    from matcher.rulebook.sources import Sources

    root = rulebook_of(files, given)
    own = Sources.of(root)
    for path in files or (*own.own, *own.own_cases):
        content = path.read_bytes()
        result, problems = laid_out(content, path.as_posix())
        if problems or result != content:
            yield LaidOut(path, result, tuple(problems))
