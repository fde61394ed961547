"""The next best question as the form asks it: one field, in words that fit what was answered.

Which comes first is the same for everybody who asks (`explanation.asking`); here are the fields that answer it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from matcher.domain.profile import Profile
from matcher.engines.base import VerdictTable
from matcher.explanation.aside import asks_for_edition, asks_to_confirm, is_staged, without_edition
from matcher.explanation.asking import Asked, considered, is_therapy
from matcher.explanation.effort import Effort
from matcher.explanation.questions import Asker
from matcher.explanation.topics import topic_of
from matcher.features.kind import Feature
from matcher.rules.graph import NodeId, Read
from matcher.rules.rulebook import Rulebook
from matcher.service.intake.form import Form, Shape
from matcher.standing.ranking import Ranked


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """A field to ask for. ``settles`` is the expected number of candidates whose standing the answer changes.

    ``criteria`` is the expected number of criteria it decides, ``value`` what the order goes by. ``again``: there
    is an answer, and it leaves open what the rules ask.
    """

    field: str
    topic: str
    text: str
    settles: float
    criteria: float
    effort: Effort
    candidates: tuple[str, ...]
    value: float
    again: bool = False


@dataclass(frozen=True)
class Chooser:
    """The parts of a rulebook that questions need, worked out once."""

    rulebook: Rulebook
    form: Form
    asker: Asker

    def choose(
        self,
        ranked: Iterable[Ranked],
        table: VerdictTable,
        profile: Profile,
        answers: Mapping[str, object],
        most: int,
    ) -> tuple[NextQuestion, ...]:
        """The questions worth asking, best first, in the order of all others who ask; those that the form has.

        None where no answer could change anything.
        """
        about = considered([(each.rank, each.standing) for each in ranked], table.verdicts[0])
        supposed = self.asker.suppose(about, table.findings[0])

        def field_of(feature: Feature) -> str | None:
            target = self.target(feature, answers, profile)
            return None if target is None else target[0]

        asked = self.asker.in_order(about, supposed, table.findings[0], field_of)
        return tuple(_in_context([self._question(each, answers) for each in asked], profile, answers)[:most])

    def target(
        self, feature: Feature, answers: Mapping[str, object], profile: Profile
    ) -> tuple[str, bool] | None:
        """The field to ask for a feature, and whether it has an answer that leaves the feature open.

        Nothing where the form has no field for it, or where the answer was that nobody knows.
        """
        fields = self.asker.fields
        names = [each for each in self._fields(feature) if not fields.had(each, profile)]
        for name in names:
            if name not in answers:
                return self._unit(name, answers), False
        again = next((each for each in names if not _final(answers[each])), None)
        return None if again is None else (again, True)

    def _unit(self, name: str, answers: Mapping[str, object]) -> str:
        """All therapies are one question until somebody has begun to list them."""
        begun = any(each.partition("/")[0] == "therapies" for each in answers)
        return "therapies" if is_therapy(name) and not begun else name

    def open_features(self, roots: Iterable[NodeId], table: VerdictTable) -> Iterator[tuple[NodeId, Feature]]:
        """What is read below these nodes, and not known exactly."""
        graph = self.rulebook.graph
        for number in graph.below(*roots):
            node = graph[number]
            if not isinstance(node, Read) or table.findings[0][number].value.exact:
                continue
            if not self.asker.is_told(number, table.findings[0]):
                yield number, node.feature

    def _question(self, asked: Asked, answers: Mapping[str, object]) -> NextQuestion:
        found = self.form.find(asked.field)
        assert found is not None
        again = asked.field in answers
        return NextQuestion(
            field=asked.field,
            topic=topic_of(asked.telling),
            text=self.words(asked.field, asked.features, asked.telling, again=again),
            settles=asked.settles,
            criteria=asked.criteria,
            effort=found.effort,
            candidates=asked.candidates,
            value=asked.value,
            again=again,
        )

    def words(self, name: str, features: Sequence[Feature], telling: Feature, *, again: bool) -> str:
        """What is asked: one field, in the words of what the rules want of it where those are about nothing else.

        A rule may ask for several illnesses as one ("tuberculosis, HIV, hepatitis B or C?"). A yes to that, written to
        the first of them, would be a diagnosis that nobody made. So a field that is answered with yes or no is asked
        for in its own words, and so is any other that a rule asks for together with more.
        """
        asked = self.form.find(name)
        assert asked is not None
        own = asked.shape is Shape.PRESENCE and not again
        topics = {topic_of(each) for each in features}
        if own or (len(topics) > 1 and not again) or any(self._fields(each) != [name] for each in features):
            return asked.question
        return telling.question or telling.title

    def _fields(self, feature: Feature) -> list[str]:
        """The fields of the form that a feature is read from."""
        return [each for each in self.asker.fields.of(feature) if self.form.find(each)]


def _in_context(
    questions: Sequence[NextQuestion], profile: Profile, answers: Mapping[str, object]
) -> list[NextQuestion]:
    """In words that fit what was answered: of a suspected cancer whether it is confirmed, of a TNM its edition."""
    confirm, edition = asks_to_confirm(profile), asks_for_edition(profile)
    place = "tnm" if any(each.t or each.n or each.m for each in without_edition(profile)) else "stage"
    asked: dict[str, NextQuestion] = {}
    for each in questions:
        if confirm and each.field == "diagnosis":
            asked[each.field] = replace(each, text=confirm)
        elif edition and is_staged(each.topic) and not _final(answers.get(place)):
            asked.setdefault(place, replace(each, field=place, text=edition, again=True))
        else:
            asked[each.field] = each
    return list(asked.values())


def _final(answer: object) -> bool:
    """Whether there is nothing more to say: not known, or said to be all that is known."""
    if isinstance(answer, Mapping):
        return bool(answer.get("final")) or _final(answer.get("value", "known"))
    return isinstance(answer, str) and answer.strip().casefold() == "unknown"
