"""One entry of the closed list of codes."""

import re
from dataclasses import dataclass
from typing import Literal

_FORM = re.compile(r"[RLPU][0-9]{3}")

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Code:
    """What one code means, to the person who meets it.

    An *error* stops what carries it: a rule file is not used, a patient is not read. A *warning* is said
    and the work goes on, with the fact in doubt left unknown. A *note* says how something was understood.
    ``remedy`` is one sentence or two that
    stand on their own, since they are printed wherever a finding has no hint of its own.
    """

    code: str
    title: str
    meaning: str
    remedy: str
    severity: Severity = "error"

    def __post_init__(self) -> None:
        if not _FORM.fullmatch(self.code):
            raise ValueError(f"{self.code!r} is not of the form R012, L005, P103 or U002")


@dataclass(frozen=True, slots=True)
class Family:
    """Codes that belong together: one section of the reference page."""

    title: str
    introduction: str
    codes: tuple[Code, ...]
