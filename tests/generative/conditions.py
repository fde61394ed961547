"""Conditions of the rule language, generated backwards from the kind of feature or gate that is wanted.

Few words, few codes and limits that lie on and beside the values of generated profiles: what matters is how
often a test is on its edge, not how many names there are.
"""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from tests.generative import said

Raw = dict[str, Any]
Conditions = st.SearchStrategy[Raw]

CLASSES = ("platinum", "chemotherapy", "checkpoint_inhibitor", "immunotherapy", "nivolumab", "cisplatin")
EVENTS = ("leukapheresis", "lymphodepletion", "t_cell_infusion")
WINDOWS = ("14 days", "28 days", "6 months", "1 years")
_OPS = ("at_least", "at_most", "above", "below")


def _numeric(limits: tuple[float, ...], unit: str = "", *, named: bool = False) -> st.SearchStrategy[Raw]:
    """One comparison with one of the limits, or the two ends of a range.

    ``named``: the word has a parameter ``is``, which therefore is no comparison.
    """

    def written(value: float) -> Any:
        return f"{value:g} {unit}".strip() if unit else value

    single = st.builds(lambda op, limit: {op: written(limit)}, st.sampled_from(_OPS), st.sampled_from(limits))
    exact = st.sampled_from(limits).map(lambda limit: {"is": written(limit)})
    ends = st.lists(st.sampled_from(limits), min_size=2, max_size=2).map(sorted)
    between = ends.map(lambda pair: {"between": [written(pair[0]), written(pair[1])]})
    return st.one_of(single, single, between) if named else st.one_of(single, single, exact, between)


def _codes(*choices: Any) -> st.SearchStrategy[Raw]:
    some = st.lists(st.sampled_from(choices), min_size=1, max_size=len(choices) - 1, unique=True)
    return some.map(lambda codes: {"in": codes})


def _with(*parts: st.SearchStrategy[Raw]) -> st.SearchStrategy[Raw]:
    return st.tuples(*parts).map(
        lambda given: {name: value for part in given for name, value in part.items()}
    )


def _maybe(name: str, values: tuple[Any, ...]) -> st.SearchStrategy[Raw]:
    return st.one_of(st.just({}), st.sampled_from(values).map(lambda value: {name: value}))


def _given(name: str, values: tuple[Any, ...]) -> st.SearchStrategy[Raw]:
    return st.sampled_from(values).map(lambda value: {name: value})


def _word(name: str, *parts: st.SearchStrategy[Raw]) -> Conditions:
    return _with(*parts).map(lambda asked: {name: asked})


def _windowed() -> st.SearchStrategy[Raw]:
    """A window, and perhaps the planned event it is counted to."""
    return st.one_of(
        st.just({}),
        st.builds(lambda within: {"within": within}, st.sampled_from(WINDOWS)),
        st.builds(
            lambda within, event: {"within": within, "before": event},
            st.sampled_from(WINDOWS),
            st.sampled_from(EVENTS),
        ),
    )


_COUNTS = _numeric((0, 1, 2), named=True)
_PRESENT: st.SearchStrategy[Raw] = st.one_of(st.just({}), st.just({}), _COUNTS)
_PLATELETS = _with(st.just({"test": "platelets"}), _numeric((75, 100, 150), "10*9/L"), _windowed())
_MULTIPLES = st.builds(
    lambda op, times: {"test": "alt", op: f"{times} x ULN"},
    st.sampled_from(_OPS),
    st.sampled_from((1, 1.5, 2.5)),
)
_LOWER = st.builds(lambda op: {"test": "albumin", op: "LLN"}, st.sampled_from(_OPS))

