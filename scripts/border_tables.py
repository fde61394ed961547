"""Prints the tables about files of others: what was read of each, and where two-valued answers differ from ours.

python scripts/border_tables.py ctml          MatchMiner's trials and patients: its answers beside ours, and why
python scripts/border_tables.py exports       each folder of exports and FHIR: patients, facts, codes that no table has
python scripts/border_tables.py proposals     a hundred proposals of drafts from the registry, beside their sentences

The files are looked for in ../shared/data, or in the folder that MATCHER_REAL_DATA names.
"""

from __future__ import annotations

import csv
import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from matcher.authoring.proposals import proposer
from matcher.engines.reference import ReferenceEngine
from matcher.errors import MatcherError
from matcher.exchange.ctml import draft_of_ctml, trials_in
from matcher.exchange.registry import Record, records_of
from matcher.exchange.sentences import sentences_of
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.service import open_rulebook
from matcher.standing.standing import stand

ROOT = Path(__file__).resolve().parent.parent
DATA = (ROOT / os.environ.get("MATCHER_REAL_DATA", "../shared/data")).resolve()
FITS = {"eligible", "eligible_pending_screening", "meets_known_criteria"}


def ctml() -> Iterator[str]:
    """Of every trial, whatever its recruitment and whoever is alive: the patients that fit."""
    day, folder = date(2000, 7, 12), DATA / "ctml"
    yield "| trial | MatchMiner fits | ours, two values | ours: fits | facts missing | ruled out | why ours differs |"
    yield "|---|---|---|---|---|---|---|"
    documents = json.loads((folder / "patients" / "clinical.json").read_text("utf-8"))
    unborn = {each["SAMPLE_ID"] for each in documents if each["BIRTH_DATE"] > day.isoformat()}
    expected = _expected(folder)
    profiles: list[Any] = []
    with tempfile.TemporaryDirectory() as made:
        own = Path(made, "patients")
        own.mkdir()
        for name in ("clinical", "genomic"):
            (own / f"{name}.json").symlink_to(folder / "patients" / f"{name}.json")
        for path in sorted((folder / "trials").glob("*.json")):
            (held,) = trials_in(path)
            counts, fits = {}, {}
            for closed in (True, False):
                place = Path(made, f"{path.stem}-{closed}")
                place.mkdir()
                draft = draft_of_ctml(held, day, absent_is_negative=closed)
                (place / f"{draft.name}.yaml").write_text(draft.text, encoding="utf-8")
                book = open_rulebook(place, absent_is_negative=closed)
                if not profiles:
                    read = read_patients(own, formulary=book.formulary, as_of=day)
                    profiles = [each.profile for each in read if isinstance(each, Patient)]
                standing = _standings(book, profiles)
                fits[closed] = {name for name, kind in standing.items() if kind in FITS}
                counts[closed] = Counter(standing.values())
            wanted = expected[path.stem]
            why = []
            if draft.judged:
                why.append(f"{draft.judged} of {draft.judged + draft.proposed} criteria have no words here")
            if lost := wanted - fits[True]:
                word = "born after the as-of date" if lost <= unborn else "another reason"
                why.append(f"{len(lost)}: {word}")
            if open_now := fits[True] - fits[False]:
                why.append(
                    f"{len(open_now)}: what denies a finding is unknown where nobody looked, or has no words"
                )
            three = counts[False]
            yield (
                f"| {path.stem} | {len(wanted)} | {len(fits[True])} | {len(fits[False])} | {three['possible']} | "
                f"{three['ineligible']} | {'; '.join(why) or ('the same' if wanted == fits[False] else '')} |"
            )


def _expected(folder: Path) -> dict[str, set[str]]:
    found = {}
    for path in sorted((folder / "cases").glob("G_*__closed_dec.json")):
        case = json.loads(path.read_text("utf-8"))
        (trial,) = case["trials"]
        (patients,) = case["expected"]["patients_per_trial"].values()
        found[Path(trial).stem] = set(patients)
    return found


