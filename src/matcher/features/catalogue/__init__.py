"""The catalogue: every word of the rule language, typed, with its unit, domain and clinical meaning."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.features.catalogue import conditions, findings, person_and_disease, therapy
from matcher.features.word import Word

CATALOGUE: Mapping[str, Word] = {
    word.name: word
    for word in (*person_and_disease.WORDS, *therapy.WORDS, *findings.WORDS, *conditions.WORDS)
}
