"""What a feature is called: its name, which is the same however it was written, and its title in words."""

from __future__ import annotations

from collections.abc import Callable

from matcher.domain.dates import TimeUnit
from matcher.features.word import Arguments, Word


def feature_name(word: Word, arguments: Arguments, facet: str) -> str:
    """One name for one question, the order of parameters in the file aside."""
    parts = [f"{name}={argument.name}" for name, argument in sorted(arguments.given.items())]
    if arguments.multiple_of:
        parts.append(f"x {arguments.multiple_of} limit of normal")
    if arguments.elapsed_unit is not TimeUnit.DAYS:
        parts.append(f"in {arguments.elapsed_unit}")
    if facet:
        parts.append(facet)
    return f"{word.name}({', '.join(parts)})" if parts else word.name


def filled(template: str, said: Callable[[str], str]) -> str:
    """The template with what is said of each parameter, or nothing, in place of its braces."""
    text = template
    while (start := text.find("{")) >= 0:
        end = text.index("}", start)
        text = text[:start] + said(text[start + 1 : end]) + text[end + 1 :]
    return " ".join(text.split())


def feature_title(word: Word, arguments: Arguments) -> str:
    """The phrase with its parameters, and behind it those that it has no place for: `within 14 days`.

    Qualities stand last, in brackets: what else is said then belongs to the whole.
    """
    behind: dict[bool, list[str]] = {False: [], True: []}
    for each in word.parameters:
        if each.name in arguments and f"{{{each.name}}}" not in word.phrase:
            behind[bool(each.opposite)].append(arguments.title_of(each.name))
    qualities = [f"({', '.join(behind[True])})"] if behind[True] else []
    return " ".join(
        part for part in (filled(word.phrase, arguments.title_of), *behind[False], *qualities) if part
    )


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
