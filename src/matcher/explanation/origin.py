"""Where a derived value comes from: the row of its table that gave it, the facts beneath, or why it has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from matcher.domain.verdict import Verdict
from matcher.explanation.reason import Reason, reason, together, value_of
from matcher.explanation.wording import limits_in_words
from matcher.rules.condition import Condition, comparisons
from matcher.rules.graph import NodeId
from matcher.rules.rulebook import Derivation, Rulebook
from matcher.standing.deciding import ConditionReading, derived_domain, sources_of
from matcher.vocabulary.text import in_sentence

#: the word of what says whom a table is about
_WHOM = "diagnosis"
#: comparisons of one row that are named
_MOST = 3


@dataclass(frozen=True, slots=True)
class Origin:
    """``said`` is the row and its facts, or why there is none; ``open`` what is missing for it, by its titles."""

    said: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


class Origins:
    """Of every derived fact of a rulebook, by its node."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._by_node = {each.node: each for each in rulebook.derivations}

    def of(self, node: NodeId, reading: ConditionReading) -> Origin:
        """Of a derived fact, or of the derived ones among several sources for one."""
        found = self._by_node.get(node)
        if found is not None:
            return self.of_derivation(found, reading)
        sources = sources_of(reading.graph, node)
        derived = [self._by_node[each] for each in sources if each in self._by_node]
        told = [
            self.of_derivation(each, reading) for each in derived if not reading.findings[each.node].silent
        ]
        if not told and all(reading.findings[each].silent for each in sources):
            told = [self._not_given(each, reading) for each in derived]
        return Origin(
            tuple(dict.fromkeys(said for each in told for said in each.said)),
            tuple(dict.fromkeys(title for each in told for title in each.open)),
        )

    def _not_given(self, derivation: Derivation, reading: ConditionReading) -> Origin:
        """Of a fact that nobody recorded: why it is not derived either."""
        if self.is_refused(derivation, reading):
            return self.of_derivation(derivation, reading)
        if reading.table.verdict(derivation.applies, reading.row) is not Verdict.MET:
            return Origin()
        has_part = self._is_begun(derivation, reading)
        return Origin((), self.of_derivation(derivation, reading).open if has_part else ())

    def is_refused(self, derivation: Derivation, reading: ConditionReading) -> bool:
        """Whether it does not apply to what is recorded of this very patient: another edition, another growth."""
        if reading.table.verdict(derivation.applies, reading.row) is Verdict.MET or derivation.needs is None:
            return False
        about = {each.word for each in reading.decided_by(derivation.needs)}
        return _WHOM not in about and self._is_begun(derivation, reading)

    @staticmethod
    def _is_begun(derivation: Derivation, reading: ConditionReading) -> bool:
        """Whether anything of what it is made of is recorded, besides the disease it is about."""
        conditions = (*derivation.rows, *([derivation.needs] if derivation.needs is not None else ()))
        parts = (each for condition in conditions for each in comparisons(condition))
        return any(reading.finding(each).facts for each in parts if each.word != _WHOM)

    def of_derivation(self, derivation: Derivation, reading: ConditionReading) -> Origin:
        match reading.table.verdict(derivation.applies, reading.row):
            case Verdict.MET:
                return self._by_row(derivation, reading)
            case _ if derivation.needs is None:
                return Origin()
            case Verdict.NOT_MET:
                return Origin(tuple(self._refused(derivation, derivation.needs, reading)))
            case Verdict.UNKNOWN:
                return Origin(
                    tuple(self._refused(derivation, derivation.needs, reading)),
                    tuple(self._titles(derivation.needs, reading)),
                )

    def named(self, derivation: Derivation, reading: ConditionReading) -> tuple[NodeId, ...]:
        """The values that its words name, rather than whether they are known."""
        conditions: tuple[Condition, ...] = (derivation.needs,) if derivation.needs is not None else ()
        if reading.table.verdict(derivation.applies, reading.row) is Verdict.MET:
            verdicts = [reading.verdict(each) for each in derivation.rows]
            last = next((place for place, each in enumerate(verdicts) if each is Verdict.MET), None)
            if Verdict.UNKNOWN in verdicts[:last]:
                return ()
            conditions = derivation.rows if last is None else (derivation.rows[last],)
        return tuple(
            dict.fromkeys(each.value for condition in conditions for each in reading.decided_by(condition))
        )

    def derivation_of(self, node: NodeId) -> Derivation | None:
        return self._by_node.get(node)

    def _by_row(self, derivation: Derivation, reading: ConditionReading) -> Origin:
        verdicts = [reading.verdict(each) for each in derivation.rows]
        last = next((place for place, each in enumerate(verdicts) if each is Verdict.MET), None)
        open_rows = [place for place, each in enumerate(verdicts[:last]) if each is Verdict.UNKNOWN]
        if open_rows:
            rows = [derivation.rows[place] for place in open_rows]
            titles = list(dict.fromkeys(title for each in rows for title in self._titles(each, reading)))
            named = titles if len(titles) <= _MOST + 1 else [*titles[:_MOST], f"{len(titles) - _MOST} more"]
            waits = f"its {_form(derivation)} waits for {', '.join(map(in_sentence, named))}"
            return Origin((waits,) if titles else (), tuple(titles))
        if last is not None:
            held = together(self._reasons([derivation.rows[last]], reading), _MOST, " and ")
            row = "by its count" if derivation.document.count else f"by row {last + 1} of its table"
            return Origin((f"{row}: {held}",))
        held = together(self._reasons(derivation.rows, reading), _MOST, " and ")
        none = "its count is not reached" if derivation.document.count else "no row of its table applies"
        return Origin((f"{none}: {held}",) if held else ())

    def _reasons(self, conditions: Iterable[Condition], reading: ConditionReading) -> Iterator[Reason]:
        for condition in conditions:
            for each in reading.decided_by(condition):
                told = reason(each, reading.finding(each), "", derived_domain(reading.graph, each))
                yield replace(told, title=in_sentence(told.title))

    @staticmethod
    def _refused(derivation: Derivation, needs: Condition, reading: ConditionReading) -> Iterator[str]:
        """Such as: TNM edition is 7, its table needs 8."""
        form = _form(derivation)
        for each in reading.decided_by(needs)[:_MOST]:
            if reading.verdict(each) is not Verdict.MET:
                value = value_of(each, reading.finding(each), derived_domain(reading.graph, each))
                yield f"{each.title} is {value}, its {form} needs {limits_in_words(each)}"

    @staticmethod
    def _titles(condition: Condition, reading: ConditionReading) -> Iterator[str]:
        for each in reading.decided_by(condition):
            if not reading.finding(each).value.exact:
                yield each.title


def _form(derivation: Derivation) -> str:
    return "count" if derivation.document.count else "table"
