"""The unit symbols that records and rules use: UCUM, what pint calls them, and how people spell them.

Spellings are compared in lower case, so ``MG/DL`` is mg/dL. That makes ``G/L`` grams per litre; where a French
report means giga per litre, the dimension does not fit a cell count and the conversion says so.
"""

from __future__ import annotations

from collections.abc import Mapping

# UCUM symbol, pint expression, everyday spellings beside the symbol itself.
_SYMBOLS: tuple[tuple[str, str, str], ...] = (
    ("kg", "kilogram", "kilo kilos kilogram kilograms"),
    ("[lb_av]", "pound", "lb lbs pound pounds"),
    ("g", "gram", "gm gms gr gram grams"),
    ("mg", "milligram", "milligram milligrams"),
    ("ug", "microgram", "mcg microgram micrograms"),
    ("ng", "nanogram", "nanogram nanograms"),
    ("pg", "picogram", "picogram picograms"),
    ("mol", "mole", "mole moles"),
    ("mmol", "millimole", "millimole millimoles"),
    ("umol", "micromole", "mcmol micromole micromoles"),
    ("nmol", "nanomole", "nanomole nanomoles"),
    ("pmol", "picomole", "picomole picomoles"),
    ("meq", "milliequivalent", "milliequivalent milliequivalents"),
    ("eq", "equivalent", ""),
    # One unit of an enzyme turns over one micromole a minute. Laboratories write U and IU for the same, so
    # the international unit of a hormone or a virus, which is no such rate, is given the same dimension.
    ("U", "micromole/minute", "[u] unit units"),
    ("mU", "nanomole/minute", "mu"),
    ("uU", "picomole/minute", ""),
    ("kU", "millimole/minute", ""),
    ("[IU]", "micromole/minute", "iu ui ie"),
    ("m[IU]", "nanomole/minute", "miu mui mie"),
    ("u[IU]", "picomole/minute", "uiu"),
    ("k[IU]", "millimole/minute", "kiu kie"),
    ("kat", "katal", ""),
    ("ukat", "microkatal", ""),
    ("nkat", "nanokatal", ""),
    ("L", "liter", "lt liter liters litre litres"),
    ("dL", "deciliter", "deciliter deciliters decilitre decilitres"),
    ("cL", "centiliter", ""),
    ("mL", "milliliter", "cc milliliter milliliters millilitre millilitres"),
    ("uL", "microliter", "mcl mul microliter microliters microlitre microlitres"),
    ("nL", "nanoliter", ""),
    ("fL", "femtoliter", ""),
    ("mm3", "millimeter**3", "mm^3 cmm cumm"),
    ("cm3", "centimeter**3", "cm^3 ccm"),
    ("m", "meter", "metre meter"),
    ("cm", "centimeter", ""),
    ("mm", "millimeter", ""),
    ("[in_i]", "inch", "inch inches"),
    ("m2", "meter**2", "m^2 sqm"),
    ("s", "second", "sec secs second seconds"),
    ("ms", "millisecond", "msec millisecond milliseconds"),
    ("min", "minute", "mins minute minutes"),
    ("h", "hour", "hr hrs hour hours"),
    ("d", "day", "day days"),
    ("wk", "week", "week weeks wks"),
    ("mo", "calendar_month", "month months mon"),
    ("a", "calendar_year", "y yr yrs year years"),
    ("mm[Hg]", "mmHg", "mmhg"),
    ("kPa", "kilopascal", ""),
    ("Cel", "kelvin", "°c degc celsius"),
    ("Gy", "gray", "gray"),
    ("cGy", "centigray", "centigray rad"),
    ("%", "percent", "percent pct"),
    ("{1.73_m2}", "indexed_surface", "bsa"),
    ("1", "1", "ratio inr score index"),
    ("10*3", "1e3", "k thou thousand thousands th tsd"),
    ("10*6", "1e6", "mil mill million millions mio"),
    ("10*9", "1e9", "bil billion giga"),
    ("10*12", "1e12", "trillion tera"),
    ("10*2", "1e2", "hundred"),
)

ATOMS: Mapping[str, tuple[str, str]] = {
    spelling: (symbol, expression)
    for symbol, expression, spellings in _SYMBOLS
    for spelling in (symbol.lower(), *spellings.split())
}

# Spellings that mean something only as a whole: metres per microlitre are millions.
WHOLE: Mapping[str, str] = {
    "m/ul": "10*6/uL",
    "mg%": "mg/dL",
    "g%": "g/dL",
    "gm%": "g/dL",
    "#/ul": "/uL",
    "#": "1",
    # Giga and tera particles in a litre, as German laboratories print them.
    "gpt/l": "10*9/L",
    "tpt/l": "10*12/L",
    "mm hg": "mm[Hg]",
    "ug/ml feu": "ug/mL",
    "mg/l feu": "mg/L",
    "mg/g creat": "mg/g",
    "mg/g crea": "mg/g",
    "mg/g creatinine": "mg/g",
}

# A unit of each dimension, and the dimension in words.
DIMENSIONS: Mapping[str, str] = {
    "g/L": "a mass concentration",
    "mol/L": "an amount concentration",
    "meq/L": "a charge concentration",
    "/L": "a number concentration",
    "U/L": "an activity concentration",
    "%": "a fraction or plain number",
    "mL/min": "a flow",
    "mL/min/{1.73_m2}": "a flow for 1.73 m2 of body surface",
    "mg/mmol": "a mass for an amount",
    "d": "a time",
    "mo": "a calendar time",
    "kg": "a mass",
    "g/d": "a mass over time",
    "mm[Hg]": "a pressure",
    "cm": "a length",
    "m2": "an area",
    "mL": "a volume",
    "kg/m2": "a mass for an area",
    "mm/h": "a speed",
    "/min": "a rate",
    "Gy": "a radiation dose",
    "Cel": "a temperature",
}