LATEST: Conditions = st.one_of(
    st.one_of(_PLATELETS, _PLATELETS, _MULTIPLES, _LOWER).map(lambda asked: {"lab": asked}),
    _word("sex", _codes("female", "male")),
    _word("pregnant", _codes("yes", "no"), _maybe("within", WINDOWS)),
    _word("resectability", _codes("resectable", "unresectable")),
    _word("lvef", _numeric((45, 50, 55), "%"), _windowed()),
    _word("suitable_for", _maybe("therapy", ("cisplatin", "carboplatin")), st.just({"is": True})),
    _word(
        "biomarker",
        st.just({"marker": "mesothelin"}),
        _maybe("method", ("ihc",)),
        _maybe("within", WINDOWS),
        _numeric((10, 40)).map(lambda asked: {"percent_positive": asked}),
    ),
    _word(
        "biomarker",
        st.just({"marker": "mesothelin"}),
        _maybe("method", ("ihc",)),
        _codes("positive", "negative", "equivocal").map(lambda asked: {"status": asked}),
    ),
    _word("diagnosis", _codes("PLMESO", "PEMESO", "PLEMESO", "BRCA")),
    _word("histology", _codes("epithelioid", "biphasic", "sarcomatoid", "desmoplastic")),
    _word("tnm_t", _maybe("edition", ("8",)), _codes("T1", "T2", "T4")),
    _word("tnm_n", _maybe("edition", ("8",)), _codes("N0", "N1")),
    _word("tnm_edition", _codes("7", "8")),
    _word("stage", st.just({"scheme": "ajcc8_pleural"}), _codes("IA", "IIIB", "IV", "III")),
)
FIRST_OF: Conditions = st.one_of(
    _word("ecog", _numeric((0, 1, 2, 3)), _windowed()),
    _word("karnofsky", _numeric((60, 70, 80)), _maybe("within", WINDOWS)),
    _word("creatinine_clearance", _numeric((45, 60, 80), "mL/min")),
    _word("egfr", _numeric((45, 60, 90), "mL/min/{1.73_m2}")),
)
AGE: Conditions = _word("age", _numeric((17, 18, 65, 75), "years"))
_COURSES = (_maybe("kind", ("systemic", "cell_therapy")), _maybe("role", ("adjuvant", "palliative")))
COUNT: Conditions = st.one_of(
    _word("prior", _given("therapy", CLASSES), *_COURSES, _windowed(), _PRESENT),
    _word("prior", _given("therapy", CLASSES), _PRESENT),
    _word(
        "lines_of_therapy",
        _maybe("therapy", CLASSES),
        _maybe("maintenance", ("counted", "not_counted")),
        _COUNTS,
    ),
    _word("ongoing", _given("therapy", CLASSES), _PRESENT),
    _word("stopped_for", _given("therapy", CLASSES), _given("reason", ("toxicity", "progression")), _PRESENT),
    _word(
        "progressed",
        _given("therapy", CLASSES),
        st.one_of(_maybe("within", WINDOWS), st.just({"during": True})),
        _PRESENT,
    ),
    _word("procedure", _given("is", ("major_surgery", "biopsy")), _windowed(), _PRESENT),
    _word(
        "radiotherapy",
        _maybe("field", ("chest", "bone")),
        _given("intent", ("palliative", "curative")),
        _windowed(),
        _PRESENT,
    ),
    _word(
        "condition",
        _given("is", ("autoimmune_disease", "pneumonitis", "hiv")),
        _maybe("status", ("active", "resolved")),
        _maybe("grade_at_least", (2, 3)),
        _windowed(),
        _PRESENT,
    ),
    _word(
        "condition",
        _given("is", ("autoimmune_disease", "pneumonitis", "hiv")),
        _maybe("due_to", ("platinum", "immunotherapy", "surgery")),
        st.one_of(_maybe("present_within", WINDOWS), _maybe("stable_for", WINDOWS)),
        said.asking("conditions"),
        _PRESENT,
    ),
    _word("allergy", _given("to", ("platinum", "immunotherapy")), said.asking("conditions"), _PRESENT),
    _word(
        "prior",
        _given("therapy", CLASSES),
        _maybe("except", ("cisplatin", "nivolumab")),
        said.asking("therapies"),
        _PRESENT,
    ),
    _word(
        "medication",
        _given("is", ("corticosteroid", "antiplatelet")),
        _maybe("for", ("autoimmune_disease", "pneumonitis")),
        _maybe("lasting", WINDOWS),
        said.asking("medications"),
        _PRESENT,
    ),
    _word(
        "procedure",
        _given("is", ("major_surgery", "biopsy")),
        _maybe("for", ("autoimmune_disease",)),
        said.asking("procedures"),
        _PRESENT,
    ),
    _word(
        "radiotherapy", _given("field", ("chest", "bone")), said.asking("radiotherapy"), _windowed(), _PRESENT
    ),
    _word(
        "alteration",
        _given("gene", ("NF2", "BAP1")),
        _maybe("kind", ("deletion", "mutation", "fusion")),
        _PRESENT,
    ),
    _word(
        "alteration",
        _given("gene", ("NF2", "CDKN2A")),
        st.one_of(
            _maybe("protein_change", ("V600E", "V600", "V600E/K", "codon 747")),
            _given("partner", ("BAP1",)),
        ),
        _PRESENT,
    ),
    _word("medication", _given("is", ("corticosteroid", "antiplatelet")), _windowed(), _PRESENT),
    _word("other_cancer", _maybe("except", (["BCC"],)), _maybe("within", ("3 years",)), _COUNTS),
    _word(
        "other_cancer",
        st.one_of(_maybe("free_for", ("3 years",)), _maybe("free_less_than", ("3 years",))),
        said.asking("diagnoses"),
        _COUNTS,
    ),
)
EXTREME: Conditions = st.one_of(
    _word(
        "best_response",
        _given("therapy", CLASSES),
        _codes("complete_response", "partial_response", "stable_disease", "progressive_disease"),
    ),
    _word("cycles", _given("therapy", CLASSES), _numeric((2, 4))),
    _word(
        "worst_grade", _given("is", ("pneumonitis", "autoimmune_disease")), _numeric((1, 2, 3), named=True)
    ),
)
TOTAL: Conditions = st.one_of(
    _word(
        "daily_dose",
        st.just({"is": "corticosteroid"}),
        _maybe("as", ("prednisone",)),
        _windowed(),
        _numeric((5, 10), "mg", named=True),
    ),
    _word("radiotherapy_dose", _maybe("field", ("chest",)), _numeric((30, 50), "Gy")),
)
_ELAPSED = st.builds(
    lambda op, limit: {op: limit},
    st.sampled_from(_OPS),
    st.sampled_from(("0 days", "7 days", "21 days", "28 days", "3 months", "6 months", "1 years")),
)
SINCE: Conditions = _word(
    "days_since",
    st.one_of(
        _with(_given("therapy", CLASSES), _maybe("kind", ("systemic",))),
        _given("therapy", CLASSES),
        _given("medication", ("corticosteroid", "antiplatelet")),
        _given("procedure", ("major_surgery",)),
        _given("radiotherapy", ("palliative", "any")),
        _given("condition", ("pneumonitis", "autoimmune_disease")),
        _given("event", ("progression",)),
    ),
    _maybe("before", EVENTS),
    _ELAPSED,
)

