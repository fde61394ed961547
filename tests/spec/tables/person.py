"""Observed facts: one table a word, each with a value that passes, one that does not, and nothing."""

from typing import Any

from matcher.features.catalogue import CATALOGUE
from matcher.vocabulary.observations import OBSERVATIONS, ObservationType
from tests.spec.table import MET, NOT_MET, UNKNOWN, Section, Table, row

#: word, what is asked of it, a value that passes, one that does not, one that leaves it open
_OBSERVED: tuple[tuple[str, Any, Any, Any, Any], ...] = (
    ("sex", "female", "female", "male", "unknown"),
    ("vital_status", "alive", "alive", "deceased", "unknown"),
    ("weight", {"at_least": "30 kg"}, "30 kg", "29.9 kg", "29-31"),
    ("height", {"above": "150 cm"}, "1.6 m", "150 cm", ">=150"),
    ("life_expectancy", {"at_least": "12 wk"}, "12 wk", "11 wk", "8-16"),
    ("consent", True, True, False, None),
    ("contraception", True, "yes", "no", None),
    ("pregnant", False, "no", "yes", None),
    ("breastfeeding", False, False, True, None),
    ("histologically_confirmed", True, True, False, None),
    ("central_review", "confirmed", "confirmed", "not_confirmed", None),
    ("primary_site", "pleura", "pleura", "peritoneum", ["pleura", "peritoneum"]),
    ("growth_pattern", "diffuse", "diffuse", "localised", None),
    (
        "extent",
        {"in": ["locally_advanced", "metastatic"]},
        ["locally_advanced", "metastatic"],
        "localised",
        ["localised", "metastatic"],
    ),
    (
        "course_of_disease",
        {"in": ["recurrent", "refractory"]},
        "recurrent",
        "stable",
        ["stable", "refractory"],
    ),
    ("resectability", "unresectable", "unresectable", "resectable", None),
    ("surgical_candidate", True, True, False, None),
    ("complete_cytoreduction_expected", True, True, False, None),
    ("evaluable_disease", True, True, False, None),
    ("extrathoracic_spread", False, False, True, None),
    ("extraperitoneal_spread", False, False, True, None),
    ("pleural_involvement_imaging", True, True, False, None),
    ("pleural_involvement_pathology", True, True, False, None),
    ("tissue_available", True, True, False, None),
    (
        "biopsy_type",
        {"in": ["core_biopsy", "open_biopsy"]},
        "core_biopsy",
        "cytology",
        ["cytology", "core_biopsy"],
    ),
    ("adequate_organ_function", True, True, False, None),
    ("lvef", {"at_least": 50}, 50, 49, "45-55"),
    ("spo2", {"at_least": "92 %"}, 92, 91, ">90"),
    ("fev1", {"above": 50}, 51, 50, ">=50"),
    ("dlco", {"at_least": 60}, 60, "<60", "50-70"),
    ("qtc", {"at_most": "470 ms"}, "470 ms", "0.471 s", "460-480"),
    ("systolic", {"at_most": "150 mm[Hg]"}, 150, 151, "140-160"),
    ("diastolic", {"below": "100 mm[Hg]"}, 99, 100, "<=100"),
    ("hbsag", "negative", "non-reactive", "positive", "equivocal or negative"),
    ("hbeag", "negative", "neg", "reactive", None),
    ("anti_hbc", "positive", "pos", "negative", ["positive", "negative"]),
    ("nyha", {"at_most": 2}, 2, 3, "2-3"),
    ("karnofsky", {"at_least": 70}, 70, 60, "60-70"),
)


def _table(word: str, asked: Any, passing: Any, failing: Any, leaving_open: Any) -> Table:
    rows = [
        row(MET, **{word: passing}),
        row(NOT_MET, **{word: failing}),
        row(UNKNOWN, "nothing recorded"),
    ]
    if leaving_open is not None:
        rows.append(row(UNKNOWN, **{word: leaving_open}))
    return Table(f"`{word}`", CATALOGUE[word].meaning + ".", {word: asked}, tuple(rows))


_ALREADY = {each[0] for each in _OBSERVED} | {"ecog", "suitable_for", "measurable_disease"}


def _row_of(kind: ObservationType) -> Table:
    """The table of a fact that follows from its row in the vocabulary."""
    if kind.codes:
        passing, failing = kind.codes[:2]
        return _table(kind.name, True if passing == "yes" else passing, passing, failing, None)
    limit = kind.low + 1
    asked = {"at_least": f"{limit:g} {kind.unit}".strip()}
    return _table(kind.name, asked, limit, kind.low, f"{kind.low:g}-{limit:g}")


OBSERVED = Section(
    "Observed facts",
    "One fact each, as recorded; what nobody recorded is every value it could have.",
    (
        *(_table(*each) for each in _OBSERVED),
        *(_row_of(kind) for name, kind in OBSERVATIONS.items() if name not in _ALREADY),
        Table(
            "A fact about something",
            "A subject narrows the name: suitable for cisplatin says nothing about surgery.",
            {"suitable_for": {"therapy": "cisplatin", "is": True}},
            (
                row(MET, suitable_for={"value": True, "subject": "cisplatin"}),
                row(NOT_MET, suitable_for={"value": False, "subject": "cisplatin"}),
                row(UNKNOWN, suitable_for={"value": False, "subject": "pemetrexed"}),
            ),
        ),
        Table(
            "Measurable by which criteria",
            "Asked without a subject, any of them will do.",
            {"measurable_disease": {"criteria": "mrecist", "is": True}},
            (
                row(MET, measurable_disease={"value": True, "subject": "mrecist"}),
                row(UNKNOWN, measurable_disease={"value": True, "subject": "recist"}),
                row(UNKNOWN),
            ),
        ),
        Table(
            "ECOG, else Karnofsky",
            "The other scale is read only where this one was not recorded, and then as a set: Karnofsky 90 or "
            "80 is ECOG 0 or 1, 70 or 60 is 1 or 2.",
            {"ecog": {"at_most": 1}},
            (
                row(MET, karnofsky=90),
                row(MET, karnofsky=80),
                row(UNKNOWN, karnofsky=70),
                row(NOT_MET, karnofsky=50),
                row(UNKNOWN, karnofsky="50-80"),
                row(NOT_MET, "a recorded ECOG stands", ecog=2, karnofsky=90),
                row(MET, "a recorded ECOG stands", ecog=1, karnofsky=50),
                row(UNKNOWN, "an ECOG that leaves it open stands too", ecog="1-2", karnofsky=90),
            ),
        ),
        Table(
            "Karnofsky, else ECOG",
            "The exact inverse: ECOG 1 is Karnofsky 60 to 90.",
            {"karnofsky": {"at_least": 70}},
            (
                row(MET, ecog=0),
                row(UNKNOWN, ecog=1),
                row(NOT_MET, ecog=3),
                row(NOT_MET, karnofsky=60, ecog=0),
            ),
        ),
    ),
)
