"""Words to add, found by what they mean: each with a condition to begin with, and its form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matcher.authoring.forms import Form, FormField, form_of
from matcher.explanation.names import Name, names, search
from matcher.rulebook.strict_yaml import parse_yaml
from matcher.rules.rulebook import Rulebook
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.text import words

LONGEST = 200
"""Characters of what is looked for."""
_MOST = 40
_BLANK = re.compile(r"…\s*")
#: what else is asked of a medicine, beside whether it was ever given
_OF_AGENTS = (
    ("days_since: {{therapy: {}, at_least: … days}}", "Washout of {}"),
    ("medication: {}", "Takes {} now"),
)


@dataclass(frozen=True, slots=True)
class Offered:
    """One thing to ask: what it is called, the condition with blanks as empty texts, and where it came from."""

    kind: str
    code: str
    title: str
    synonyms: tuple[str, ...]
    condition: dict[str, Any]
    written: str
    form: Form | None


def offered(text: str, book: Rulebook, kinds: tuple[str, ...] = ()) -> tuple[Offered, ...]:
    """What a text may mean, the nearest first; with ``kinds`` only names of these."""
    if not text.strip() or len(text) > LONGEST:
        return ()
    found: list[Offered] = []
    wanted = words(text).split()
    derived = tuple(each for each in _derived(book) if wanted and each.has(wanted))
    for each in (*derived, *search(text, _names(book.formulary))):
        if kinds and each.kind not in kinds:
            continue
        found.extend(_offers(each, with_more=not kinds))
        if len(found) >= _MOST:
            break
    return tuple(found[:_MOST])


def form_in(book: Rulebook, word: str, asked: object) -> Form | None:
    """The form of a word of the language, or of a fact that the rulebook works out."""
    if (found := form_of(word, asked)) is not None:
        return found
    return next((derived_form(each) for each in _derived(book) if each.code == word), None)


def derived_form(name: Name) -> Form:
    options = tuple((each, each.replace("_", " ")) for each in name.beneath)
    fields = (
        FormField("is", "Is", "choice", options=options),
        FormField("in", "One of", "choices", options=options),
    )
    return Form(name.code, name.title, name.written, fields, "is")


def _derived(book: Rulebook) -> tuple[Name, ...]:
    return tuple(
        Name(
            "derived",
            each.name,
            each.title,
            beneath=tuple(value.rpartition(".")[2] for value in each.values),
            written=f"{each.name}: …",
        )
        for each in book.derivations
        if each.values
    )


@lru_cache(maxsize=4)
def _names_of(formulary: _Key) -> tuple[Name, ...]:
    return names(formulary.held)


@dataclass(frozen=True, eq=False)
class _Key:
    held: Formulary

    def __hash__(self) -> int:
        return id(self.held)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.held is self.held


def _names(formulary: Formulary) -> tuple[Name, ...]:
    return _names_of(_Key(formulary))


def _offers(name: Name, *, with_more: bool) -> Iterator[Offered]:
    yield _offer(name, name.title, name.written)
    if with_more and name.kind in ("agent", "class"):
        for written, title in _OF_AGENTS:
            yield _offer(name, title.format(name.title), written.format(name.code))


def _offer(name: Name, title: str, written: str) -> Offered:
    marked, _ = parse_yaml(written, "written") if written else (None, [])
    condition = marked.data if marked is not None and isinstance(marked.data, dict) else {}
    # What a word alone asks is not known yet: its example is nobody's limit.
    condition = _unsaid(condition) if name.kind == "word" else _blanked(condition)
    word = next(iter(condition), "")
    form = derived_form(name) if name.kind == "derived" else form_of(word, condition.get(word))
    return Offered(name.kind, name.code, title, name.synonyms, condition, written, form)


def _blanked(value: Any) -> Any:
    """Its example without what stands for a value that nobody has given yet."""
    if isinstance(value, dict):
        return {key: _blanked(held) for key, held in value.items()}
    return "" if isinstance(value, str) and _BLANK.match(value) else value


def _unsaid(value: Any) -> Any:
    """The fields of an example without their values, and without the event that a trial may not have."""
    if isinstance(value, dict):
        return {key: _unsaid(held) for key, held in value.items() if key != "before"}
    return value if isinstance(value, bool) else ""
