"""The sentences of a protocol: split, with a place each, and what became of every one. None is dropped.

They stand in the rule file itself, as comments that no other reader minds: ``# protocol: …`` above the criterion that
encodes it, ``# not yet (inclusion): …`` where nobody has.
What was lost stands in the criterion's note, behind ``Lost:``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from matcher.exchange.forms import proposal_of
from matcher.exchange.sentences import sentences_of
from matcher.rulebook.marked import Location

LOST = "Lost:"
_NOTED = re.compile(
    r"^[ \t]*# (?:(?P<kept>protocol)|not yet \((?P<section>inclusion|exclusion|cautions)\)): (?P<text>[^\r\n]*\S)",
    re.MULTILINE,
)
#: what stands over the sentences that wait, as long as any does
WAITING = "# Sentences of the protocol that nobody has encoded yet:"
_HEADED = re.compile(rf"(?:\r\n|\r|\n)?^{re.escape(WAITING)}(?:\r\n|\r|\n|\Z)", re.MULTILINE)
_COMMENT = re.compile(r"[ \t]*#")
EXACT, LOSS, PERSON, NOT_YET = "exactly", "with loss", "left to a person", "not yet"


@dataclass(frozen=True, slots=True)
class Split:
    """A sentence of pasted text from ``start`` to ``end``; ``headed``: a heading says whether it excludes.

    ``proposal`` is a condition, where one of the clear forms fits the whole sentence.
    """

    text: str
    section: str
    headed: bool
    start: int
    end: int
    proposal: Mapping[str, Any] | None
    confidence: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A sentence in a rule file: the line it stands on, and the section of one that is not encoded yet."""

    text: str
    line: int
    start: int
    end: int
    section: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and what became of it; ``criterion`` is the place of what encodes it."""

    text: str
    section: str
    state: str
    criterion: Location
    line: int
    lost: str = ""
    proposal: Mapping[str, Any] | None = None


def split(pasted: str) -> tuple[Split, ...]:
    """The sentences of a pasted text in their order."""
    return tuple(_split(pasted))


def _split(pasted: str) -> Iterator[Split]:
    at = 0
    for each in sentences_of(pasted):
        # Between two words of a sentence stands what the page had there: breaks, blanks, escapes, marks of a list.
        words = each.text.split()
        start = _find(pasted, words[0], at)
        end = start
        for word in words:
            end = _find(pasted, word, end) + len(word)
        at = min(end, len(pasted))
        whole = each.headed and not each.only
        found = proposal_of(each.text, excludes=each.excludes) if whole else None
        yield Split(
            each.whole,
            "exclusion" if each.excludes else "inclusion",
            each.headed,
            start,
            at,
            found.when if found else None,
            found.confidence if found else "",
        )


def _find(text: str, word: str, start: int) -> int:
    found = text.find(word, start)
    return found if found >= 0 else start


def noted(text: str) -> tuple[Noted, ...]:
    """The sentences that stand in a rule file."""
    return tuple(
        Noted(" ".join(found["text"].split()), text.count("\n", 0, found.start()) + 1, found.start(), found.end(),
              found["section"] or "")
        for found in _NOTED.finditer(text)
    )  # fmt: skip


def kept_comment(sentence: str) -> str:
    return f"# protocol: {' '.join(sentence.split())}"


def open_comment(sentence: str, section: str) -> str:
    return f"# not yet ({section}): {' '.join(sentence.split())}"


def without_heading(text: str) -> str:
    """Without the line that announces sentences, and the empty one above it, where none is left."""
    return _HEADED.sub("", text, count=1)


def kept_above(text: str, start: int) -> Noted | None:
    """The sentence that stands in the comments right above the line on which ``start`` lies."""
    held = {each.start: each for each in noted(text) if not each.section}
    line = text.rfind("\n", 0, start) + 1
    while line:
        above = text.rfind("\n", 0, line - 1) + 1
        if not _COMMENT.match(text, above, line):
            return None
        if above in held:
            return held[above]
        line = above
    return None


def state_of(criterion: Mapping[str, Any]) -> tuple[str, str]:
    """What became of the sentence of a criterion, and what was lost of it."""
    note = criterion.get("note")
    if criterion.get("judgement") is True:
        return PERSON, ""
    if isinstance(note, str) and note.startswith(LOST):
        return LOSS, note.removeprefix(LOST).strip()
    return (EXACT if criterion.get("when") else NOT_YET), ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many sentences are in each state, what the file claims, and what follows, if it has any."""

    claimed: str
    follows: str
    states: Mapping[str, int]


def coverage(claimed: object, sentences: tuple[Sentence, ...]) -> Coverage:
    states = {
        state: sum(each.state == state for each in sentences) for state in (EXACT, LOSS, PERSON, NOT_YET)
    }
    follows = ""
    if sentences:
        follows = "partial" if states[NOT_YET] or states[LOSS] else "full"
    return Coverage(claimed if isinstance(claimed, str) else "", follows, states)
