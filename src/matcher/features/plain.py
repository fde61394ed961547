"""Features of words that need no parameter."""

from __future__ import annotations

from functools import cache

from matcher.features.catalogue import CATALOGUE
from matcher.features.kind import Feature
from matcher.features.word import Arguments


@cache
def feature_of(word: str) -> Feature:
    """The plain feature of a word that needs no parameter."""
    facet = CATALOGUE[word].facets[""]
    arguments = Arguments({})
    return Feature(
        word, facet.kind(arguments), facet.answer(arguments).domain(), word, CATALOGUE[word].phrase
    )
