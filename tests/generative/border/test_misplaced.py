"""A record that stands in the wrong list is never denied by it: no name of one list is nothing at all in another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from matcher.domain.verdict import Verdict
from matcher.readers import lookup
from matcher.readers.lookup import Lookup
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.procedures import PROCEDURES
from matcher.vocabulary.tree import Tree
from tests.generative.graphs import parts, read
from tests.small_formulary import SMALL_FORMULARY
from tests.written import WAYS, Record, Written

_FIELDS = {"conditions": "condition", "procedures": "procedure", "therapies": "agents", "diagnoses": "code"}
_KNOWN = {"conditions": lookup.CONDITION, "procedures": lookup.PROCEDURE, "diagnoses": lookup.DIAGNOSIS}
_COMPLETE = ("conditions", "diagnoses", "procedures", "therapies", "medications", "radiotherapy")
_OF_TREE: dict[str, Tree] = {"conditions": CONDITIONS, "procedures": PROCEDURES, "diagnoses": DIAGNOSES}
# So many of the names of a list, evenly taken: each is a node and a patient.
_EVERY = {"conditions": 11, "procedures": 3, "diagnoses": 7, "therapies": 1}
_MISPLACED = [(own, wrong) for own in _FIELDS for wrong in _FIELDS if own != wrong]


def _names(own: str) -> list[tuple[str, str]]:
    """Names of a list with their codes, those that no other list knows too."""
    if own == "therapies":
        found = [(name, name) for name in SMALL_FORMULARY.agents]
    else:
        tree = _OF_TREE[own]
        found = [(name, code) for code in tree.asked for name in (tree.title(code), *tree.synonyms(code))]
    others = [names for table, names in _KNOWN.items() if table != own]
    return [
        (name, code)
        for name, code in found
        if not any(_resolves(each, name) for each in others)
        and (own == "therapies" or _resolves(_KNOWN[own], name))
        and (own == "therapies" or not SMALL_FORMULARY.knows(name))
    ][:: _EVERY[own]]


def _resolves(names: Lookup, text: str) -> bool:
    return bool(names.resolve(text))


def _asked(own: str, code: str) -> dict[str, object]:
    match own:
        case "conditions":
            return {"condition": code}
        case "procedures":
            return {"procedure": code}
        case "therapies":
            return {"any": [{"prior": {"therapy": code}}, {"medication": {"is": code}}]}
    return {"other_cancer": {"at_most": 0}}


def _patients(wrong: str, names: list[tuple[str, str]]) -> Iterator[Written]:
    for name, _ in names:
        index = Record("diagnoses", {"code": "PLMESO", "index": "yes"})
        yield Written((index, Record(wrong, {_FIELDS[wrong]: name})), _COMPLETE)


@pytest.mark.parametrize(("own", "wrong"), _MISPLACED)
@pytest.mark.parametrize("way", ["profiles", "tables in columns"])
def test_a_record_in_the_wrong_list_is_not_denied(way: str, own: str, wrong: str) -> None:
    names = _names(own)
    assert len(names) > 5
    builder, reader, lowering = parts(())
    roots = [lowering.lower(read(reader, _asked(own, code))) for _, code in names]
    denied = Verdict.MET if own == "diagnoses" else Verdict.NOT_MET
    answers = WAYS[way].answer(builder.graph(), list(_patients(wrong, names)))
    wrongly = [
        name
        for (name, _), root, answer in zip(names, roots, answers, strict=True)
        if answer is None or answer[root] is denied
    ]
    assert not wrongly
