"""What authors wrote who tried untried protocols: the right answer in the message, or the right reading.

Three lists: messages that did not say what to do, suggestions that were dangerous when followed, and readings that
were silently wrong. Each line of them is a case here.
"""

from pathlib import Path
from typing import Any

import pytest

from matcher.features.kind import Count
from matcher.rules.condition import Comparison, Condition, Problem, comparisons
from matcher.rules.lexicon import Lexicon
from matcher.rules.parse import ConditionReader
from matcher.service import open_rulebook


@pytest.fixture(scope="module")
def lexicon(root: Path) -> Lexicon:
    return Lexicon(open_rulebook(root / "rules").formulary, {}, ("leukapheresis", "treatment_start"))


def read(lexicon: Lexicon, written: object) -> tuple[Condition | None, list[Problem]]:
    problems: list[Problem] = []
    return ConditionReader(lexicon, problems).read(written, ("when",)), problems


def _lab(**asked: object) -> dict[str, object]:
    return {"lab": asked}


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ({"prior": {"therapy": ["cisplatin", "carboplatin"]}}, "any: [{prior: {therapy: cisplatin}}"),
        (_lab(test=["alt", "ast"], at_most="3 x ULN"), "any: [{lab: {test: alt}}, {lab: {test: ast}}]"),
        ({"alteration": {"gene": ["BRCA1", "BRCA2"]}}, "any: [{alteration: {gene: BRCA1}}"),
        (_lab(test="bilirubin_total", at_most="1.5 ULN"), "write '1.5 x ULN'"),
        (_lab(test="bilirubin_total", at_most="1.5 times ULN"), "write '1.5 x ULN'"),
        (_lab(test="bilirubin_total", at_most="1.5 x UNL"), "write '1.5 x ULN'"),
        (_lab(test="bilirubin_total", at_most="1.5 x upper limit of normal"), "write '1.5 x ULN'"),
        (_lab(test="bilirubin_total", at_most=1.5), "write '1.5 mg/dL' or '1.5 x ULN'"),
        (_lab(test="anc", at_least=1500), "write '1500 /uL'"),
        (_lab(test="urine_protein_dipstick", below="2+"), "write 2"),
        ({"ecog": "0-1"}, "write 'ecog: {at_most: 1}'"),
        ({"ecog": "1-2"}, "write 'ecog: {between: [1, 2]}'"),
        ({"platelets": {"at_least": "100 10*9/L"}}, "write 'lab: {test: platelets, ...}'"),
        ({"hemoglobin": {"at_least": "9 g/dL"}}, "write 'lab: {test: haemoglobin, ...}'"),
        ({"KPS": {"at_least": 70}}, "write 'karnofsky: ...'"),
        ({"gender": "male"}, "write 'sex: ...'"),
        ({"hiv": True}, "write 'condition: hiv'"),
        ({"cisplatin": True}, "write 'prior: cisplatin'"),
        ({"stage": "IV"}, "say of which scheme"),
        ({"prior": "radiotherapy"}, "write 'radiotherapy: {...}'"),
        ({"prior": "surgery"}, "write 'procedure: surgery'"),
        ({"condition": "gastrectomy"}, "that is a procedure: write 'procedure: gastrectomy'"),
        (
            {"condition": "melanoma"},
            "that is a cancer: write 'diagnosis: melanoma_any_site' or 'other_cancer: {is: melanoma_any_site}'",
        ),
        ({"condition": "platelets"}, "that is a laboratory test: write 'lab: {test: platelets, ...}'"),
        ({"procedure": "ascites"}, "that is a condition: write 'condition: ascites'"),
        (
            {"condition": {"is": "pain", "stable_dose": True}},
            "said of medication: write 'medication: {is: ..., stable_dose: true}'",
        ),
        ({"tnm_n": {"in": ["N0", "N1", "N2", "N3"]}}, "leave it out"),
    ],
)
def test_the_message_says_what_is_right_for_the_sentence(
    lexicon: Lexicon, written: dict[str, Any], hint: str
) -> None:
    condition, problems = read(lexicon, written)
    assert condition is None
    assert hint in problems[0].hint


@pytest.mark.parametrize(
    "written",
    [
        {"condition": ["haematemesis", "abscess", "hypersplenism"]},
        {"life_expectancy": {"above": "3 months"}},
        {"if": {"sex": "female"}, "then": {"contraception": True}},
        _lab(test="hcv_rna", **{"is": "undetectable"}),
        {"prior": "folfox"},
    ],
)
def test_what_could_not_be_said_is_read(lexicon: Lexicon, written: dict[str, Any]) -> None:
    condition, problems = read(lexicon, written)
    assert not problems
    assert condition is not None


