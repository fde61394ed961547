"""Files of patients in columns: parts that other processes read, Parquet, files that break while they are read."""

import csv
import pickle
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.domain.profile import Profile
from matcher.engines.columnar import PatientFrame
from matcher.errors import PatientDataError
from matcher.readers.frames import FrameFile, FramePart, Part, frames_of, read_frames, reader_of
from matcher.readers.outcome import Outcome, Patient
from matcher.readers.read import read_patients
from tests.generative.same_frame import content
from tests.small_formulary import SMALL_FORMULARY

TODAY = date(2026, 1, 15)


def opened(path: Path) -> FrameFile:
    return read_frames(path, formulary=SMALL_FORMULARY, today=TODAY)


@pytest.fixture
def wide(root: Path, tmp_path: Path) -> Path:
    """The shipped patients, sixty times over under other identifiers."""
    with (root / "fixtures" / "patients.csv").open() as stream:
        header, *rows = csv.reader(stream)
    path = tmp_path / "patients.csv"
    with path.open("w") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows([f"{row[0]}-{number}", *row[1:]] for number in range(60) for row in rows if row[0])
    return path


def said(file: FrameFile, part: Part) -> dict[str, object]:
    """A part as another process reads it."""
    return content(file.read(part).frame)


def test_parts_read_in_other_processes_are_the_same(wide: Path) -> None:
    file = opened(wide)
    parts = file.parts(100)
    assert len(parts) > 3
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        theirs = list(pool.map(said, [file] * len(parts), reversed(parts)))
    assert theirs[::-1] == [said(file, part) for part in parts]


def test_what_was_read_before_is_not_pickled(wide: Path) -> None:
    file = opened(wide)
    small = len(pickle.dumps(file))
    for part in file.parts(100):
        file.read(part)
    assert len(pickle.dumps(file)) == small


def test_parts_are_the_same_for_the_same_file(wide: Path) -> None:
    assert opened(wide).parts(100) == opened(wide).parts(100)
    assert opened(wide).parts(100)[0].first == 0


