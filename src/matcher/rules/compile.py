"""From documents to a compiled rulebook: criteria become nodes, candidates get their roots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from matcher.errors import nearest
from matcher.rules.candidate import (
    AVAILABILITY_OF,
    Availability,
    Candidate,
    CandidateKind,
    Cohort,
    Coverage,
    Criterion,
    Evidence,
    Role,
    Roots,
)
from matcher.rules.condition import Condition, Path, Problem, without_else
from matcher.rules.derive import DerivationCompiler
from matcher.rules.document import Citation, Source
from matcher.rules.figures import impossible_figures
from matcher.rules.graph import GraphBuilder, NodeId
from matcher.rules.history import HistoryReader
from matcher.rules.judgement import left_to_a_person
from matcher.rules.leniency import LeniencyReader
from matcher.rules.lexicon import Lexicon
from matcher.rules.lowering import Lowering
from matcher.rules.named import unknown_name
from matcher.rules.own_agents import OwnAgents
from matcher.rules.parse import ConditionReader
from matcher.rules.recruitment import misplaced, recruitment_of
from matcher.rules.roots import roots_of, roots_of_any
from matcher.rules.sites import contacts_of, sites_of
from matcher.rules.supposed import supposed
from matcher.rules.syntax import (
    CautionDocument,
    CohortDocument,
    CriterionDocument,
    EvidenceDocument,
    RegimenDocument,
    TrialDocument,
    VersionDocument,
)
from matcher.rules.version import Asked, History, over_time

_COHORT_STATUS = {
    "open": Availability.OPEN,
    "suspended": Availability.SUSPENDED,
    "closed": Availability.CLOSED,
    "unknown": Availability.UNKNOWN,
}


@dataclass(slots=True)
class CandidateCompiler:
    """Compiles one file after another into one graph; ``problems`` are those of the current file."""

    builder: GraphBuilder
    lexicon: Lexicon
    derivations: DerivationCompiler
    problems: list[Problem] = field(default_factory=list)
    own_agents: OwnAgents | None = None

    def compile(self, document: TrialDocument | RegimenDocument, file: str) -> Candidate:
        lexicon = self.lexicon.for_events(tuple(document.events))
        reader = ConditionReader(lexicon, self.problems)
        name = document.trial if isinstance(document, TrialDocument) else document.regimen
        writer = _CriterionWriter(self, reader, document.sources, name, set())
        versions = HistoryReader(reader, self.problems)
        if isinstance(document, TrialDocument) and document.versions:
            cited = {
                index: writer.cited(each, ("versions", index), at_key=False)
                for index, each in enumerate(document.versions)
            }
            writer.history = versions.read(document, cited)
        criteria = writer.criteria(document.inclusion, document.exclusion, ())
        cautions = writer.cautions(document.cautions)
        if isinstance(document, RegimenDocument) and self.own_agents is not None:
            general = self.own_agents.criterion(document, reader, writer.lowered, self.builder)
            if general is not None and general.role is Role.EXCLUSION:
                criteria += (general,)
            elif general is not None:
                cautions += (general,)
        coverage = Coverage(document.coverage)
        cohorts: tuple[Cohort, ...] = ()
        if isinstance(document, TrialDocument):
            cohorts = tuple(
                self._cohort(identifier, cohort, document.recruitment.status, criteria, coverage, writer)
                for identifier, cohort in document.cohorts.items()
            )
        has_any = document.has_criteria
        self._check_names(document)
        if isinstance(document, TrialDocument) and document.versions:
            versions.check(document, writer.asked, writer.history)
        if coverage is Coverage.FULL and not has_any:
            self.problems.append(Problem(("coverage",), "R055", "no criterion is encoded"))
        if coverage is Coverage.NONE and has_any:
            self.problems.append(Problem(("coverage",), "R061", "`none`, but there are criteria"))
        roots = self._roots(criteria, cohorts, coverage) if has_any else None
        evidence = tuple(
            self._evidence(each, reader, writer, ("evidence", index))
            for index, each in enumerate(document.evidence)
        )
        shared = {
            "title": document.title,
            "coverage": coverage if has_any else Coverage.NONE,
            "criteria": criteria,
            "cautions": cautions,
            "cohorts": cohorts,
            "roots": roots,
            "evidence": evidence,
            "events": tuple(document.events),
            "encoded": document.encoded or ("whole" if coverage is Coverage.FULL else "part"),
            "assumptions": tuple(supposed(document)),
            "notes": tuple(document.notes),
            "versions": writer.history.versions,
            "file": file,
        }
        if isinstance(document, TrialDocument):
            status = document.recruitment
            return Candidate(
                id=document.trial,
                kind=CandidateKind.TRIAL,
                availability=AVAILABILITY_OF[status.status],
                phase=str(document.phase),
                recruitment=recruitment_of(status, writer.citation),
                contacts=contacts_of(document, writer.citation),
                sites=sites_of(document, writer.citation),
                **shared,  # type: ignore[arg-type]
            )
        return Candidate(
            id=document.regimen,
            kind=CandidateKind.REGIMEN,
            availability=Availability.NOT_APPLICABLE,
            settings=_settings(document),
            agents=tuple(document.agents),
            supportive=tuple(document.supportive),
            background=document.background,
            evaluation=document.evaluation,
            **shared,  # type: ignore[arg-type]
        )

    def _cohort(
        self,
        identifier: str,
        document: CohortDocument,
        recruitment: str,
        shared: tuple[Criterion, ...],
        coverage: Coverage,
        writer: _CriterionWriter,
    ) -> Cohort:
        own = writer.criteria(document.inclusion, document.exclusion, ("cohorts", identifier))
        own_status = document.status
        availability = AVAILABILITY_OF[recruitment] if own_status is None else _COHORT_STATUS[own_status]
        return Cohort(
            identifier,
            document.title,
            availability,
            own,
            roots_of(self.builder, shared + own, coverage),
            own_status is not None,
        )

    def _roots(
        self, criteria: tuple[Criterion, ...], cohorts: tuple[Cohort, ...], coverage: Coverage
    ) -> Roots:
        return roots_of_any(self.builder, cohorts) if cohorts else roots_of(self.builder, criteria, coverage)

    def _evidence(
        self, document: EvidenceDocument, reader: ConditionReader, writer: _CriterionWriter, path: Path
    ) -> Evidence:
        applies = self.builder.true()
        if document.applies_to is not None:
            condition = reader.read(document.applies_to, (*path, "applies_to"))
            applies = writer.lowered(condition).node if condition is not None else applies
        self.problems += impossible_figures(document, path)
        return Evidence(document, applies, writer.citation(document.source, (*path, "source")))

    def _check_names(self, document: TrialDocument | RegimenDocument) -> None:
        """The names a candidate uses outside its conditions: sources, agents, settings."""
        if isinstance(document, TrialDocument):
            self.problems += misplaced(document.recruitment)
            return
        formulary = self.lexicon.formulary
        for index, agent in enumerate(document.agents):
            if not formulary.knows(agent):
                hint = unknown_name(agent, formulary.nearest(agent))
                message = f"no list or agent is called '{agent}'"
                self.problems.append(Problem(("agents", index), "R024", message, hint))
            self.lexicon.used_lists.add(formulary.lookup(agent) or agent)
        known = self.lexicon.derived["setting"].answer.leaves() if "setting" in self.lexicon.derived else None
        listed = isinstance(document.setting, list)
        for index, setting in enumerate(_settings(document)):
            if known is not None and setting not in known:
                path = ("setting", index) if listed else ("setting",)
                message = f"'{setting}' is no setting ({', '.join(sorted(known))})"
                near = nearest(setting, sorted(known))
                hint = f"did you mean '{near}'?" if near else ""
                self.problems.append(Problem(path, "R014", message, hint))


@dataclass(slots=True)
class _CriterionWriter:
    """Reads the criteria of one file; identifiers are unique across it, cohorts included."""

    compiler: CandidateCompiler
    reader: ConditionReader
    sources: Mapping[str, Citation]
    candidate: str
    seen: set[str]
    history: History = field(default_factory=History)
    asked: dict[str, Asked] = field(default_factory=dict)

    def criteria(
        self,
        inclusion: Mapping[str, CriterionDocument],
        exclusion: Mapping[str, CriterionDocument],
        path: Path,
    ) -> tuple[Criterion, ...]:
        read = [
            self._criterion(identifier, document, role, (*path, role.value, identifier))
            for role, documents in ((Role.INCLUSION, inclusion), (Role.EXCLUSION, exclusion))
            for identifier, document in documents.items()
        ]
        return tuple(each for each in read if each is not None)

    def cautions(self, documents: Mapping[str, CautionDocument]) -> tuple[Criterion, ...]:
        read = []
        for identifier, document in documents.items():
            path = ("cautions", identifier)
            self._once(identifier, path)
            self._lettered(identifier, Role.CAUTION, path)
            condition = self._asked(document, identifier, path)
            citation = self.cited(document, path)
            if condition is None:
                continue
            condition = self.lowered(condition)
            node = condition.node
            read.append(
                Criterion(
                    identifier, Role.CAUTION, document.text, condition, node, node, node, node,
                    citation=citation, assumption=document.assumption or "",
                    outside_study=document.outside_study,
                )
            )  # fmt: skip
        return tuple(read)

    def _criterion(
        self, identifier: str, document: CriterionDocument, role: Role, path: Path
    ) -> Criterion | None:
        self._once(identifier, path)
        self._lettered(identifier, role, path)
        condition = self._asked(document, identifier, path)
        citation = self.cited(document, path)
        self._cited_leniency(document, path)
        if condition is None:
            return None
        if role is Role.EXCLUSION:
            for branch in without_else(condition):
                message = "an exclusion would apply wherever this 'if' is not met"
                hint = "write 'all: [...]' with both, or say what excludes under 'else'"
                self.compiler.problems.append(Problem((*branch.path, "if"), "R071", message, hint, True))
        now = self.asked[identifier] = Asked(document.text, condition)
        asked = self.history.of(identifier, now)
        leniency = LeniencyReader(self.compiler.lexicon.formulary, self.compiler.problems)
        for _, each in asked:
            if each.condition is not None:
                leniency.screened(each.condition, document, path)
        excludes = role is Role.EXCLUSION
        held = self._held(document, identifier, role, over_time(asked, excludes=excludes), path)
        held = replace(held, citation=citation)
        if len(asked) == 1:
            return held
        versions = tuple(
            (
                since,
                replace(
                    held, text=each.text, condition=self.lowered(over_time([(None, each)], excludes=excludes))
                ),
            )
            for since, each in asked
        )
        return replace(held, versions=versions)

    def _asked(
        self, document: CriterionDocument | CautionDocument, identifier: str, path: Path
    ) -> Condition | None:
        if document.when is None:
            return left_to_a_person(self.candidate, identifier, document.text, (*path, "judgement"))
        return self.reader.read(document.when, (*path, "when"))

    def _held(
        self, document: CriterionDocument, identifier: str, role: Role, condition: Condition, path: Path
    ) -> Criterion:
        easier = role is Role.INCLUSION
        leniency = LeniencyReader(self.compiler.lexicon.formulary, self.compiler.problems)
        # A criterion has up to four nodes: as it stands; turned over where it excludes (`satisfied`); what
        # would be left if time or treatment mended what may be mended (`recovered`); and what would be left if
        # whoever may waive did (`waived`). They are conditions and not arithmetic on verdicts, because only a
        # part of a criterion may be recoverable: of "platelets and no HIV" the platelets recover, and a
        # verdict for the whole cannot say that. Whether a patient is "not yet" or "needs a waiver" is then
        # read from the same planes as everything else.
        recovered = leniency.recovered(condition, document, path, easier=easier)
        waived = leniency.waived(recovered, document, path, easier=easier)
        recoverable = document.recoverable
        lowered = self.lowered(condition)
        satisfied = self._satisfied(lowered.node, role)

        def after(changed: Condition) -> NodeId:
            """Most criteria grant nothing: then the node is the same."""
            return satisfied if changed is condition else self._satisfied(self.lowered(changed).node, role)

        return Criterion(
            id=identifier,
            role=role,
            text=document.text,
            condition=lowered,
            node=lowered.node,
            satisfied=satisfied,
            recovered=after(recovered),
            waived=after(waived),
            at_screening=document.at_screening,
            recoverable_by_time=recoverable is not None and recoverable.by == "time",
            recoverable_within=(recoverable.within or "") if recoverable else "",
            waivable_by=document.waivable.by if document.waivable else "",
            assumption=document.assumption or "",
            note=document.note or "",
            printed=document.printed or "",
        )

    def _satisfied(self, node: NodeId, role: Role) -> NodeId:
        return self.compiler.builder.negate(node) if role is Role.EXCLUSION else node

    def lowered(self, condition: Condition) -> Condition:
        compiler = self.compiler
        lowering = Lowering(compiler.builder, compiler.derivations.node, compiler.derivations.suppliers)
        return lowering.lowered(condition)

    def _once(self, identifier: str, path: Path) -> None:
        if identifier in self.seen:
            self._refuse(path, "R058", f"'{identifier}' is used twice in this file", at_key=True)
        self.seen.add(identifier)

    def _lettered(self, identifier: str, role: Role, path: Path) -> None:
        """The letter says what a criterion does, and so which words a case may use of it."""
        letter = role.value[0].upper()
        if not identifier.startswith(letter):
            message = (
                f"'{identifier}' is an {role.value}"
                if role is not Role.CAUTION
                else f"'{identifier}' is a caution"
            )
            self._refuse(path, "R034", message, f"name it {letter}{identifier[1:]}", at_key=True)

    def _cited_leniency(self, document: CriterionDocument, path: Path) -> None:
        for name, granted in (("recoverable", document.recoverable), ("waivable", document.waivable)):
            if granted is not None and granted.source is not None:
                self.citation(granted.source, (*path, name, "source"))

    def cited(
        self,
        document: CriterionDocument | CautionDocument | VersionDocument,
        path: Path,
        *,
        at_key: bool = True,
    ) -> Citation | None:
        if document.source is None:
            if document.assumption is None:
                self._refuse(path, "L009", "neither a source nor an assumption", at_key=at_key)
            return None
        return self.citation(document.source, (*path, "source"))

    def citation(self, source: Source, path: Path) -> Citation | None:
        if isinstance(source, Citation):
            return source
        if source not in self.sources:
            known = ", ".join(self.sources) or "none"
            self._refuse(path, "R026", f"'{source}' is not among the sources of this file ({known})")
        return self.sources.get(source)

    def _refuse(self, path: Path, code: str, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self.compiler.problems.append(Problem(path, code, message, hint, at_key))


def _settings(document: RegimenDocument) -> tuple[str, ...]:
    match document.setting:
        case None:
            return ()
        case str():
            return (document.setting,)
    return tuple(document.setting)
