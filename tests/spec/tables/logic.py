"""Gates, derived facts, and several sources for one fact."""

from typing import Any

from tests.spec.table import MET, NOT_MET, UNKNOWN, Section, Table, row

_FIT: dict[str, Any] = {"ecog": {"at_most": 1}}
_ADULT: dict[str, Any] = {"age": {"at_least": "18 years"}}
_MALE: dict[str, Any] = {"sex": "male"}

_TABLE: dict[str, Any] = {
    "derive": "risk",
    "title": "Risk",
    "applies_to": {"diagnosis": {"is_a": "PLMESO"}},
    "values": ["low", "middle", "high"],
    "table": [
        {"when": {"ecog": {"at_least": 2}}, "then": "high"},
        {"when": {"sex": "male"}, "then": "middle"},
    ],
    "otherwise": "low",
}
_COUNT: dict[str, Any] = {
    "derive": "many_factors",
    "title": "Many factors",
    "values": ["yes", "no"],
    "count": {"at_least": 2, "of": [{"ecog": {"at_least": 1}}, _MALE, {"age": {"at_least": "75 years"}}]},
}
_STAGE: dict[str, Any] = {
    "derive": "stage_from_tnm",
    "title": "Stage from TNM",
    "applies_to": {"diagnosis": {"is_a": "PLMESO"}},
    "supplies": {"stage": {"scheme": "ajcc8_pleural"}},
    "values": "ajcc8_pleural",
    "table": [
        {"when": {"tnm_m": {"edition": "8", "in": ["M1"]}}, "then": "IV"},
        {"when": {"tnm_t": {"edition": "8", "in": ["T4"]}}, "then": "IIIB"},
    ],
    "otherwise": "unknown",
}
_ADVANCED = {"stage": {"scheme": "ajcc8_pleural", "in": ["IIIB", "IV"]}}


def _staged(stage: str | None = None, diagnosis: str | None = "PLMESO", **tnm: str) -> dict[str, Any]:
    found: dict[str, Any] = {"diagnosis": diagnosis} if diagnosis else {}
    if tnm:
        found["tnm"] = {"edition": 8, **tnm}
    if stage:
        found["stage"] = {"value": stage, "scheme": "ajcc8_pleural"}
    return found


LOGIC = Section(
    "Gates",
    "Strong Kleene logic over met, not met and unknown.",
    (
        Table(
            "Known",
            "Known whether it holds, whichever way; what nobody recorded may still be found out.",
            {"known": _FIT},
            (
                row(MET, "it holds", ecog=1),
                row(MET, "it does not hold", ecog=2),
                row(UNKNOWN, "on either side", ecog="1-2"),
                row(UNKNOWN, "nothing recorded"),
            ),
        ),
        Table(
            "Not known",
            "An exclusion of those of whom something is not known never applies: it is unknown until it is known.",
            {"not": {"known": {"alteration": {"gene": "BRAF"}}}},
            (
                row(NOT_MET, "found", alterations=[{"gene": "BRAF", "protein_change": "V600E"}]),
                row(UNKNOWN, "nothing recorded"),
            ),
        ),
        Table(
            "All",
            "One that is not met decides, whatever is unknown.",
            {"all": [_FIT, _ADULT, _MALE]},
            (
                row(MET, ecog=1, age=40, sex="male"),
                row(UNKNOWN, ecog=1, age=40),
                row(NOT_MET, ecog=2),
                row(UNKNOWN),
            ),
        ),
        Table(
            "Any",
            "One that is met decides.",
            {"any": [_FIT, _MALE]},
            (
                row(MET, ecog=1),
                row(UNKNOWN, ecog=2),
                row(NOT_MET, ecog=2, sex="female"),
            ),
        ),
        Table(
            "Not",
            "Unknown stays unknown.",
            {"not": _FIT},
            (row(NOT_MET, ecog=1), row(MET, ecog=2), row(UNKNOWN)),
        ),
        Table(
            "At least two of three",
            "Met as soon as two are; not met as soon as two cannot be.",
            {"at_least": 2, "of": [_FIT, _ADULT, _MALE]},
            (
                row(MET, ecog=1, age=40),
                row(UNKNOWN, ecog=1),
                row(NOT_MET, ecog=2, age=17),
                row(UNKNOWN, ecog=2, age=40),
            ),
        ),
        Table(
            "Weighted",
            "0.55 and 0.60 reach 1.15 exactly, however a machine adds them.",
            {"at_least": 1.15, "of": [_FIT, _ADULT, _MALE], "weights": [0.55, 0.60, -0.10]},
            (
                row(MET, ecog=1, age=40, sex="female"),
                row(UNKNOWN, "being male would take it below", ecog=1, age=40),
                row(NOT_MET, ecog=1, age=40, sex="male"),
            ),
        ),
        Table(
            "What logic alone would know",
            "A test or its opposite is unknown while the fact is: an unknown too many is allowed, a wrong "
            "answer never.",
            {"any": [_FIT, {"not": _FIT}]},
            (row(UNKNOWN), row(MET, ecog=3)),
        ),
        Table(
            "TNM",
            "A category that was not assessed is any of them.",
            {"tnm_t": {"edition": "8", "in": ["T1", "T2"]}},
            (
                row(MET, **_staged(t="T2")),
                row(NOT_MET, **_staged(t="T3")),
                row(UNKNOWN, **_staged(t="TX")),
                row(UNKNOWN, "another edition", diagnosis="PLMESO", tnm={"edition": 7, "t": "T2"}),
            ),
        ),
        Table(
            "Nodes and metastasis",
            "Each letter by itself.",
            {"all": [{"tnm_n": {"in": ["N0"]}}, {"tnm_m": {"in": ["M0"]}}, {"tnm_edition": "8"}]},
            (
                row(MET, **_staged(n="N0", m="M0")),
                row(NOT_MET, **_staged(n="N1")),
                row(UNKNOWN, **_staged(n="N0", m="MX")),
                row(NOT_MET, diagnosis="PLMESO", tnm={"edition": 7, "n": "N0", "m": "M0"}),
            ),
        ),
    ),
)

