"""Reading a condition: gates, words, parameters and limits, with every problem collected at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from matcher.errors import nearest
from matcher.features.kind import Feature
from matcher.features.word import Answer, Arguments, Category, Elapsed, Facet, Presence, Takes, Word
from matcher.rules import limit as limits
from matcher.rules import remedy
from matcher.rules.arguments import read_argument
from matcher.rules.bounds import COMPARISONS, MEMBERSHIP, NUMERIC, SIGNS, BoundReader
from matcher.rules.condition import (
    ASKS_NOTHING,
    Branch,
    Comparison,
    Condition,
    Gate,
    Group,
    Path,
    Problem,
    known_whether,
)
from matcher.rules.half_lives import HALF_LIFE, InDays, in_days
from matcher.rules.lexicon import DerivedWord, Lexicon
from matcher.rules.limit import LimitError
from matcher.rules.naming import capitalised, feature_name, feature_title, filled

_GATES = ("all", "any", "not", "at_least", "if", "recorded", "known")
#: the parts of a gate, by the word that must stand beside them
_PARTS = {"then": "if", "else": "if", "of": "at_least", "weights": "at_least", "at_least": "of"}
_WINDOWS = ("within", "before")
_MAX_DEPTH = 12
#: so many words that begin or end alike are all offered
_FEW = 4


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
            return self._refuse(path, "R020", "an empty condition", at_key=True)
        if "if" in raw:
            return self._branch(raw, path, depth)
        if "at_least" in raw and "of" in raw:
            return self._at_least(raw, path, depth)
        for part, beside in _PARTS.items():
            if part in raw:
                message = f"'{part}' without '{beside}'"
                return self._refuse(
                    (*path, part), "R010", message, f"write '{beside}: ...' beside it", at_key=True
                )
        if len(raw) > 1:
            second = list(raw)[1]
            names = ", ".join(str(name) for name in raw)
            return self._refuse(
                (*path, second), "R021", f"several words in one condition: {names}", at_key=True
            )
        name, value = next(iter(raw.items()))
        here = (*path, name)
        match name:
            case "all" | "any":
                members = self._members(value, here, depth)
                return Group(Gate(name), members, path=here) if members else None
            case "not":
                member = self.read(value, here, depth + 1)
                return Group(Gate.NOT, (member,), path=here) if member else None
            case "known":
                inner = self.read(value, here, depth + 1)
                return known_whether(inner) if inner else None
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
        known = self._only(raw, ("if", "then", "else"), path)
        if "then" not in raw:
            self._refuse(
                (*path, "if"), "R010", "'if' without 'then'", "write 'then: ...' beside it", at_key=True
            )
        asked, then, otherwise = (
            self.read(raw[name], (*path, name), depth + 1) if name in raw else None
            for name in ("if", "then", "else")
        )
        if "else" not in raw:
            otherwise = ASKS_NOTHING
        if not known or asked is None or then is None or otherwise is None:
            return None
        return Branch(asked, then, otherwise, path)

    def _at_least(self, raw: Mapping[str, object], path: Path, depth: int) -> Condition | None:
        known = self._only(raw, ("at_least", "of", "weights"), path)
        members = self._members(raw["of"], (*path, "of"), depth)
        threshold, weights = raw["at_least"], raw.get("weights")
        if not members or not known:
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
        if name in self.lexicon.unreadable:
            return None
        known = (*self.lexicon.names, *_GATES)
        hint = _misspelt(name, known) or remedy.word_for(name, self.lexicon) or _in_part(name, known)
        return self._refuse(path, "R012", f"unknown word '{name}'", hint, at_key=True)

    def _derived(self, derived: DerivedWord, raw: object, path: Path) -> Condition | None:
        asked = _as_mapping(raw, derived.answer)
        bounds = BoundReader(self.problems).read(derived.answer, asked, path, derived.prefix)
        if bounds is None:
            return None
        taken = tuple(pair for bound in bounds for pair in bound.read_as)
        return Comparison(
            derived.name, derived.title, bounds, derivation=derived.name, read_as=taken, path=path
        )

    def _catalogued(self, word: Word, raw: object, path: Path) -> Condition | None:
        asked = self._asked(word, raw, path)
        counted = None if asked is None else self._in_days(word, asked, path)
        if counted is None:
            return None
        asked = counted.asked
        facets = [name for name in word.facets if name]
        comparisons = facets or [*NUMERIC, *MEMBERSHIP]
        before = len(self.problems)
        given = {}
        for name, value in asked.items():
            parameter = word.parameter(str(name))
            if parameter is not None:
                argument = read_argument(
                    parameter, value, self.lexicon, (*path, str(name)), self.problems, asked, word.name
                )
                if argument is not None:
                    given[parameter.name] = argument
            elif name not in comparisons:
                self._refuse_word(word, str(name), comparisons, path)
        for parameter in word.parameters:
            if parameter.required and parameter.name not in asked:
                message = f"'{word.name}' needs '{parameter.name}'"
                self._refuse(path, "R010", message, f"for example: {word.example}", at_key=True)
        self._together(word, asked, path)
        if len(self.problems) > before:
            return None
        arguments = Arguments(given)
        if excluded := word.excluded(arguments):
            name, why = excluded
            return self._refuse(
                (*path, name), "R072", why, f"remove '{name}', or what it contradicts", at_key=True
            )
        if not facets:
            found = self._comparison(word, word.facets[""], arguments, asked, path)
            return replace(found, read_as=found.read_as + counted.read_as) if found is not None else None
        return self._facets(word, facets, arguments, asked, path)

    def _in_days(self, word: Word, asked: Mapping[str, object], path: Path) -> InDays | None:
        if word.parameter(HALF_LIFE) is None:
            return InDays(asked)
        return in_days(asked, self.lexicon, path, self.problems)

    def _refuse_word(self, word: Word, name: str, comparisons: list[str], path: Path) -> None:
        """A word this feature does not take: a comparison in other words, a window, or a misspelling."""
        here = (*path, name)
        if name in SIGNS:
            hint = f"write '{SIGNS[name]}'"
            self._refuse(here, "R022", f"'{name}' is no comparison of this language", hint, at_key=True)
        elif name in _WINDOWS:
            message = f"'{name}' is not possible in {_article(word.name)} criterion"
            self._refuse(here, "R047", message, at_key=True)
        else:
            known = [*(each.name for each in word.parameters), *comparisons]
            hint = remedy.quality_of(name) or _misspelt(name, known) or _in_part(name, known)
            if name[:1].isdigit():
                hint = "a comma begins a new entry: write decimals with a point, thousands without a comma"
            if not hint and "" not in word.facets and name in (*NUMERIC, *MEMBERSHIP):
                hint = f"say of what: {', '.join(word.facets)}"
            if not hint:
                # Without the qualities, which have an answer of their own.
                own = [each.name for each in word.parameters if not remedy.quality_of(each.name)]
                hint = f"it takes: {', '.join(own)}" if own else ""
            message = f"unknown word '{name}' in {_article(word.name)} criterion"
            self._refuse(here, "R012", message, hint, at_key=True)

    def _together(self, word: Word, asked: Mapping[str, object], path: Path) -> None:
        """Parameters that need each other, and those of which a condition has exactly one."""
        given = [name for name in word.one_of if name in asked]
        if word.one_of and not given:
            message = f"'{word.name}' needs one of {', '.join(word.one_of)}"
            self._refuse(path, "R010", message, f"for example: {word.example}", at_key=True)
        for extra in given[1:]:
            message = f"'{given[0]}' and '{extra}' in one '{word.name}'"
            self._refuse((*path, extra), "R021", message, "write two conditions", at_key=True)
        for each in word.parameters:
            if each.only_with and each.name in asked and each.only_with not in asked:
                message = (
                    f"'{each.name}' says something of {_article(each.only_with)}, and none is asked about"
                )
                hint = f"remove it, or ask about {_article(each.only_with)}"
                self._refuse((*path, each.name), "R070", message, hint, at_key=True)
        spans = [each.name for each in word.parameters if each.takes is Takes.DURATION]
        if "before" in asked and word.parameter("before") is not None and spans and not {*spans} & {*asked}:
            message = f"'before' counts the days of {' or '.join(map(repr, spans))}, and there is none"
            hint = f"add '{spans[0]}', or remove 'before'"
            self._refuse((*path, "before"), "R047", message, hint, at_key=True)

    def _facets(
        self, word: Word, facets: list[str], arguments: Arguments, asked: Mapping[str, object], path: Path
    ) -> Condition | None:
        chosen = [name for name in facets if name in asked]
        if not chosen:
            message = f"nothing is asked of the {word.name}"
            return self._refuse(path, "R042", message, f"for example: {word.example}", at_key=True)
        read: list[Condition] = []
        for name in chosen:
            facet = word.facets[name]
            inner = _as_mapping(asked[name], facet.answer(arguments))
            known = self._only(inner, (*NUMERIC, *MEMBERSHIP), (*path, name))
            one = self._comparison(word, facet, arguments, inner, (*path, name), name) if known else None
            if one is not None:
                read.append(one)
        if len(read) < len(chosen):
            return None
        return read[0] if len(read) == 1 else Group(Gate.ALL, tuple(read), path=path)

    def _asked(self, word: Word, raw: object, path: Path) -> Mapping[str, object] | None:
        """The word's mapping; a bare value stands for the first parameter or for the value itself."""
        if isinstance(raw, Mapping):
            if raw:
                return raw
            message = f"nothing is asked of '{word.name}'"
            return self._refuse(path, "R042", message, f"for example: {word.example}", at_key=True)
        if word.primary is not None:
            return {word.primary.name: raw}
        answer = word.facets[""].answer(Arguments({})) if "" in word.facets and not word.primary else None
        if isinstance(answer, Category):
            return _as_mapping(raw, answer)
        if isinstance(answer, Presence) and isinstance(raw, bool):
            return {"at_least": 1} if raw else {"at_most": 0}
        hint = remedy.comparison_for(raw, word, answer)
        return self._refuse(path, "R042", f"'{raw}' asks nothing of '{word.name}'", hint)

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
        reader = BoundReader(self.problems)
        bounds = reader.read(answer, compared, path, _scheme(arguments), arguments, word)
        if bounds is None:
            return None
        title = capitalised(feature_title(word, arguments))
        title += f" {facet_name.replace('_', ' ')}" if facet_name else ""
        feature = Feature(
            name=feature_name(word, arguments, facet_name),
            kind=facet.kind(arguments),
            domain=answer.domain(),
            topic=filled(word.topic, arguments.name_of),
            title=title,
            question=filled(word.question, arguments.title_of) or f"{title}?",
        )
        default = word.default_window(arguments) if "within" not in arguments else None
        taken = tuple(pair for argument in arguments.given.values() for pair in argument.read_as)
        taken += tuple(pair for bound in bounds for pair in bound.read_as)
        return Comparison(
            word.name, feature.title, bounds, feature, default_window=default, read_as=taken, path=path
        )

    def _with_limit_units(
        self, arguments: Arguments, asked: Mapping[str, object], answer: Answer
    ) -> Arguments:
        """What a limit's unit says about the feature: calendar months, or a multiple of a normal limit."""
        values = [asked[name] for name in COMPARISONS if name in asked]
        between = asked.get("between")
        values += between if isinstance(between, list) else []
        for value in values:
            multiple = limits.multiple_of_normal(value)
            if multiple is not None and "test" in arguments:
                return replace(arguments, multiple_of=multiple[1])
            if isinstance(answer, Elapsed):
                try:
                    return replace(arguments, elapsed_unit=limits.elapsed(value)[1])
                except LimitError:
                    return arguments
        return arguments

    def _only(self, raw: Mapping[str, object], known: tuple[str, ...], path: Path) -> bool:
        """Whether all these words are known; each that is not is a problem."""
        wrong = [str(name) for name in raw if name not in known]
        for name in wrong:
            here = (*path, name)
            if name in SIGNS and SIGNS[name] in known:
                message = f"'{name}' is no comparison of this language"
                self._refuse(here, "R022", message, f"write '{SIGNS[name]}'", at_key=True)
            else:
                hint = _misspelt(name, known) or _in_part(name, known)
                self._refuse(here, "R012", f"unknown word '{name}'", hint, at_key=True)
        return not wrong

    def _refuse(self, path: Path, code: str, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self.problems.append(Problem(path, code, message, hint, at_key))


def _scheme(arguments: Arguments) -> str:
    return arguments.text("scheme") if "scheme" in arguments else ""


def _as_mapping(raw: object, answer: Answer) -> Mapping[str, object]:
    if isinstance(raw, Mapping):
        return raw
    return {"in": raw} if isinstance(answer, Category) else {"is": raw}


def _misspelt(name: str, known: Sequence[str]) -> str:
    suggestion = nearest(name, list(known))
    return f"did you mean '{suggestion}'?" if suggestion else ""


def _in_part(name: str, known: Sequence[str]) -> str:
    """The words of which this is only a part: *measurable* of *measurable_disease*."""
    said = set(name.split("_"))
    longer = [each for each in known if said < set(each.split("_"))]
    return f"did you mean {' or '.join(map(repr, longer))}?" if 0 < len(longer) <= _FEW else ""


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
