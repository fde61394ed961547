"""Kept pairs as rows: the columns of the matches, made for many patients at once.

Without explanations: ``missing`` and ``blocking`` name criteria, and ``earliest_date`` is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from matcher.engines.columnar import PatientFrame, Planes
from matcher.engines.columnar.arrays import Bools, Index, Words
from matcher.engines.planes.chunk import POSSIBLE, SURE
from matcher.rules.condition import Branch
from matcher.rules.override import overriding
from matcher.service.cell import FORMULA
from matcher.service.rendered import MATCH_COLUMNS, stated
from matcher.standing.columns import AVAILABILITIES, STANDINGS, Columns
from matcher.standing.order import Kept

if TYPE_CHECKING:
    import polars as pl

_PACKED = pa.ipc.IpcWriteOptions(unify_dictionaries=True, compression="lz4")
_NAMED = pa.dictionary(pa.int32(), pa.string())
_TYPES = {
    "patient_id": pa.string(),
    "rank": pa.int32(),
    "earliest_date": pa.string(),
    "as_of": pa.date32(),
}
SCHEMA = pa.schema([(name, _TYPES.get(name, _NAMED)) for name in MATCH_COLUMNS])
#: 1 January 1970 as a day since the first of January of the year 1
_EPOCH = 719_163
#: criteria whose bits are read together
_TOGETHER = 24
_OCTET = 8

Numbers = npt.NDArray[np.int64]


class Rows:
    """The rows of kept pairs; what does not depend on the patient is made once."""

    def __init__(self, columns: Columns, *, include_deceased: bool) -> None:
        self._columns = columns
        self._include_deceased = include_deceased
        held = columns.candidates
        self._ids = pa.array([each.id for each in held], pa.string())
        self._titles = pa.array([each.title for each in held], pa.string())
        self._yes = pa.array(["yes"])
        self._kinds = pa.array(["trial", "regimen"])
        self._standings = pa.array([each.value for each in STANDINGS])
        self._availabilities = pa.array([each.value for each in AVAILABILITIES])
        cohorts = list(dict.fromkeys(each.cohort for each in columns.options))
        self._cohorts = pa.array(cohorts, pa.string())
        self._cohort_of: Index = np.array([cohorts.index(each.cohort) for each in columns.options], np.intp)
        self._no_cohort = np.array([not each.cohort for each in columns.options], np.bool_)
        self._rulebook = pa.array([columns.rulebook.short_version])

    def table(self, kept: Kept, planes: Planes, frame: PatientFrame, deceased: Bools) -> pa.Table:
        """One row a pair. Of the deceased, who are not ranked unless asked for, without a rank."""
        patients = pa.array(kept.patients)
        unranked = np.zeros(len(kept), np.bool_) if self._include_deceased else deceased[kept.patients]
        missing, blocking = self._criteria(kept, planes)
        days = frame.as_of[kept.patients] - np.int32(_EPOCH)
        ids = frame.ids
        columns: dict[str, Any] = {
            "patient_id": pa.array(ids, pa.string()).take(patients),
            "kind": _coded(kept.candidates >= self._columns.trials, self._kinds),
            "rank": pa.array(kept.ranks, pa.int32(), mask=unranked),
            "tied": _coded(np.zeros(len(kept), np.int32), self._yes, ~kept.tied | unranked),
            "candidate": _coded(kept.candidates, self._ids),
            "cohort": _coded(self._cohort_of[kept.options], self._cohorts, self._no_cohort[kept.options]),
            "title": _coded(kept.candidates, self._titles),
            "standing": _coded(kept.standings, self._standings),
            "availability": _coded(kept.availabilities, self._availabilities),
            "because": _coded(kept.said, pa.array(kept.because, pa.string())),
            "missing": missing,
            "blocking": blocking,
            "cautions": self._cautions(kept, planes),
            "overrides": self._overrides(kept, planes),
            "earliest_date": pa.nulls(len(kept), pa.string()),
            "rulebook": _coded(np.zeros(len(kept), np.int32), self._rulebook),
            "as_of": pa.array(days, pa.int32()).cast(pa.date32()),
        }
        return pa.table(columns, schema=SCHEMA)

    def _criteria(self, kept: Kept, planes: Planes) -> tuple[pa.Array, pa.Array]:
        """The criteria that are unknown, and those not satisfied, of each pair."""
        lists: dict[str, int] = {"": 0}
        found = [np.zeros(len(kept), np.int32) for _ in range(2)]
        by_option: Index = np.argsort(kept.options.astype(np.uint16, copy=False), kind="stable")
        sizes = np.bincount(kept.options, minlength=len(self._columns.options))
        for option, pairs in enumerate(np.split(by_option, np.cumsum(sizes[:-1]))):
            if not len(pairs):
                continue
            criteria = self._columns.options[option].criteria
            held = planes.bits[[planes.rows[each.satisfied] for each in criteria]]
            ids = [each.id for each in criteria]
            lists_of = _listed(ids, held, kept.patients[pairs])
            for into, codes in zip(found, lists_of, strict=True):
                distinct, places = codes
                words = np.array([lists.setdefault(each, len(lists)) for each in distinct], np.int32)
                into[pairs] = words[places]
        every = pa.array(lists, pa.string())
        missing, blocking = (_coded(each, every, each == 0) for each in found)
        return missing, blocking

    def _overrides(self, kept: Kept, planes: Planes) -> pa.Array:
        """The criteria of which a person's verdict stands over another one that was computed, of each pair."""
        lists: dict[str, int] = {"": 0}
        found = np.zeros(len(kept), np.int32)
        for number, candidate in enumerate(self._columns.candidates):
            branches = overriding(candidate)
            pairs = np.flatnonzero(kept.candidates == number) if branches else ()
            if not len(pairs):
                continue
            bits = np.stack([_stands_over(branch, planes) for branch in branches.values()])
            distinct, places = _named(list(branches), bits, kept.patients[pairs])
            words = np.array([lists.setdefault(each, len(lists)) for each in distinct], np.int32)
            found[pairs] = words[places]
        return _coded(found, pa.array(lists, pa.string()), found == 0)

    def _cautions(self, kept: Kept, planes: Planes) -> pa.Array:
        """The cautions that apply, of each pair."""
        lists: dict[str, int] = {"": 0}
        found = np.zeros(len(kept), np.int32)
        for number, candidate in enumerate(self._columns.candidates):
            pairs = np.flatnonzero(kept.candidates == number) if candidate.cautions else ()
            if not len(pairs):
                continue
            bits = planes.bits[[planes.rows[each.node] for each in candidate.cautions], SURE]
            ids = [each.id for each in candidate.cautions]
            distinct, places = _named(ids, bits, kept.patients[pairs])
            words = np.array([lists.setdefault(each, len(lists)) for each in distinct], np.int32)
            found[pairs] = words[places]
        return _coded(found, pa.array(lists, pa.string()), found == 0)


