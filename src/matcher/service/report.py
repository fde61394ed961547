"""The report: one page that holds everything, loads nothing, and prints.

Words come from ``explanation``; here they are only laid out. A verdict is always a word beside its shape and
colour, never a colour alone.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from typing import IO, Any

from jinja2 import Environment
from markupsafe import Markup

from matcher.explanation.answer import (
    CandidateShown,
    CriterionShown,
    PatientShown,
)
from matcher.explanation.common import Document
from matcher.readers.outcome import Reading, Reject
from matcher.service.account import STANDINGS, Account, by_standing
from matcher.service.rendered import PACKED, Indexed, in_bytes, packed
from matcher.service.templating import STATIC, page_environment

_PIECE = 1 << 20
_GROUPS = (("inclusion", "Inclusion criteria"), ("exclusion", "Exclusion criteria"))

#: the words of every verdict, and the mark that goes with each
MARKS: Mapping[str, str] = {"met": "met", "not met": "not-met", "unknown": "unknown"}

STANDING_MEANING: Mapping[str, str] = {
    "eligible": "Every criterion of the protocol is known to be satisfied.",
    "eligible_pending_screening": "Only what screening itself establishes is open, such as consent.",
    "meets_known_criteria": "Satisfies every criterion held here; the protocol has more.",
    "possible": "Nothing rules it out, and facts are missing.",
    "not_yet": "Ruled out today; time or a repeated test may change that.",
    "needs_waiver": "Ruled out unless a deviation is granted that the protocol itself allows.",
    "ineligible": "A recorded fact rules it out.",
}


class Detail(Enum):
    """How the report holds patients: written out, as lines that its script writes out when asked, or counted."""

    FULL = "full"
    LINES = "lines"
    COUNTS = "counts"


#: up to so many patients
DETAIL: tuple[tuple[int, Detail], ...] = ((25, Detail.FULL), (5_000, Detail.LINES))
REJECTS_SHOWN = 100


def detail_for(patients: int) -> Detail:
    return next((detail for most, detail in DETAIL if patients <= most), Detail.COUNTS)


@dataclass(frozen=True, slots=True)
class Group:
    """Criteria that are read together."""

    title: str
    criteria: tuple[CriterionShown, ...]


class Report:
    """Renders each patient as they come, so that a long run is never held in memory."""

    def __init__(self, sections: IO[str], patients: int) -> None:
        self.detail = detail_for(patients)
        self._sections = sections
        self._index: list[Indexed] = []
        self._waiting: list[tuple[Indexed, Document]] = []
        self._rejects: list[Reject] = []
        self._environment = _environment()
        self._section = self._environment.get_template("patient.html")

    @property
    def holds_lines(self) -> bool:
        return self.detail is Detail.LINES

    def add(self, patient: PatientShown) -> None:
        """Writes a patient out, where all are."""
        if self.detail is Detail.FULL:
            line = Indexed.of(patient)
            self._index.append(line)
            anchor = f"p{len(self._index)}"
            self._sections.write(self._section.render(patient=patient, line=line, anchor=anchor))

    def add_line(self, entry: Indexed, line: Document) -> None:
        """Keeps a patient's line, where lines are kept."""
        if self.holds_lines:
            self._waiting.append((entry, line))
            if len(self._waiting) == PACKED:
                self._pack()

    def add_packed(self, index: Sequence[Indexed], packs: Sequence[bytes]) -> None:
        """The same of many patients whose lines are packed already."""
        self._pack()
        self._add_packed(index, packs)

    def _add_packed(self, index: Sequence[Indexed], packs: Sequence[bytes]) -> None:
        if self.holds_lines:
            for number, lines in enumerate(packs):
                first = len(self._index) + number * PACKED + 1
                self._sections.write(_PART.format(first=first, lines=lines.decode()))
            self._index += index

    def _pack(self) -> None:
        if self._waiting:
            lines = packed([line for _, line in self._waiting])
            self._add_packed([entry for entry, _ in self._waiting], [lines])
            self._waiting.clear()

    def reject(self, reject: Reject) -> None:
        if len(self._rejects) < REJECTS_SHOWN:
            self._rejects.append(reject)

    def write(
        self,
        page: IO[str],
        account: Account,
        reading: Reading,
        together: Markup | None = None,
        common: Mapping[str, Any] | None = None,
    ) -> None:
        """The whole page, with the patients between its head and its foot.

        ``together`` is about all of them; ``common`` is what their lines are put together with.
        """
        self._pack()
        self._sections.flush()
        self._sections.seek(0)
        scripts = ["patients.js", "report.js"] if self.holds_lines else ["report.js"]
        script = "".join(map(_file, scripts))
        template = self._environment.get_template("report.html")
        stream = template.stream(
            account=account,
            reading=reading,
            index=self._index,
            rejects=self._rejects,
            detail=self.detail.value,
            sections=self._pieces(),
            together=together or "",
            style=Markup("").join((_standings(), _resource("report.css"), _resource("cohort.css"))),
            common=base64.b64encode(zlib.compress(in_bytes(dict(common or {})))).decode()
            if self.holds_lines
            else "",
            script=Markup(script),  # noqa: S704 - our own files
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
        stream.enable_buffering(64)
        page.writelines(stream)

    def _pieces(self) -> Iterator[Markup]:
        while piece := self._sections.read(_PIECE):
            yield Markup(piece)  # noqa: S704 - rendered with escaping, section by section


#: base64 has no character that means anything in a page
_PART = '<script type="text/plain" class="part" data-first="{first}">{lines}</script>\n'


def report_of(patients: Sequence[PatientShown], account: Account, reading: Reading) -> str:
    """The report of a few patients as text, for a page that is asked for rather than written."""
    page = io.StringIO()
    report = Report(io.StringIO(), len(patients))
    for patient in patients:
        report.add(patient)
    report.write(page, account, reading)
    return page.getvalue()


def _environment() -> Environment:
    environment = page_environment()
    environment.globals.update(standings=STANDINGS, standing_meaning=STANDING_MEANING)
    environment.filters.update(
        groups=groups,
        tally=tally,
        mark=lambda verdict: MARKS[verdict],
        by_standing=by_standing,
        css_text=css_text,
        fact=fact,
        decided=lambda criteria: [each for each in criteria if each.satisfied != "unknown"],
    )
    return environment


def groups(candidate: CandidateShown) -> list[Group]:
    """A candidate's criteria under headings: its own, then those of each cohort; empty groups left out."""
    found: list[Group] = []
    cohorts = dict.fromkeys(each.cohort for each in candidate.criteria)
    for cohort in sorted(cohorts):
        for role, title in _GROUPS:
            held = tuple(each for each in candidate.criteria if (each.role, each.cohort) == (role, cohort))
            if held:
                found.append(Group(f"Cohort {cohort}: {title.lower()}" if cohort else title, held))
    if candidate.cautions:
        found.append(Group("Cautions (shown, never counted)", candidate.cautions))
    return found


def tally(candidate: CandidateShown) -> str:
    """How the criteria stand, in one line."""
    held = [each.satisfied for each in candidate.criteria]
    words = (("met", "satisfied"), ("not met", "not satisfied"), ("unknown", "unknown"))
    return ", ".join(f"{held.count(name)} {word}" for name, word in words if name in held)


def fact(line: str) -> tuple[str, str]:
    """A line of a patient's summary as its name and value."""
    name, separator, value = line.partition(": ")
    return (name, value) if separator else ("", line)


def css_text(text: str) -> Markup:
    """Any text inside a quoted string of a style sheet: all but letters and digits escaped."""
    escaped = "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in text)
    return Markup(f'"{escaped}"')  # noqa: S704 - nothing but letters, digits and backslashes is left


def _resource(name: str) -> Markup:
    """A file of this package, which needs no escaping."""
    return Markup(_file(name))  # noqa: S704 - our own file


def _standings() -> Markup:
    return Markup((STATIC / "standings.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _file(name: str) -> str:
    return (files("matcher.service") / "templates" / name).read_text(encoding="utf-8")