#: a condition for each kind of feature, by its name in ``matcher.features.kind``
BY_KIND: Mapping[str, Conditions] = {
    "Latest": LATEST,
    "FirstOf": FIRST_OF,
    "Formula": FIRST_OF,
    "Age": AGE,
    "Count": COUNT,
    "Extreme": EXTREME,
    "Total": TOTAL,
    "Since": SINCE,
}
LEAVES: Conditions = st.sampled_from(sorted(BY_KIND)).flatmap(lambda kind: BY_KIND[kind])


def _gate(name: str, members: Conditions) -> Conditions:
    several = st.lists(members, min_size=2, max_size=3)
    match name:
        case "Not":
            return members.map(lambda member: {"not": member})
        case "AtLeast":
            weights = st.lists(st.sampled_from((0.55, 0.6, 1.0, 2.0, -0.5)), min_size=3, max_size=3)
            counted = st.builds(
                lambda each, number: {"at_least": min(number, len(each)), "of": each},
                several,
                st.integers(1, 3),
            )
            weighted = st.builds(
                lambda each, by, threshold: {"at_least": threshold, "of": each, "weights": by[: len(each)]},
                several,
                weights,
                st.sampled_from((0.55, 1.15, 1.6)),
            )
            return st.one_of(counted, weighted)
        case "Branch":
            return st.builds(
                lambda asked, then, other: {"if": asked, "then": then, "else": other},
                members,
                members,
                members,
            )
    return several.map(lambda each: {name.lower(): each})


GATES = ("All", "Any", "Not", "AtLeast", "Branch")


def gate(name: str, depth: int, leaves: Conditions = LEAVES) -> Conditions:
    """A condition whose outermost gate is the one asked for, ``depth`` gates deep at most."""
    return _gate(name, nested(depth - 1, leaves))


def nested(depth: int, leaves: Conditions = LEAVES) -> Conditions:
    if depth <= 0:
        return leaves
    return st.one_of(leaves, st.sampled_from(GATES).flatmap(lambda name: gate(name, depth, leaves)))


def rewritten(raw: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    """The condition with the members of every group put in another order."""
    match raw:
        case {"weights": weights, "of": members, "at_least": threshold}:
            pairs = change([(rewritten(each, change), by) for each, by in zip(members, weights, strict=True)])
            return {"at_least": threshold, "of": [m for m, _ in pairs], "weights": [by for _, by in pairs]}
        case Mapping():
            return {
                name: change([rewritten(each, change) for each in value])
                if name in ("all", "any", "of")
                else rewritten(value, change)
                for name, value in raw.items()
            }
    return raw
