import subprocess
import sys
from math import inf

import pytest

from matcher.vocabulary.units import (
    Duration,
    Quantity,
    UnitError,
    UnitFault,
    convert,
    convertible,
    dimension,
    known,
    parse_duration,
    parse_quantity,
    round9,
    ucum,
)

SPELLINGS = {
    "10*9/L": "10*9/L 10^9/L x10E9/L 10e9/L x10⁹/L 10**9/L x10(9)/L 1e9/L E9/L 109/L 10*9/l",
    "10*3/uL": "10*3/uL K/uL k/ul thou/uL 10^3/mcL x10E3/µL TH/uL",
    "10*6/uL": "M/uL 10*6/uL mill/uL",
    "/uL": "/uL /mcL /µL cells/uL {cells}/uL cells/µL",
    "/mm3": "/mm3 cells/mm3 /mm³ cells/cumm /mm^3",
    "mg/dL": "mg/dL mg/dl MG/DL mg% mg/dL{FEU}",
    "umol/L": "umol/L µmol/L μmol/L mcmol/L",
    "U/L": "U/L u/l units/L",
    "[IU]/mL": "[IU]/mL IU/mL iu/ml",
    "mL/min/{1.73_m2}": "mL/min/{1.73_m2} mL/min/1.73m2 ml/min/1.73_m2 mL/min/1.73m²",
    "mL/min": "mL/min ml/min mL/minute",
    "mg/d": "mg/d mg/24h mg/(24.h) mg/day",
    "mm[Hg]": "mm[Hg] mmHg",
    "meq/L": "mEq/L meq/L",
    "1": "1 {INR} {score} ratio",
    "%": "% percent",
    "a": "years year y a",
    "mo": "months month mo",
    "wk": "weeks week wk",
    "d": "days day d",
    "ms": "ms msec",
    "/mL": "copies/mL {copies}/mL",
}


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [(spelled, expected) for expected, spellings in SPELLINGS.items() for spelled in spellings.split()]
    + [
        ("per microlitre", "/uL"),
        ("per deciliter", "/dL"),
        ("x 10^9/L", "10*9/L"),
        ("x 109/L", "10*9/L"),
        ("x 10*9 cells/L", "10*9/L"),
        ("cells per microlitre", "/uL"),
        ("grams per decilitre", "g/dL"),
        ("mg / 24 hours", "mg/d"),
        ("mL/min/1.73 m2", "mL/min/{1.73_m2}"),
        ("", "1"),
    ],
)
def test_everyday_spellings_are_read_into_ucum(spelled, expected):
    assert ucum(spelled) == expected


@pytest.mark.parametrize(
    ("value", "unit", "to_unit", "expected"),
    [
        (9.0, "g/dL", "g/L", 90.0),
        (90, "g/L", "g/dL", 9.0),
        (1500, "/uL", "10*9/L", 1.5),
        (1500, "cells/mm3", "10*9/L", 1.5),
        (100, "K/uL", "10*9/L", 100.0),
        (100_000, "/mcL", "10*9/L", 100.0),
        (1.5, "10*9/L", "/uL", 1500.0),
        (0.5, "mg/mg", "mg/g", 500.0),
        (1.0, "g/d", "mg/24h", 1000.0),
        (60, "U/L", "ukat/L", 1.0),
        (35, "IU/L", "U/L", 35.0),
        (4500, "cGy", "Gy", 45.0),
        (0.45, "1", "%", 45.0),
        (7.0, "d", "wk", 1.0),
        (0.0, "g/L", "g/dL", 0.0),
        (inf, "g/L", "g/dL", inf),
    ],
)
def test_values_are_converted_exactly_to_nine_digits(value, unit, to_unit, expected):
    assert convert(value, unit, to_unit) == expected


@pytest.mark.parametrize(
    ("value", "unit", "to_unit", "molar_mass", "valence", "expected"),
    [
        (88.4016973, "umol/L", "mg/dL", 113.12, None, 1.0),
        (1.0, "mg/dL", "umol/L", 113.12, None, 88.4016973),
        (5.6, "mmol/L", "g/dL", 16114.5, None, 9.02412),
        (1.0, "mg/mmol", "mg/g", 113.12, None, 8.84016973),
        (4.2, "meq/L", "mmol/L", None, 1, 4.2),
        (2.0, "meq/L", "mmol/L", None, 2, 1.0),
        (2.0, "meq/L", "mg/dL", 24.305, 2, 2.4305),
    ],
)
def test_amount_and_mass_are_exchanged_through_molar_mass_and_valence(
    value, unit, to_unit, molar_mass, valence, expected
):
    assert convert(value, unit, to_unit, molar_mass, valence) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    ("unit", "to_unit"),
    [
        ("mg/dL", "umol/L"),
        ("g/L", "10*9/L"),
        ("mL/min/{1.73_m2}", "mL/min"),
        ("mo", "d"),
        ("IU/mL", "/mL"),
        ("meq/L", "mmol/L"),
        ("kg", "L"),
    ],
)
def test_another_dimension_is_refused_and_the_likely_unit_named(unit, to_unit):
    with pytest.raises(UnitError) as refused:
        convert(1.0, unit, to_unit)
    assert refused.value.fault is UnitFault.DIMENSION
    assert refused.value.suggestion is not None
    assert convertible(refused.value.suggestion, to_unit)
    assert not convertible(unit, to_unit)
    assert unit in str(refused.value)


