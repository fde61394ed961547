"""What can be said of a record beside its name: a significant effusion, a treated metastasis, a stable dose.

A quality is a judgement or a fact of its own. None follows from another, none is read off a status, and one that
nobody recorded is unknown. Each is a row of ``qualities.csv``, from which follow the word in a rule, the field of
the profile, the column of the CSV and the question on the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from matcher.vocabulary.tables import listed, rows


@dataclass(frozen=True, slots=True)
class Quality:
    """One quality of the records of one list. ``opposite`` is how its absence reads."""

    name: str
    list: str
    title: str
    opposite: str
    question: str
    synonyms: tuple[str, ...]

    @property
    def code(self) -> str:
        return self.name

    @property
    def code_of_absence(self) -> str:
        return f"not_{self.name}"


_ROWS = tuple(
    Quality(row["name"], row["list"], row["title"], row["opposite"], row["question"], listed(row["synonyms"]))
    for row in rows("qualities.csv")
)

QUALITIES: Mapping[str, tuple[Quality, ...]] = MappingProxyType(
    {
        name: tuple(each for each in _ROWS if each.list == name)
        for name in dict.fromkeys(q.list for q in _ROWS)
    }
)
"""The qualities of the records of each list."""


def quality(table: str, name: str) -> Quality:
    return next(each for each in QUALITIES[table] if each.name == name)


@cache
def open_qualities(table: str, known: frozenset[str]) -> frozenset[str]:
    """What a record could be that says nothing of the other qualities: each of them, and its absence."""
    silent = [each for each in QUALITIES[table] if each.name not in known]
    return frozenset({code for each in silent for code in (each.code, each.code_of_absence)})


#: what people write for a quality, or for its absence, and the word with its value
WORDS_FOR: Mapping[str, Mapping[str, tuple[str, bool]]] = MappingProxyType(
    {
        table: MappingProxyType(
            {
                **{name: (each.name, True) for each in held for name in (each.title, *each.synonyms)},
                **{each.opposite: (each.name, False) for each in held},
            }
        )
        for table, held in QUALITIES.items()
    }
)
