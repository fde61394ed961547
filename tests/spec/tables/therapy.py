"""Presence, absence and counts: what was given, how often, with what effect."""

from tests.spec.table import MET, NOT_MET, UNKNOWN, Section, Table, row


def _course(*agents: object, **fields: object) -> dict[str, object]:
    return {"agents": list(agents), **fields}


_CISPLATIN = _course("cisplatin", "pemetrexed", start="2025-01-10", end="2025-05-02")
_NIVOLUMAB = _course("nivolumab", start="2025-06-01", end="2025-09-01")
_BLINDED = _course("nivolumab or placebo", start="2025-06-01", end="2025-09-01")

THERAPY = Section(
    "Therapy",
    "A list is complete only where somebody said so. Nobody asked is not the same as asked and none.",
    (
        Table(
            "Had a class of agents",
            "A course with any agent of the class.",
            {"prior": "platinum"},
            (
                row(MET, therapies=[_CISPLATIN]),
                row(UNKNOWN, "nobody asked"),
                row(NOT_MET, "asked, and none", therapies=[]),
                row(UNKNOWN, "another course, in an open list", therapies=[_NIVOLUMAB]),
                row(NOT_MET, "in a complete list", therapies=[_NIVOLUMAB], complete=["therapies"]),
                row(NOT_MET, "stated absent", therapies=[{"none_of": "platinum"}]),
                row(UNKNOWN, "one agent of two stated absent", therapies=[{"none_of": "cisplatin"}]),
                row(NOT_MET, "a wider class stated absent", therapies=[{"none_of": "chemotherapy"}]),
                row(
                    UNKNOWN,
                    "stated absent beside an earlier course that says otherwise",
                    unreadable=True,
                    therapies=[_CISPLATIN, {"none_of": "platinum", "date": "2025-12-01"}],
                ),
                row(
                    MET,
                    "stated absent before the course was given",
                    therapies=[_CISPLATIN, {"none_of": "platinum", "date": "2024-12-01"}],
                ),
                row(
                    NOT_MET,
                    "a course that begins after the as-of day is not yet history",
                    therapies=[_course("cisplatin", start="2026-02-01")],
                    complete=["therapies"],
                ),
            ),
        ),
        Table(
            "No prior immunotherapy",
            "An agent that is blinded or that nobody can resolve could be a member of every class.",
            {"not": {"prior": "immunotherapy"}},
            (
                row(MET, therapies=[]),
                row(MET, therapies=[_CISPLATIN], complete=["therapies"]),
                row(NOT_MET, therapies=[_NIVOLUMAB]),
                row(UNKNOWN, "still blinded", therapies=[_BLINDED], complete=["therapies"]),
                row(
                    UNKNOWN,
                    "cannot be resolved",
                    unreadable=True,
                    therapies=[_course("XK-77", start="2025-01-01", end="2025-02-01")],
                    complete=["therapies"],
                ),
                row(
                    UNKNOWN,
                    "an agent nobody can name",
                    therapies=[_course(None, start="2025-01-01", end="2025-02-01")],
                    complete=["therapies"],
                ),
                row(
                    UNKNOWN,
                    "cannot be resolved, beside a general statement",
                    unreadable=True,
                    therapies=[_course("XK-77"), {"none_of": "immunotherapy"}],
                ),
                row(
                    UNKNOWN,
                    "a row that cannot be read leaves the list open",
                    unreadable=True,
                    therapies=[17],
                    complete=["therapies"],
                ),
            ),
        ),
        Table(
            "One of two agents",
            "Cisplatin or carboplatin is a platinum for certain, and neither agent for certain.",
            {"all": [{"prior": "platinum"}, {"not": {"prior": "gemcitabine"}}]},
            (
                row(MET, therapies=[_course("cisplatin or carboplatin")], complete=["therapies"]),
                row(UNKNOWN, therapies=[_course("cisplatin or gemcitabine")], complete=["therapies"]),
            ),
        ),
        Table(
            "Within a window",
            "The last dose is at most 28 days ago, the 28th day included.",
            {"prior": {"therapy": "pd1", "within": "28 days"}},
            (
                row(MET, therapies=[_course("nivolumab", start="2025-06-01", end="2025-12-18")]),
                row(
                    NOT_MET,
                    therapies=[_course("nivolumab", start="2025-06-01", end="2025-12-17")],
                    complete=["therapies"],
                ),
                row(MET, "still running", therapies=[_course("nivolumab", start="2025-06-01", ongoing=True)]),
                row(
                    UNKNOWN,
                    "some day in December",
                    therapies=[_course("nivolumab", start="2025-06-01", end="2025-12")],
                    complete=["therapies"],
                ),
                row(
                    UNKNOWN,
                    "the end is not known",
                    therapies=[_course("nivolumab", start="2025-06-01")],
                    complete=["therapies"],
                ),
            ),
        ),
        Table(
            "By role",
            "A course whose role nobody stated may have it.",
            {"prior": {"therapy": "platinum", "role": "adjuvant"}},
            (
                row(MET, therapies=[_course("cisplatin", role="adjuvant")]),
                row(UNKNOWN, therapies=[_course("cisplatin")], complete=["therapies"]),
                row(NOT_MET, therapies=[_course("cisplatin", role="palliative")], complete=["therapies"]),
            ),
        ),
        Table(
            "Lines of therapy",
            "Certain are the distinct lines stated, or 1 if there was any systemic course; possible is the "
            "number of courses, and open if the list is.",
            {"lines_of_therapy": {"at_least": 2}},
            (
                row(
                    MET,
                    therapies=[_course("cisplatin", line=1), _course("nivolumab", line=2)],
                ),
                row(UNKNOWN, "one course, open list", therapies=[_CISPLATIN]),
                row(NOT_MET, "one course, complete list", therapies=[_CISPLATIN], complete=["therapies"]),
                row(
                    UNKNOWN,
                    "two courses may be one line",
                    therapies=[_CISPLATIN, _NIVOLUMAB],
                    complete=["therapies"],
                ),
                row(
                    NOT_MET,
                    "the same line entered twice",
                    therapies=[_course("cisplatin", line=1), _course("cisplatin", line=1)],
                    complete=["therapies"],
                ),
                row(
                    NOT_MET,
                    "supportive care is no line",
                    therapies=[_CISPLATIN, _course("prednisone")],
                    complete=["therapies"],
                ),
                row(NOT_MET, therapies=[]),
                row(UNKNOWN),
            ),
        ),
        Table(
            "At least one line",
            "Any systemic course is at least one line; a course of unknown kind may be none.",
            {"lines_of_therapy": {"at_least": 1}},
            (
                row(MET, therapies=[_CISPLATIN]),
                row(UNKNOWN, therapies=[_course(None)], complete=["therapies"]),
                row(NOT_MET, therapies=[]),
            ),
        ),
        Table(
            "Maintenance not counted",
            "Maintenance is a line of its own unless the rule says otherwise.",
            {"lines_of_therapy": {"maintenance": "not_counted", "at_most": 1}},
            (
                row(
                    MET,
                    therapies=[
                        _course("cisplatin", line=1, role="palliative"),
                        _course("gemcitabine", line=2, role="maintenance"),
                    ],
                    complete=["therapies"],
                ),
                row(
                    UNKNOWN,
                    therapies=[
                        _course("cisplatin", line=1, role="palliative"),
                        _course("gemcitabine", line=2),
                    ],
                    complete=["therapies"],
                ),
            ),
        ),
        Table(
            "Still running",
            "A course that ended is not ongoing; one whose end nobody recorded may be.",
            {"ongoing": "checkpoint_inhibitor"},
            (
                row(MET, therapies=[_course("nivolumab", ongoing=True)]),
                row(NOT_MET, therapies=[_NIVOLUMAB], complete=["therapies"]),
                row(UNKNOWN, therapies=[_course("nivolumab", start="2025-06-01")], complete=["therapies"]),
                row(
                    MET,
                    "the last dose is planned after the as-of day",
                    therapies=[_course("nivolumab", start="2025-06-01", end="2026-03-01")],
                ),
            ),
        ),
        Table(
            "Why it stopped",
            "Stopped for toxicity.",
            {"stopped_for": {"therapy": "checkpoint_inhibitor", "reason": "toxicity"}},
            (
                row(MET, therapies=[_course("nivolumab", stopped_for="toxicity")]),
                row(
                    NOT_MET, therapies=[_course("nivolumab", stopped_for="completed")], complete=["therapies"]
                ),
                row(UNKNOWN, therapies=[_course("nivolumab")], complete=["therapies"]),
            ),
        ),
        Table(
            "Progression",
            "Never inferred from the end of a therapy.",
            {"progressed": "platinum"},
            (
                row(MET, therapies=[_course("cisplatin", progressed=True)]),
                row(NOT_MET, therapies=[_course("cisplatin", progressed=False)], complete=["therapies"]),
                row(
                    UNKNOWN,
                    "stopped, and nothing said of progression",
                    therapies=[_CISPLATIN],
                    complete=["therapies"],
                ),
            ),
        ),
        Table(
            "Progression within six months of the last dose",
            "Calendar months; six months to the day are within.",
            {"progressed": {"therapy": "platinum", "within": "6 months"}},
            (
                row(
                    MET,
                    therapies=[_course("cisplatin", end="2025-03-31", progression_date="2025-09-30")],
                ),
                row(
                    NOT_MET,
                    therapies=[_course("cisplatin", end="2025-03-31", progression_date="2025-10-01")],
                    complete=["therapies"],
                ),
                row(
                    UNKNOWN,
                    therapies=[_course("cisplatin", end="2025-03", progression_date="2025-09-15")],
                    complete=["therapies"],
                ),
                row(
                    UNKNOWN,
                    "the end is not known",
                    therapies=[_course("cisplatin", progression_date="2025-09-15")],
                    complete=["therapies"],
                ),
                row(
                    MET,
                    "while it is being given",
                    therapies=[_course("cisplatin", ongoing=True, progression_date="2026-01-10")],
                ),
            ),
        ),
        Table(
            "Progression on treatment",
            "Not later than the last dose.",
            {"progressed": {"therapy": "platinum", "during": True}},
            (
                row(MET, therapies=[_course("cisplatin", end="2025-03-31", progression_date="2025-03-31")]),
                row(
                    NOT_MET,
                    therapies=[_course("cisplatin", end="2025-03-31", progression_date="2025-04-01")],
                    complete=["therapies"],
                ),
            ),
        ),
        Table(
            "Best response",
            "The best over all courses of the class; in an open list there may have been a better one.",
            {"best_response": {"therapy": "platinum", "in": ["complete_response", "partial_response"]}},
            (
                row(MET, therapies=[_course("cisplatin", response="PR")]),
                row(NOT_MET, therapies=[_course("cisplatin", response="SD")], complete=["therapies"]),
                row(UNKNOWN, "open list", therapies=[_course("cisplatin", response="SD")]),
                row(
                    UNKNOWN,
                    "not evaluable could have been anything",
                    therapies=[_course("cisplatin", response=["SD", "NE"])],
                    complete=["therapies"],
                ),
                row(NOT_MET, "none was given", therapies=[]),
            ),
        ),
        Table(
            "Cycles",
            "The most in one course; none was given is none.",
            {"cycles": {"therapy": "platinum", "at_least": 4}},
            (
                row(MET, therapies=[_course("cisplatin", cycles=4)]),
                row(NOT_MET, therapies=[_course("cisplatin", cycles=3)], complete=["therapies"]),
                row(
                    NOT_MET,
                    "two courses are not added up",
                    therapies=[_course("cisplatin", cycles=2), _course("carboplatin", cycles=3)],
                    complete=["therapies"],
                ),
                row(NOT_MET, therapies=[]),
                row(UNKNOWN, therapies=[_course("cisplatin")], complete=["therapies"]),
            ),
        ),
    ),
)