@pytest.mark.parametrize(
    ("word", "written", "never"),
    [
        ("condition", "Gilbert's disease", "cardiac_disease"),
        ("diagnosis", "acute promyelocytic leukemia", "AML"),
        ("histology", "non-squamous", "squamous"),
        ("condition.status", "asymptomatic", "active"),
        ("alteration.kind", "exon 19 deletion", "deletion"),
        ("prior", "necitumumab", "panitumumab"),
        ("prior", "urelumab", "durvalumab"),
        ("prior", "anti-CD20", "anti_cd38"),
        ("prior", "anti-HER2", "anti_vegfr2"),
        ("prior", "BRAF inhibitor", "parp_inhibitor"),
        ("medication", "proton pump inhibitor", "proteasome_inhibitor"),
        ("medication", "anticonvulsant", "anticoagulant"),
        ("medication", "TNF inhibitor", "tead_inhibitor"),
        ("medication", "statin", "cladribine"),
        ("diagnosis", "cervical cancer in situ", "CERVIX"),
        ("diagnosis", "mucosal melanoma", "ACRM"),
        ("diagnosis", "glioblastoma", "RBL"),
        ("procedure", "mastectomy", "gastrectomy"),
        ("procedure", "bowel resection", "en_bloc_resection"),
        ("condition", "pneumonia", "pneumonitis"),
        ("condition", "cns bleeding", "bleeding"),
        ("condition", "cancer", "pain"),
        ("condition", "keratitis", "hepatitis_b"),
    ],
)
def test_no_suggestion_leads_to_another_meaning(
    lexicon: Lexicon, word: str, written: str, never: str
) -> None:
    name, _, parameter = word.partition(".")
    asked: Any = {
        "": {name: written},
        "status": {name: {"is": "metastasis_brain", "status": written}},
        "kind": {name: {"gene": "EGFR", "kind": written}},
    }[parameter]
    condition, problems = read(lexicon, asked)
    assert not any(f"'{never}'" in problem.hint for problem in problems)
    if condition is not None:
        assert f"={never})" not in _names(condition).replace(",", ")")


def _names(condition: Condition | None) -> str:
    assert condition is not None
    return " ".join(each.feature.name for each in comparisons(condition) if each.feature is not None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"alteration": {"gene": "HER2"}}, {"alteration": {"gene": "ERBB2"}}),
        ({"alteration": {"gene": "HER-2/neu"}}, {"alteration": {"gene": "ERBB2"}}),
        ({"alteration": {"gene": "egfr"}}, {"alteration": {"gene": "EGFR"}}),
        ({"alteration": {"gene": "p53"}}, {"alteration": {"gene": "TP53"}}),
        (
            {"alteration": {"gene": "EGFR", "protein_change": "L858R"}},
            {"alteration": {"gene": "EGFR", "protein_change": "p.Leu858Arg"}},
        ),
        (
            {"alteration": {"gene": "BRAF", "protein_change": "V600"}},
            {"alteration": {"gene": "BRAF", "protein_change": "p.V600X"}},
        ),
        ({"prior": "anti-PD-(L)1"}, {"prior": "pd1_or_pd_l1"}),
        ({"medication": "G-CSF"}, {"medication": "gcsf"}),
        (
            {"suitable_for": {"therapy": "Aspirin", "is": True}},
            {"suitable_for": {"therapy": "aspirin", "is": True}},
        ),
    ],
)
def test_two_names_of_one_thing_are_one_question(lexicon: Lexicon, one: object, other: object) -> None:
    assert _names(read(lexicon, one)[0]) == _names(read(lexicon, other)[0])


def test_the_partners_of_a_fusion_have_no_order(lexicon: Lexicon) -> None:
    pairs = [
        read(lexicon, {"alteration": {"gene": gene, "partner": partner}})[0]
        for gene, partner in (("PML", "RARA"), ("RARA", "PML"))
    ]
    one, other = (each.feature.kind for each in pairs if isinstance(each, Comparison) and each.feature)
    assert isinstance(one, Count)
    assert isinstance(other, Count)
    assert set(one.where) == set(other.where)
    assert {one.target, *one.others} == {other.target, *other.others}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ({"alteration": {"gene": "XYZ123"}}, "R014"),
        ({"alteration": {"gene": "BRCA"}}, "R014"),
        ({"alteration": {"gene": "BRCA1/2"}}, "R014"),
        ({"alteration": {"gene": "BRAF V600E"}}, "R014"),
        ({"alteration": {"gene": "PML-RARA"}}, "R014"),
        ({"suitable_for": {"therapy": "aspirine", "is": True}}, "R024"),
        ({"biomarker": {"marker": "mmr", "status": "positive"}}, "R014"),
        ({"biomarker": {"marker": "msi", "status": "positive"}}, "R014"),
    ],
)
def test_what_would_match_nobody_is_refused(lexicon: Lexicon, written: object, code: str) -> None:
    condition, problems = read(lexicon, written)
    assert condition is None
    assert code in {each.code for each in problems}


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("malabsorption", "malabsorption"),
        ("cannot swallow", "unable_to_swallow"),
        ("dysphagia", "unable_to_swallow, difficulty_swallowing"),
    ],
)
def test_malabsorption_is_no_dysphagia(lexicon: Lexicon, word: str, code: str) -> None:
    condition, _ = read(lexicon, {"condition": word})
    assert _names(condition) == f"condition(is={code})"
