"""One draft beside the rulebook in force: what is wrong with it, and what its cases show.

Nothing else that anybody is writing is looked at, and no file but those in force: an error elsewhere is none here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from matcher.authoring.cards import sheet, too_large
from matcher.authoring.edits import LARGEST
from matcher.authoring.protocol import Coverage as Claim
from matcher.cases.coverage import Coverage, coverage
from matcher.cases.run import Case, CaseResult, cases_of, run_cases
from matcher.errors import Diagnostic, in_order
from matcher.rulebook.documents import KINDS_OF_RULE, kind_of
from matcher.rulebook.load import Loaded
from matcher.rulebook.marked import Marked
from matcher.rulebook.one_file import check_one
from matcher.rulebook.strict_yaml import parse_yaml
from matcher.rules.candidate import Candidate
from matcher.rules.rulebook import Derivation, Rulebook
from matcher.service.known import Known

_KEPT = 8
_NO_COVERAGE = Coverage((), 0, 0)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a text is: the kind of rule, and its name; empty where it does not say."""

    kind: str
    name: str

    @property
    def file(self) -> str:
        return f"{self.name or 'draft'}.yaml"


@dataclass(frozen=True)
class Checked:
    """``findings`` are of the rule, ``of_cases`` of its cases; ``ready`` is what patients are matched by."""

    identity: Identity
    text: str
    beside: Rulebook
    loaded: Loaded
    results: tuple[CaseResult, ...]
    of_cases: tuple[Diagnostic, ...]
    coverage: Coverage

    @property
    def findings(self) -> list[Diagnostic]:
        return self.loaded.diagnostics

    @property
    def clean(self) -> bool:
        """Whether nobody has to look again: what lint only tells is no fault."""
        return not self.faults

    @property
    def faults(self) -> list[Diagnostic]:
        """Errors, and warnings that deserve a second look."""
        return [each for each in self.findings if each.severity != "note"]

    @property
    def claim(self) -> Claim:
        """How much of the protocol the text says it has, and how much follows from its sentences."""
        return sheet(self.text, self.identity.file, self.beside).coverage

    @property
    def ready(self) -> Rulebook | None:
        return self.loaded.ready

    @property
    def subject(self) -> Candidate | Derivation | None:
        book = self.ready
        return None if book is None else _subject(book, self.identity.name)

    @property
    def candidate(self) -> Candidate | None:
        found = self.subject
        return found if isinstance(found, Candidate) else None

    @property
    def failures(self) -> tuple[Diagnostic, ...]:
        return self.of_cases + tuple(each for result in self.results for each in result.failures)


def identity_of(text: str) -> Identity:
    """Read from the text as it stands, also where it is wrong elsewhere."""
    marked, _ = parse_yaml(text, "draft.yaml")
    return Identity("", "") if marked is None else _identity(marked)


def _identity(marked: Marked) -> Identity:
    kind = kind_of(marked)
    if kind not in KINDS_OF_RULE or not isinstance(marked.data, dict):
        return Identity("", "")
    name = marked.data.get(kind)
    return Identity(kind, name if isinstance(name, str) else "")


def check(text: str, cases: str, rulebook: Rulebook) -> Checked:
    """Of a text and its cases, beside a rulebook."""
    return _checked(text, cases, Known(rulebook))


@lru_cache(_KEPT)
def _checked(text: str, cases: str, known: Known) -> Checked:
    if len(text) > LARGEST:
        nobody = Identity("", "")
        loaded = Loaded(None, [too_large(nobody.file)], ())
        return Checked(nobody, text, known.rulebook, loaded, (), (), _NO_COVERAGE)
    identity = identity_of(text)
    loaded = check_one(text, identity.file, known.rulebook)
    book = loaded.ready
    if book is None or _subject(book, identity.name) is None:
        return Checked(
            identity, text, known.rulebook, loaded, (), tuple(_form_of(cases, identity)), _NO_COVERAGE
        )
    read, found = read_text(cases, identity.name, book)
    results = tuple(run_cases(book, read))
    return Checked(
        identity, text, known.rulebook, loaded, results, tuple(in_order(found)), coverage(loaded, results)
    )


def _subject(book: Rulebook, name: str) -> Candidate | Derivation | None:
    return book.by_id.get(name) or book.derived.get(name)


def _form_of(cases: str, identity: Identity) -> list[Diagnostic]:
    return parse_yaml(cases, _file_of(identity.name))[1] if cases.strip() else []


def _file_of(name: str) -> str:
    return f"{name or 'draft'}.cases.yaml"


def read_text(cases: str, name: str, book: Rulebook) -> tuple[Sequence[Case], list[Diagnostic]]:
    """The cases of a text. None at all is no fault of form: that they are missing is said by coverage."""
    if not cases.strip():
        return [], []
    return cases_of(book, name, *parse_yaml(cases, _file_of(name)))
