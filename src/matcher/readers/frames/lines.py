"""The lines of a delimited file in blocks of bytes: those that are a record each, and those that are not.

A line is regular where any reader of CSV takes it for one record: its quotation marks, if it has any, each open or
close a cell. Every other line is given to the reader of ``csv_rows``, which may take several lines for one record. It
begins at the end of a regular line, so that it finds the same records there as when it reads the whole file.
"""

from __future__ import annotations

import os
import re
import shutil
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.engines.columnar.arrays import Bools, Index
from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.aside import folder_aside
from matcher.readers.csv_rows import Record, records_of

#: bytes; a line beyond this is read by itself
_LONG = 100_000
_NEWLINE = 10


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file whose bytes below 128 are those of ASCII, as it was when it was opened."""

    path: Path
    encoding: str
    delimiter: str
    size: int
    changed: int
    #: what the patients know the file as, where this is a copy in another encoding
    name: str

    @classmethod
    def at(cls, path: Path, encoding: str, delimiter: str, name: str | None = None) -> TextFile:
        known = path.stat()
        return cls(path, encoding, delimiter, known.st_size, known.st_mtime_ns, name or path.name)

    def bytes(self, start: int, stop: int) -> bytes:
        """The bytes between two places. A file that has become another one is an error (P014)."""
        try:
            with self.path.open("rb") as stream:
                known = os.fstat(stream.fileno())
                stream.seek(start)
                held = stream.read(min(stop, self.size) - start)
        except OSError as error:
            raise self.broken(f"the file cannot be read: {error.strerror}") from None
        if (known.st_size, known.st_mtime_ns) != (self.size, self.changed):
            raise self.broken("the file has changed since it was opened")
        return held

    def lines(self, start: int) -> Iterator[str]:
        """Lines from a place on, each with its end, as the reader of rows takes them."""
        with self.path.open("rb") as raw:
            raw.seek(start)
            with os.fdopen(os.dup(raw.fileno()), encoding=self.encoding, newline="") as stream:
                yield from iter(lambda: stream.readline(1 << 22), "")

    def broken(self, reason: str) -> PatientDataError:
        return PatientDataError([Diagnostic(self.name, None, None, "P014", reason)])


def text_file(owner: object, path: Path, encoding: str, delimiter: str = ",") -> TextFile:
    """The file, or a copy in UTF-8 where its bytes are not those of ASCII; the copy lives as long as its owner."""
    if not encoding.startswith("utf-16"):
        return TextFile.at(path, "utf-8" if encoding == "utf-8-sig" else encoding, delimiter, path.name)
    folder = folder_aside()
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    copy = Path(folder, path.name)
    with (
        path.open(encoding=encoding, newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        shutil.copyfileobj(source, target)
    return TextFile.at(copy, "utf-8", delimiter, path.name)


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records between two places of a file. ``starts`` are those of its regular lines in ``data``.

    ``data`` is UTF-8 and ends with a line's end. ``offsets`` are their places in the file, ``lines`` their
    numbers. ``singles`` are the records of all other lines.
    """

    data: bytes
    starts: Index
    ends: Index
    lines: Index
    offsets: Index
    singles: tuple[Record, ...]
    next_offset: int
    next_line: int

    @property
    def regular(self) -> bytes:
        """The regular lines alone, one after the other."""
        if not len(self.starts):
            return b""
        if (self.starts[1:] == self.ends[:-1]).all():
            return self.data[self.starts[0] : self.ends[-1]]
        view = memoryview(self.data)
        return b"".join([view[a:b] for a, b in zip(self.starts.tolist(), self.ends.tolist(), strict=True)])


def blocks(file: TextFile, start: int, stop: int, line: int, size: int) -> Iterator[Block]:
    """The records that begin between two places, in blocks of about so many bytes. A record begins at ``start``."""
    while start < stop:
        block = _block(file, start, min(start + size, stop), line)
        yield block
        start, line = block.next_offset, block.next_line


def _block(file: TextFile, start: int, stop: int, line: int) -> Block:
    raw = file.bytes(start, stop)
    if len(raw) < stop - start:
        raise file.broken("the file is shorter than it was")
    if stop < file.size:
        cut = raw.rfind(b"\n") + 1
        while not cut:
            raw = file.bytes(start, start + 2 * len(raw))
            cut = len(raw) if start + len(raw) >= file.size else raw.rfind(b"\n") + 1
        raw = raw[:cut]
    length = len(raw)
    if not raw.endswith(b"\n"):
        raw += b"\n"
    ends = np.flatnonzero(np.frombuffer(raw, np.uint8) == _NEWLINE) + 1
    starts = np.concatenate((np.zeros(1, np.intp), ends[:-1]))
    odd = _odd(raw, starts, ends, file.delimiter)
    numbers = np.arange(len(starts)) + line
    taken = np.zeros(len(starts), np.bool_)
    singles: list[Record] = []
    next_offset, extra = start + length, 0
    consumed = 0
    for place in np.flatnonzero(odd).tolist():
        if place < consumed:
            continue
        offset = start + int(starts[place])
        found, reached, lines = _singly(file, offset, ends + start, int(numbers[place]))
        singles += found
        held = int(np.searchsorted(starts, reached - start)) if reached < start + length else len(starts)
        taken[place:held] = True
        numbers[held:] += lines - (held - place)
        if held == len(starts):
            next_offset, extra = max(reached, start + length), lines - (held - place)
        consumed = held
    kept = ~taken & ~_blank(raw, starts, ends)
    next_line = int(numbers[-1]) + 1 + extra
    starts, ends, numbers = starts[kept], ends[kept], numbers[kept]
    offsets = starts + start
    if file.encoding not in ("utf-8", "ascii"):
        raw, starts, ends = _recoded(raw, starts, ends, file.encoding)
    return Block(raw, starts, ends, numbers, offsets, tuple(singles), next_offset, next_line)


