"""Files that are sent: taken in pieces, unpacked within bounds, under names of our own.

Nothing of a sender's file name is kept but its ending: names may hold a patient's.
"""

from __future__ import annotations

import lzma
import re
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from matcher.api.problems import Problem
from matcher.api.settings import Settings

TAKES_A_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "contentMediaType": "application/octet-stream",
                            "description": "CSV, TSV, JSON, JSON Lines or Parquet, told by the name's ending; FHIR or Phenopackets; or a "
                            "zip of the tables of an export.",
                        },
                        "mapping": {
                            "type": "string",
                            "contentMediaType": "application/octet-stream",
                            "description": "YAML that says what the columns mean.",
                        },
                    },
                }
            }
        },
    }
}
"""The body of an operation that takes patients and perhaps a mapping, as OpenAPI has it."""

ENDINGS = (".csv", ".tsv", ".tab", ".psv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".zip")
_DELIMITED = frozenset({".csv", ".tsv", ".tab", ".psv", ".txt"})
_PIECE = 1 << 20
_LARGEST_MAPPING = 1 << 20
_MOST_TABLES = 40
_MOST_HEADER_LINES = 1_000
_MOST_ENTRIES = 2 * _MOST_TABLES
_LARGEST_DIRECTORY = 1 << 17
_END_OF_DIRECTORY = (1 << 16) + 22
_HIGHEST_RATIO = 200
_ALWAYS_FINE = 16 << 20
_TABLE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,80}\.(csv|tsv|tab|psv|txt|parquet|json|jsonl|ndjson)")


@dataclass(frozen=True, slots=True)
class Upload:
    """Where the patients lie, in a file or a folder of tables, and the mapping."""

    patients: Path
    mapping: Path | None


def save(stream: IO[bytes], name: str, mapping: IO[bytes] | None, folder: Path, limits: Settings) -> Upload:
    """The upload in ``folder``; a ``Problem`` where it is not what is taken. Blocks; call it in a thread."""
    ending = PurePosixPath(name.replace("\\", "/")).suffix.casefold()
    if ending not in ENDINGS:
        raise _refused(f"the file's name ends in none of {', '.join(ENDINGS)}", "file")
    try:
        folder.mkdir(mode=0o700, parents=True)
        described = None
        if mapping is not None:
            described = folder / "mapping.yaml"
            if _write(mapping, described) > _LARGEST_MAPPING:
                raise _refused("the mapping is larger than any", "mapping")
        if ending == ".zip":
            return Upload(_unpack(stream, folder / "tables", limits), described)
        patients = folder / f"patients{ending}"
        if not _write(stream, patients):
            raise _refused("the file is empty", "file")
        _check_columns(patients, limits)
        return Upload(patients, described)
    except OSError:
        raise Problem(503, "U008", "the upload cannot be kept") from None


def _refused(reason: str, place: str) -> Problem:
    return Problem(422, "U061", reason, place=place)


def _write(stream: IO[bytes], path: Path) -> int:
    with path.open("wb") as file:
        shutil.copyfileobj(stream, file, _PIECE)
        return file.tell()


def _unpack(stream: IO[bytes], folder: Path, limits: Settings) -> Path:
    folder.mkdir()
    try:
        _refuse_many_members(stream)
        with zipfile.ZipFile(stream) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if not 0 < len(members) <= _MOST_TABLES:
                raise _refused(
                    f"the archive holds {len(members)} files; 1 to {_MOST_TABLES} tables are taken", "file"
                )
            left = limits.unpacked_limit
            for number, member in enumerate(members, start=1):
                name = PurePosixPath(member.filename).name.casefold()
                if not _TABLE.fullmatch(name):
                    raise _refused(
                        f"file {number} of the archive is no table: the name of one ends in .csv, .txt or .parquet",
                        "file",
                    )
                if (folder / name).exists():
                    raise _refused(f"file {number} of the archive has the name of another", "file")
                if member.flag_bits & 1:
                    raise _refused("the archive is encrypted", "file")
                left -= _inflate(archive, member, folder / name, left)
                _check_columns(folder / name, limits)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError):
        raise _refused("the archive is damaged, or packed in a way that is not read", "file") from None
    return folder


def _refuse_many_members(stream: IO[bytes]) -> None:
    """Before the directory is read, which takes time and memory for each of its entries."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_OF_DIRECTORY))
    tail = stream.read()
    place = tail.rfind(b"PK\5\6")
    stream.seek(0)
    if place >= 0 and int.from_bytes(tail[place + 10 : place + 12], "little") > _MOST_ENTRIES:
        raise _refused(f"the archive holds more than {_MOST_TABLES} files", "file")
    if place >= 0 and int.from_bytes(tail[place + 12 : place + 16], "little") > _LARGEST_DIRECTORY:
        raise _refused("the archive's directory is larger than any of tables", "file")


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Bytes written: counted while they come, since what an archive says of its size need not be so."""
    written = 0
    most = max(_ALWAYS_FINE, member.compress_size * _HIGHEST_RATIO)
    with archive.open(member) as packed, path.open("wb") as file:
        while piece := _unpacked(packed):
            written += len(piece)
            if written > min(left, most):
                raise _refused("the archive unpacks to more than is taken", "file")
            file.write(piece)
    return written


def _unpacked(packed: IO[bytes]) -> bytes:
    try:
        return packed.read(_PIECE)
    except OSError as error:
        if error.errno is None:  # bz2 says so of data that are none
            raise EOFError from None
        raise


def _check_columns(path: Path, limits: Settings) -> None:
    if path.suffix not in _DELIMITED:
        return
    columns = 1 + max(_header(path).count(mark) for mark in (b",", b";", b"\t", b"|"))
    if columns > limits.upload_columns:
        raise _refused(f"the header has more than the {limits.upload_columns} columns that are taken", "file")


def _header(path: Path) -> bytes:
    """At least the first line with anything on it, and all of it where quotation marks hold line breaks."""
    found = b""
    with path.open("rb") as file:
        for _ in range(_MOST_HEADER_LINES):
            line = file.readline(_PIECE)
            found += line
            if len(found) >= _PIECE:
                raise _refused("the header is longer than any", "file")
            plain = found.replace(b"\0", b"").strip(b'\xef\xbb\xbf\xff\xfe \t\r\n,;|"')
            note = plain[:4].lower() == b"sep=" and b"\n" not in plain
            if not line or (plain and not note and found.count(b'"') % 2 == 0):
                break
    return found
