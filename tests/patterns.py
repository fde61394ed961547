"""Every regular expression of the program, and texts that make a bad one slow.

The patterns are read from the source, so that one written tomorrow is among them. Hostile texts are made from the
pattern itself: beginnings of what it matches, again and again, and its characters in long runs. A pattern whose work
grows with the square of the text needs minutes for them, any other a few milliseconds.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.whole import WHOLE

LENGTH, SECONDS = (100_000, 1.0) if WHOLE else (25_000, 0.5)
"""Of a text, and of processor time for it: many times what is needed, and a part of what its square would need."""
_USES = frozenset({"match", "fullmatch", "search", "split", "sub", "subn", "findall", "finditer"})
_ALL_OVER = frozenset({"split", "sub", "subn", "findall", "finditer"})
"""They go through a text alike: one of them is asked for all."""
_MOST_TEXTS = 32 if WHOLE else 12


@dataclass(frozen=True, slots=True)
class Pattern:
    """Where it stands, what it says, and the methods by which it meets a text."""

    place: str
    text: str
    flags: int
    uses: tuple[str, ...]


def patterns_of(source: Path, filled: Mapping[str, Mapping[str, str]]) -> list[Pattern]:
    """The patterns of a package; ``filled`` has, by module, the names inside a pattern that no module holds."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(source.rglob("*.py"))}
    uses: dict[str, set[str]] = {}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in _USES and isinstance(node.value, ast.Name):
                uses.setdefault(node.value.id, set()).add(node.attr)
    return [
        each
        for path, tree in trees.items()
        for each in _in_module(path.relative_to(source.parent), tree, uses, filled)
    ]


def _in_module(
    path: Path, tree: ast.Module, uses: Mapping[str, set[str]], filled: Mapping[str, Mapping[str, str]]
) -> Iterator[Pattern]:
    names = {
        id(node.value): target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in _USES | {"compile"}
        ):
            continue
        given = {each.arg: each.value for each in node.keywords}
        scope = dict(vars(importlib.import_module(".".join(path.with_suffix("").parts))))
        scope |= filled.get(path.as_posix(), {})
        written = node.args[0] if node.args else given["pattern"]
        flags = given.get("flags") or (
            node.args[1] if node.func.attr == "compile" and node.args[1:] else None
        )
        try:
            text, mode = _value(written, scope), _value(flags, scope) if flags is not None else 0
        except NameError as error:
            raise AssertionError(f"{path}:{node.lineno}: say what stands for {error.name!r}") from None
        assert isinstance(text, str), f"{path}:{node.lineno}: write the pattern where it is compiled"
        found = {node.func.attr} if node.func.attr != "compile" else uses.get(names.get(id(node), ""), _USES)
        alike = sorted({"sub" if each in _ALL_OVER else each for each in found})
        yield Pattern(f"{path.as_posix()}:{node.lineno}", text, int(mode), tuple(alike))


def _value(node: ast.expr, scope: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "pattern", "eval"), scope)  # noqa: S307 - our own source


