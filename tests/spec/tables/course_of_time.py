"""Time: windows, time since, planned events, and records after the as-of day."""

from typing import Any

from tests.spec.table import MET, NOT_MET, UNKNOWN, Row, Section, Table, row


def _nivolumab(verdict: str, why: str = "", /, *, closed: bool = True, **fields: Any) -> Row:
    """A patient with one course of nivolumab, in a complete list unless said otherwise."""
    more = {"events": fields.pop("events")} if "events" in fields else {}
    complete = ["therapies"] if closed else []
    return row(verdict, why, therapies=[{"agents": ["nivolumab"], **fields}], complete=complete, **more)


def _aspirin(verdict: str, why: str = "", /, *, leukapheresis: str, **fields: Any) -> Row:
    course = {"agents": "aspirin", **fields}
    events = {"leukapheresis": leukapheresis}
    return row(verdict, why, medications=[course], complete=["medications"], events=events)


def _platelets(*values: tuple[object, str | None]) -> list[dict[str, object]]:
    return [
        {"test": "platelets", "value": value, "unit": "10*9/L", **({"date": day} if day else {})}
        for value, day in values
    ]


def _washout(limit: str, event: str | None = None) -> dict[str, object]:
    asked = {"therapy": "checkpoint_inhibitor", "at_least": limit}
    return {"days_since": {**asked, "before": event} if event else asked}


def _infarction(day: str) -> dict[str, object]:
    return {"condition": "myocardial_infarction", "start": day}


def _surgery(day: str) -> dict[str, object]:
    return {"procedure": "major_surgery", "start": day}


def _irradiated(intent: str | None, end: str) -> dict[str, object]:
    return {"intent": intent, "start": "2025-11-01", "end": end}


_EVENTS = ("leukapheresis", "lymphodepletion", "t_cell_infusion")
_PLATELETS = {"lab": {"test": "platelets", "at_least": "100 10*9/L"}}

_BEFORE_LEUKAPHERESIS = {"test": "platelets", "at_least": "100 10*9/L", "within": "7 days"}

MEASUREMENTS = Section(
    "Measurements over time",
    "The latest record counts, if it is recent enough. The as-of day is 2026-01-15.",
    (
        Table(
            "Before a planned event",
            "Counted to the event and not to the as-of day; what was measured after it does not count.",
            {"lab": {**_BEFORE_LEUKAPHERESIS, "before": "leukapheresis"}},
            (
                row(MET, labs=_platelets((150, "2026-01-13")), events={"leukapheresis": "2026-01-20"}),
                row(NOT_MET, labs=_platelets((20, "2026-01-13")), events={"leukapheresis": "2026-01-20"}),
                row(
                    UNKNOWN,
                    "8 days before",
                    labs=_platelets((150, "2026-01-12")),
                    events={"leukapheresis": "2026-01-20"},
                ),
                row(UNKNOWN, "nobody knows when", labs=_platelets((150, "2026-01-14"))),
                row(
                    MET,
                    "the one after it is passed over",
                    labs=_platelets((150, "2026-01-08"), (20, "2026-01-12")),
                    events={"leukapheresis": "2026-01-10"},
                ),
                row(
                    UNKNOWN,
                    "a span of days that reaches further",
                    labs=_platelets((150, "2026-01-13")),
                    events={"leukapheresis": "2026-01"},
                ),
            ),
            events=_EVENTS,
        ),
        Table(
            "Age of a measurement",
            "A measurement older than allowed is an unknown value, not a failing one.",
            {"lab": {"test": "platelets", "at_least": "100 10*9/L", "within": "14 days"}},
            (
                row(MET, "14 days old", labs=_platelets((150, "2026-01-01"))),
                row(UNKNOWN, "15 days old", labs=_platelets((150, "2025-12-31"))),
                row(UNKNOWN, "15 days old, and low", labs=_platelets((20, "2025-12-31"))),
                row(UNKNOWN, "some day between these", labs=_platelets((20, "2025-12-25 to 2026-01-05"))),
                row(
                    MET, "some day of January up to today", labs=_platelets((150, "2026-01-01 to 2026-01-15"))
                ),
                row(UNKNOWN, "it may lie after the as-of day", labs=_platelets((150, "2026-01"))),
                row(UNKNOWN, "some day of a year", labs=_platelets((150, "2025"))),
                row(MET, "without a date it is taken as current", labs=_platelets((150, None))),
                row(UNKNOWN, "after the as-of day", labs=_platelets((150, "2026-01-16"))),
            ),
        ),
        Table(
            "The usual age",
            "A rule without a window uses the test's own, 28 days for platelets.",
            _PLATELETS,
            (
                row(MET, labs=_platelets((150, "2025-12-18"))),
                row(UNKNOWN, labs=_platelets((150, "2025-12-17"))),
            ),
        ),
        Table(
            "The latest of several",
            "A later value replaces an earlier one, for better or worse.",
            _PLATELETS,
            (
                row(MET, labs=_platelets((80, "2026-01-02"), (120, "2026-01-10"))),
                row(NOT_MET, labs=_platelets((80, "2026-01-10"), (120, "2026-01-02"))),
                row(
                    UNKNOWN,
                    "which of them is the later is not known",
                    labs=_platelets((80, "2026-01"), (120, "2026-01-10")),
                ),
                row(
                    UNKNOWN,
                    "one without a date beside one with",
                    labs=_platelets((80, None), (120, "2026-01-10")),
                ),
                row(
                    MET,
                    "what comes after the as-of day is ignored",
                    labs=_platelets((120, "2026-01-10"), (20, "2026-01-20")),
                ),
                row(
                    UNKNOWN,
                    "an older one does not stand in for a stale one",
                    labs=_platelets((150, "2025-11-01"), (150, "2025-12-01")),
                ),
            ),
        ),
        Table(
            "Two values of one day",
            "Values that overlap narrow each other; values that exclude each other leave both open.",
            _PLATELETS,
            (
                row(MET, "both pass", labs=_platelets((110, "2026-01-10"), (120, "2026-01-10"))),
                row(UNKNOWN, "a conflict", labs=_platelets((90, "2026-01-10"), (120, "2026-01-10"))),
                row(
                    MET,
                    "90 to 120 and at least 100",
                    labs=_platelets(("90-120", "2026-01-10"), (">=100", "2026-01-10")),
                ),
            ),
        ),
    ),
)

