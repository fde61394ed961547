"""JSON Lines into frames: each line is read by the profile reader, parts of the file by several processes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from matcher.engines.columnar.arrays import Index
from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.entry import Entry
from matcher.readers.foreign import likely_identifier
from matcher.readers.frames.identifiers import Identifiers
from matcher.readers.frames.lines import after_mark, text_file
from matcher.readers.frames.part import FramePart, Part, Places
from matcher.readers.frames.profiles import frame_part
from matcher.readers.json_profiles import JsonLines, entries_of, is_piece
from matcher.readers.one import PatientReader
from matcher.readers.outcome import Reading
from matcher.readers.read import account_of
from matcher.vocabulary.formulary import Formulary

#: patients between two places where a part may begin
STEP = 64


class JsonLinesFrames:
    """One profile on each line."""

    def __init__(
        self, source: JsonLines, formulary: Formulary, as_of: date | None, today: date | None
    ) -> None:
        today = None if as_of is not None else today
        self._file = text_file(self, source.path, source.encoding.name)
        self._patients = PatientReader(formulary, as_of or today)
        identifiers = Identifiers()
        self._places = self._opened(identifiers)
        self._account = account_of(source, len(self), today)
        if not len(self):
            raise PatientDataError(
                [Diagnostic(self._file.name, None, None, "P013", "the file holds no patients")]
            )
        stretches = self._places.parts(STEP)

        def again(number: int, rows: Index) -> list[str]:
            ids = [each.patient for each in self._entries(stretches[number])]
            return [ids[row] for row in rows.tolist()]

        repeated = identifiers.repeated(again)
        self._patients = replace(self._patients, repeated=repeated - {""})

    def __len__(self) -> int:
        return int(self._places.patients[-1])

    def account(self) -> Reading:
        return deepcopy(self._account)

    def parts(self, patients: int) -> Sequence[Part]:
        return self._places.parts(patients)

    def read(self, part: Part) -> FramePart:
        return frame_part(part, map(self._patients.outcome, self._entries(part)))

    def _entries(self, part: Part) -> Iterator[Entry]:
        return entries_of(self._lines(part.start, part.stop), self._file.name, part.line - 1)

    def _lines(self, start: int, stop: int) -> Iterator[str]:
        """The lines between two places. A file that has become another one is an error (P014)."""
        self._file.bytes(start, start)
        for line in self._file.lines(start) if start < stop else ():
            yield line
            start += len(line.encode(self._file.encoding))
            if start >= stop:
                return

    def _opened(self, identifiers: Identifiers) -> Places:
        start = after_mark(self._file)
        places = [(0, start, 1)]
        ids: list[str] = []
        patients, number, piece = 0, 1, False
        for line in self._lines(start, self._file.size):
            continued, piece = piece, is_piece(line)
            if not continued and line.strip():
                # No more than STEP of them, so that a stretch is what ``parts`` gives for that number.
                if len(ids) == STEP:
                    identifiers.add(ids)
                    ids = []
                    places.append((patients, start, number))
                patients += 1
                ids.append(_likely_id(line))
            start += len(line.encode(self._file.encoding))
            number += not piece
        identifiers.add(ids)
        places.append((patients, start, number))
        return Places(*(np.array(each, np.intp) for each in zip(*places, strict=True)))


def _likely_id(line: str) -> str:
    """The identifier of a profile that is in order; of any other line it may be too much, and is confirmed later."""
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    return likely_identifier(found)