def _stands_over(branch: Branch, planes: Planes) -> Words:
    """Where somebody has judged, and the verdict is not the computed one."""
    stated, over, computed = (
        planes.bits[planes.rows[each.node]] for each in (branch.condition, branch, branch.otherwise)
    )
    found: Words = stated[SURE] & ((over[SURE] ^ computed[SURE]) | (over[POSSIBLE] ^ computed[POSSIBLE]))
    return found


def _listed(
    ids: Sequence[str], planes: Words, patients: Index
) -> Iterator[tuple[list[str], npt.NDArray[np.int32]]]:
    """For what is unknown, then for what is not satisfied: the distinct lists of criteria, and each patient's.

    ``planes`` are the two of each criterion.
    """
    ruled_out = ~planes[:, POSSIBLE]
    unknown = planes[:, POSSIBLE] & ~planes[:, SURE]
    for bits in (unknown, ruled_out):
        yield _named(ids, bits, patients)


def _named(ids: Sequence[str], bits: Words, patients: Index) -> tuple[list[str], npt.NDArray[np.int32]]:
    """The distinct lists of those whose bit is set, and each patient's place among them."""
    labels, places = [""], np.zeros(len(patients), np.int64)
    for first in range(0, len(ids), _TOGETHER):
        held = ids[first : first + _TOGETHER]
        coded = pa.array(
            places << _TOGETHER | _masks(bits[first : first + _TOGETHER], patients)
        ).dictionary_encode()
        labels = [
            _joined(labels[each >> _TOGETHER], held, each & ((1 << _TOGETHER) - 1))
            for each in coded.dictionary.to_pylist()
        ]
        places = coded.indices.to_numpy().astype(np.int64)
    return labels, places.astype(np.int32)


