"""Every row of the border the whole way, from a file to a verdict, on the reference and on the columnar engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import MatcherError
from matcher.readers.frames import read_frames
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.strict_yaml import load_yaml
from matcher.rules.graph import Graph, NodeId
from tests.conftest import ROOT
from tests.generative.graphs import parts, read
from tests.small_formulary import SMALL_FORMULARY
from tests.spec.border.entry import REJECTED, Entry, File, texts
from tests.spec.border.kinds import KINDS
from tests.spec.border.page import PAGE, border_page
from tests.written import AS_OF, COLUMNAR, REFERENCE, fits_wide, write_json_lines, write_tables, write_wide

ENTRIES = tuple(each for kind in KINDS for each in kind.entries)
_NAMES = [f"{kind.title}: {each.written}" for kind in KINDS for each in kind.entries]
every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=_NAMES)


def compiled(entry: Entry) -> tuple[Graph, list[NodeId]]:
    builder, reader, lowering = parts(tuple(map(_derivation, entry.derived)))
    nodes = [lowering.lower(read(reader, each.condition)) for each in entry.asks]
    return builder.graph(), nodes


def _derivation(name: str) -> dict[str, Any]:
    found, problems = load_yaml(ROOT / "rules" / "derivations" / f"{name}.yaml", name)
    assert found is not None, problems
    assert isinstance(found.data, dict)
    return dict(found.data)


def files(entry: Entry, folder: Path) -> list[tuple[Path, Path | None]]:
    """The record in every kind of file it can stand in."""
    if isinstance(entry.patient, File):
        path = folder / entry.patient.name
        path.write_text(entry.patient.text, "utf-8")
        if not entry.patient.mapping:
            return [(path, None)]
        mapping = folder / "mapping.yaml"
        mapping.write_text(entry.patient.mapping, "utf-8")
        return [(path, mapping)]
    named = {"p": entry.patient}
    write_json_lines(folder / "patients.jsonl", named)
    write_tables(folder / "tables", named)
    found = [folder / "patients.jsonl", folder / "tables"]
    if fits_wide(entry.patient) == entry.patient:
        write_wide(folder / "patients.csv", named)
        found.append(folder / "patients.csv")
    return [(each, None) for each in found]


@every_entry
def test_a_profile_is_understood_as_far_as_it_says(entry: Entry, tmp_path: Path) -> None:
    graph, nodes = compiled(entry)
    refused: list[str] = []
    for path, mapping in files(entry, tmp_path):
        try:
            (outcome,) = read_patients(path, formulary=SMALL_FORMULARY, mapping=mapping, as_of=AS_OF)
        except MatcherError:
            refused.append(path.name)
            continue
        if not isinstance(outcome, Patient):
            assert {each.verdict for each in entry.asks} == {REJECTED}, (path.name, outcome)
            assert outcome.reason
            continue
        table = REFERENCE.evaluate(graph, [outcome.profile])
        found = [table.verdict(node).value for node in nodes]
        assert found == [each.verdict for each in entry.asks], (path.name, outcome.issues)
        if isinstance(entry.patient, File):
            continue
        conflicts = any(
            note.kind.name == "CONFLICT" for each in table.findings[0].values() for note in each.notes
        )
        assert bool(outcome.issues or conflicts) >= entry.issue, (
            path.name,
            "nothing is said of what is not understood",
        )
        assert entry.issue or not outcome.issues, (path.name, outcome.issues)
    assert not refused or {each.verdict for each in entry.asks} == {REJECTED}, refused


@every_entry
def test_columns_say_the_same_of_it(entry: Entry, tmp_path: Path) -> None:
    graph, nodes = compiled(entry)
    refused: list[str] = []
    for path, mapping in files(entry, tmp_path):
        try:
            frames = read_frames(path, formulary=SMALL_FORMULARY, mapping=mapping, as_of=AS_OF)
        except MatcherError:
            refused.append(path.name)
            continue
        (part,) = (frames.read(each) for each in frames.parts(10))
        if not len(part.frame):
            assert {each.verdict for each in entry.asks} == {REJECTED}, (path.name, part.rejects)
            continue
        planes = COLUMNAR.evaluate_frame(graph, part.frame)
        found = [planes.verdict(node, 0).value for node in nodes]
        assert found == [each.verdict for each in entry.asks], path.name
    assert not refused or {each.verdict for each in entry.asks} == {REJECTED}, refused


@every_entry
def test_what_the_page_quotes_stands_in_the_record(entry: Entry) -> None:
    held = texts(entry.patient)
    assert [quoted for quoted in re.findall(r"`([^`]*)`", entry.written) if quoted not in held] == []


def test_every_row_is_there_once() -> None:
    assert len(set(_NAMES)) == len(_NAMES)


def test_the_page_is_current(root: Path) -> None:
    assert (root / PAGE).read_text(encoding="utf-8") == border_page(), "run `make docs`"
