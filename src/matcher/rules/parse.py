"""Reading a condition: gates, words, parameters and limits, with every problem collected at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from matcher.domain.dates import TimeUnit
from matcher.domain.possible import Op
from matcher.errors import nearest
from matcher.features.kind import Feature
from matcher.features.word import Answer, Arguments, Category, Elapsed, Facet, Number, Presence, Word
from matcher.rules import limit as limits
from matcher.rules.arguments import read_argument
from matcher.rules.condition import Bound, Branch, Comparison, Condition, Gate, Group, Path, Problem
from matcher.rules.lexicon import DerivedWord, Lexicon
from matcher.rules.limit import Refused
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.tree import Tree

_COMPARISONS = {
    "at_least": Op.AT_LEAST,
    "at_most": Op.AT_MOST,
    "above": Op.ABOVE,
    "below": Op.BELOW,
}
_MEMBERSHIP = ("in", "is", "is_a")
_NUMERIC = (*_COMPARISONS, "between", "is")
_GATES = ("all", "any", "not", "at_least", "if", "recorded")
_MAX_DEPTH = 12


@dataclass(slots=True)
class ConditionReader:
    """Reads conditions against a lexicon; ``problems`` fills up, and a condition with any is ``None``."""

    lexicon: Lexicon
    problems: list[Problem] = field(default_factory=list)

    def read(self, raw: object, path: Path, depth: int = 0) -> Condition | None:
        if depth > _MAX_DEPTH:
            return self._refuse(path, "R045", f"conditions nested more than {_MAX_DEPTH} deep")
        if not isinstance(raw, Mapping):
            return self._refuse(
                path,
                "R013",
                "a condition is one word with what it asks",
                "write it like {age: {at_least: 18 years}}",
            )
        if not raw:
            return self._refuse(path, "R020", "an empty condition")
        if "if" in raw:
            return self._branch(raw, path, depth)
        if "at_least" in raw and "of" in raw:
            return self._at_least(raw, path, depth)
        if len(raw) > 1:
            names = ", ".join(str(name) for name in raw)
            return self._refuse(path, "R021", f"several words in one condition: {names}")
        name, value = next(iter(raw.items()))
        here = (*path, name)
        match name:
            case "all" | "any":
                members = self._members(value, here, depth)
                return Group(Gate(name), members, path=here) if members else None
            case "not":
                member = self.read(value, here, depth + 1)
                return Group(Gate.NOT, (member,), path=here) if member else None
            case "recorded":
                inner = self.read(value, here, depth + 1)
                if isinstance(inner, Comparison):
                    return replace(inner, recorded=True)
                return self._refuse(here, "R013", "`recorded` takes one feature") if inner else None
            case str():
                return self._word(name, value, here)
        return self._refuse(here, "R038", "a word is text")

    def _members(self, raw: object, path: Path, depth: int) -> tuple[Condition, ...]:
        if not isinstance(raw, Sequence) or isinstance(raw, str):
            self._refuse(path, "R013", "a list of conditions is needed", "put '- ' before each condition")
            return ()
        if not raw:
            self._refuse(path, "R020", f"`{path[-1]}` has no members")
        read = [self.read(member, (*path, index), depth + 1) for index, member in enumerate(raw)]
        return tuple(member for member in read if member is not None) if all(read) else ()

    def _branch(self, raw: Mapping[str, object], path: Path, depth: int) -> Condition | None:
        self._only(raw, ("if", "then", "else"), path)
        missing = [name for name in ("then", "else") if name not in raw]
        if missing:
            return self._refuse(path, "R010", f"`if` without `{missing[0]}`")
        parts = [self.read(raw[name], (*path, name), depth + 1) for name in ("if", "then", "else")]
        asked, then, otherwise = parts
        if asked is None or then is None or otherwise is None:
            return None
        return Branch(asked, then, otherwise, path)

    def _at_least(self, raw: Mapping[str, object], path: Path, depth: int) -> Condition | None:
        self._only(raw, ("at_least", "of", "weights"), path)
        members = self._members(raw["of"], (*path, "of"), depth)
        threshold, weights = raw["at_least"], raw.get("weights")
        if not members:
            return None
        given = [1.0] * len(members)
        if weights is not None:
            numbers = isinstance(weights, Sequence) and all(_is_number(each) for each in weights)
            if not numbers or len(weights) != len(members):  # type: ignore[arg-type]
                return self._refuse((*path, "weights"), "R057", "one number for each member is needed")
            given = [float(each) for each in weights]  # type: ignore[attr-defined]
        whole = weights is not None or (isinstance(threshold, int) and 1 <= threshold <= len(members))
        if not _is_number(threshold) or not whole:
            return self._refuse((*path, "at_least"), "R037", f"{threshold!r} of {len(members)} members")
        assert isinstance(threshold, (int, float))
        return Group(Gate.AT_LEAST, members, float(threshold), tuple(given), path)

    def _word(self, name: str, raw: object, path: Path) -> Condition | None:
        word = self.lexicon.word(name)
        if word is not None:
            return self._catalogued(word, raw, path)
        derived = self.lexicon.derived.get(name)
        if derived is not None:
            return self._derived(derived, raw, path)
        known = (*self.lexicon.names, *_GATES)
        return self._refuse(path, "R012", f"unknown word '{name}'", _did_you_mean(name, known), at_key=True)

    def _derived(self, derived: DerivedWord, raw: object, path: Path) -> Condition | None:
        bounds = self._bounds(derived.answer, _as_mapping(raw, derived.answer), path, derived.prefix)
        if bounds is None:
            return None
        return Comparison(derived.name, derived.title, bounds, derivation=derived.name, path=path)

    def _catalogued(self, word: Word, raw: object, path: Path) -> Condition | None:
        asked = self._asked(word, raw, path)
        if asked is None:
            return None
        facets = [name for name in word.facets if name]
        parameters = [each.name for each in word.parameters]
        comparisons = facets or [*_NUMERIC, *_MEMBERSHIP]
        before = len(self.problems)
        given = {}
        for name, value in asked.items():
            parameter = word.parameter(str(name))
            if parameter is not None:
                argument = read_argument(parameter, value, self.lexicon, (*path, str(name)), self.problems)
                if argument is not None:
                    given[parameter.name] = argument
            elif name not in comparisons:
                known = [*parameters, *comparisons]
                message = f"unknown word '{name}' in {_article(word.name)} criterion"
                self._refuse((*path, name), "R012", message, _did_you_mean(str(name), known), at_key=True)
        for parameter in word.parameters:
            if parameter.required and parameter.name not in asked:
                self._refuse(
                    path, "R010", f"'{word.name}' needs '{parameter.name}'", f"for example: {word.example}"
                )
        if len(self.problems) > before:
            return None
        arguments = Arguments(given)
        if not facets:
            return self._comparison(word, word.facets[""], arguments, asked, path)
        return self._facets(word, facets, arguments, asked, path)

    def _facets(
        self, word: Word, facets: list[str], arguments: Arguments, asked: Mapping[str, object], path: Path
    ) -> Condition | None:
        chosen = [name for name in facets if name in asked]
        if not chosen:
            return self._refuse(
                path, "R042", f"nothing is asked of the {word.name}", f"for example: {word.example}"
            )
        read: list[Condition] = []
        for name in chosen:
            facet = word.facets[name]
            inner = _as_mapping(asked[name], facet.answer(arguments))
            self._only(inner, (*_NUMERIC, *_MEMBERSHIP), (*path, name))
            one = self._comparison(word, facet, arguments, inner, (*path, name), name)
            if one is None:
                return None
            read.append(one)
        return read[0] if len(read) == 1 else Group(Gate.ALL, tuple(read), path=path)

    def _asked(self, word: Word, raw: object, path: Path) -> Mapping[str, object] | None:
        """The word's mapping; a bare value stands for the first parameter or for the value itself."""
        if isinstance(raw, Mapping):
            if raw:
                return raw
            return self._refuse(
                path, "R042", f"nothing is asked of '{word.name}'", f"for example: {word.example}"
            )
        if word.primary is not None:
            return {word.primary.name: raw}
        answer = word.facets[""].answer(Arguments({})) if "" in word.facets and not word.primary else None
        if isinstance(answer, Category):
            return _as_mapping(raw, answer)
        if isinstance(answer, Presence) and isinstance(raw, bool):
            return {"at_least": 1} if raw else {"at_most": 0}
        return self._refuse(
            path, "R042", f"'{raw}' asks nothing of '{word.name}'", f"for example: {word.example}"
        )

    def _comparison(
        self,
        word: Word,
        facet: Facet,
        arguments: Arguments,
        asked: Mapping[str, object],
        path: Path,
        facet_name: str = "",
    ) -> Comparison | None:
        arguments = self._with_limit_units(arguments, asked, facet.answer(arguments))
        answer = facet.answer(arguments)
        compared = {
            name: value for name, value in asked.items() if word.parameter(str(name)) is None or facet_name
        }
        bounds = self._bounds(answer, compared, path, _scheme(arguments), arguments, word)
        if bounds is None:
            return None
        title = _capitalised(_filled(word.phrase, arguments.title_of))
        title += f" {facet_name.replace('_', ' ')}" if facet_name else ""
        feature = Feature(
            name=_name(word, arguments, facet_name),
            kind=facet.kind(arguments),
            domain=answer.domain(),
            topic=_filled(word.topic, arguments.name_of),
            title=title,
            question=_filled(word.question, arguments.title_of) or f"{title}?",
        )
        default = word.default_window(arguments) if "within" not in arguments else None
        return Comparison(word.name, feature.title, bounds, feature, default_window=default, path=path)

    def _with_limit_units(
        self, arguments: Arguments, asked: Mapping[str, object], answer: Answer
    ) -> Arguments:
        """What a limit's unit says about the feature: calendar months, or a multiple of a normal limit."""
        values = [asked[name] for name in _COMPARISONS if name in asked]
        between = asked.get("between")
        values += between if isinstance(between, list) else []
        for value in values:
            multiple = limits.multiple_of_normal(value)
            if multiple is not None:
                return replace(arguments, multiple_of=multiple[1])
            if isinstance(answer, Elapsed):
                try:
                    return replace(arguments, elapsed_unit=limits.elapsed(value)[1])
                except Refused:
                    return arguments
        return arguments

    def _bounds(
        self,
        answer: Answer,
        asked: Mapping[str, object],
        path: Path,
        prefix: str = "",
        arguments: Arguments | None = None,
        word: Word | None = None,
    ) -> tuple[Bound, ...] | None:
        arguments = arguments or Arguments({})
        if isinstance(answer, Category):
            return self._membership(answer, asked, path, prefix)
        wrong = [name for name in asked if name not in _NUMERIC]
        if wrong:
            return self._refuse(
                (*path, wrong[0]), "R022", f"'{wrong[0]}' does not compare numbers", at_key=True
            )
        if not asked:
            if isinstance(answer, Presence):
                return (Bound(Op.AT_LEAST, 1.0, ""),)
            example = f"for example: {word.example}" if word else ""
            return self._refuse(path, "R042", "no limit is given", example)
        bounds: list[Bound] = []
        for name, raw in asked.items():
            here = (*path, name)
            pairs = _pairs(str(name), raw)
            if pairs is None:
                return self._refuse(here, "R013", "two limits are needed: [lowest, highest]")
            for op, value in pairs:
                try:
                    limit = self._number(value, answer, arguments)
                except Refused as refused:
                    return self._refuse(here, refused.code, refused.message, refused.hint)
                bounds.append(Bound(op, limit, f"{_WORDED[op]} {value}"))
        if _is_empty(bounds):
            return self._refuse(path, "R023", "no number lies between these limits")
        return tuple(bounds)

    def _number(self, raw: object, answer: Answer, arguments: Arguments) -> float:
        match answer:
            case Elapsed():
                value, unit = limits.elapsed(raw)
                if unit is not arguments.elapsed_unit:
                    raise Refused("R016", "both limits need the same unit of time")
                return value
            case Presence():
                return limits.number(raw, Number(integer=True))
            case Number():
                multiple = limits.multiple_of_normal(raw)
                if multiple is not None and not arguments.multiple_of:
                    raise Refused("R017", "only a laboratory value has a limit of normal")
                if multiple is not None and multiple[1] == arguments.multiple_of:
                    return multiple[0]
                if arguments.multiple_of:
                    raise Refused("R017", "both limits need the same unit")
                test = LAB_TESTS[arguments.text("test")] if "test" in arguments else None
                return limits.number(raw, answer, test)
        raise Refused("R022", "this is not a number")

    def _membership(
        self, answer: Category, asked: Mapping[str, object], path: Path, prefix: str
    ) -> tuple[Bound, ...] | None:
        wrong = [name for name in asked if name not in _MEMBERSHIP]
        if wrong:
            hint = "use is, is_a or in"
            return self._refuse(
                (*path, wrong[0]), "R022", f"'{wrong[0]}' does not compare codes", hint, at_key=True
            )
        if len(asked) != 1:
            return self._refuse(
                path, "R042", "give exactly one of is, is_a or in", "{in: [...]} takes several"
            )
        name, raw = next(iter(asked.items()))
        values = raw if isinstance(raw, list) else [raw]
        if not values:
            return self._refuse((*path, name), "R020", "an empty list of codes")
        codes: frozenset[str] = frozenset()
        for index, value in enumerate(values):
            here = (*path, name, index) if isinstance(raw, list) else (*path, name)
            found = _code(value, answer, prefix)
            if found is None:
                known = tuple(answer.tree.codes) if answer.tree is not None else answer.codes
                suggestion = answer.tree.nearest(str(value)) if answer.tree else nearest(str(value), known)
                hint = f"did you mean '{suggestion}'?" if suggestion else f"one of: {', '.join(known[:12])}"
                return self._refuse(here, "R014", f"'{value}' is not one of its values", hint)
            codes |= found
        if codes >= answer.leaves():
            return self._refuse(path, "R023", "every possible value is listed: this can never fail")
        return (Bound(Op.IN, codes, ", ".join(str(value) for value in values)),)

    def _only(self, raw: Mapping[str, object], known: tuple[str, ...], path: Path) -> None:
        for name in raw:
            if name not in known:
                hint = _did_you_mean(str(name), known)
                self._refuse((*path, str(name)), "R012", f"unknown word '{name}'", hint, at_key=True)

    def _refuse(self, path: Path, code: str, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self.problems.append(Problem(path, code, message, hint, at_key))


_WORDED = {Op.AT_LEAST: "at least", Op.AT_MOST: "at most", Op.ABOVE: "above", Op.BELOW: "below", Op.IN: ""}


def _pairs(name: str, raw: object) -> list[tuple[Op, object]] | None:
    if name == "between":
        if not isinstance(raw, list) or len(raw) != 2:
            return None
        return [(Op.AT_LEAST, raw[0]), (Op.AT_MOST, raw[1])]
    if name == "is":
        return [(Op.AT_LEAST, raw), (Op.AT_MOST, raw)]
    return [(_COMPARISONS[name], raw)]


def _is_empty(bounds: list[Bound]) -> bool:
    lows = [each for each in bounds if each.op in (Op.AT_LEAST, Op.ABOVE)]
    highs = [each for each in bounds if each.op in (Op.AT_MOST, Op.BELOW)]
    for low in lows:
        for high in highs:
            assert isinstance(low.limit, float) and isinstance(high.limit, float)
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


def _tree_leaves(tree: Tree, text: str, prefix: str, allowed: frozenset[str]) -> frozenset[str] | None:
    candidates = [f"{prefix}.{text}"] if prefix else []
    for candidate in (*candidates, text):
        code = tree.lookup(candidate)
        if code is not None:
            leaves = tree.leaves(code) & allowed
            return leaves or None
    return None


def _scheme(arguments: Arguments) -> str:
    return arguments.text("scheme") if "scheme" in arguments else ""


def _as_mapping(raw: object, answer: Answer) -> Mapping[str, object]:
    if isinstance(raw, Mapping):
        return raw
    return {"in": raw} if isinstance(answer, Category) else {"is": raw}


def _name(word: Word, arguments: Arguments, facet: str) -> str:
    """One name for one question, the order of parameters in the file aside."""
    parts = [f"{name}={argument.name}" for name, argument in sorted(arguments.given.items())]
    if arguments.multiple_of:
        parts.append(f"x {arguments.multiple_of} limit of normal")
    if arguments.elapsed_unit is not TimeUnit.DAYS:
        parts.append(f"in {arguments.elapsed_unit}")
    if facet:
        parts.append(facet)
    return f"{word.name}({', '.join(parts)})" if parts else word.name


def _filled(template: str, said: Callable[[str], str]) -> str:
    """The template with what is said of each parameter, or nothing, in place of its braces."""
    text = template
    while (start := text.find("{")) >= 0:
        end = text.index("}", start)
        text = text[:start] + said(text[start + 1 : end]) + text[end + 1 :]
    return " ".join(text.split())


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _did_you_mean(name: str, known: Sequence[str]) -> str:
    suggestion = nearest(name, list(known))
    return f"did you mean '{suggestion}'?" if suggestion else ""


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
