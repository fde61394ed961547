"""Reading what a condition asks of a value: limits on a number, a length of time or a count, codes of a category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.possible import Op
from matcher.errors import nearest
from matcher.features.word import Answer, Arguments, Category, Elapsed, Number, Presence, Word
from matcher.rules import limit as limits
from matcher.rules.condition import Bound, Path, Problem
from matcher.rules.limit import LimitError
from matcher.rules.named import read_as, unknown_name
from matcher.vocabulary import staging
from matcher.vocabulary.laboratory import LAB_TESTS, UNDETECTABLE, VIRAL_LOADS
from matcher.vocabulary.tree import Tree

# Signs are refused, with the word to write: no plain text of YAML may begin with `>`, so `>=: 100` is an error of
# syntax whose message helps nobody, and `'>=': 100` only works for who knows why. Words read the same on every
# surface.
COMPARISONS = {
    "at_least": Op.AT_LEAST,
    "at_most": Op.AT_MOST,
    "above": Op.ABOVE,
    "below": Op.BELOW,
}
MEMBERSHIP = ("in", "is", "is_a")
NUMERIC = (*COMPARISONS, "between", "is")
#: what people write for a comparison, and the word it stands for
SIGNS = {
    **dict.fromkeys((">=", "=>", "≥", "min", "minimum", "from"), "at_least"),
    **dict.fromkeys(("<=", "=<", "≤", "max", "maximum", "up_to", "to"), "at_most"),
    **dict.fromkeys((">", "more_than", "greater_than", "over", "exceeds"), "above"),
    **dict.fromkeys(("<", "less_than", "under", "lower_than"), "below"),
    **dict.fromkeys(("=", "==", "equals"), "is"),
}
_WORDED = {Op.AT_LEAST: "at least", Op.AT_MOST: "at most", Op.ABOVE: "above", Op.BELOW: "below", Op.IN: ""}


@dataclass(frozen=True, slots=True)
class BoundReader:
    """Reads one word's comparisons; ``problems`` fills up, and bounds with any are ``None``."""

    problems: list[Problem]

    def read(
        self,
        answer: Answer,
        asked: Mapping[str, object],
        path: Path,
        prefix: str = "",
        arguments: Arguments | None = None,
        word: Word | None = None,
    ) -> tuple[Bound, ...] | None:
        if isinstance(answer, Category):
            return self._membership(answer, asked, path, prefix)
        wrong = [name for name in asked if name not in NUMERIC]
        for name in wrong:
            self._refuse((*path, name), "R022", f"'{name}' does not compare numbers", at_key=True)
        if wrong:
            return None
        if not asked:
            if isinstance(answer, Presence):
                return (Bound(Op.AT_LEAST, 1.0, ""),)
            example = f"for example: {word.example}" if word else ""
            return self._refuse(path, "R042", "no limit is given", example, at_key=True)
        bounds = self._limits(answer, asked, path, arguments or Arguments({}))
        if bounds is not None and _is_empty(bounds):
            return self._refuse(path, "R023", "no number lies between these limits", at_key=True)
        return bounds

    def _limits(
        self, answer: Answer, asked: Mapping[str, object], path: Path, arguments: Arguments
    ) -> tuple[Bound, ...] | None:
        bounds: list[Bound] = []
        before = len(self.problems)
        for name, raw in asked.items():
            here = (*path, name)
            pairs = _pairs(str(name), raw, here)
            if pairs is None:
                self._refuse(here, "R013", "two limits are needed: [lowest, highest]")
                continue
            for op, value, at in pairs:
                try:
                    limit = _number(value, answer, arguments, op)
                except LimitError as refused:
                    self._refuse(at, refused.code, refused.message, refused.hint)
                    break
                words = str(value) if value == UNDETECTABLE else f"{_WORDED[op]} {value}"
                bounds.append(Bound(op, limit, words))
        return tuple(bounds) if len(self.problems) == before else None

    def _membership(
        self, answer: Category, asked: Mapping[str, object], path: Path, prefix: str
    ) -> tuple[Bound, ...] | None:
        wrong = [name for name in asked if name not in MEMBERSHIP]
        for name in wrong:
            hint = "use is, is_a or in"
            self._refuse((*path, name), "R022", f"'{name}' does not compare codes", hint, at_key=True)
        if wrong:
            return None
        if len(asked) != 1:
            hint = "'in: [...]' takes several codes"
            return self._refuse(path, "R042", "give exactly one of is, is_a or in", hint, at_key=True)
        name, raw = next(iter(asked.items()))
        values = raw if isinstance(raw, list) else [raw]
        if not values:
            return self._refuse((*path, name), "R020", "an empty list of codes")
        codes: frozenset[str] = frozenset()
        taken: tuple[tuple[str, str], ...] = ()
        before = len(self.problems)
        for index, value in enumerate(values):
            here = (*path, name, index) if isinstance(raw, list) else (*path, name)
            found = _code(value, answer, prefix)
            if found is None:
                self._refuse_code(value, answer, prefix, here)
                continue
            codes |= found
            taken += _taken_for(value, answer, prefix)
        if len(self.problems) > before:
            return None
        if codes >= answer.leaves():
            message = "every possible value is listed: this can never fail"
            return self._refuse((*path, name), "R023", message, "leave it out: it asks nothing")
        return (Bound(Op.IN, codes, ", ".join(str(value) for value in values), taken),)

    def _refuse_code(self, value: object, answer: Category, prefix: str, path: Path) -> None:
        if isinstance(value, (list, dict)) or value is None:
            self._refuse(path, "R013", "a code is needed here")
            return
        if not answer.leaves():
            message = f"'{value}': no result of this marker is reported so"
            self._refuse(
                path, "R014", message, "ask for its category where it has named states, else for its status"
            )
            return
        other = _other_scheme(str(value), prefix)
        if other is not None:
            leaves = answer.tree.leaves(prefix) if answer.tree is not None else frozenset()
            stages = ", ".join(sorted(code.partition(".")[2] for code in leaves))
            message = f"'{value}' is a stage of {other}, not of {prefix}"
            self._refuse(path, "R048", message, f"{prefix} has {stages}")
            return
        known = _written(answer, prefix)
        guess = nearest(str(value), known)
        if guess is None and answer.tree is not None:
            guess = answer.tree.nearest(str(value))
            if guess is not None and not answer.tree.leaves(guess) & answer.leaves():
                guess = None
        hint = unknown_name(str(value), guess, known, answer.tree if answer.within is None else None)
        self._refuse(path, "R014", f"'{value}' is not one of its values", hint)

    def _refuse(self, path: Path, code: str, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self.problems.append(Problem(path, code, message, hint, at_key))


def _number(raw: object, answer: Answer, arguments: Arguments, op: Op) -> float:
    match answer:
        case Elapsed():
            value, unit = limits.elapsed(raw)
            if unit is not arguments.elapsed_unit:
                raise LimitError("R017", "both limits need the same unit of time")
            return value
        case Presence():
            return limits.number(raw, Number(integer=True))
        case Number():
            multiple = limits.multiple_of_normal(raw)
            if multiple is not None and not arguments.multiple_of:
                raise LimitError("R017", "only a laboratory value has a limit of normal")
            if multiple is not None and multiple[1] == arguments.multiple_of:
                return multiple[0]
            if arguments.multiple_of:
                raise LimitError("R017", "both limits need the same unit")
            test = LAB_TESTS[arguments.text("test")] if "test" in arguments else None
            if raw == UNDETECTABLE and test is not None and test.code in VIRAL_LOADS:
                return 0.0
            return limits.number(raw, answer, test, op)
    raise LimitError("R022", "this is not a number")


def _pairs(name: str, raw: object, path: Path) -> list[tuple[Op, object, Path]] | None:
    if name == "between":
        if not isinstance(raw, list) or len(raw) != 2:
            return None
        return [(Op.AT_LEAST, raw[0], (*path, 0)), (Op.AT_MOST, raw[1], (*path, 1))]
    if name == "is" and raw == UNDETECTABLE:
        return [(Op.AT_MOST, raw, path)]
    if name == "is":
        return [(Op.AT_LEAST, raw, path), (Op.AT_MOST, raw, path)]
    return [(COMPARISONS[name], raw, path)]


def _is_empty(bounds: tuple[Bound, ...]) -> bool:
    lows = [each for each in bounds if each.op in (Op.AT_LEAST, Op.ABOVE)]
    highs = [each for each in bounds if each.op in (Op.AT_MOST, Op.BELOW)]
    for low in lows:
        for high in highs:
            assert isinstance(low.limit, float)
            assert isinstance(high.limit, float)
            open_end = low.op is Op.ABOVE or high.op is Op.BELOW
            if low.limit > high.limit or (low.limit == high.limit and open_end):
                return True
    return False


def _code(value: object, answer: Category, prefix: str) -> frozenset[str] | None:
    """The leaves a written code stands for; true and false are yes and no."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    text = str(value)
    if answer.tree is None:
        return frozenset({text}) if text in answer.codes else None
    return _tree_leaves(answer.tree, text, prefix, answer.leaves())


def _taken_for(value: object, answer: Category, prefix: str) -> tuple[tuple[str, str], ...]:
    """What a synonym became; a stage without its scheme, and true for yes, are no other names."""
    if answer.tree is None or isinstance(value, bool):
        return ()
    text = str(value)
    if prefix and answer.tree.has(f"{prefix}.{text}"):
        return ()
    code = (answer.tree.lookup(f"{prefix}.{text}") if prefix else None) or answer.tree.lookup(text)
    return read_as(value, code, answer.tree.title(code)) if code is not None else ()


def _tree_leaves(tree: Tree, text: str, prefix: str, allowed: frozenset[str]) -> frozenset[str] | None:
    candidates = [f"{prefix}.{text}"] if prefix else []
    for candidate in (*candidates, text):
        code = tree.lookup(candidate)
        if code is not None:
            leaves = tree.leaves(code) & allowed
            return leaves or None
    return None


def _other_scheme(text: str, prefix: str) -> str | None:
    """The staging scheme that has this stage, where the one asked for has not."""
    if prefix not in staging.SCHEMES:
        return None
    name = text.partition(".")[2] or text
    return next((each for each in staging.SCHEMES if staging.STAGE.has(f"{each}.{name.upper()}")), None)


def _written(answer: Category, prefix: str) -> list[str]:
    """The codes as an author would write them: a stage without its scheme."""
    if answer.tree is None:
        return list(answer.codes)
    allowed = answer.leaves()
    codes = [code for code in answer.tree.codes if answer.tree.leaves(code) <= allowed]
    return [code.removeprefix(f"{prefix}.") for code in codes if code != prefix] if prefix else codes
