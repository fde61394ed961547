"""Bytes to text: which encoding a file is in, and its lines, without holding the file in memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import Diagnostic, PatientDataError, UsageError

CHUNK = 1 << 20
LONGEST_LINE = 4 << 20
"""Characters; a line beyond this is no patient's."""


_NO_TEXT = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"})
"""What Python calls encodings and no file of patients is in: names of hosts, escapes, and ways to hide text."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The name to decode with, and whether it was concluded rather than known."""

    name: str
    assumed: bool = False


def encoding_of(path: Path, stated: str | None = None) -> Encoding:
    """UTF-8 where every byte fits, UTF-16 where it says so or shows it, else Windows-1252 as an assumption.

    A stated encoding is checked and used. Latin-1 text is read alike: the two differ in control characters.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(CHUNK)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}", code="U002") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror}", code="U009") from None
    if not head.strip():
        raise PatientDataError([Diagnostic(path.name, None, None, "P013", "the file is empty")])
    if stated is not None:
        return _stated(path, stated)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(path, Encoding("utf-16"))
    if head.startswith(codecs.BOM_UTF8):
        return _checked(path, Encoding("utf-8-sig"))
    for name, zeros in (("utf-16-le", head[1:400:2]), ("utf-16-be", head[0:400:2])):
        if len(zeros) > 4 and zeros.count(0) > 0.7 * len(zeros):
            return _checked(path, Encoding(name, assumed=True))
    if _decodes(path, "utf-8"):
        return Encoding("utf-8")
    return Encoding("cp1252" if _decodes(path, "cp1252") else "latin-1", assumed=True)


def _stated(path: Path, stated: str) -> Encoding:
    try:
        name = codecs.lookup(stated).name
        "a".encode(stated)  # what turns bytes into bytes is refused here
    except (LookupError, ValueError):
        name = ""
    if not name or name.replace("_", "-") in _NO_TEXT:
        raise UsageError(f"'{stated[:60]}' is not the name of an encoding", code="U020") from None
    return _checked(path, Encoding("utf-8-sig" if name == "utf-8" else name))


def _checked(path: Path, encoding: Encoding) -> Encoding:
    if not _decodes(path, encoding.name):
        message = f"the file is not text in {encoding.name}"
        raise PatientDataError([Diagnostic(path.name, None, None, "P006", message)])
    return encoding


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def lines_of(path: Path, encoding: Encoding) -> Iterator[str]:
    """The lines with their ends as they stand; an endless line comes in pieces of the longest length."""
    with path.open(encoding=encoding.name, newline="") as stream:
        while line := stream.readline(LONGEST_LINE):
            yield line


def has_half_characters(value: object) -> bool:
    """Whether any text in a value that came as JSON holds one half of a character (a lone surrogate), keys included.

    It is no text: no file and no other program takes it.
    """
    match value:
        case str():
            return not value.isascii() and any("\ud800" <= each <= "\udfff" for each in value)
        case dict():
            return any(has_half_characters(each) for pair in value.items() for each in pair)
        case list() | tuple():
            return any(map(has_half_characters, value))
    return False


def in_whole_characters(text: str) -> str:
    """The text with such halves spelled out, so that it can be written down."""
    return text.encode("utf-8", "backslashreplace").decode()