SINCE = Section(
    "Time since",
    "Whole days to the as-of day, 2026-01-15, or calendar months and years where the limit is in those.",
    (
        Table(
            "A washout",
            "Never is long enough; what may still be running is not.",
            _washout("21 days"),
            (
                _nivolumab(MET, "21 days ago", end="2025-12-25"),
                _nivolumab(NOT_MET, "20 days ago", end="2025-12-26"),
                row(MET, "never, on a complete list", therapies=[]),
                row(MET, "never, as stated", therapies=[{"none_of": "checkpoint_inhibitor"}]),
                row(UNKNOWN, "nobody asked"),
                _nivolumab(UNKNOWN, "there may be a later course", closed=False, end="2025-06-01"),
                _nivolumab(NOT_MET, "the known one is too late already", closed=False, end="2026-01-10"),
                _nivolumab(NOT_MET, "still running", ongoing=True, start="2025-01-01"),
                _nivolumab(UNKNOWN, "neither ended nor running", start="2025-01-01"),
                _nivolumab(NOT_MET, "began too lately for any end", start="2026-01-01"),
                _nivolumab(UNKNOWN, "ended, nobody knows when", start="2025-01-01", ongoing=False),
                _nivolumab(UNKNOWN, "some day of December", end="2025-12"),
                _nivolumab(MET, "some day of a year", end="2024"),
                _nivolumab(NOT_MET, "the last dose is yet to come", start="2025-10-01", end="2026-02-01"),
                row(
                    UNKNOWN,
                    "an agent nobody can name could be one",
                    therapies=[{"agents": [None], "end": "2026-01-10"}],
                    complete=["therapies"],
                ),
            ),
        ),
        Table(
            "Half-lives",
            "Five half-lives of four days are 20 days; part of a day counts as a day.",
            {
                "days_since": {
                    "therapy": "checkpoint_inhibitor",
                    "at_least": "5 half_lives",
                    "half_life": "4 days",
                }
            },
            (
                _nivolumab(MET, "20 days ago", end="2025-12-26"),
                _nivolumab(NOT_MET, "19 days ago", end="2025-12-27"),
                row(UNKNOWN, "nobody asked"),
            ),
        ),
        Table(
            "Months",
            "Calendar months: three months before 15 January is 15 October.",
            _washout("3 months"),
            (
                _nivolumab(MET, end="2025-10-15"),
                _nivolumab(NOT_MET, end="2025-10-16"),
            ),
        ),
        Table(
            "Years",
            "Five years before 15 January 2026.",
            {"days_since": {"condition": "myocardial_infarction", "above": "5 years"}},
            (
                row(NOT_MET, "to the day", conditions=[_infarction("2021-01-15")]),
                row(MET, conditions=[_infarction("2021-01-14")], complete=["conditions"]),
                row(UNKNOWN, conditions=[_infarction("2021")], complete=["conditions"]),
            ),
        ),
        Table(
            "Before an event without a date",
            "It comes no earlier than today: a washout already long enough is met whatever its day.",
            _washout("21 days", "leukapheresis"),
            (
                _nivolumab(MET, end="2025-12-25"),
                _nivolumab(UNKNOWN, end="2025-12-26"),
                _nivolumab(UNKNOWN, "it may be stopped in time", start="2025-01-01", ongoing=True),
                row(MET, therapies=[]),
            ),
            events=_EVENTS,
        ),
        Table(
            "Before an event with a date",
            "Counted to the day of the event.",
            _washout("21 days", "leukapheresis"),
            (
                _nivolumab(MET, end="2026-01-10", events={"leukapheresis": "2026-01-31"}),
                _nivolumab(NOT_MET, end="2026-01-11", events={"leukapheresis": "2026-01-31"}),
                _nivolumab(UNKNOWN, end="2026-01-10", events={"leukapheresis": "2026-01"}),
                _nivolumab(
                    UNKNOWN,
                    "running until nobody knows",
                    ongoing=True,
                    events={"leukapheresis": "2026-03-01"},
                ),
                _nivolumab(
                    UNKNOWN,
                    "a course that nobody entered may still be running",
                    closed=False,
                    end="2025-06-01",
                    events={"leukapheresis": "2026-03-01"},
                ),
                row(MET, therapies=[], events={"leukapheresis": "2026-03-01"}),
                _nivolumab(
                    MET,
                    "what began after the event is not before it",
                    start="2026-01-05",
                    end="2026-01-10",
                    events={"leukapheresis": "2026-01-02"},
                ),
            ),
            events=_EVENTS,
        ),
        Table(
            "Within a time before an event",
            "What was taken in those days, up to the event; what began after one that is over was not before it.",
            {"medication": {"is": "aspirin", "within": "14 days", "before": "leukapheresis"}},
            (
                _aspirin(MET, end="2026-01-10", leukapheresis="2026-01-24"),
                _aspirin(NOT_MET, end="2026-01-09", leukapheresis="2026-01-24"),
                _aspirin(MET, start="2026-01-01", end="2026-01-10", leukapheresis="2026-01-02"),
                _aspirin(NOT_MET, start="2026-01-05", end="2026-01-10", leukapheresis="2026-01-02"),
                _aspirin(NOT_MET, start="2026-01-05", ongoing=True, leukapheresis="2026-01-02"),
                _aspirin(UNKNOWN, start="2026-01", end="2026-01-14", leukapheresis="2026-01-02"),
            ),
            events=_EVENTS,
        ),
        Table(
            "Before a later event",
            "An event without a date comes no earlier than the ones that precede it.",
            _washout("42 days", "t_cell_infusion"),
            (
                _nivolumab(UNKNOWN, end="2025-12-20"),
                _nivolumab(MET, end="2025-12-20", events={"leukapheresis": "2026-01-31"}),
                _nivolumab(UNKNOWN, end="2025-12-21", events={"leukapheresis": "2026-01-31"}),
                _nivolumab(
                    NOT_MET,
                    end="2025-12-21",
                    events={"leukapheresis": "2026-01-20", "t_cell_infusion": "2026-01-31"},
                ),
            ),
            events=_EVENTS,
        ),
        Table(
            "Since a procedure",
            "A procedure is over on its day.",
            {"days_since": {"procedure": "major_surgery", "at_least": "28 days"}},
            (
                row(MET, procedures=[_surgery("2025-12-18")], complete=["procedures"]),
                row(NOT_MET, procedures=[_surgery("2025-12-19")], complete=["procedures"]),
                row(MET, procedures=[]),
                row(UNKNOWN, procedures=[_surgery("2025-06-01")]),
            ),
        ),
        Table(
            "Since radiotherapy",
            "Of one intent, or any.",
            {"days_since": {"radiotherapy": "palliative", "at_least": "14 days"}},
            (
                row(MET, radiotherapy=[_irradiated("palliative", "2026-01-01")], complete=["radiotherapy"]),
                row(NOT_MET, radiotherapy=[_irradiated("palliative", "2026-01-02")]),
                row(MET, radiotherapy=[_irradiated("curative", "2026-01-10")], complete=["radiotherapy"]),
                row(UNKNOWN, radiotherapy=[_irradiated(None, "2026-01-10")], complete=["radiotherapy"]),
                row(MET, radiotherapy=[{"none_of": "any"}]),
            ),
        ),
        Table(
            "Since a medicine",
            "The last dose of it.",
            {"days_since": {"medication": "antiplatelet", "at_least": "7 days"}},
            (
                row(MET, medications=[{"agents": "aspirin", "end": "2026-01-08"}], complete=["medications"]),
                row(NOT_MET, medications=[{"agents": "aspirin", "end": "2026-01-09"}]),
                row(NOT_MET, "a medicine without an end is taken now", medications=["aspirin"]),
            ),
        ),
        Table(
            "Since an event",
            "The last one known; a later one may not have been entered.",
            {"days_since": {"event": "progression", "at_most": "90 days"}},
            (
                row(MET, events={"progression": "2025-12-01"}),
                row(UNKNOWN, events={"progression": "2025-01-01"}),
                row(UNKNOWN, "after the as-of day", events={"progression": "2026-02-01"}),
                row(UNKNOWN),
            ),
        ),
    ),
)
