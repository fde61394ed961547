"""The text of a file, before anything in it is understood: its size, its encoding, what cannot be seen in it."""

import codecs
import re
import unicodedata
from itertools import islice

from matcher.errors import Diagnostic
from matcher.rulebook.marked import Mark

MAX_BYTES = 1_000_000
_MAX_UNSEEN = 20

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# Controls, soft hyphen, zero-width and direction marks, line and paragraph separators, byte-order marks in the
# middle, tag characters, halves of surrogate pairs, and the mark that a failed conversion leaves.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


def read_text(content: bytes | str, file: str) -> tuple[str | None, list[Diagnostic]]:
    """The text that can be parsed, or ``None``, and what is wrong with it.

    Characters that cannot be seen are reported and replaced one for one, so that the rest of the file is read and
    every place in it stays right. A byte-order mark at the start is dropped.
    """
    text = _decode(content, file)
    if isinstance(text, Diagnostic):
        return None, [text]
    unseen = [_report_unseen(text, found, file) for found in islice(_UNSEEN.finditer(text), _MAX_UNSEEN)]
    return (_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text) if unseen else text), unseen


def lines_of(text: str) -> list[str]:
    return _LINE_BREAK.split(text)


def _decode(content: bytes | str, file: str) -> str | Diagnostic:
    if isinstance(content, str):
        if len(content.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            return _too_large(file)
        return content.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if len(content) > MAX_BYTES:
        return _too_large(file)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Diagnostic(file, 1, 1, "R001", "the file is UTF-16, not UTF-8")
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _mark_at(content[: error.start].decode("utf-8"))
        wrong = f"byte 0x{content[error.start]:02X} is not UTF-8"
        return Diagnostic(file, line, column, "R001", wrong)


def _report_unseen(text: str, found: re.Match[str], file: str) -> Diagnostic:
    character = found.group()
    name = unicodedata.name(character, "control character").lower()
    line, column = _mark_at(text[: found.start()])
    return Diagnostic(file, line, column, "R008", f"character U+{ord(character):04X} ({name}) cannot be seen")


def _too_large(file: str) -> Diagnostic:
    return Diagnostic(file, 1, 1, "R007", f"the file is larger than {MAX_BYTES // 1_000_000} MB")


def _mark_at(before: str) -> Mark:
    """The place right after ``before``."""
    lines = lines_of(before)
    return Mark(len(lines), len(lines[-1]) + 1)
