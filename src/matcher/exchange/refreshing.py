"""A rule beside a newer record of its trial: what the registry changed since, sentence by sentence.

A criterion and a sentence are the same where their words are, whatever their case, marks and order in the list. What
is nearly the same was amended. Nobody but a person changes a criterion; only recruitment, contacts and sites, where
the rule has them from the registry, are brought up to date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from matcher.exchange.draft import texts_of
from matcher.exchange.places import REGISTRY, with_places
from matcher.exchange.recruiting import day_of, renewed
from matcher.exchange.registry import Record
from matcher.rules.syntax import TrialDocument

_WORD = re.compile(r"\w+|[<>=\u2264\u2265%]+")
_NEAR = 0.6
_LONGEST = 1_500
_RECRUITMENT = re.compile(r"^recruitment:(?P<rest>.*(?:\n[ \t]+.*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SentenceChanged:
    """``amended``, ``added`` or ``gone``; ``criterion`` is the one of the rule that is concerned."""

    change: str
    criterion: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a record says that the rule does not. ``text`` is the rule file with its recruitment and places."""

    trial: str
    record_day: date | None
    sentences: tuple[SentenceChanged, ...]
    recruitment: str
    places: str
    text: str

    @property
    def changed(self) -> bool:
        return bool(self.sentences or self.recruitment or self.places)


def refreshed(text: str, trial: TrialDocument, record: Record) -> Refreshed:
    """The rule file ``text`` of a trial, beside a record of the same trial."""
    sides = []
    for held, excludes in ((trial.inclusion, False), (trial.exclusion, True)):
        own = [(name, each.text) for name, each in held.items()]
        said = [each for each, out in texts_of(record) if out is excludes]
        sides += list(_compared(own, said))
    day = day_of(record.updated)
    told, changed = _recruitment(text, trial, record, day)
    places, changed = with_places(changed, trial, record, day)
    return Refreshed(trial.trial, day, tuple(sides), told, places, changed)


def _compared(own: Sequence[tuple[str, str]], said: Sequence[str]) -> Iterator[SentenceChanged]:
    left = {name: _plain(text) for name, text in own}
    texts = dict(own)
    open_sentences = []
    for sentence in said:
        plain = _plain(sentence)
        same = next((name for name, words in left.items() if words == plain), None)
        if same is not None:
            del left[same]
        else:
            open_sentences.append((sentence, plain))
    for sentence, plain in open_sentences:
        near = max(left, key=lambda name: _likeness(left[name], plain), default=None)
        if near is not None and _likeness(left[near], plain) >= _NEAR:
            del left[near]
            yield SentenceChanged("amended", near, texts[near], sentence)
        else:
            yield SentenceChanged("added", "", "", sentence)
    for name in left:
        yield SentenceChanged("gone", name, texts[name], "")


def _plain(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))[:_LONGEST]


def _likeness(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    return SequenceMatcher(None, first, second, autojunk=False).ratio() if first and second else 0.0


def _recruitment(text: str, trial: TrialDocument, record: Record, day: date | None) -> tuple[str, str]:
    """What is said of the recruitment, and the file with it; nothing where the record knows no more than the rule."""
    held = trial.recruitment
    if day is None or day <= held.as_of or record.status == "unknown":
        return "", text
    told = f"{held.status} on {held.as_of}, {record.status} on {day}"
    if held.source != REGISTRY:
        return f"{told}; the rule has it from {held.source}: change it by hand", text
    found = _RECRUITMENT.search(text)
    if found is None:
        return f"{told}; no line of the file says so: change it by hand", text
    if held.assumption is not None or "#" in found[0]:
        return f"{told}; something else is written there too: change it by hand", text
    return told, f"{text[: found.start()]}{renewed(held, record, day)}{text[found.end() :]}"
