"""A criterion that somebody has judged: the person's verdict and the computed one side by side.

What is judged is shown whether it counts or not; nothing a person has said is left out, nor what was computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from matcher.domain.judgement import Judgement
from matcher.domain.profile import Profile
from matcher.domain.record import Event
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, VerdictTable
from matcher.explanation.criterion import CriterionWords, Told, verdict_in_words
from matcher.explanation.facts import shown
from matcher.explanation.judged import all_in_words
from matcher.explanation.patient_words import PatientWords
from matcher.explanation.wording import condition_in_words
from matcher.rules.candidate import Candidate, Criterion
from matcher.rules.condition import Branch, Condition
from matcher.rules.graph import Graph
from matcher.rules.override import is_left_to_a_person, is_overridden, overriding
from matcher.rules.rulebook import Rulebook
from matcher.standing.deciding import ConditionReading
from matcher.standing.standing import CriterionVerdict

Tell = Callable[[CriterionVerdict], Told]
_SHORT = 12
_MOST_FACTS = 6


@dataclass(frozen=True)
class Overruled:
    """Tells criteria as they are computed, and what a person said beside; made once for a rulebook."""

    words: CriterionWords
    _computed: dict[int, tuple[Criterion, Criterion]] = field(default_factory=dict, repr=False)

    def telling(
        self, candidate: str, profile: Profile, reading: ConditionReading, patient: PatientWords
    ) -> Callable[[CriterionVerdict, str], Told]:
        """How the criteria of a candidate are told to a patient, each with the cohort it is of."""

        def plainly(judged: CriterionVerdict, cohort: str) -> Told:
            return self.words.tell(judged, reading, patient, cohort)

        judgements = [each for each in _known(profile) if each.candidate == candidate]
        if not judgements:
            return plainly

        def tell(judged: CriterionVerdict, cohort: str) -> Told:
            records = [each for each in judgements if each.criterion == judged.criterion.id]
            if not records:
                return plainly(judged, cohort)
            return self._tell(judged, records, profile, reading, lambda each: plainly(each, cohort))

        return tell

    def _tell(
        self,
        judged: CriterionVerdict,
        records: Sequence[Judgement],
        profile: Profile,
        reading: ConditionReading,
        tell: Tell,
    ) -> Told:
        criterion = judged.criterion
        of = version_of(criterion, reading.graph, profile, reading.table, reading.row)
        if is_left_to_a_person(criterion.condition):
            told = tell(judged)
            return told._replace(shown=replace(told.shown, of=of))
        said = all_in_words(records, profile.as_of)
        if not is_overridden(criterion.condition):
            told = tell(judged)
            return told._replace(shown=replace(told.shown, reason=f"{told.shown.reason}; {said}", of=of))
        computed = self._as_computed(criterion)
        alone = tell(
            CriterionVerdict(
                computed,
                reading.verdict(computed.condition),
                reading.table.verdicts[reading.row][judged.criterion.node],
            )
        )
        branch = criterion.condition
        assert isinstance(branch, Branch)
        if reading.verdict(branch.condition) is not Verdict.MET:
            shown_alone = replace(
                alone.shown, satisfied=judged.satisfied.value, reason=f"{alone.shown.reason}; {said}", of=of
            )
            return Told(shown_alone, alone.lacking if judged.satisfied is Verdict.UNKNOWN else "")
        over = tell(judged).shown
        facts = [shown(each, profile.as_of) for each in records]
        facts += [each for each in alone.shown.facts if each not in facts]
        over = replace(
            over,
            reason=f"{said}; computed: {alone.shown.verdict} ({alone.shown.reason})",
            facts=tuple(facts[:_MOST_FACTS]),
            distance="",
            of=of,
        )
        open_still = judged.satisfied is Verdict.UNKNOWN
        return Told(over, f"{criterion.id} a person's verdict that settles it" if open_still else "")

    def _as_computed(self, criterion: Criterion) -> Criterion:
        """The criterion without the person's verdict; kept, since what is said of it is."""
        found = self._computed.get(id(criterion))
        if found is None:
            versions = tuple(
                (since, replace(each, condition=_computed(each.condition)))
                for since, each in criterion.versions
            )
            made = replace(criterion, condition=_computed(criterion.condition), versions=versions)
            found = self._computed[id(criterion)] = criterion, made
        return found[1]


def _known(profile: Profile) -> list[Judgement]:
    """Those made up to the as-of day; of a later one nobody knows yet."""
    return [each for each in profile.judgements if each.on is None or each.on.first <= profile.as_of]


def _computed(condition: Condition) -> Condition:
    return condition.otherwise if is_overridden(condition) and isinstance(condition, Branch) else condition


def version_of(
    criterion: Criterion, graph: Graph, profile: Profile, table: VerdictTable, row: int = 0
) -> str:
    """What a judgement of today is of: a digest of what is asked, and one of every fact that the answer rests on."""
    computed = _computed(criterion.condition)
    asked = f"{criterion.role.value}\n{criterion.text}\n{condition_in_words(computed)}"
    findings = table.findings[row]
    rested_on = {
        words
        for node in graph.below(computed.node)
        if node in findings
        for words in _rested_on(findings[node], profile)
    }
    return f"{_digest(asked)}-{_digest(chr(10).join(sorted(rested_on)))}"


def _rested_on(finding: Finding, profile: Profile) -> Iterator[str]:
    for fact in finding.facts:
        if isinstance(fact, Event) and fact.name == "birth" and not fact.on.exact:
            # Told by an age, the day of birth is another one every day.
            yield f"age {finding.value}"
        elif not isinstance(fact, Judgement):
            told = shown(fact, profile.as_of)
            yield f"{told.text}\n{told.date}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_SHORT]


def overrides_in(candidate: Candidate, profile: Profile, reading: ConditionReading) -> tuple[str, ...]:
    """The criteria of which a person's verdict stands over another one that was computed."""
    if not profile.judgements:
        return ()
    return tuple(
        criterion
        for criterion, branch in overriding(candidate).items()
        if reading.verdict(branch.condition) is Verdict.MET
        and reading.verdict(branch) is not reading.verdict(branch.otherwise)
    )


def overridden_in(rulebook: Rulebook, profile: Profile, reading: ConditionReading) -> Iterator[str]:
    """Each criterion whose computed verdict a person has overridden, for those who read only the summary."""
    for name, asked in dict.fromkeys((each.candidate, each.criterion) for each in _known(profile)):
        criterion = rulebook.criterion(name, asked)
        branch = criterion.condition if criterion else None
        if criterion is None or not isinstance(branch, Branch) or not is_overridden(branch):
            continue
        computed = reading.verdict(branch.otherwise)
        if reading.verdict(branch.condition) is Verdict.MET and reading.verdict(branch) is not computed:
            records = [one for one in _known(profile) if (one.candidate, one.criterion) == (name, asked)]
            said = all_in_words(records, profile.as_of)
            yield f"{name} {asked}: {said}; computed: {verdict_in_words(criterion.role, computed)}"
