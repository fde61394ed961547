"""How a criterion may be lenient: left to screening, met again with time or on a retest, waived by someone.

Each is narrow on purpose. What is refused here would tell a patient that waiting helps where it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matcher.features.kind import Count, NumberDomain, Since
from matcher.features.word import Number
from matcher.rules import limit as limits
from matcher.rules.condition import Branch, Comparison, Condition, Group, Path, Problem, comparisons
from matcher.rules.limit import LimitError
from matcher.rules.lowering import Margin, ended, is_washout, moved
from matcher.rules.syntax import CriterionDocument
from matcher.vocabulary import units
from matcher.vocabulary.formulary import Formulary

#: what a repeated test may find changed, "retest permitted"; never a biomarker, LVEF, QTc, a count or an age
_RETESTED = frozenset(
    {"lab", "creatinine_clearance", "egfr", "spo2", "systolic", "diastolic", "weight", "fev1", "dlco"}
)
#: what screening itself establishes: a closed list
_SCREENED = frozenset(
    {"consent", "pregnant", "breastfeeding", "contraception", "contraception_highly_effective"}
    | {"conception_intended", "gamete_donation_waived", "pregnancy_tests_negative"}
)
#: whom a criterion of that list is asked of
_OF_WHOM = frozenset({"sex", "age", "childbearing_potential", "postmenopausal", "sterilised"})
_SCREENED_CONDITIONS = frozenset({"hiv"})
#: medicines that are not stopped for the sake of a trial without weighing what they prevent
_NOT_STOPPED = ("antiplatelet", "anticoagulant")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class LeniencyReader:
    """Reads what a criterion grants; what may not be granted is a problem, and the limit stays where it was."""

    formulary: Formulary
    problems: list[Problem]

    def screened(self, condition: Condition, document: CriterionDocument, path: Path) -> None:
        if document.at_screening and not may_be_presumed(condition):
            message = (
                "only consent, pregnancy, breast-feeding, contraception, the intention to conceive and HIV serology "
                "are left to screening, with sex, age or childbearing potential beside them"
            )
            self._refuse((*path, "at_screening"), "R032", message)

    def recovered(
        self, condition: Condition, document: CriterionDocument, path: Path, *, easier: bool
    ) -> Condition:
        """The condition as it would be after waiting, or with its limit moved by the margin of a retest."""
        recoverable = document.recoverable
        here = (*path, "recoverable")
        if recoverable is None:
            return condition
        if (recoverable.by is None) == (recoverable.within is None):
            self._refuse(here, "R030", "give either 'by: time' or 'within: ...'", at_key=True)
            return condition
        if recoverable.by == "time":
            return self._after_waiting(condition, here, easier=easier)
        margin = self._margin(recoverable.within or "", condition, (*here, "within"), "R030")
        return condition if margin is None else moved(condition, margin, easier=easier)

    def waived(
        self, condition: Condition, document: CriterionDocument, path: Path, *, easier: bool
    ) -> Condition:
        if document.waivable is None:
            return condition
        here = (*path, "waivable", "max_deviation")
        margin = self._margin(document.waivable.max_deviation, condition, here, "R031")
        return condition if margin is None else moved(condition, margin, easier=easier)

    def _after_waiting(self, condition: Condition, path: Path, *, easier: bool) -> Condition:
        washouts = [each for each in comparisons(condition) if is_washout(each, easier)]
        if not washouts:
            self._refuse(
                path,
                "R030",
                "only a lower bound on time since something recovers by time",
                "ask for a washout with days_since: 'at_least' where it includes, 'below' where it excludes",
                at_key=True,
            )
            return condition
        for name in _NOT_STOPPED:
            if any(self._is_about(each, name) for each in washouts):
                self._refuse(path, "R030", f"an {name} is not stopped to become eligible", at_key=True)
                return condition
        return ended(condition, easier=easier)

    def _is_about(self, comparison: Comparison, medicine: str) -> bool:
        kind = comparison.feature.kind if comparison.feature else None
        if not isinstance(kind, Since) or kind.target is None or not self.formulary.knows(medicine):
            return False
        return kind.table == "medications" and bool(kind.target & self.formulary.members(medicine))

    def _margin(self, raw: str, condition: Condition, path: Path, code: str) -> Margin | None:
        """``10 %`` of the limit, or an amount in the feature's unit, where every limit here may move by it."""
        numeric = [each for each in _limits(condition) if _is_number(each)]
        if not numeric:
            self._refuse(path, code, "there is no measured value here whose limit could move")
            return None
        for each in numeric:
            if not _is_measured(each) or (code == "R030" and each.word not in _RETESTED):
                self._refuse(
                    path, code, f"'{each.word}' is nothing that a repeated test finds within a margin"
                )
                return None
        text = raw.strip()
        if text.endswith("%"):
            found = _PERCENT.fullmatch(text)
            if found is None or float(found[1]) == 0:
                self._refuse(path, "R013", f"'{raw}' is not a percentage above 0")
                return None
            return Margin(share=float(found[1]) / 100)
        return self._amount(raw, numeric, path)

    def _amount(self, raw: str, numeric: list[Comparison], path: Path) -> Margin | None:
        units_in_use = dict.fromkeys(_unit(each) for each in numeric)
        if len(units_in_use) > 1:
            self._refuse(path, "R017", "the limits here have different units", "give the margin in percent")
            return None
        (unit,) = units_in_use
        try:
            amount = limits.number(raw, Number(unit, bare=not unit))
        except LimitError as refused:
            self._refuse(path, refused.code, refused.message, refused.hint)
            return None
        return Margin(amount=units.round9(amount))

    def _refuse(self, path: Path, code: str, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self.problems.append(Problem(path, code, message, hint, at_key))


def may_be_presumed(condition: Condition) -> bool:
    """Whether screening itself establishes what is asked, as far as it is asked of nobody in particular."""
    held = tuple(comparisons(condition))
    screened = [each for each in held if each.word in _SCREENED or _about_screened_condition(each)]
    return bool(screened) and all(each in screened or each.word in _OF_WHOM for each in held)


def _about_screened_condition(comparison: Comparison) -> bool:
    kind = comparison.feature.kind if comparison.feature and comparison.word == "condition" else None
    target = getattr(kind, "target", None)
    return target is not None and {code.removesuffix("_other") for code in target} <= _SCREENED_CONDITIONS


def _limits(condition: Condition) -> Iterator[Comparison]:
    """The comparisons whose limits a margin moves: what a branch depends on is a fact, and stays."""
    match condition:
        case Comparison():
            yield condition
        case Group(members=members):
            for member in members:
                yield from _limits(member)
        case Branch(then=then, otherwise=otherwise):
            yield from _limits(then)
            yield from _limits(otherwise)


def _is_number(comparison: Comparison) -> bool:
    return comparison.feature is not None and isinstance(comparison.feature.domain, NumberDomain)


def _is_measured(comparison: Comparison) -> bool:
    """A number that a repeated test could give anew: not a count, not an age, not a length of time."""
    kind = comparison.feature.kind if comparison.feature else None
    return not isinstance(kind, (Since, Count)) and comparison.word not in ("age", "ecog", "karnofsky")


def _unit(comparison: Comparison) -> str:
    domain = comparison.feature.domain if comparison.feature else None
    return domain.unit if isinstance(domain, NumberDomain) else ""