def _singly(file: TextFile, start: int, ends: Index, line: int) -> tuple[list[Record], int, int]:
    """Records from a place until one ends where a line does, or beyond all; that end, and how many lines they take.

    A record can end amid what is one line here: for the reader of rows a lone carriage return ends a line too.
    """
    found: list[Record] = []
    sizes = _Sizes(file.lines(start), file.encoding)
    taken = 0
    for record in records_of(iter(sizes), file.delimiter, line):
        found.append(record)
        start += sum(sizes.sizes[taken : taken + record.lines])
        taken += record.lines
        if start >= ends[-1] or start == ends[np.searchsorted(ends, start)]:
            break
    return found, start, taken


class _Sizes:
    """Lines, remembering how many bytes each one takes in the file."""

    def __init__(self, lines: Iterator[str], encoding: str) -> None:
        self._lines = lines
        self._encoding = encoding
        self.sizes: list[int] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.sizes.append(len(line.encode(self._encoding)))
            yield line


def _odd(raw: bytes, starts: Index, ends: Index, delimiter: str) -> Bools:
    """Lines that are not for certain one record each."""
    odd: Bools = (ends - starts) > _LONG
    if b'"' in raw:
        quoted = np.flatnonzero(_holding(raw, ends, b'"'))
        texts = pa.LargeBinaryArray.from_buffers(
            pa.large_binary(),
            len(starts),
            [None, pa.py_buffer(np.append(starts, ends[-1:]).astype(np.int64)), pa.py_buffer(raw)],
        ).take(pa.array(quoted))
        cell = f'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}\n]*)'
        form = f"^{cell}(?:{re.escape(delimiter)}{cell})*\r?\n$"
        well = pc.match_substring_regex(texts, form.replace('[^"]', '[^"\n]'))
        odd[quoted] |= ~well.to_numpy(zero_copy_only=False)
    if b"\r" in raw:
        returns = np.flatnonzero(np.frombuffer(raw, np.uint8) == 13)
        lone = returns[np.frombuffer(raw, np.uint8)[returns + 1] != _NEWLINE]
        odd[np.searchsorted(ends, lone, side="right")] = True
    if b"\0" in raw:
        odd |= _holding(raw, ends, b"\0")
    return odd


def _holding(raw: bytes, ends: Index, mark: bytes) -> Bools:
    """Whether each line has this character."""
    found = np.zeros(len(ends), np.bool_)
    places = np.flatnonzero(np.frombuffer(raw, np.uint8) == mark[0])
    found[np.searchsorted(ends, places, side="right")] = True
    return found


def _blank(raw: bytes, starts: Index, ends: Index) -> Bools:
    sizes = ends - starts
    short = np.flatnonzero(sizes <= 2)
    blank = np.zeros(len(starts), np.bool_)
    for place in short.tolist():
        blank[place] = not raw[starts[place] : ends[place]].strip(b"\r\n")
    return blank


def _recoded(raw: bytes, starts: Index, ends: Index, encoding: str) -> tuple[bytes, Index, Index]:
    """The lines in UTF-8, where they stand at other places."""
    lines = [raw[a:b].decode(encoding).encode() for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    sizes = np.array([len(each) for each in lines], np.intp)
    ends = np.cumsum(sizes)
    return b"".join(lines), ends - sizes, ends


def text_of(block: Block, place: int) -> str:
    """A regular line."""
    return block.data[block.starts[place] : block.ends[place]].decode()


def record_of(block: Block, place: int, delimiter: str) -> Record:
    """A regular line as the reader of rows takes it."""
    return next(records_of(iter([text_of(block, place)]), delimiter, int(block.lines[place])))


def after_mark(file: TextFile) -> int:
    """Where the text begins: after the byte order mark, if there is one."""
    return 3 if file.encoding == "utf-8" and file.bytes(0, 3) == b"\xef\xbb\xbf" else 0


def first_offset(file: TextFile, lines: int) -> int:
    """Where the line after so many begins."""
    mark = after_mark(file)
    return mark + sum(len(each.encode(file.encoding)) for each in islice(file.lines(mark), lines))


def has_lines(path: Path) -> bool:
    """Whether lines end as they have since the classic Macintosh."""
    with path.open("rb") as stream:
        head = stream.read(1 << 22)
    return len(head) < 1 << 22 or b"\n" in head
