"""What stands beside a name and changes what is said of it: negation, doubt, exclusion, history, family.

"HIV-", "HIV (-)", "no HIV", "HIV ruled out" and the ICD-10-GM suffix ``A`` all deny; "?HIV", "susp. HIV", "V.a. HIV"
and ``V`` leave open; "mother: HIV" is not the patient's. A mark is only ever taken off a text whose rest is a known
name to its last character: what remains otherwise is not understood, and nothing of it is believed.

The words are in ``marks.csv``: English as charts are dictated, German as ICD-10-GM documentation writes them.
Status words of FHIR's ``condition-ver-status`` (unconfirmed, provisional, differential, confirmed, refuted,
entered-in-error) are among them. "Undetectable" denies nothing: it is how an infection under treatment is written, as
"HIV, undetectable". ICD-10-GM suffixes (A, G, V, Z and the sides R, L, B): BfArM, Deutsche
Kodierrichtlinien.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.text import plain


class Assertion(StrEnum):
    """What is said of a thing that is named."""

    PRESENT = "present"
    SUSPECTED = "suspected"
    ABSENT = "absent"
    NOT_PATIENTS = "not the patient's"


@dataclass(frozen=True, slots=True)
class Marked:
    """A name without its marks. ``history``: it is said to be past, not when it ended."""

    name: str
    assertion: Assertion
    history: bool = False


#: how many marks one name may carry, so that no text is looked at for long
_MOST_MARKS = 4
LONGEST = 200
_SIGNS_BEFORE = {
    "?": "suspected",
    "-": "absent",
    "\N{LATIN SMALL LETTER O WITH STROKE}": "absent",
    "\N{EMPTY SET}": "absent",
}
_SIGNS_AFTER = {"?": "suspected", "-": "absent", "+": "present", "\N{EMPTY SET}": "absent"} | {
    "\N{LATIN SMALL LETTER O WITH STROKE}": "absent"
}
_IDLE = " \t\r\n\u00a0.,:;=()[]\"'"
_ICD_MARKS = {"a": "absent", "g": "present", "v": "suspected", "z": "history"}
# A code of ICD-10-GM with its mark and perhaps a side. Longer than six characters it is an ICD-10-CM code whose last
# letter says which encounter it was.
_ICD = re.compile(r"([a-z]\d[0-9a-z](?:\.?\d{1,3})?)[-*+!#]?\s{0,3}\(?([agvz])\)?(?:\s{0,3}[rlb])?")
_ICD_SIDE = re.compile(r"([a-z]\d[0-9a-z]\.?\d{0,3})\s{1,3}[rlb]")
_JOINED = re.compile(r"(?<=[^\s-])[-:=/]([^\s:=/-]+)\Z")
_EVERYTHING = frozenset({"any", "anything", "everything", "all", "any of them"})
_NOTHING = frozenset(
    [
        "none",
        "no",
        "nil",
        "nihil",
        "nothing",
        "none known",
        "nothing known",
        "keine",
        "kein",
        "nein",
        "keine bekannt",
        "ø",
        "∅",
        "not any",
    ]
)


@cache
def _words() -> dict[str, dict[str, str]]:
    """By place ("before", "after") what each mark in words is."""
    found: dict[str, dict[str, str]] = {"before": {}, "after": {}}
    for row in rows("marks.csv"):
        for text in listed(row["words"]):
            found[row["place"]].setdefault(plain(text), row["mark"])
    return found


@cache
def _longest(place: str) -> int:
    return max(len(each.split()) for each in _words()[place])


def is_nothing(text: str) -> bool:
    """Whether the text says that there is nothing at all: "none", "keine", "nil"."""
    return len(text) <= LONGEST and plain(text).strip(_IDLE) in _NOTHING


def is_everything(text: str) -> bool:
    """Whether a statement of absence is of anything at all: "none of: any"."""
    return len(text) <= LONGEST and plain(text).strip(_IDLE) in _EVERYTHING


def assertion_of(text: str) -> Assertion | None:
    """What a status says by itself: "refuted", "ruled out", "suspected", "family history"; nothing of other words."""
    if len(text) > LONGEST:
        return None
    written = plain(text).strip(_IDLE)
    if written in ("+", "(+)"):
        return Assertion.PRESENT
    if written in ("?", ""):
        return Assertion.SUSPECTED if written else None
    if written in ("-", "\u00f8", "\u2205"):
        return Assertion.ABSENT
    doubted = written.strip("?") != written
    mark = _words()["after"].get(written.strip("? ")) or _words()["before"].get(written.strip("? "))
    if mark is None:
        return None
    return Assertion.SUSPECTED if doubted else _together([mark])


def marked(text: str, known: Callable[[str], bool]) -> Marked | None:
    """The name that the text marks, where nothing else stands beside it; nothing where anything is left over."""
    if len(text) > LONGEST:
        return None
    coded = _coded(text, known)
    if coded is not None:
        return coded
    waiting: list[tuple[str, tuple[str, ...]]] = [(_folded(text), ())]
    for _ in range(_MOST_MARKS):
        following: list[tuple[str, tuple[str, ...]]] = []
        for rest, found in waiting:
            for shorter, mark in _peeled(rest):
                marks = (*found, mark)
                if known(shorter):
                    return Marked(shorter, _together(marks), "history" in marks)
                following.append((shorter, marks))
        waiting = following
    return None


def _folded(text: str) -> str:
    return " ".join(text.split())


def _coded(text: str, known: Callable[[str], bool]) -> Marked | None:
    written = plain(text).strip()
    if found := _ICD.fullmatch(written):
        code, mark = found[1].upper(), _ICD_MARKS[found[2]]
        if known(code):
            return Marked(code, _together([mark]), mark == "history")
    if (found := _ICD_SIDE.fullmatch(written)) and known(found[1].upper()):
        return Marked(found[1].upper(), Assertion.PRESENT)
    return None


def _peeled(text: str) -> Iterator[tuple[str, str]]:
    """The text without one mark at either end, the longest words first."""
    folded = plain(text)
    if len(folded) != len(text):
        text = folded
    bare = text.strip(_IDLE)
    signed = plain(bare)
    if signed[:1] in _SIGNS_BEFORE:
        rest = bare[1:]
        # "- HIV" is an entry of a list as likely as a denial.
        listed_entry = signed[0] == "-" and rest[:1] == " "
        yield rest.strip(_IDLE), "suspected" if listed_entry else _SIGNS_BEFORE[signed[0]]
    if signed[-1:] in _SIGNS_AFTER:
        yield bare[:-1].strip(_IDLE), _SIGNS_AFTER[signed[-1]]
    # As in HIV-negative.
    if (joined := _JOINED.search(bare)) is not None and (mark := _mark("after", joined[1])) is not None:
        yield bare[: joined.start()].strip(_IDLE), mark
    tokens = bare.split(" ")
    for count in range(min(_longest("before"), len(tokens) - 1), 0, -1):
        mark = _mark("before", " ".join(tokens[:count]))
        if mark is not None:
            yield " ".join(tokens[count:]).strip(_IDLE), mark
    for count in range(min(_longest("after"), len(tokens) - 1), 0, -1):
        mark = _mark("after", " ".join(tokens[-count:]))
        if mark is not None:
            yield " ".join(tokens[:-count]).strip(_IDLE + "-"), mark


def _mark(place: str, text: str) -> str | None:
    written = plain(text)
    held = _words()[place]
    return held.get(written) or held.get(written.strip(_IDLE)) or held.get(written.strip(_IDLE + "-"))


def _together(marks: tuple[str, ...] | list[str]) -> Assertion:
    """Whose relatives have it does not matter to the patient; a denial beside another mark is no plain denial."""
    said = [each for each in marks if each != "history"]
    if "family" in said:
        return Assertion.NOT_PATIENTS
    if not said or set(said) == {"present"}:
        return Assertion.PRESENT
    return Assertion.ABSENT if said == ["absent"] else Assertion.SUSPECTED
