"""What an author does in a form, as edits of the text: each proven to have changed what it says it changes alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from matcher.authoring import criteria
from matcher.authoring.splice import Splicer
from matcher.errors import UsageError
from matcher.rulebook.marked import Location
from matcher.rulebook.spans import Located, locate
from matcher.rulebook.strict_yaml import parse_yaml

LISTED = ("all", "any", "at_least")
ALONE = ("not", "known")
_LONGEST = 5_000
"""Characters of what is typed into one field."""
MOST_NAMES = 1_000
"""Members of a list that stands in a condition."""
LARGEST = 250_000
"""Characters of a text that is edited in cards: ten times the longest rule there is. More is edited as text."""


@dataclass(frozen=True, slots=True)
class Edit:
    """``op`` at ``path``; what else it takes hangs on the operation.

    =================  ==============================================================================================
    ``set``            ``value`` at ``path``, where there may be none yet; one of text stays text
    ``type``           the same, with ``value`` as somebody types it: ``18``, ``[a, b]``, ``true``
    ``remove``         the field or the member at ``path``
    ``rename``         the field at ``path`` is called ``key``
    ``add``            ``value`` at the end of the list at ``path``
    ``move``           the member or criterion at ``path`` one place up (``by`` -1) or down (1)
    ``wrap``           the condition at ``path`` under the gate ``key``
    ``unwrap``         the one member of the group at ``path`` in the place of the group
    ``gate``           the group at ``path`` has the gate ``key``
    ``add_criterion``  to the section at ``path``, with the fields in ``value``; ``sentence`` is what it encodes
    ``remove_criterion``  its sentence waits again
    ``judge``          the criterion at ``path`` is left to a person
    =================  ==============================================================================================
    """

    op: str
    path: Location = ()
    value: Any = None
    key: str = ""
    by: int = 0
    sentence: str = ""


class EditError(UsageError):
    """Why an edit cannot be made; the text stays as it was."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint, code="U068")


_Made = tuple[str, Any]


def edited(text: str, edit: Edit) -> str:
    """The text after an edit; ``EditError`` where there is no such place, or it would change anything else."""
    if len(text) > LARGEST:
        raise EditError(f"a rule of more than {LARGEST:,} characters has no cards", "change it in the text")
    held = locate(text, "draft")
    if held.marked is None or held.root is None:
        line = next((each.line for each in held.problems if each.line), 1)
        raise EditError(f"the text cannot be read at line {line}", "mend that line in the text first")
    work = _OPERATIONS.get(edit.op)
    if work is None:
        raise EditError(f"there is no edit '{edit.op}'", f"one of: {', '.join(_OPERATIONS)}")
    if isinstance(edit.value, str) and len(edit.value) > _LONGEST:
        raise EditError(f"a field takes {_LONGEST:,} characters")
    if isinstance(edit.value, list) and len(edit.value) > MOST_NAMES:
        hint = "make it a list of its own in the rulebook, and ask for it by its name"
        raise EditError(f"a field takes {MOST_NAMES:,} names", hint)
    try:
        made, expected = work(held, edit)
        done = made == text or _says(made, expected, held)
    except RecursionError:
        raise EditError("the value is nested too deep") from None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise EditError("the text has no such place any more", "look at the cards again") from None
    if not done:
        raise EditError("the text is written in a way that this form cannot change", "change it in the text")
    return made


def _says(text: str, expected: Any, before: Located) -> bool:
    """Whether the text reads as it should, in that order, with nothing wrong that was not wrong before."""
    marked, problems = parse_yaml(text, "draft")
    return (
        marked is not None and repr(marked.data) == repr(expected) and len(problems) <= len(before.problems)
    )


def _plain(held: Located) -> Any:
    assert held.marked is not None
    return deepcopy(held.marked.data)


def _at(data: Any, path: Location) -> Any:
    for step in path:
        data = data[step]
    return data


def _set(held: Located, edit: Edit) -> _Made:
    data, splicer = _plain(held), Splicer(held)
    around: Any = _at(data, edit.path[:-1])
    if not isinstance(around, (dict, list)):
        # ``sex: male`` has no field beside its value: what stands there becomes one.
        raise KeyError(edit.path)
    step: Any = edit.path[-1]
    is_new = isinstance(around, dict) and step not in around
    value = " ".join(edit.value.split()) if isinstance(edit.value, str) else edit.value
    if not is_new and repr(around[step]) == repr(value):
        return held.text, data
    if not is_new or isinstance(around, list):
        around[step] = value
        return splicer.put(edit.path, value), data
    before = criteria.following(str(step), around) if criteria.is_criterion(edit.path[:-1]) else ""
    kept = {name: around.pop(name) for name in [*around][[*around].index(before) :]} if before else {}
    around.update({step: value, **kept})
    return splicer.add_key(edit.path[:-1], str(step), value, before), data


def _type(held: Located, edit: Edit) -> _Made:
    return _set(held, Edit("set", edit.path, typed(str(edit.value))))


def typed(text: str) -> Any:
    """What somebody means who types this: a number, a day, true, a list in brackets, and otherwise a text."""
    plain = " ".join(text.split())
    if not re.fullmatch(r"[^\s:{}#&*!|>'\"%@`]+|\[[^{}:#&*!|>%@`]*\]", plain):
        return plain
    marked, problems = parse_yaml(plain, "typed")
    return plain if marked is None or problems or isinstance(marked.data, dict) else marked.data