@pytest.mark.parametrize(
    ("unit", "suggestion"), [(r"g\dL", "g/dL"), ("umoll/L", "umol/L"), ("wombats", None)]
)
def test_an_unknown_unit_is_refused_and_the_nearest_named(unit, suggestion):
    with pytest.raises(UnitError) as refused:
        ucum(unit)
    assert refused.value.fault is UnitFault.UNKNOWN
    assert refused.value.suggestion == suggestion
    assert not known(unit)


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("mg/dL", "a mass concentration"),
        ("/uL", "a number concentration"),
        ("umol/L", "an amount concentration"),
        ("mL/min", "a flow"),
        ("ms", "a time"),
        ("years", "a calendar time"),
        ("mmHg", "a pressure"),
        ("kg/m", "a quantity of another kind"),
    ],
)
def test_a_dimension_has_a_name_in_words(unit, words):
    assert dimension(unit) == words


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("9.0 g/dL", Quantity(9.0, "g/dL", "9.0")),
        ("8.3 10*9/L", Quantity(8.3, "10*9/L", "8.3")),
        ("8.3 x 10^9/L", Quantity(8.3, "10*9/L", "8.3")),
        ("15.6 x 109/L", Quantity(15.6, "10*9/L", "15.6")),
        ("1.5e9/L", Quantity(1.5e9, "/L", "1.5e9")),
        ("10 %", Quantity(10.0, "%", "10")),
        ("30kg", Quantity(30.0, "kg", "30")),
        ("100 K/uL", Quantity(100.0, "10*3/uL", "100")),
        ("-2 mm", Quantity(-2.0, "mm", "-2")),
        (".5 mg/mg", Quantity(0.5, "mg/mg", ".5")),
    ],
)
def test_a_quantity_is_a_number_and_its_unit(text, quantity):
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1,500 /uL", UnitFault.NUMBER),
        ("1,5 g/L", UnitFault.NUMBER),
        ("1.5.2 g/L", UnitFault.NUMBER),
        ("< 5 g/L", UnitFault.NUMBER),
        ("g/L", UnitFault.NUMBER),
        ("1e400 g/L", UnitFault.NUMBER),
        ("", UnitFault.NUMBER),
        ("100", UnitFault.MISSING),
        ("5 wombats", UnitFault.UNKNOWN),
    ],
)
def test_an_unreadable_quantity_says_why(text, fault):
    with pytest.raises(UnitError) as refused:
        parse_quantity(text)
    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("21 days", Duration(21, "days")),
        ("1 day", Duration(1, "days")),
        ("3 weeks", Duration(21, "days")),
        ("12wk", Duration(84, "days")),
        ("72 hours", Duration(3, "days")),
        ("6 months", Duration(6, "months")),
        ("18 mo", Duration(18, "months")),
        ("2 years", Duration(2, "years")),
        ("0.5 years", Duration(6, "months")),
        ("0 days", Duration(0, "days")),
    ],
)
def test_months_and_years_stay_calendar_units(text, duration):
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1.5 months", UnitFault.NUMBER),
        ("0.1 years", UnitFault.NUMBER),
        ("-3 days", UnitFault.NUMBER),
        ("36 hours", UnitFault.DIMENSION),
        ("5 mg", UnitFault.DIMENSION),
        ("21", UnitFault.MISSING),
        ("3 fortnights", UnitFault.UNKNOWN),
    ],
)
def test_a_length_of_time_that_no_calendar_has_is_refused(text, fault):
    with pytest.raises(UnitError) as refused:
        parse_duration(text)
    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (1.5 * 1.2, 1.8),
        (0.1 + 0.2, 0.3),
        (2.5 * 40, 100.0),
        (1 / 3, 0.333333333),
        (123456789.4, 123456789.0),
        (-1.5 * 1.2, -1.8),
        (0.0, 0.0),
        (inf, inf),
        (-inf, -inf),
    ],
)
def test_rounding_keeps_nine_significant_digits(value, rounded):
    assert round9(value) == rounded


def test_rounding_twice_is_rounding_once_and_zero_has_no_sign():
    assert round9(round9(1 / 7)) == round9(1 / 7)
    assert str(round9(-0.0)) == "0.0"


def test_importing_units_does_not_load_pint():
    code = "import sys; import matcher.vocabulary.laboratory; raise SystemExit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