def hostile(pattern: Pattern) -> list[str]:
    """Texts of ``LENGTH`` characters, most likely ones first."""
    # The parser has no public name; without it only the plain runs would be left.
    tree = re._parser.parse(pattern.text, pattern.flags)
    chance = random.Random(ascii(pattern.text))  # noqa: S311 - the same texts at every run
    samples = sorted({_sample(tree, chance, pattern.flags)[:40] for _ in range(60)}, key=_shortest)
    characters = sorted({c for each in samples for c in each} | set(" 0a"))
    beginnings = sorted({each[:n] for each in samples for n in range(1, len(each) + 1)}, key=_shortest)
    # What stands first, and what is repeated behind it: only those are written out that are asked.
    runs = [("", c) for c in characters]
    again = [("", each) for each in beginnings if len(each) > 1]
    long = [(each, each[-1]) for each in beginnings if len(each) > 1]
    mixed = [(each, c) for each in beginnings[:12] for c in characters[:6]]
    chance.shuffle(again)
    chance.shuffle(long)
    chance.shuffle(mixed)
    ordered = runs[:16] + [x for three in zip(again, long, mixed, strict=False) for x in three] + again + long
    found: dict[str, None] = {}
    for first, repeated in ordered:
        found[(first + repeated * (LENGTH // len(repeated) + 1))[: LENGTH - 1] + "\0"] = None
        if len(found) == _MOST_TEXTS:
            break
    return list(found)


def _shortest(text: str) -> tuple[int, str]:
    return len(text), text


def _sample(tree: Any, chance: random.Random, flags: int) -> str:
    """A text that the pattern, or most of it, matches."""
    found = []
    for name, value in tree:
        match str(name):
            case "LITERAL":
                found.append(chr(value))
            case "NOT_LITERAL":
                found.append("a" if value != ord("a") else "b")
            case "ANY":
                found.append("a")
            case "IN":
                found.append(_one_of(value, chance))
            case "BRANCH":
                found.append(_sample(chance.choice(value[1]), chance, flags))
            case "SUBPATTERN":
                found.append(_sample(value[3], chance, flags))
            case "ATOMIC_GROUP":
                found.append(_sample(value, chance, flags))
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, inner = value
                times = chance.randint(least, min(int(most), least + 2))
                found.append("".join(_sample(inner, chance, flags) for _ in range(times)))
            case "ASSERT" | "ASSERT_NOT" | "AT" | "GROUPREF" | "GROUPREF_EXISTS":
                continue
    return "".join(found)


_OF_CATEGORY = {"CATEGORY_SPACE": " \n", "CATEGORY_DIGIT": "019", "CATEGORY_WORD": "az0_"}


def _one_of(members: Any, chance: random.Random) -> str:
    allowed: list[str] = []
    negated = False
    for name, value in members:
        match str(name):
            case "NEGATE":
                negated = True
            case "LITERAL":
                allowed.append(chr(value))
            case "RANGE":
                allowed += [chr(value[0]), chr(value[1])]
            case "CATEGORY":
                allowed += _OF_CATEGORY.get(str(value), "a ")
    if negated:
        allowed = [c for c in "a 0(" if c not in allowed] or ["\u00e4"]
    return chance.choice(allowed)


def slow(patterns: list[Pattern]) -> list[str]:
    """The patterns, uses and texts that took more than ``SECONDS``, worked off in a process of their own."""
    asked = [[each.place, each.text, each.flags, each.uses] for each in patterns]
    run = subprocess.run(
        [sys.executable, "-m", "tests.patterns"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "src")},
    )
    return run.stdout.splitlines()


def _work_off() -> None:
    """Each pattern in a child that the system ends once its processor time for one text is used up."""
    for place, text, flags, uses in json.load(sys.stdin):
        texts = hostile(Pattern(place, text, flags, tuple(uses)))
        tries = [(use, each) for use in uses for each in texts]
        while tries:
            told, telling = os.pipe()
            if not (child := os.fork()):
                _try(re.compile(text, flags), tries, telling)
                os._exit(0)
            os.close(telling)
            with os.fdopen(told, "rb") as numbers:
                reached = len(numbers.read())
            if not os.WIFSIGNALED(os.waitpid(child, 0)[1]):
                break
            use, worst = tries[reached - 1]
            sys.stdout.write(f"{place} {use} {text!a} on {worst[:12]!a}...{worst[-3:]!a}\n")
            tries = [each for each in tries[reached:] if each[0] != use]


def _try(pattern: re.Pattern[str], tries: list[tuple[str, str]], telling: int) -> None:
    for use, each in tries:
        os.write(telling, b".")
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        if use in _ALL_OVER:
            pattern.sub("", each)
        else:
            getattr(pattern, use)(each)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


if __name__ == "__main__":
    _work_off()
