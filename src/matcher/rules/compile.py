"""From documents to a compiled rulebook: criteria become nodes, candidates get their roots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from matcher.features.kind import CodeDomain, NumberDomain, Since
from matcher.features.word import Number
from matcher.rules import limit as limits
from matcher.rules.candidate import (
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
from matcher.rules.condition import Comparison, Condition, Path, Problem, comparisons
from matcher.rules.derive import DerivationCompiler
from matcher.rules.graph import GraphBuilder, NodeId, Presume
from matcher.rules.lexicon import Lexicon
from matcher.rules.limit import LimitError
from matcher.rules.lowering import Lowering, Margin, ended, is_washout, moved
from matcher.rules.parse import ConditionReader
from matcher.rules.syntax import (
    CautionDocument,
    Citation,
    CohortDocument,
    CriterionDocument,
    EvidenceDocument,
    RegimenDocument,
    Source,
    TrialDocument,
)
from matcher.vocabulary import units

#: features whose value never comes back by waiting or repeating the test
_NEVER_RECOVERS = frozenset({"biomarker", "lvef", "qtc", "medication", "alteration"})
#: what screening itself establishes: a closed list
_SCREENED = frozenset({"consent", "pregnant", "contraception"})
_SCREENED_CONDITIONS = frozenset({"hiv"})

_RECRUITMENT = {
    "recruiting": Availability.OPEN,
    "not_yet_recruiting": Availability.UNKNOWN,
    "suspended": Availability.SUSPENDED,
    "closed": Availability.CLOSED,
    "completed": Availability.CLOSED,
    "unknown": Availability.UNKNOWN,
}
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

    def compile(self, document: TrialDocument | RegimenDocument, file: str) -> Candidate:
        lexicon = self.lexicon.for_events(tuple(document.events))
        reader = ConditionReader(lexicon, self.problems)
        writer = _CriterionWriter(self, reader, document.sources, set())
        criteria = writer.criteria(document.inclusion, document.exclusion, ())
        cautions = writer.cautions(document.cautions)
        coverage = Coverage(document.coverage)
        cohorts: tuple[Cohort, ...] = ()
        if isinstance(document, TrialDocument):
            cohorts = tuple(
                self._cohort(identifier, cohort, criteria, coverage, writer)
                for identifier, cohort in document.cohorts.items()
            )
        has_any = bool(criteria) or any(cohort.criteria for cohort in cohorts)
        if coverage is Coverage.FULL and not has_any:
            self.problems.append(Problem(("coverage",), "R055", "no criterion is encoded"))
        if coverage is Coverage.NONE and has_any:
            self.problems.append(Problem(("coverage",), "R061", "`none`, but there are criteria"))
        roots = self._candidate_roots(criteria, cohorts, coverage) if has_any else None
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
            "assumptions": tuple(document.assumptions),
            "notes": tuple(document.notes),
            "file": file,
        }
        if isinstance(document, TrialDocument):
            status = document.recruitment
            return Candidate(
                id=document.trial,
                kind=CandidateKind.TRIAL,
                availability=_RECRUITMENT[status.status],
                phase=str(document.phase),
                recruitment=status.status,
                recruitment_as_of=status.as_of.isoformat(),
                **shared,  # type: ignore[arg-type]
            )
        settings = document.setting if isinstance(document.setting, list) else [document.setting or ""]
        return Candidate(
            id=document.regimen,
            kind=CandidateKind.REGIMEN,
            availability=Availability.NOT_APPLICABLE,
            settings=tuple(each for each in settings if each),
            agents=tuple(document.agents),
            supportive=tuple(document.supportive),
            background=document.background,
            **shared,  # type: ignore[arg-type]
        )

    def _cohort(
        self,
        identifier: str,
        document: CohortDocument,
        shared: tuple[Criterion, ...],
        coverage: Coverage,
        writer: _CriterionWriter,
    ) -> Cohort:
        own = writer.criteria(document.inclusion, document.exclusion, ("cohorts", identifier))
        availability = _COHORT_STATUS[document.status]
        return Cohort(identifier, document.title, availability, own, self._roots(shared + own, coverage))

    def _candidate_roots(
        self, criteria: tuple[Criterion, ...], cohorts: tuple[Cohort, ...], coverage: Coverage
    ) -> Roots | None:
        if not cohorts:
            return self._roots(criteria, coverage)
        build = self.builder
        return Roots(
            build.any([cohort.roots.strict for cohort in cohorts]),
            build.any([cohort.roots.screening for cohort in cohorts]),
            build.any([cohort.roots.recovered for cohort in cohorts]),
            build.any([cohort.roots.waived for cohort in cohorts]),
        )

    def _roots(self, criteria: tuple[Criterion, ...], coverage: Coverage) -> Roots:
        build = self.builder
        missing = [build.unknown()] if coverage is not Coverage.FULL else []

        def screened(node: Callable[[Criterion], NodeId]) -> NodeId:
            nodes = [build.add(Presume(node(each))) if each.at_screening else node(each) for each in criteria]
            return build.all(nodes or [build.true()])

        strict = build.all([each.satisfied for each in criteria] + missing or [build.true()])
        return Roots(
            strict,
            screened(lambda each: each.satisfied),
            screened(lambda each: each.recovered),
            screened(lambda each: each.waived),
        )

    def _evidence(
        self, document: EvidenceDocument, reader: ConditionReader, writer: _CriterionWriter, path: Path
    ) -> Evidence:
        applies = self.builder.true()
        if document.applies_to is not None:
            condition = reader.read(document.applies_to, (*path, "applies_to"))
            applies = writer.lower(condition) if condition is not None else applies
        return Evidence(document, applies, writer.citation(document.source, (*path, "source")))


@dataclass(slots=True)
class _CriterionWriter:
    """Reads the criteria of one file; identifiers are unique across it, cohorts included."""

    compiler: CandidateCompiler
    reader: ConditionReader
    sources: Mapping[str, Citation]
    seen: set[str]

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
            condition = self.reader.read(document.when, (*path, "when"))
            if condition is None:
                continue
            node = self.lower(condition)
            citation = self._cited(document, path)
            read.append(
                Criterion(
                    identifier, Role.CAUTION, document.text, condition, node, node, node, node,
                    citation=citation, assumption=document.assumption or "",
                )
            )  # fmt: skip
        return tuple(read)

    def _criterion(
        self, identifier: str, document: CriterionDocument, role: Role, path: Path
    ) -> Criterion | None:
        self._once(identifier, path)
        condition = self.reader.read(document.when, (*path, "when"))
        citation = self._cited(document, path)
        if condition is None:
            return None
        if document.at_screening and not _may_be_presumed(condition):
            message = "only consent, contraception, a pregnancy test and HIV serology are left to screening"
            self._refuse((*path, "at_screening"), "R032", message)
        easier = role is Role.INCLUSION
        recovered = self._recovered(condition, document, easier, path)
        waived = self._waived(recovered, document, easier, path)
        recoverable = document.recoverable
        return Criterion(
            id=identifier,
            role=role,
            text=document.text,
            condition=condition,
            node=self.lower(condition),
            satisfied=self._satisfied(condition, role),
            recovered=self._satisfied(recovered, role),
            waived=self._satisfied(waived, role),
            at_screening=document.at_screening,
            recoverable_by_time=recoverable is not None and recoverable.by == "time",
            recoverable_within=(recoverable.within or "") if recoverable else "",
            waivable_by=document.waivable.by if document.waivable else "",
            citation=citation,
            assumption=document.assumption or "",
            note=document.note or "",
            printed=document.printed or "",
        )

    def _satisfied(self, condition: Condition, role: Role) -> NodeId:
        node = self.lower(condition)
        return self.compiler.builder.negate(node) if role is Role.EXCLUSION else node

    def _recovered(
        self, condition: Condition, document: CriterionDocument, easier: bool, path: Path
    ) -> Condition:
        recoverable = document.recoverable
        here = (*path, "recoverable")
        if recoverable is None:
            return condition
        if (recoverable.by is None) == (recoverable.within is None):
            self._refuse(here, "R030", "give either `by: time` or `within: …`")
            return condition
        if recoverable.by == "time":
            if not any(is_washout(each, easier) for each in comparisons(condition)):
                self._refuse(here, "R030", "only a lower bound on time since something recovers by time")
                return condition
            return ended(condition, easier=easier)
        margin = self._margin(recoverable.within or "", condition, (*here, "within"))
        if margin is None:
            return condition
        return moved(condition, margin, easier=easier)

    def _waived(
        self, condition: Condition, document: CriterionDocument, easier: bool, path: Path
    ) -> Condition:
        if document.waivable is None:
            return condition
        self.citation(document.waivable.source, (*path, "waivable", "source"))
        margin = self._margin(
            document.waivable.max_deviation, condition, (*path, "waivable", "max_deviation"), waiver=True
        )
        return condition if margin is None else moved(condition, margin, easier=easier)

    def _margin(self, raw: str, condition: Condition, path: Path, *, waiver: bool = False) -> Margin | None:
        """``10 %`` of the limit, or an amount in the feature's unit, for a numeric criterion that may move."""
        code = "R031" if waiver else "R030"
        found = [each for each in comparisons(condition) if _is_measured(each)]
        if not found:
            self._refuse(path, code, "there is no measured value here whose limit could move")
            return None
        barred = [each.word for each in comparisons(condition) if each.word in _NEVER_RECOVERS]
        if barred and not waiver:
            self._refuse(path, code, f"'{barred[0]}' never recovers")
            return None
        text = raw.strip()
        if text.endswith("%"):
            try:
                return Margin(share=float(text[:-1]) / 100)
            except ValueError:
                self._refuse(path, "R013", f"'{raw}' is not a percentage")
                return None
        first = found[0].feature
        assert first is not None
        assert isinstance(first.domain, NumberDomain)
        try:
            amount = limits.number(raw, Number(first.domain.unit, bare=True))
        except LimitError as refused:
            self._refuse(path, refused.code, refused.message, refused.hint)
            return None
        return Margin(amount=units.round9(amount))

    def lower(self, condition: Condition) -> NodeId:
        compiler = self.compiler
        lowering = Lowering(compiler.builder, compiler.derivations.node, compiler.derivations.suppliers)
        return lowering.lower(condition)

    def _once(self, identifier: str, path: Path) -> None:
        if identifier in self.seen:
            self._refuse(path, "R058", f"'{identifier}' is used twice in this file", at_key=True)
        self.seen.add(identifier)

    def _cited(self, document: CriterionDocument | CautionDocument, path: Path) -> Citation | None:
        if document.source is None:
            if document.assumption is None:
                self._refuse(path, "L009", "neither a source nor an assumption", at_key=True)
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


def _may_be_presumed(condition: Condition) -> bool:
    return all(
        each.word in _SCREENED or (each.word == "condition" and _about_screened_condition(each))
        for each in comparisons(condition)
    )


def _about_screened_condition(comparison: Comparison) -> bool:
    kind = comparison.feature.kind if comparison.feature else None
    target = getattr(kind, "target", None)
    return target is not None and {code.removesuffix("_other") for code in target} <= _SCREENED_CONDITIONS


def _is_measured(comparison: Comparison) -> bool:
    """A number that a repeated test could give anew: not a count, not an age, not a length of time."""
    feature = comparison.feature
    if feature is None or isinstance(feature.domain, CodeDomain):
        return False
    return not isinstance(feature.kind, Since) and comparison.word not in ("age", "ecog", "karnofsky")
