"""What the program raises on purpose. Anything else that escapes is a defect of the program (exit code 1).

MatcherError
|-- RuleError           the rulebook cannot be used           exit code 3
|-- PatientDataError    no patient can be read                exit code 4
`-- UsageError          asked for what cannot be done         exit code 2
"""

from collections.abc import Iterable
from typing import ClassVar

from matcher.errors.diagnostic import Diagnostic, in_order
from matcher.errors.registry import CODES


class MatcherError(Exception):
    """Something a person can mend. Its text is fit to be shown as it stands."""

    exit_code: ClassVar[int] = 1


class _FindingsError(MatcherError):
    """All findings at once, in the order of their places."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(in_order(diagnostics))
        if not self.diagnostics:
            raise ValueError("an error needs at least one finding")
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(diagnostic.render() for diagnostic in self.diagnostics)


class RuleError(_FindingsError):
    """For authors: files of the rulebook are wrong, and none of it is used."""

    exit_code: ClassVar[int] = 3


class PatientDataError(_FindingsError):
    """For those who bring the patients: nothing in the input can be read.

    Single patients and facts that cannot be read do not raise; they are findings beside the result.
    """

    exit_code: ClassVar[int] = 4


class UsageError(MatcherError):
    """For whoever gave the command or the request."""

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, hint: str = "", code: str = "U001") -> None:
        if code not in CODES:
            raise ValueError(f"{code!r} is not in the closed list of codes")
        super().__init__(message, hint, code)
        self.message = message
        self.hint = hint or CODES[code].remedy
        self.code = code

    def __str__(self) -> str:
        return f"{self.code} {self.message}\n    {self.hint}"
