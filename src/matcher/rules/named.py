"""A name in a rule: what a synonym became, and what is said of one that no vocabulary knows."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.errors import nearest
from matcher.vocabulary.text import key
from matcher.vocabulary.tree import Tree

_FEW = 12
_ASK = "a word that is missing can be asked for: docs/guide/writing-rules.md, 'A name that is not known'"


def read_as(written: object, code: str, title: str) -> tuple[tuple[str, str], ...]:
    """The name as written and the title it was taken for; nothing where it is the code or the title itself."""
    text = str(written)
    return () if key(text) in (key(code), key(title)) else ((text, title),)


def unknown_name(text: str, guess: str | None, choices: Sequence[str] = (), tree: Tree | None = None) -> str:
    """What to do about a name nobody knows: the one it was likely meant to be, a wider one, or all there are.

    Where nothing is near it says so: a wrong suggestion is worse than none.
    """
    if tree is not None and (open_ := tree.said(text)) is not None:
        return f"a record may say it and leave the kind open ({tree.title(open_)}); a rule names which"
    if guess is not None:
        return f"did you mean '{guess}'?"
    if 0 < len(choices) <= _FEW:
        return f"one of: {', '.join(choices)}"
    wider = tree.wider(text) if tree is not None else None
    if tree is not None and wider is not None:
        return f"what is known is wider, '{wider}' ({tree.title(wider)}); {_ASK}"
    return f"no known name is near it; {_ASK}"


def unknown_choice(text: str, choices: Sequence[str]) -> str:
    """The same for one of a few words."""
    return unknown_name(text, nearest(text, choices), choices)