def _standings(book: Any, profiles: list[Any]) -> dict[str, str]:
    (candidate,) = book.candidates
    table = ReferenceEngine().evaluate(book.graph, tuple(profiles), roots=list(candidate.root_nodes()))
    found = {}
    for place, each in enumerate(profiles):
        standing = stand(candidate, table, place)
        assert standing is not None
        found[each.id] = standing.kind.value
    return found


def exports() -> Iterator[str]:
    """Each folder with the mapping that ships for it, without any hand work."""
    book = open_rulebook()
    yield "| files | mapping | patients | matched | rejected | facts read | codes that no table has (commonest) |"
    yield "|---|---|---|---|---|---|---|"
    for path, mapping in _files():
        try:
            file = read_patients(
                path,
                formulary=book.formulary,
                mapping=Path(mapping) if mapping else None,
                as_of=date(2024, 1, 1),
            )
            facts = sum(_facts(each.profile) for each in file if isinstance(each, Patient))
        except MatcherError as error:
            yield f"| {path.relative_to(DATA)} | {mapping or '-'} | refused: {str(error).splitlines()[0]} |||||"
            continue
        reading = file.reading
        unmapped = reading.unmapped_codes
        commonest = ", ".join(f"{text} ({number})" for text, number in unmapped.most_common(2))
        yield (
            f"| {path.relative_to(DATA)} | {mapping or '-'} | {reading.patients} | {reading.matched} | "
            f"{reading.rejected} | {facts} | {sum(unmapped.values())} of {len(unmapped)} kinds: {commonest} |"
        )


def _files() -> Iterator[tuple[Path, str]]:
    exported = DATA / "exports"
    for name, mapping in (
        ("cbioportal_paad", "cbioportal"),
        ("gdc_coad", "gdc"),
        ("synthea_csv", "synthea"),
        ("omop_cdm", "omop"),
        ("phenopacket", ""),
    ):
        yield exported / name, mapping
    yield DATA / "fhir" / "mcode_csv" / "test" / "sample-client-data", "mcode_csv"
    for folder in ("mcode_r4", "synthea_r4"):
        for path in sorted((DATA / "fhir" / folder).glob("*.json")):
            yield path, ""


def _facts(profile: Any) -> int:
    """Dated and undated statements of a profile, those of absence too."""
    lists = (
        "diagnoses",
        "alterations",
        "therapies",
        "procedures",
        "radiotherapy",
        "conditions",
        "medications",
    )
    plain = ("observations", "staging", "labs", "biomarkers", "events")
    held = sum(len(getattr(profile, name)) for name in plain) + (profile.birth is not None)
    return held + sum(
        len(getattr(profile, name).records) + len(getattr(profile, name).absences) for name in lists
    )


def proposals() -> Iterator[str]:
    """The same hundred each time, drawn from every proposal of the 1,319 texts and the XML records."""
    found: list[tuple[str, str]] = []
    sentences = records = 0
    propose = proposer(open_rulebook())
    for record in _records():
        records += 1
        for each in sentences_of(record.criteria):
            sentences += 1
            proposal = propose(each.text, each.excludes) if each.headed else None
            if proposal is not None:
                kind = "excludes" if each.excludes else "includes"
                said = f"{json.dumps(proposal.when)} | {proposal.confidence}"
                found.append((f"{kind}: {' '.join(each.text.split())}", said))
    yield f"{records} texts, {sentences} sentences, {len(found)} proposed"
    yield ""
    yield "| sentence | proposed | confidence |"
    yield "|---|---|---|"
    for text, said in random.Random(16).sample(found, min(100, len(found))):  # noqa: S311 no secret
        yield f"| {text} | {said} |"


def _records() -> Iterator[Record]:
    with (DATA / "ctgov" / "eligibility_1319.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            text = next((row[name] for name in row if "criteria" in name.casefold()), "")
            yield Record("", "", "unknown", "", "", "", text or "", "", "", "")
    for path in sorted((DATA / "ctgov" / "xml").glob("*.xml")):
        yield from records_of(path)


TABLES: dict[str, Callable[[], Iterator[str]]] = {"ctml": ctml, "exports": exports, "proposals": proposals}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in TABLES:
        raise SystemExit(__doc__)
    for line in TABLES[sys.argv[1]]():
        print(line)