def _remove(held: Located, edit: Edit) -> _Made:
    data = _plain(held)
    del _at(data, edit.path[:-1])[edit.path[-1]]
    return Splicer(held).remove(edit.path), data


def _rename(held: Located, edit: Edit) -> _Made:
    data = _plain(held)
    _renamed(data, edit.path, edit.key)
    return Splicer(held).rename(edit.path, edit.key), data


def _renamed(data: Any, path: Location, key: str) -> None:
    around = _at(data, path[:-1])
    if key in around:
        raise KeyError(key)
    kept = [(key if name == path[-1] else name, value) for name, value in around.items()]
    around.clear()
    around.update(kept)


def _add(held: Located, edit: Edit) -> _Made:
    data = _plain(held)
    _at(data, edit.path).append(edit.value)
    return Splicer(held).add_item(edit.path, edit.value), data


def _move(held: Located, edit: Edit) -> _Made:
    data = _plain(held)
    around, step = _at(data, edit.path[:-1]), edit.path[-1]
    steps = list(around) if isinstance(around, dict) else list(range(len(around)))
    place = steps.index(step)
    other = place + (1 if edit.by > 0 else -1)
    if not 0 <= other < len(steps):
        raise EditError("it stands at the end already")
    if isinstance(around, dict):
        order = list(around.items())
        order[place], order[other] = order[other], order[place]
        around.clear()
        around.update(order)
    else:
        around[place], around[other] = around[other], around[place]
    return Splicer(held).swap(edit.path, (*edit.path[:-1], steps[other])), data


def _wrap(held: Located, edit: Edit) -> _Made:
    data = _plain(held)
    inner = _at(data, edit.path)
    around = _at(data, edit.path[:-1])
    if edit.key == "at_least":
        around[edit.path[-1]] = {"at_least": 1, "of": [inner]}
        first = Splicer(held).wrapped(edit.path, "of", listed=True)
        return Splicer(locate(first, "draft")).add_key(edit.path, "at_least", 1, before="of"), data
    if edit.key not in (*LISTED, *ALONE):
        raise EditError(f"there is no group '{edit.key}'")
    listed = edit.key in LISTED
    around[edit.path[-1]] = {edit.key: [inner] if listed else inner}
    return Splicer(held).wrapped(edit.path, edit.key, listed), data


def _unwrap(held: Located, edit: Edit) -> _Made:
    data = _plain(held)
    group = _at(data, edit.path)
    gate = "of" if "of" in group else next(iter(group))
    inner = group[gate]
    member = (*edit.path, gate)
    if isinstance(inner, list):
        if len(inner) != 1:
            raise EditError("a group of several conditions cannot be dissolved")
        inner, member = inner[0], (*member, 0)
    _at(data, edit.path[:-1])[edit.path[-1]] = inner
    return Splicer(held).unwrapped(edit.path, member), data


def _gate(held: Located, edit: Edit) -> _Made:
    data, group = _plain(held), _at(held.value(()), edit.path)
    old = "at_least" if "of" in group else next(iter(group))
    if edit.key not in LISTED or old not in LISTED:
        raise EditError(f"'{old}' cannot become '{edit.key}'")
    place = _at(data, edit.path[:-1])
    splicer = Splicer(held)
    if old == edit.key:
        return held.text, data
    if edit.key == "at_least":
        place[edit.path[-1]] = {"at_least": 1, "of": group[old]}
        renamed = splicer.rename((*edit.path, old), "of")
        return Splicer(locate(renamed, "draft")).add_key(edit.path, "at_least", 1, before="of"), data
    if old == "at_least":
        place[edit.path[-1]] = {edit.key: group["of"]}
        if "weights" in group:
            raise EditError("a score has weights, which a group has not")
        without = splicer.remove((*edit.path, "at_least"))
        return Splicer(locate(without, "draft")).rename((*edit.path, "of"), edit.key), data
    _renamed(data, (*edit.path, old), edit.key)
    return splicer.rename((*edit.path, old), edit.key), data


def _judge(held: Located, edit: Edit) -> _Made:
    data = _plain(held)
    _renamed(data, (*edit.path, "when"), "judgement")
    _at(data, edit.path)["judgement"] = True
    named = Splicer(held).rename((*edit.path, "when"), "judgement")
    return Splicer(locate(named, "draft")).put((*edit.path, "judgement"), True), data


def _ask(held: Located, edit: Edit) -> _Made:
    data = _plain(held)
    _renamed(data, (*edit.path, "judgement"), "when")
    _at(data, edit.path)["when"] = edit.value
    named = Splicer(held).rename((*edit.path, "judgement"), "when")
    return Splicer(locate(named, "draft")).put((*edit.path, "when"), edit.value), data


def _add_criterion(held: Located, edit: Edit) -> _Made:
    return criteria.added(held, _plain(held), edit.path, edit.value, edit.sentence)


def _remove_criterion(held: Located, edit: Edit) -> _Made:
    return criteria.removed(held, _plain(held), edit.path)


_OPERATIONS: Mapping[str, Callable[[Located, Edit], _Made]] = {
    "set": _set,
    "type": _type,
    "remove": _remove,
    "rename": _rename,
    "add": _add,
    "move": _move,
    "wrap": _wrap,
    "unwrap": _unwrap,
    "gate": _gate,
    "judge": _judge,
    "ask": _ask,
    "add_criterion": _add_criterion,
    "remove_criterion": _remove_criterion,
}
