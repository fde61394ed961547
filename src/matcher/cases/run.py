"""Running the cases that stand beside the rules: one patient each, and what the rule must say of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from matcher.domain.possible import Codes
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Engine, VerdictTable
from matcher.engines.reference import ReferenceEngine
from matcher.errors import Diagnostic, nearest
from matcher.explanation.criterion import verdict_in_words
from matcher.readers.assemble import assemble
from matcher.rulebook.documents import CASES_SUFFIX, validated
from matcher.rulebook.marked import Marked
from matcher.rulebook.sources import Sources
from matcher.rulebook.strict_yaml import load_yaml
from matcher.rules.candidate import Candidate, Role
from matcher.rules.graph import NodeId
from matcher.rules.override import overridden, overrides_of
from matcher.rules.rulebook import Derivation, Rulebook
from matcher.rules.syntax import CaseDocument
from matcher.standing.standing import StandingKind, stand

_INCLUSION_WORDS = ("met", "not met", "unknown")
_EXCLUSION_WORDS = ("applies", "does not apply", "unknown")


@dataclass(frozen=True, slots=True)
class Case:
    """One case as read: the rule it belongs to, its patient, and where it stands in its file."""

    name: str
    subject: Candidate | Derivation
    profile: Profile
    document: CaseDocument
    marked: Marked
    index: int


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case that was run, with one finding for each expectation that did not hold."""

    case: Case
    failures: tuple[Diagnostic, ...]
    table: VerdictTable
    #: a person's verdict stood over a computed one: the case shows nothing of the rule there
    overridden: bool = False


def read_cases(
    rulebook: Rulebook, root: Path, wanted: Collection[str] | None = None
) -> tuple[list[Case], list[Diagnostic]]:
    """Every case of a rulebook, or of these of its rules, and what is wrong with their files."""
    cases: list[Case] = []
    diagnostics: list[Diagnostic] = []
    for path in Sources.of(root).cases:
        if wanted is not None and path.name.removesuffix(CASES_SUFFIX) not in wanted:
            continue
        read, found = _read_file(rulebook, path)
        cases += read
        diagnostics += found
    return cases, diagnostics


def _read_file(rulebook: Rulebook, path: Path) -> tuple[list[Case], list[Diagnostic]]:
    marked, diagnostics = load_yaml(path, path.as_posix())
    return cases_of(rulebook, path.name.removesuffix(CASES_SUFFIX), marked, diagnostics)


def cases_of(
    rulebook: Rulebook, name: str, marked: Marked | None, diagnostics: list[Diagnostic]
) -> tuple[list[Case], list[Diagnostic]]:
    """The cases of the rule of this name, from what was read of their file, and what is wrong with it."""
    if marked is None:
        return [], diagnostics
    subject = rulebook.by_id.get(name) or rulebook.derived.get(name)
    if subject is None:
        return [], [*diagnostics, marked.report("R053", (), f"there is no rule '{name}'")]
    if not isinstance(marked.data, list):
        return [], [*diagnostics, marked.report("R013", (), "a list of cases is needed")]
    cases: list[Case] = []
    for index in range(len(marked.data)):
        document, found = validated(CaseDocument, marked, (index,))
        diagnostics += found
        if document is None:
            continue
        wire = {"id": document.case, **document.patient}
        assembled = assemble(wire, as_of=document.as_of, formulary=rulebook.formulary)
        problems = [f"{issue.fact}: {issue.reason}" for issue in assembled.issues if issue.code != "P108"]
        if assembled.profile is not None:
            problems += [
                f"judgements: {each.candidate} has no criterion '{each.criterion}'"
                for each in assembled.profile.judgements
                if rulebook.criterion(each.candidate, each.criterion) is None
            ]
        if assembled.reject is not None:
            problems.append(assembled.reject.reason)
        diagnostics += [marked.report("R054", (index, "patient"), each) for each in problems]
        if assembled.profile is not None and not problems:
            cases.append(Case(document.case, subject, assembled.profile, document, marked, index))
    return cases, diagnostics