DERIVED = Section(
    "Derived facts",
    "A table gives the outcome of the first row that holds; with unknowns, every outcome that may be.",
    (
        Table(
            "A table",
            "ECOG 2 or more is high; else men are middle; else low. For pleural mesothelioma only.",
            {"risk": {"in": ["low", "middle"]}},
            (
                row(MET, diagnosis="PLMESO", ecog=1, sex="male"),
                row(MET, "low or middle", diagnosis="PLMESO", ecog=1),
                row(NOT_MET, diagnosis="PLMESO", ecog=2),
                row(UNKNOWN, diagnosis="PLMESO", sex="male"),
                row(UNKNOWN, "it may not apply", ecog=1, sex="male"),
                row(
                    UNKNOWN, "it does not apply, and nothing else says", diagnosis="BRCA", ecog=1, sex="male"
                ),
            ),
            derivations=(_TABLE,),
        ),
        Table(
            "A row that is ruled out",
            "With ECOG at most 1 nobody is high, whatever else is unknown.",
            {"not": {"risk": "high"}},
            (row(MET, diagnosis="PLMESO", ecog="0-1"), row(UNKNOWN, diagnosis="PLMESO", ecog="1-2")),
            derivations=(_TABLE,),
        ),
        Table(
            "A count",
            "Two of three factors; what was never looked at is unknown, not a factor.",
            {"many_factors": True},
            (
                row(MET, ecog=1, sex="male"),
                row(NOT_MET, ecog=0, sex="female"),
                row(UNKNOWN, ecog=1),
                row(NOT_MET, ecog=0, age=60),
            ),
            derivations=(_COUNT,),
        ),
        Table(
            "Two sources for one fact",
            "Silent sources drop out, agreeing ones narrow each other, contradictory ones leave both open.",
            _ADVANCED,
            (
                row(MET, "derived alone", **_staged(m="M1")),
                row(MET, "recorded alone", **_staged("IIIB")),
                row(MET, "III and a derived IIIB are IIIB", **_staged("III", t="T4", m="M0")),
                row(UNKNOWN, "recorded IB, derived IV: a conflict", **_staged("IB", m="M1")),
                row(MET, "recorded IIIB, derived IV: both pass", **_staged("IIIB", m="M1")),
                row(NOT_MET, "derived nothing", **_staged("IB", t="T1", m="M0")),
                row(UNKNOWN, "the derivation may not apply", **_staged(m="M1", diagnosis=None)),
                row(MET, "with and without it", **_staged("IV", diagnosis=None, m="M1")),
                row(UNKNOWN, "with it, a conflict", **_staged("IB", diagnosis=None, m="M1")),
                row(UNKNOWN, "neither", **_staged()),
            ),
            derivations=(_STAGE,),
        ),
        Table(
            "What was recorded",
            "The recorded fact alone, without what is derived for it.",
            {"recorded": _ADVANCED},
            (row(UNKNOWN, **_staged(m="M1")), row(MET, **_staged("IV", t="T1", m="M0"))),
            derivations=(_STAGE,),
        ),
    ),
)
