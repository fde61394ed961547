import pytest

from matcher.vocabulary.laboratory import (
    LAB_TESTS,
    dipstick_grade,
    lab_test,
    lab_test_of_loinc,
    likely_unit,
    nearest_lab_test,
    registry_unit_trap,
)
from matcher.vocabulary.text import key
from matcher.vocabulary.units import UnitError, ucum


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hb", "haemoglobin"),
        ("Hemoglobin", "haemoglobin"),
        ("PLT", "platelets"),
        ("platelet count", "platelets"),
        ("WBC", "wbc"),
        ("Leucocytes", "wbc"),
        ("ANC", "anc"),
        ("absolute neutrophil count", "anc"),
        ("lymphocytes", "alc"),
        ("SGOT", "ast"),
        ("SGPT", "alt"),
        ("TBIL", "bilirubin_total"),
        ("CrCl", "creatinine_clearance"),
        ("SMRP", "serum_mesothelin"),
        ("UPC", "urine_protein_creatinine_ratio"),
        ("aPTT", "aptt"),
        ("FLC", "free_light_chain"),
        ("mesothelin", None),
        ("xyz", None),
    ],
)
def test_tests_are_found_by_the_names_people_use(text, code):
    test = lab_test(text)
    assert (test.code if test is not None else None) == code


def test_no_name_and_no_loinc_code_means_two_tests():
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    for test in LAB_TESTS.values():
        for name in (test.code, test.title, *test.aliases):
            assert names.setdefault(key(name), test.code) == test.code, name
        for loinc in test.loinc:
            assert codes.setdefault(loinc, test.code) == test.code, loinc


@pytest.mark.parametrize("test", LAB_TESTS.values(), ids=lambda test: test.code)
def test_every_test_is_consistent(test):
    assert ucum(test.unit) == test.unit
    assert test.low <= test.least_limit < test.high
    assert test.max_age_days > 0
    assert test.usual_units[0] == test.unit
    assert all(test.accepts(unit) for unit in test.usual_units)


@pytest.mark.parametrize(
    ("code", "value", "unit", "canonical"),
    [
        ("haemoglobin", 140, "g/L", 14.0),
        ("haemoglobin", 5.6, "mmol/L", 9.02412),
        ("creatinine", 125, "umol/L", 1.414),
        ("bilirubin_total", 17.1, "umol/L", 0.999768600),
        ("platelets", 100_000, "/uL", 100.0),
        ("potassium", 4.1, "mEq/L", 4.1),
        ("magnesium", 2.0, "meq/L", 2.4305),
        ("urine_protein_creatinine_ratio", 0.5, "mg/mg", 500.0),
        ("tsh", 2.5, "uIU/mL", 2.5),
        ("alt", 0.5, "ukat/L", 30.0),
    ],
)
def test_values_are_brought_to_the_canonical_unit(code, value, unit, canonical):
    assert LAB_TESTS[code].in_unit(value, unit) == pytest.approx(canonical, rel=1e-8)


def test_indexed_and_plain_clearance_are_not_mixed():
    with pytest.raises(UnitError):
        LAB_TESTS["creatinine_clearance"].in_unit(60, "mL/min/1.73m2")
    with pytest.raises(UnitError):
        LAB_TESTS["egfr"].in_unit(60, "mL/min")


@pytest.mark.parametrize(
    ("code", "value", "unit", "plausible"),
    [
        ("haemoglobin", 140, "g/dL", False),
        ("haemoglobin", 140, "g/L", True),
        ("creatinine", 125, "mg/dL", False),
        ("creatinine", 125, "umol/L", True),
        ("creatinine", 1.3, "umol/L", False),
        ("anc", 0, "10*9/L", True),
        ("albumin", 40, "g/dL", False),
        ("albumin", 40, "g/L", True),
        ("platelets", 250_000, "10*9/L", False),
    ],
)
def test_what_no_patient_can_have_is_not_plausible(code, value, unit, plausible):
    test = LAB_TESTS[code]
    assert test.plausible(test.in_unit(value, unit)) is plausible


@pytest.mark.parametrize(
    ("code", "unit", "value", "meant"),
    [
        ("haemoglobin", "g/L", 9.0, "g/dL"),
        ("haemoglobin", "g/L", 90, None),
        ("haemoglobin", "g/dL", 9.0, None),
        ("haemoglobin", "g/dL", 90, "g/L"),
        ("albumin", "mg/dL", 2.5, "g/dL"),
        ("anc", "/dL", 1500, "/uL"),
        ("anc", "/uL", 1.5, "10*9/L"),
        ("anc", "/uL", 1500, None),
        ("platelets", "10*9/L", 100_000, "/uL"),
        ("creatinine", "umol/L", 1.5, "mg/dL"),
        ("platelets", "10*9/L", 0, None),
        ("haemoglobin", "10*9/L", 9, None),
        ("haemoglobin", "wombats", 9, None),
        ("haemoglobin", "g/L", 1e9, None),
    ],
)
def test_a_registrys_impossible_limit_names_the_unit_that_was_meant(code, unit, value, meant):
    assert registry_unit_trap(LAB_TESTS[code], unit, value) == meant


@pytest.mark.parametrize(
    ("code", "unit", "value", "meant"),
    [
        ("haemoglobin", "g/dL", 140, "g/L"),
        ("haemoglobin", "g/dL", 14, None),
        ("creatinine", "mg/dL", 125, "umol/L"),
        ("anc", "/uL", 1.5, None),
    ],
)
def test_a_patients_impossible_value_names_its_likely_unit(code, unit, value, meant):
    assert likely_unit(LAB_TESTS[code], unit, value) == meant


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("negative", 0),
        ("neg", 0),
        ("trace", 0.5),
        ("1+", 1),
        ("+", 1),
        ("++", 2),
        ("3 +", 3),
        ("4+", 4),
        ("5+", None),
    ],
)
def test_a_dipstick_is_graded_from_zero_to_four(text, grade):
    assert dipstick_grade(text) == grade


def test_loinc_codes_and_near_misses():
    assert lab_test_of_loinc("718-7") is LAB_TESTS["haemoglobin"]
    assert lab_test_of_loinc("0-0") is None
    assert nearest_lab_test("haemoglbin") == "haemoglobin"
    assert nearest_lab_test("zzzz") is None
