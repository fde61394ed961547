"""A finding: where, what, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.errors.code import Severity
from matcher.errors.registry import CODES

REFERENCE_PAGE = "docs/reference/errors.md"
_LONGEST_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem at one place, for the person who can mend it.

    Lines and columns count from 1; ``None`` means that the problem has no such place (a missing file, a
    whole file). Without a ``hint`` of its own a finding shows its code's remedy. Messages may quote a rule
    file; what is logged about patients must name rows and columns, never values.
    """

    file: str
    line: int | None
    column: int | None
    code: str
    message: str
    hint: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"{self.code!r} is not in the closed list of codes")

    @property
    def severity(self) -> Severity:
        return CODES[self.code].severity

    @property
    def place(self) -> str:
        """``path:line:column``, as far as it is known."""
        return ":".join([self.file, *(str(part) for part in (self.line, self.column) if part is not None)])

    def render(self) -> str:
        """Two lines, whatever the texts hold: what could move a terminal's cursor is escaped, a flood cut off."""
        hint = self.hint or CODES[self.code].remedy
        return (
            f"{_printable(self.place)}  {self.code} {_printable(self.message)}\n"
            f"    {_printable(hint)}  {REFERENCE_PAGE}#{self.code.lower()}"
        )


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings by file, line, column and code, each once."""
    return sorted(
        set(diagnostics), key=lambda d: (d.file, d.line or 0, d.column or 0, d.code, d.message, d.hint)
    )


def _printable(text: str) -> str:
    shown = text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "..."
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)
