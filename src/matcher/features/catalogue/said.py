"""What a condition of a rule can say of a record beside its name: its qualities, as the vocabulary lists them."""

from __future__ import annotations

from matcher.features.kind import Contains, Filter
from matcher.features.word import Arguments, Parameter, Takes
from matcher.vocabulary.qualities import QUALITIES

#: read before all others: what counts in half-lives is days from then on
HALF_LIFE = Parameter(
    "half_life",
    Takes.TEXT,
    "how long one of the `half_lives` of a limit is, as '48 hours'; without it what the list of agents says",
    phrase="",
)


def quality_parameters(table: str, only_with: str = "") -> tuple[Parameter, ...]:
    """One parameter for each quality of the records of a list; ``only_with`` names the parameter it belongs to."""
    return tuple(
        Parameter(
            each.name,
            Takes.FLAG,
            f"{each.title}; false: {each.opposite}",
            phrase=each.title,
            opposite=each.opposite,
            only_with=only_with,
        )
        for each in QUALITIES[table]
    )


def said(arguments: Arguments, table: str) -> tuple[Filter, ...]:
    """The record has every quality that is asked for, and none that is asked to be absent."""
    return tuple(
        Contains("qualities", frozenset({each.code if arguments.flag(each.name) else each.code_of_absence}))
        for each in QUALITIES[table]
        if each.name in arguments
    )