def _masks(bits: Words, patients: Index) -> Numbers:
    """A number for each of these patients, with a bit for each plane."""
    at, place = patients >> 3, (patients & 7).astype(np.uint8)
    found = np.zeros((4, len(patients)), np.uint8)
    for number, plane in enumerate(bits.view(np.uint8)):
        octets = plane.take(at)
        octets >>= place
        octets &= 1
        octets <<= number & 7
        found[number >> 3] |= octets
    if len(bits) <= _OCTET:
        few: Numbers = found[0].astype(np.int64)
        return few
    words: npt.NDArray[np.uint32] = np.ascontiguousarray(found.T).view("<u4")[:, 0]
    return words.astype(np.int64)


def _joined(before: str, ids: Sequence[str], mask: int) -> str:
    named = [each for number, each in enumerate(ids) if mask >> number & 1]
    return "; ".join([before, *named] if before else named)


def _coded(places: npt.NDArray[Any], among: pa.Array, missing: Bools | None = None) -> pa.DictionaryArray:
    indices = pa.array(places.astype(np.int32, copy=False), mask=missing)
    return pa.DictionaryArray.from_arrays(indices, among)


def table_of(rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows of explained patients in the same form."""
    arrays = [
        pa.array(values, pa.string()).cast(field.type)
        if pa.types.is_date32(field.type)
        else pa.array(values, field.type)
        for field, values in zip(SCHEMA, _columns_of(rows), strict=True)
    ]
    return pa.table(arrays, schema=SCHEMA)


def _columns_of(rows: Sequence[Sequence[Any]]) -> Iterator[list[Any]]:
    """The same values column by column."""
    return ([stated(row[place]) for row in rows] for place in range(len(MATCH_COLUMNS)))


def written(tables: Sequence[pa.Table], form: str, path: Path) -> None:
    """The rows of a part in the form in which ``Matches.add_part`` takes them."""
    if form == "parquet":
        with pa.ipc.new_file(path, SCHEMA, options=_PACKED) as file:
            for each in tables:
                file.write_table(each)
        return
    import polars as pl

    with path.open("wb") as stream:
        for each in tables:
            frame = pl.from_arrow(each)
            assert isinstance(frame, pl.DataFrame)
            if form == "jsonl":
                frame.write_ndjson(stream)
            else:
                frame.with_columns(_harmless(name) for name in ("patient_id", "cohort", "title")).write_csv(
                    stream, include_header=False
                )


def _harmless(name: str) -> pl.Expr:
    """As ``cell``: no spreadsheet program takes the text for a formula."""
    import polars as pl

    text = pl.col(name).cast(pl.String)
    formula = pl.any_horizontal(text.str.starts_with(each) for each in FORMULA)
    return pl.when(formula).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)


def tables_of(path: Path) -> Iterable[pa.Table]:
    """The tables of a part written for Parquet."""
    with pa.memory_map(str(path)) as source:
        file = pa.ipc.open_file(source)
        for number in range(file.num_record_batches):
            yield pa.Table.from_batches([file.get_batch(number)], SCHEMA)
