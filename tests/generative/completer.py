"""One choice after the other, until a profile leaves nothing open. What a completion is: ``completions``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st

from matcher.domain.dates import DateSpan, add_months
from matcher.domain.judgement import HOLDS, HOLDS_NOT, Judgement
from matcher.domain.possible import NO, YES, Codes, Interval
from matcher.domain.record import (
    Alteration,
    Biomarker,
    Components,
    Condition,
    Course,
    Diagnosis,
    Event,
    Laboratory,
    Listing,
    Medication,
    Observation,
    Procedure,
    Radiotherapy,
    Record,
    Staging,
)
from matcher.vocabulary import codes
from matcher.vocabulary.codes import ECOG_OF_KARNOFSKY
from matcher.vocabulary.staging import EDITIONS
from tests.generative import profiles as made
from tests.generative import said
from tests.generative.conditions import EVENTS
from tests.generative.profiles import JUDGED

R = TypeVar("R", bound=Record)
LONG_AGO = timedelta(days=1500)


@dataclass
class Completer:
    """Decides what a profile leaves open, one choice after the other."""

    draw: st.DrawFn
    as_of: date

    def choose(self, choices: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(list(choices)))

    def code(self, held: Codes | None, *otherwise: str) -> Codes:
        return Codes.of(self.choose(sorted(held.members) if held is not None else otherwise))

    def number(self, held: Interval | None, *otherwise: float, whole: bool = False) -> Interval:
        """A point inside: an end that belongs to it, the middle, or next to an end that does not."""
        if held is None:
            return Interval.exactly(float(self.choose(otherwise)))
        width = min(held.high, held.low + 1000) - held.low
        points = {held.low, held.high, held.low + width / 2, held.low + width / 1000}
        points |= {each for each in (1.5, 5.0, 10.0, 50.0, 75.0, 100.0) if not whole}
        if whole:
            points = {float(round(each)) for each in points} | {held.low + 1}
        return Interval.exactly(
            self.choose(sorted(each for each in points if held.holds(each)) or [held.low])
        )

    def day(self, held: DateSpan | None, low: date | None = None, high: date | None = None) -> DateSpan:
        """A day of the span (of any past day without one), not before ``low`` and not after ``high``."""
        first = held.first if held is not None else self.as_of - LONG_AGO
        last = held.last if held is not None else self.as_of
        first, last = max(first, low or first), min(last, high or last)
        near = {first, last, self.as_of, self.as_of - timedelta(days=14), self.as_of + timedelta(days=1)}
        near |= {self.as_of - timedelta(days=21), add_months(self.as_of, -6), first + (last - first) / 2}
        return DateSpan.on(self.choose(sorted(each for each in near if first <= each <= last) or [last]))

    def period(
        self, start: DateSpan | None, end: DateSpan | None, ongoing: Codes | None
    ) -> tuple[DateSpan | None, DateSpan | None, Codes]:
        """One first day, one last day or none yet; what has not ended by the as-of day still runs."""
        if end is not None:
            last = self.day(end, low=start.first if start is not None else None)
            first = self.day(start, high=min(last.first, start.last if start else self.as_of))
            return first, last, YES if last.first > self.as_of else NO
        first = self.day(start)
        if first.first > self.as_of or self.code(ongoing, "yes", "no") == YES:
            return first, None, YES
        return first, self.day(None, low=first.first), NO

    def told(self, table: str, held: Components) -> Components:
        """Every quality there or not."""
        return said.decided_qualities(table, held, self.choose)

    # --- lists --------------------------------------------------------------------------------------

    def course(self, held: Course) -> Course:
        start, end, ongoing = self.period(held.start, held.end, held.ongoing)
        progressed = self.code(held.progressed, "yes", "no")
        progression = None
        if progressed == YES:
            assert start is not None
            low = min(start.first, self.as_of)
            if held.progression is not None:
                low = min(low, held.progression.last)
            progression = self.day(held.progression, low=low)
        return replace(
            held,
            components=tuple(self.code(each, *made.AGENTS) for each in held.components),
            kind=self.code(held.kind, "systemic", "cell_therapy", "supportive"),
            start=start,
            end=end,
            ongoing=ongoing,
            line=self.number(held.line, 1, 2, 3, whole=True),
            role=self.code(held.role, *codes.THERAPY_ROLES),
            response=self.code(held.response, *codes.RESPONSE_ORDER),
            progressed=progressed,
            progression=progression,
            stopped_for=self.code(held.stopped_for, *codes.STOP_REASON.codes),
            cycles=self.number(held.cycles, 1, 4, whole=True),
            qualities=self.told("therapies", held.qualities),
        )

    def medication(self, held: Medication) -> Medication:
        start, end, ongoing = self.period(held.start, held.end, held.ongoing)
        return replace(
            held,
            components=tuple(self.code(each, *made.AGENTS) for each in held.components),
            dose=self.number(held.dose, 1.5, 5, 10),
            start=start,
            end=end,
            ongoing=ongoing,
            route=self.code(held.route, *codes.ROUTE.codes),
            reason=self.code(held.reason, *said.REASONS),
            qualities=self.told("medications", held.qualities),
        )

    def irradiation(self, held: Radiotherapy) -> Radiotherapy:
        start, end, ongoing = self.period(held.start, held.end, held.ongoing)
        return replace(
            held,
            field=self.code(held.field, *codes.RADIOTHERAPY_FIELD.codes),
            intent=self.code(held.intent, *codes.RADIOTHERAPY_INTENTS),
            dose=self.number(held.dose, 20, 50),
            start=start,
            end=end,
            ongoing=ongoing,
            qualities=self.told("radiotherapy", held.qualities),
        )

    def _dates(self, start: DateSpan | None, end: DateSpan | None) -> tuple[DateSpan, DateSpan | None]:
        last = None if end is None else self.day(end, low=start.first if start is not None else None)
        high = min(last.first if last else date.max, start.last if start else self.as_of)
        return self.day(start, high=high), last

    def procedure(self, held: Procedure) -> Procedure:
        start, end = self._dates(held.start, held.end)
        return replace(
            held,
            code=self.code(held.code, *made.PROCEDURE_CODES),
            start=start,
            end=end,
            reason=self.code(held.reason, *said.REASONS),
            qualities=self.told("procedures", held.qualities),
        )

    def condition(self, held: Condition) -> Condition:
        start, end = self._dates(held.start, held.end)
        status = self.code(held.status, *codes.CONDITION_STATUS.codes)
        if end is None and status == Codes.of("resolved"):
            # What is over has ended on some day.
            end = self.day(None, low=start.first)
        return replace(
            held,
            code=self.code(held.code, *made.CONDITION_CODES),
            status=status,
            grade=self.number(held.grade, 1, 2, 3, whole=True),
            start=start,
            end=end,
            due_to=said.decided_causes(held.due_to, self.choose),
            stable_since=self.day(held.stable_since),
            qualities=self.told("conditions", held.qualities),
        )

    def alteration(self, held: Alteration) -> Alteration:
        # A record that nobody calls a fusion is not taken for one with another gene.
        kind = self.code(held.kind, *sorted(codes.ALTERATION_KIND.all_leaves - {"fusion"}))
        partner = held.partner
        if partner is not None or kind == Codes.of("fusion"):
            partner = self.code(partner, "CDKN2A")
        change = held.protein_change
        if change is not None or kind.members <= codes.ALTERATION_KIND.leaves("mutation"):
            members = change.members if change is not None else frozenset({"V600"})
            # A class of changes is decided as one of them.
            one = self.choose(
                sorted(members - {"V600"} | ({"V600E", "V600K"} if "V600" in members else set()))
            )
            change = Codes.of(one)
        return replace(
            held, gene=self.code(held.gene, *made.GENES), kind=kind, protein_change=change, partner=partner
        )

    def diagnosis(self, held: Diagnosis) -> Diagnosis:
        return replace(
            held,
            code=self.code(held.code, *made.CANCERS),
            index=self.code(held.index, "no"),
            confirmed=self.code(held.confirmed, "yes"),
            histology=self.code(held.histology, *made.HISTOLOGIES),
            status=self.code(held.status, "active", "remission"),
            on=held.on if held.index == YES else self.day(held.on),
            free_since=self.day(held.free_since),
            qualities=self.told("diagnoses", held.qualities),
        )

    def listing(
        self, held: Listing[R], complete: Callable[[R], R], unknown: Callable[[str], R], pool: Sequence[str]
    ) -> Listing[R]:
        """The records decided, and the list closed after adding what it allows."""
        records = [complete(each) for each in held.records]
        if not held.complete:
            ruled_out = frozenset(code for absence in held.absences for code in absence.codes)
            allowed = sorted(set(pool) - ruled_out)
            for _ in range(self.choose((0, 0, 1, 2)) if allowed else 0):
                added = complete(unknown(self.choose(allowed)))
                if not _later(added, self.as_of):
                    records.append(added)
        absences = tuple(replace(each, on=self.day(each.on) if each.on else None) for each in held.absences)
        return Listing(tuple(records), absences, True)

    def with_index(self, before: Listing[Diagnosis]) -> Listing[Diagnosis]:
        """The cancers decided, with an index cancer where nobody recorded one."""
        after = self.listing(
            before, self.diagnosis, lambda code: Diagnosis(Codes.of(code), NO, YES), made.CANCERS
        )
        ruled_out = frozenset(code for absence in before.absences for code in absence.codes)
        choices = [each for each in made.CANCERS[:3] if each not in ruled_out]
        if before.complete or not choices or any(each.index == YES for each in before.records):
            return after
        index = self.diagnosis(Diagnosis(self.code(None, *choices), YES, YES))
        return replace(after, records=(*after.records, index))

    # --- single facts -------------------------------------------------------------------------------

    def values(
        self, held: Sequence[R], field: str, name: Callable[[R], object], decide: Callable[[Any], Any]
    ) -> list[R]:
        """One value each; records of the same name and day that overlap become the same value."""
        decided: list[R] = []
        for each in held:
            value = getattr(each, field)
            if value is None:
                decided.append(each)
                continue
            for other, taken in zip(held, decided, strict=False):
                theirs = getattr(other, field)
                together = name(other) == name(each) and _day(other) == _day(each) and theirs is not None
                if together and value.intersection(theirs) is not None:
                    chosen = getattr(taken, field)
                    if value.intersection(chosen) is None:
                        # The first was decided outside the overlap: both are decided anew, inside it.
                        chosen = decide(value.intersection(theirs))
                        decided[decided.index(taken)] = replace(taken, **{field: chosen})
                    decided.append(replace(each, **{field: chosen}))
                    break
            else:
                decided.append(replace(each, **{field: decide(value)}))
        return decided

    def observations(self, held: tuple[Observation, ...]) -> tuple[Observation, ...]:
        found = self.values(held, "value", lambda each: (each.name, each.subject), self._value)
        found = [replace(each, on=None if each.on is None else self.day(each.on)) for each in found]
        names = {each.name for each in held}
        for name, choices in _FACTS.items():
            if name not in names:
                value = self.choose(choices)
                possible = Codes.of(value) if isinstance(value, str) else Interval.exactly(float(value))
                found.append(Observation(name, possible, DateSpan.on(self.as_of)))
        if not names & {"ecog", "karnofsky"}:
            karnofsky = self.choose((50, 70, 80, 90, 100))
            grade = self.choose(sorted(ECOG_OF_KARNOFSKY[karnofsky]))
            for name, score in (("karnofsky", karnofsky), ("ecog", grade)):
                found.append(Observation(name, Interval.exactly(float(score)), DateSpan.on(self.as_of)))
        return tuple(found)

    def _value(self, value: Codes | Interval) -> Codes | Interval:
        match value:
            case Codes():
                return self.code(value)
            case Interval(low=low, high=high) if (
                low >= 30 and (low % 10, high % 10) == (0, 0) and high <= 100
            ):
                # Karnofsky goes in steps of ten; what else looks like it may as well.
                tens = [float(each) for each in range(int(low), int(high) + 1, 10) if value.holds(each)]
                return Interval.exactly(self.choose(tens)) if tens else self.number(value)
            case Interval(high=high):
                return self.number(value, whole=high <= 4)

    def labs(self, held: tuple[Laboratory, ...]) -> tuple[Laboratory, ...]:
        found = [
            replace(
                each,
                upper_normal=self.number(each.upper_normal, 40, 48),
                lower_normal=self.number(each.lower_normal, 3.5, 4),
                on=None if each.on is None else self.day(each.on),
            )
            for each in self.values(held, "value", lambda each: each.test, self.number)
        ]
        for test, values in _TESTS.items():
            if not any(test in each.test.members for each in held):
                value = Interval.exactly(float(self.choose(values)))
                limits = Interval.exactly(40.0), Interval.exactly(3.5)
                found.append(Laboratory(Codes.of(test), value, *limits, DateSpan.on(self.as_of)))
        return tuple(found)

    def biomarkers(self, held: tuple[Biomarker, ...]) -> tuple[Biomarker, ...]:
        found = self.values(held, "percent_1", lambda each: each.marker, self.number)
        found = self.values(found, "status", lambda each: each.marker, self.code)
        found = [
            replace(
                each,
                method=self.code(each.method, "ihc", "flow"),
                on=None if each.on is None else self.day(each.on),
            )
            for each in found
        ]
        if not held:
            given = self.code(None, "positive", "negative"), Interval.exactly(float(self.choose((0, 10, 40))))
            marker = Codes.of("mesothelin")
            found.append(
                Biomarker(marker, Codes.of("ihc"), None, given[0], given[1], on=DateSpan.on(self.as_of))
            )
        return tuple(found)

    def staging(self, held: tuple[Staging, ...]) -> tuple[Staging, ...]:
        found: list[Staging] = list(held)
        for field in ("edition", "t", "n", "m", "stage"):
            found = self.values(found, field, lambda _: "", self.code)
        found = [
            replace(
                each,
                edition=self.code(each.edition, *EDITIONS[3:5]),
                on=None if each.on is None else self.day(each.on),
            )
            for each in found
        ]
        if not held:
            t, n, m = (
                self.code(None, *each) for each in (("T1_other", "T4_other"), ("N0", "N2_other"), ("M0",))
            )
            found.append(Staging(Codes.of("8"), t, n, m, on=DateSpan.on(self.as_of)))
        return tuple(found)

    def judgements(self, held: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
        """What is left to a person and nobody judged may be judged; what is computed is overridden or not."""
        found = self.values(
            held, "verdict", lambda each: (each.candidate, each.criterion, each.force), self.code
        )
        found = [replace(each, on=None if each.on is None else self.day(each.on)) for each in found]
        if not any((each.candidate, each.criterion) == JUDGED for each in held):
            verdict = Codes.of(self.choose((HOLDS, HOLDS_NOT)))
            found.append(Judgement(*JUDGED, verdict, DateSpan.on(self.as_of)))
        return tuple(found)

    def events(self, held: tuple[Event, ...]) -> tuple[Event, ...]:
        """Every planned event on one day, none before the as-of day nor before the ones that precede it."""
        by_name = {each.name: each for each in held}
        found = [replace(each, on=self.day(each.on)) for each in held if each.name not in EVENTS]
        earliest = self.as_of
        for number, name in enumerate(EVENTS):
            known = by_name.get(name)
            later = [by_name[each].on.last for each in EVENTS[number + 1 :] if each in by_name]
            span = known.on if known else DateSpan(earliest, min([earliest + timedelta(days=60), *later]))
            on = self.day(span, low=earliest)
            found.append(Event(name, on))
            earliest = on.first
        if self.choose((False, False, True)):
            found.append(Event("progression", self.day(None)))
        return tuple(found)


_FACTS: dict[str, tuple[object, ...]] = {
    "sex": ("female", "male"),
    "weight": (50, 72, 90),
    "pregnant": ("yes", "no"),
    "resectability": ("resectable", "unresectable"),
    "lvef": (45, 50, 55),
}
_TESTS: dict[str, tuple[float, ...]] = {
    "platelets": (75, 99, 100, 150),
    "alt": (40, 60, 101),
    "albumin": (3.4, 3.5),
    "creatinine": (0.7, 1, 2),
}


def _day(record: Record) -> DateSpan | None:
    on: DateSpan | None = getattr(record, "on", None)
    return on


def _later(record: Record, as_of: date) -> bool:
    began: DateSpan | None = getattr(record, "start", None) or _day(record)
    return began is not None and began.first > as_of
