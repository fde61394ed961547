"""What can still be said of a file that is wrong: its conditions, and the names others refer to it by.

A wrong file is not used. Its conditions are read all the same, so that everything wrong with it is said at
once; and what it defines is still a name, so that no other file is blamed for using it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from matcher.errors import Diagnostic
from matcher.rulebook.documents import RuleFile, kind_of, located
from matcher.rulebook.marked import Location, Plain
from matcher.rules.condition import Path, Problem
from matcher.rules.lexicon import Lexicon
from matcher.rules.list_syntax import AgentDocument, AgentsDocument, ListDocument
from matcher.rules.parse import ConditionReader

_SPOILT = "\N{REPLACEMENT CHARACTER}"
_CONDITIONS = ("when", "applies_to")


def condition_problems(file: RuleFile, lexicon: Lexicon) -> list[Diagnostic]:
    """Everything wrong with the conditions of a file that is no document."""
    if file.marked is None or not isinstance(file.marked.data, dict):
        return []
    events = file.marked.data.get("events")
    named = tuple(each for each in events if isinstance(each, str)) if isinstance(events, list) else ()
    problems: list[Problem] = []
    reader = ConditionReader(lexicon.for_events(named), problems)
    for path, raw in _conditions(file.marked.data, ()):
        if not any(_is_below(fault, path) for fault in file.marked.faults):
            reader.read(raw, path)
    # A character that cannot be seen is said where it stands, not again for the value it spoils.
    return located(file.marked, [each for each in problems if _SPOILT not in each.message])


def _conditions(data: Plain, path: Path) -> Iterator[tuple[Path, Plain]]:
    """Each condition of a file. One without braces (text, a number) is the model's to refuse."""
    if isinstance(data, dict):
        for name, value in data.items():
            here = (*path, name)
            if name in _CONDITIONS:
                if isinstance(value, dict):
                    yield here, value
            elif name == "of" and path == ("count",) and isinstance(value, list):
                yield from (((*here, index), each) for index, each in enumerate(value))
            else:
                yield from _conditions(value, here)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _conditions(value, (*path, index))


def _is_below(location: Location, path: Path) -> bool:
    return location[: len(path)] == path


def unreadable_names(files: Sequence[RuleFile]) -> frozenset[str]:
    """The derivations whose file is wrong."""
    return frozenset(name for file in files if (name := _named(file, "derive")) is not None)


def placeholder(file: RuleFile) -> ListDocument | AgentsDocument | None:
    """What a wrong file of agents, or a wrong list, stands for where others name it."""
    if file.document is not None or file.marked is None or not isinstance(file.marked.data, dict):
        return None
    name = _named(file, "list")
    if name is not None:
        return ListDocument.model_construct(list=name, title=name, members=[], source="", as_of=date.min)
    if kind_of(file.marked) != "agents":
        return None
    return AgentsDocument.model_construct(
        agents=_entries(file.marked.data.get("agents")), title="", source="", as_of=date.min
    )


def _named(file: RuleFile, kind: str) -> str | None:
    if file.document is not None or file.marked is None or kind_of(file.marked) != kind:
        return None
    assert isinstance(file.marked.data, dict)
    name = file.marked.data[kind]
    return name if isinstance(name, str) else None


def _entries(agents: Plain) -> dict[str, AgentDocument]:
    return {
        name: AgentDocument.model_construct(synonyms=_texts(entry))
        for name, entry in (agents.items() if isinstance(agents, Mapping) else ())
    }


def _texts(entry: Plain) -> list[str]:
    synonyms = entry.get("synonyms") if isinstance(entry, dict) else None
    return [each for each in synonyms if isinstance(each, str)] if isinstance(synonyms, list) else []
