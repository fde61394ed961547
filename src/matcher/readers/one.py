"""One patient of a file: read, or set aside with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matcher.readers.assemble import assemble
from matcher.readers.entry import Entry
from matcher.readers.foreign import no_identifier
from matcher.readers.outcome import Issue, Outcome, Patient, Reject
from matcher.readers.text import has_half_characters
from matcher.vocabulary.formulary import Formulary


@dataclass(frozen=True, slots=True)
class PatientReader:
    """``as_of`` serves records without a day of their own; whoever is ``repeated`` is rejected (P002)."""

    formulary: Formulary
    as_of: date | None
    repeated: frozenset[str] = frozenset()

    def outcome(self, entry: Entry) -> Outcome:
        code, reason = entry.problem or self._identity_problem(entry) or ("", "")
        if code:
            return Reject.of(code, reason, source=entry.source, patient=entry.patient, text=entry.text)
        assembled = assemble(entry.wire, as_of=self.as_of, formulary=self.formulary, sources=entry.places)
        if assembled.profile is None:
            assert assembled.reject is not None
            return assembled.reject
        return Patient(assembled.profile, each_once(entry.issues + assembled.issues))

    def _identity_problem(self, entry: Entry) -> tuple[str, str] | None:
        if not entry.patient:
            return "P001", "the record has no identifier"
        if reason := no_identifier(entry.patient):
            return "P017", reason
        if entry.patient in self.repeated:
            return "P002", "another record has the same identifier"
        if has_half_characters(entry.wire):
            return "P006", "a text holds half of a character"
        return None


def each_once(issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    return tuple(dict.fromkeys(issues))