def test_memory_of_pieces_is_bounded(wide: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [content(opened(wide).read(part).frame) for part in opened(wide).parts(100)]
    monkeypatch.setattr("matcher.readers.frames.row_reader.MOST_PIECES", 10)
    assert [content(opened(wide).read(part).frame) for part in opened(wide).parts(100)] == whole


def test_a_file_that_shrinks_or_changes_is_an_error(wide: Path) -> None:
    file = opened(wide)
    part = file.parts(100)[-1]
    text = wide.read_bytes()
    wide.write_bytes(text[: len(text) // 2])
    with pytest.raises(PatientDataError, match=r"P014.*changed"):
        file.read(part)
    wide.unlink()
    with pytest.raises(PatientDataError, match=r"P014.*cannot be read"):
        file.read(part)


def test_parquet_says_what_csv_says(wide: Path) -> None:
    path = wide.with_suffix(".parquet")
    pl.read_csv(wide, try_parse_dates=True, infer_schema_length=None).write_parquet(path, row_group_size=200)
    theirs, ours = opened(wide), opened(path)
    assert len(ours) == len(theirs)
    assert [profile.id for profile in _profiles(ours)] == [profile.id for profile in _profiles(theirs)]
    both = zip(_profiles(ours), _profiles(theirs), strict=True)
    assert all(one.labs == other.labs for one, other in both if not one.labs)


def _profiles(file: FrameFile) -> list[Profile]:
    parts = (file.read(part) for part in file.parts(150))
    return [part.profile(row) for part in parts for row in range(len(part.frame))]


def outcomes(path: Path) -> list[Outcome]:
    return list(read_patients(path, formulary=SMALL_FORMULARY, today=TODAY))


def test_typed_columns_of_parquet_are_read_as_texts(tmp_path: Path) -> None:
    path = tmp_path / "patients.parquet"
    table = pa.table(
        {
            "patient_id": pa.array([1, 2, None]),
            "as_of": pa.array([date(2026, 1, 15)] * 2 + [None]),
            "age": pa.array([61.0, float("nan"), None]),
            "ecog": pa.array([1, None, None], pa.int8()),
            "consent": pa.array([True, False, None]),
            "complete": pa.array([["therapies", "conditions"], [], None], pa.list_(pa.string())),
            "labs_date": pa.array(["2026-01-15 08:30", None, None]).cast(pa.timestamp("us")),
            "haemoglobin": pa.array(["9.1", None, None]).dictionary_encode(),
            "haemoglobin_unit": pa.array(["g/dL", None, None]),
        }
    )
    pq.write_table(table, path)
    file = opened(path)
    assert len(file) == 2
    [part] = file.parts(10)
    read = file.read(part)
    assert not read.issues
    profile = read.profile(0)
    assert profile.id == "1"
    assert [str(each.value) for each in profile.observations] == ["1", "{yes}"]
    assert profile.therapies.complete
    assert str(profile.labs[0].on) == "2026-01-15"
    assert str(profile.labs[0].source) == "patients.parquet, row 1, haemoglobin"
    assert [each.profile for each in outcomes(path)] == [read.profile(0), read.profile(1)]  # type: ignore[union-attr]


def test_a_column_that_holds_no_cells_is_named(tmp_path: Path) -> None:
    path = tmp_path / "patients.parquet"
    pq.write_table(pa.table({"patient_id": ["1"], "ecog": [{"value": 1}]}), path)
    with pytest.raises(PatientDataError, match="'ecog' holds struct"):
        opened(path)


@pytest.mark.parametrize("keep", [4, 100, 0.5, 0.99])
def test_a_truncated_parquet_file_is_an_error(wide: Path, keep: float) -> None:
    path = wide.with_suffix(".parquet")
    pl.read_csv(wide, infer_schema=False).write_parquet(path)
    held = path.read_bytes()
    path.write_bytes(held[: int(keep if keep >= 1 else keep * len(held))])
    with pytest.raises(PatientDataError, match="P014"):
        opened(path)


def test_a_parquet_file_that_changes_is_an_error(wide: Path) -> None:
    path = wide.with_suffix(".parquet")
    pl.read_csv(wide, infer_schema=False).write_parquet(path)
    file = opened(path)
    pl.read_csv(wide, infer_schema=False).head(9).write_parquet(path)
    with pytest.raises(PatientDataError, match=r"P014.*changed"):
        file.read(file.parts(100)[0])


def test_batches_of_a_cluster_give_the_same(wide: Path) -> None:
    table = pl.read_csv(wide, infer_schema=False).to_arrow()
    reader = reader_of(table.schema.names, name="patients.csv", formulary=SMALL_FORMULARY)
    reader = pickle.loads(pickle.dumps(reader))  # noqa: S301 our own
    found = [frames_of(reader, batch) for batch in table.to_batches(max_chunksize=90)]
    file = opened(wide)
    [whole] = [file.read(part) for part in file.parts(10_000)]
    assert sum(len(each.frame) for each in found) == len(whole.frame)
    assert [content(each.frame) for each in found] == [
        content(whole.frame.between(start, start + len(each.frame)))
        for start, each in zip(_starts(found), found, strict=True)
    ]


def _starts(parts: list[FramePart]) -> list[int]:
    return [sum(len(each.frame) for each in parts[:number]) for number in range(len(parts))]


def test_a_part_is_no_more_bytes_than_fit(wide: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.readers.frames.part.MOST", 20_000)
    file = opened(wide)
    parts = file.parts(10_000)
    assert len(parts) > 5
    assert sum(len(file.read(part).frame) for part in parts) == len(file) - sum(
        len(file.read(part).rejects) for part in parts
    )


def test_an_extract_in_utf_16_is_read_from_a_copy(wide: Path) -> None:
    path = wide.with_name("utf16.csv")
    path.write_text(wide.read_text(), encoding="utf-16")
    theirs, ours = opened(wide), opened(path)
    for one, other in zip(ours.parts(100), theirs.parts(100), strict=True):
        assert content(ours.read(one).frame) == content(theirs.read(other).frame)


def test_a_folder_of_parquet_tables(root: Path, tmp_path: Path) -> None:
    for path in (root / "fixtures" / "tables").glob("*.csv"):
        pl.read_csv(path, infer_schema=False).write_parquet(tmp_path / f"{path.stem}.parquet")
    theirs, ours = opened(root / "fixtures" / "tables"), opened(tmp_path)
    for one, other in zip(ours.parts(100), theirs.parts(100), strict=True):
        assert content(ours.read(one).frame) == content(theirs.read(other).frame)


def assert_as_profiles(path: Path) -> None:
    file = opened(path)
    [part] = [file.read(each) for each in file.parts(10_000)]
    read = list(read_patients(path, formulary=SMALL_FORMULARY, today=TODAY))
    wanted = PatientFrame.of(each.profile for each in read if isinstance(each, Patient))
    assert content(part.frame) == content(wanted)
    assert {issue.fact for issue in part.issues} == {
        issue.fact for each in read if isinstance(each, Patient) for issue in each.issues
    }


def test_a_day_before_the_year_of_birth_is_refused_as_profiles_refuse_it(tmp_path: Path) -> None:
    path = tmp_path / "early.csv"
    born = ("1960,", "1960-05,", "1960-05-01,", "1840-01-01,", "2027-01-01,", ",65", "1960,65", ",")
    rows = [f"p{number},2026-01-15,{each},1890-01-01" for number, each in enumerate(born)]
    header = "patient_id,as_of,birth_date,age,therapy_1_progression_date"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    assert_as_profiles(path)


def test_measured_values_are_those_that_profiles_have_whatever_their_digits(tmp_path: Path) -> None:
    """Plain numbers of many digits, in several units and beside what is no plain number, no value or no unit."""
    texts = ("9.1", "11.123456789", "12.5 g/dL", "9.1 L", "0.15", "2000", "-3", "1e2", "<10", "10-12", "", "clotted",
             "0012.50", "7.", "9,1", "11.1234567891234", "8?")  # fmt: skip
    units = ("g/dL", "g/L", "mmol/L", "", "mL")
    days = ("2026-01-01", "2026-02-01", "2026-01", "", "1899-01-01")
    rows = [
        f'p{a}-{b}-{c},2026-01-15,1960,"{text}",{unit},{day},{250 + a}.{b}{a}'
        for a, text in enumerate(texts)
        for b, unit in enumerate(units)
        for c, day in enumerate(days)
    ]
    path = tmp_path / "labs.csv"
    header = "patient_id,as_of,birth_date,haemoglobin,haemoglobin_unit,haemoglobin_date,platelets"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    assert_as_profiles(path)


def test_plain_ages_tell_the_birth_that_profiles_have(tmp_path: Path) -> None:
    """Ages alone, on days around the end of February and of the year, beside texts that are no plain age."""
    ages = (
        "0",
        "1",
        "24",
        "60",
        "124",
        "125",
        "126",
        "007",
        "1250",
        "61.5",
        "60-62",
        "",
        "unknown",
        "²",
        "-3",
    )
    days = (
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
        "2025-02-28",
        "2025-03-01",
        "2025-12-31",
        "2026-01-01",
    )
    path = tmp_path / "ages.csv"
    rows = [f"p{a}-{d},{day},{age}" for a, age in enumerate(ages) for d, day in enumerate(days)]
    path.write_text("\n".join(["patient_id,as_of,age", *rows, "p0-0,2024-02-28,50"]) + "\n", "utf-8")
    file = opened(path)
    [part] = [file.read(each) for each in file.parts(1000)]
    profiles = [
        each.profile
        for each in read_patients(path, formulary=SMALL_FORMULARY, today=TODAY)
        if isinstance(each, Patient)
    ]
    assert content(part.frame) == content(PatientFrame.of(profiles))
    assert len(part.rejects) == 2
    assert part.singly < 20


def test_many_identifiers_that_stand_twice_are_found(tmp_path: Path) -> None:
    """Near each other, far apart, and so many that a block is read again as a whole."""
    ids = [f"p{number}" for number in range(6000)]
    ids[3000], ids[3001], ids[10] = ids[2999], ids[5999], " p5 "
    for repeats in (0, 4000):
        path = tmp_path / f"{repeats}.csv"
        rows = [*ids, *ids[:repeats]]
        path.write_text("\n".join(["patient_id,age", *(f"{each},60" for each in rows)]) + "\n", "utf-8")
        file = opened(path)
        rejected = [each.patient for part in file.parts(1000) for each in file.read(part).rejects]
        counted = Counter(each.strip() for each in rows)
        assert Counter(rejected) == {each: count for each, count in counted.items() if count > 1}
