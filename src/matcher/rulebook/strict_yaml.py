"""YAML without its surprises: plain data, and the line and column of every part of it.

The file is read once, event by event, with libyaml where PyYAML was built with it. Events keep what composed
nodes lose (where an anchor stands, that a tag was written), aliases among them are never followed, and a hostile
file stops at the limit it breaks.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from matcher.errors import Diagnostic, in_order
from matcher.rulebook.marked import Location, Mark, Marked, Place, Plain
from matcher.rulebook.plain_scalar import Trap, is_number, key_trap, read_plain
from matcher.rulebook.source_text import MAX_BYTES, read_text
from matcher.rulebook.yaml_problem import Problem, explain, mark_of

__all__ = ["Location", "Mark", "Marked", "Plain", "load_yaml", "parse_yaml", "parse_yaml_documents"]

MAX_DEPTH = 40
MAX_VALUES = 200_000

_LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SIZED_BLOCK = re.compile(r"[|>][-+]?[0-9]")


def load_yaml(path: Path, file: str | None = None) -> tuple[Marked | None, list[Diagnostic]]:
    """The one document of a file on disk; ``file`` is the name to show for it."""
    shown = file or path.as_posix()
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return None, [Diagnostic(shown, None, None, "R001", f"the file cannot be opened: {error.strerror}")]
    return parse_yaml(content, shown)


def parse_yaml(content: bytes | str, file: str) -> tuple[Marked | None, list[Diagnostic]]:
    """The one document of a file, and everything wrong with it.

    A document comes back even where there are findings, so that its fields can be checked and reported in the
    same breath; it must not be *used* then. There is none where reading had to stop: bad encoding, bad syntax, a
    limit broken, nothing in the file.

    In it, text is ``str``, ISO dates are ``datetime.date``, numbers ``int`` or ``float``; keys are always text as
    written, even where they look like numbers.
    """
    documents, diagnostics = _read(content, file, several=False)
    return (documents[0] if documents else None), in_order(diagnostics)


def parse_yaml_documents(content: bytes | str, file: str) -> tuple[list[Marked], list[Diagnostic]]:
    """Every document of a file in which ``---`` may part several; none where reading had to stop."""
    documents, diagnostics = _read(content, file, several=True)
    return documents, in_order(diagnostics)


def _read(content: bytes | str, file: str, *, several: bool) -> tuple[list[Marked], list[Diagnostic]]:
    text, diagnostics = read_text(content, file)
    if text is None:
        return [], diagnostics
    reader = _Reader(text, file)
    try:
        documents = list(reader.documents(several=several))
    except yaml.YAMLError as error:
        documents = []
        reader.stop(explain(error, text))
    except _LimitError as error:
        documents = []
        reader.stop(error.problem)
    else:
        if not documents:
            reader.stop(Problem(Mark(1, 1), "the file holds nothing", "", "R039"))
    finally:
        reader.close()
    return documents, diagnostics + reader.diagnostics


class _LimitError(Exception):
    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(mark, message, "", "R007")


class _Reader:
    """Turns the events of one file into documents, and collects what is wrong on the way."""

    def __init__(self, text: str, file: str) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._text = text
        self._file = file
        self._events = _LOADER(text)
        self._values = 0
        self._location: list[str | int] = []
        self._faults: set[Location] = set()

    def close(self) -> None:
        self._events.dispose()

    def stop(self, problem: Problem) -> None:
        """The last finding: nothing after it was read."""
        self._report(problem.code, problem.mark, problem.message, problem.hint)

    def documents(self, *, several: bool) -> Iterator[Marked]:
        self._next()  # the start of the stream
        read = 0
        while isinstance(event := self._next(), yaml.DocumentStartEvent):
            read += 1
            if read == 2 and not several:
                self._report("R009", _start(event), "a second document begins here")
            self._faults = set()
            data, root = self._value(self._next(), depth=1)
            self._next()  # the end of the document
            yield Marked(self._file, data, root, frozenset(self._faults))

    def _next(self) -> yaml.Event:
        event = self._events.get_event()
        if event is None:
            raise yaml.YAMLError("the file ends too early")
        return event

    def _value(self, event: yaml.Event, depth: int) -> tuple[Plain, Place]:
        mark = _start(event)
        self._values += 1
        if self._values > MAX_VALUES:
            raise _LimitError(mark, f"the file has more than {MAX_VALUES:,} values")
        self._check_properties(event, mark)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, mark), Place(mark)
        if isinstance(event, yaml.AliasEvent):
            return None, Place(mark)
        if depth > MAX_DEPTH:
            raise _LimitError(mark, f"the file is nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(mark, depth, in_braces=bool(event.flow_style))
        return self._sequence(mark, depth)

    def _sequence(self, mark: Mark, depth: int) -> tuple[Plain, Place]:
        values: list[Plain] = []
        places: list[Place] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            self._location.append(len(values))
            value, place = self._value(event, depth + 1)
            self._location.pop()
            values.append(value)
            places.append(place)
        return values, Place(mark, members=places)

    def _mapping(self, mark: Mark, depth: int, *, in_braces: bool) -> tuple[Plain, Place]:
        values: dict[str, Plain] = {}
        places: dict[str, Place] = {}
        keys: dict[str, Mark] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key, key_mark = self._key(event, depth, in_braces=in_braces), _start(event)
            self._location.append(key or "")
            value, place = self._value(self._next(), depth + 1)
            self._location.pop()
            if key is None:
                continue
            if key in keys:
                first = keys[key]
                self._report(
                    "R003",
                    key_mark,
                    f"'{key}' stands here a second time",
                    f"the first is on line {first.line}",
                )
            else:
                values[key], places[key], keys[key] = value, place, key_mark
        return values, Place(mark, keys, places)

    def _key(self, event: yaml.Event, depth: int, *, in_braces: bool) -> str | None:
        """The text of a key, or ``None`` where it has none that could be used."""
        mark = _start(event)
        if isinstance(event, yaml.ScalarEvent):
            self._location.append(event.value)
            self._check_properties(event, mark)
            key = self._plain_key(event, mark, in_braces=in_braces) if _is_plain(event) else event.value
            self._location.pop()
            return key
        self._value(event, depth + 1)
        if not isinstance(event, yaml.AliasEvent):
            self._report("R038", mark, "a list or a mapping cannot be a key")
        return None

    def _plain_key(self, event: yaml.ScalarEvent, mark: Mark, *, in_braces: bool) -> str | None:
        text: str = event.value
        if not text:
            self._report("R038", mark, "a key is missing before the colon")
            return None
        if text == "<<":
            self._report("R005", mark, "'<<' would merge another mapping into this one")
            return None
        if trap := (self._alone_in_braces(event) if in_braces else None) or key_trap(text):
            self._doubt(trap.code, mark, trap.message, trap.hint)
        return text

    def _alone_in_braces(self, key: yaml.ScalarEvent) -> Trap | None:
        """``{age:18}`` and ``{above: 1,5}``: a missing space and a decimal comma each make a key without a value."""
        value = self._events.peek_event()
        if not isinstance(value, yaml.ScalarEvent) or _start(value) != _end(key):
            return None
        text: str = key.value
        name, colon, rest = text.partition(":")
        if colon and name and rest and not is_number(name):
            return Trap(
                "R006",
                f"'{text}' is one word without a value",
                f"put a space after the colon: '{name}: {rest}'",
            )
        if is_number(text):
            return Trap(
                "R006",
                f"a comma begins a new entry, so '{text}' stands alone",
                "write decimals with a point, as in 1.5, and thousands without a comma",
            )
        return None

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> Plain:
        text: str = event.value
        if not _is_plain(event):
            if event.style in {"|", ">"} and self._is_sized_block(event):
                message = f"'{event.style}' and a number begin a block of text on the lines below"
                self._doubt(
                    "R006", mark, message, "a limit is written with at_least, above, at_most or below"
                )
            return text
        value = read_plain(text)
        if isinstance(value, Trap):
            self._doubt(value.code, mark, value.message, value.hint)
            return text
        return value

    def _is_sized_block(self, event: yaml.ScalarEvent) -> bool:
        start = event.start_mark.index if event.start_mark else 0
        return _SIZED_BLOCK.match(self._text, start) is not None

    def _check_properties(self, event: yaml.Event, mark: Mark) -> None:
        """No anchor, alias or tag, on whatever kind of value."""
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            self._doubt("R005", mark, f"'*{anchor}' is an alias", "write the value out here")
        elif anchor is not None:
            self._report("R005", mark, f"'&{anchor}' is an anchor")
        if tag is not None:
            self._doubt("R004", mark, f"'{tag.replace('tag:yaml.org,2002:', '!!')}' is a tag")

    def _report(self, code: str, mark: Mark, message: str, hint: str = "") -> None:
        self.diagnostics.append(Diagnostic(self._file, mark.line, mark.column, code, message, hint))

    def _doubt(self, code: str, mark: Mark, message: str, hint: str = "") -> None:
        """Reports the value or key in hand, so that a later check need not judge it again."""
        self._faults.add(tuple(self._location))
        self._report(code, mark, message, hint)


def _is_plain(event: yaml.ScalarEvent) -> bool:
    return bool(event.implicit[0]) and event.tag is None


def _start(event: yaml.Event) -> Mark:
    return mark_of(event.start_mark)


def _end(event: yaml.Event) -> Mark:
    return mark_of(event.end_mark)