def run_cases(
    rulebook: Rulebook, cases: Sequence[Case], engine: Engine | None = None
) -> Iterator[CaseResult]:
    """Each case on an engine, the reference engine unless another is given."""
    engine = engine or ReferenceEngine()
    for case in cases:
        overrides = overrides_of(rulebook, case.profile)
        at, here = (overridden(rulebook, overrides), case) if overrides else (rulebook, case)
        if isinstance(case.subject, Candidate):
            here = replace(case, subject=at.by_id[case.subject.id])
        roots = (*_roots(here.subject), *_roots(case.subject))
        table = engine.evaluate(at.graph, (case.profile,), roots=roots)
        yield CaseResult(case, tuple(_failures(here, table)), table, bool(overrides))


def _roots(subject: Candidate | Derivation) -> tuple[NodeId, ...]:
    return subject.root_nodes() if isinstance(subject, Candidate) else (subject.node, subject.applies)


def _failures(case: Case, table: VerdictTable) -> Iterator[Diagnostic]:
    match case.subject:
        case Candidate() as candidate:
            yield from _candidate_failures(case, candidate, table)
        case Derivation() as derivation:
            yield from _derivation_failures(case, derivation, table)


def _candidate_failures(case: Case, candidate: Candidate, table: VerdictTable) -> Iterator[Diagnostic]:
    standing = stand(candidate, table)
    criteria = {each.id: each for each in (*candidate.all_criteria, *candidate.cautions)}
    cohorts = {each.cohort.id: each for each in standing.cohorts} if standing else {}
    for name, wanted in case.document.expect.items():
        path = (case.index, "expect", name)
        if name == "standing":
            kinds = [each.value for each in StandingKind]
            if wanted not in kinds:
                yield case.marked.report(
                    "R050", path, f"'{wanted}' is no standing", f"one of: {', '.join(kinds)}"
                )
            elif standing is None or standing.kind.value != wanted:
                found = standing.kind.value if standing else "never matched: no criteria"
                yield _differs(case, path, wanted, found)
        elif name == "cohorts" and isinstance(wanted, dict):
            for identifier, kind in wanted.items():
                held = cohorts.get(identifier)
                if held is None:
                    yield case.marked.report(
                        "R027", (*path, identifier), f"there is no cohort '{identifier}'"
                    )
                elif held.kind.value != kind:
                    yield _differs(case, (*path, identifier), kind, held.kind.value)
        elif name not in criteria:
            suggestion = nearest(name, list(criteria))
            hint = f"did you mean '{suggestion}'?" if suggestion else ""
            yield case.marked.report("R027", path, f"there is no criterion '{name}'", hint, on_key=True)
        else:
            criterion = criteria[name]
            words = _INCLUSION_WORDS if criterion.role is Role.INCLUSION else _EXCLUSION_WORDS
            found = verdict_in_words(criterion.role, table.verdict(criterion.node))
            if wanted not in words:
                yield case.marked.report("R050", path, f"'{wanted}'", f"one of: {', '.join(words)}")
            elif found != wanted:
                yield _differs(case, path, wanted, found)


def _derivation_failures(case: Case, derivation: Derivation, table: VerdictTable) -> Iterator[Diagnostic]:
    value = table.findings[0][derivation.node].value
    assert isinstance(value, Codes)
    applies = table.verdict(derivation.applies)
    prefix = derivation.document.values if isinstance(derivation.document.values, str) else ""
    found = sorted(code.removeprefix(f"{prefix}.") for code in value.members)
    for name, wanted in case.document.expect.items():
        path = (case.index, "expect", name)
        match name:
            case "applies":
                said = {Verdict.MET: True, Verdict.NOT_MET: False, Verdict.UNKNOWN: "unknown"}[applies]
                if said != wanted:
                    yield _differs(case, path, wanted, said)
            case "value":
                everything = len(found) == len(derivation.values)
                asked = wanted if isinstance(wanted, list) else [wanted]
                if asked == ["unknown"]:
                    if not everything:
                        yield _differs(case, path, "unknown", ", ".join(found))
                elif sorted(str(each) for each in asked) != found:
                    yield _differs(case, path, wanted, ", ".join(found))
            case _:
                yield case.marked.report(
                    "R027", path, f"'{name}': a derivation has 'value' and 'applies'", on_key=True
                )


def _differs(case: Case, path: tuple[str | int, ...], wanted: object, found: object) -> Diagnostic:
    return case.marked.report("R052", path, f"{case.name}: expected '{wanted}', found '{found}'")
