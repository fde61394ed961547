"""Laboratory tests: canonical unit, plausible bounds, how long a value holds, and the names people use.

The bounds say what no patient can have (haemoglobin 140 g/dL), not what is normal. ``max_age_days`` is this
product's own default for criteria without a window; a rule may override it and it is listed as an assumption.
``serum_mesothelin`` is a blood level of shed peptide: it says nothing about mesothelin on the tumour.
LOINC codes: Regenstrief Institute, loinc.org.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matcher.errors import nearest
from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.text import key
from matcher.vocabulary.units import convert, convertible, known


@dataclass(frozen=True, slots=True)
class LabTest:
    """One test. ``low``, ``high`` and ``least_limit`` are in ``unit`` (UCUM).

    ``least_limit`` is the lowest limit a criterion could sensibly set: a neutrophil count may be 0, but no
    protocol asks for 0.015 per microlitre.
    """

    code: str
    title: str
    unit: str
    aliases: tuple[str, ...]
    low: float
    high: float
    least_limit: float
    max_age_days: int
    usual_units: tuple[str, ...]
    molar_mass: float | None = None
    valence: int | None = None
    loinc: tuple[str, ...] = ()
    #: which way protocols ask for: ``high``, ``low``, or nothing where they ask for either
    better: str = ""

    def in_unit(self, value: float, unit: str) -> float:
        """The value in the canonical unit; ``UnitError`` where the unit is unknown or measures something else."""
        return convert(value, unit, self.unit, self.molar_mass, self.valence)

    def accepts(self, unit: str) -> bool:
        """Whether a known unit can be converted into the canonical one."""
        return convertible(unit, self.unit, self.molar_mass, self.valence)

    def plausible(self, value: float) -> bool:
        """Whether a patient could have this value, given in the canonical unit."""
        return self.low <= value <= self.high


def _test(row: Mapping[str, str]) -> LabTest:
    return LabTest(
        code=row["code"],
        title=row["title"],
        unit=row["unit"],
        aliases=listed(row["aliases"]),
        low=float(row["low"]),
        high=float(row["high"]),
        least_limit=float(row["least_limit"]),
        max_age_days=int(row["max_age_days"]),
        usual_units=listed(row["usual_units"]),
        molar_mass=float(row["molar_mass"]) if row["molar_mass"] else None,
        valence=int(row["valence"]) if row["valence"] else None,
        loinc=listed(row["loinc"]),
        better=row["better"],
    )


LAB_TESTS: Mapping[str, LabTest] = MappingProxyType(
    {test.code: test for test in (_test(row) for row in rows("laboratory.csv"))}
)
LAB_NAMES: Mapping[str, str] = MappingProxyType(
    {name: test.code for test in LAB_TESTS.values() for name in (*test.aliases, test.title, test.code)}
)
"""Every name of a test as the table spells it, with its code."""
_BY_NAME: Mapping[str, str] = MappingProxyType({key(name): code for name, code in LAB_NAMES.items()})
_BY_LOINC: Mapping[str, str] = MappingProxyType(
    {loinc: test.code for test in LAB_TESTS.values() for loinc in test.loinc}
)


def lab_test(text: str) -> LabTest | None:
    """The test a code, title or everyday name means: ``Hb``, ``SGOT``, ``Absolute neutrophil count``."""
    code = _BY_NAME.get(key(text))
    return LAB_TESTS[code] if code is not None else None


def lab_test_of_loinc(code: str) -> LabTest | None:
    found = _BY_LOINC.get(code.strip())
    return LAB_TESTS[found] if found is not None else None


def nearest_lab_test(text: str) -> str | None:
    """The code of the one test of which a name was written with a slip of the pen."""
    close = nearest(text, LAB_NAMES)
    return LAB_NAMES[close] if close is not None else None


def registry_unit_trap(test: LabTest, unit: str, value: float) -> str | None:
    """The unit a criterion's limit was probably meant in, where no protocol could ask for it as it stands.

    "Haemoglobin 9 g/L" and "albumin 2.5 mg/dL" mean g/dL, "ANC 1500 per decilitre" means per microlitre.
    Nothing, where the limit is sensible, sensible in no usual unit, or in a unit that does not convert.
    """

    def sensible(spelled: str) -> bool:
        limit = test.in_unit(value, spelled)
        return limit == 0 or test.least_limit <= limit <= test.high

    return _other_unit(test, unit, sensible)


def likely_unit(test: LabTest, unit: str, value: float) -> str | None:
    """The unit a patient's value was probably given in, where nobody can have it: haemoglobin 140 "g/dL"."""
    return _other_unit(test, unit, lambda spelled: test.plausible(test.in_unit(value, spelled)))


def _other_unit(test: LabTest, unit: str, fits: Callable[[str], bool]) -> str | None:
    if not known(unit) or not test.accepts(unit) or fits(unit):
        return None
    return next((usual for usual in test.usual_units if fits(usual)), None)


_DIPSTICK = {
    "negative": 0.0,
    "neg": 0.0,
    "none": 0.0,
    "nil": 0.0,
    "trace": 0.5,
    "tr": 0.5,
    "+-": 0.5,
    "±": 0.5,
}


def dipstick_grade(text: str) -> float | None:
    """A dipstick result as a number: negative 0, trace 0.5, ``1+`` (or ``+``) 1, up to ``4+`` 4."""
    plain = re.sub(r"\s", "", text.casefold())
    if plain in _DIPSTICK:
        return _DIPSTICK[plain]
    if re.fullmatch(r"\+{1,4}", plain):
        return float(len(plain))
    graded = re.fullmatch(r"\+?([0-4])\+?", plain)
    return float(graded[1]) if graded is not None else None


#: how many copies of a virus are in the blood; of these a laboratory may say only whether there is any
VIRAL_LOADS = frozenset({"hbv_dna", "hcv_rna", "hiv_viral_load"})
#: the limit a rule may set to a viral load in place of a number
UNDETECTABLE = "undetectable"
_ABSENT = frozenset(
    {
        *(
            UNDETECTABLE,
            "undetected",
            "not detected",
            "not detectable",
            "none detected",
            "target not detected",
        ),
        *("negative", "neg", "nicht nachgewiesen", "nicht nachweisbar", "negativ"),
    }
)
_FOUND = frozenset(
    {"detected", "detectable", "positive", "pos", "target detected", "nachgewiesen", "nachweisbar", "positiv"}
)
_QUANTITY = re.compile(r"<=?\s*[\d.,]+\s*(?:\[?iu\]?|copies|cp)\s*/\s*ml")


def viral_load(text: str) -> bool | None:
    """Whether any virus was found, where a laboratory says that in words: ``not detected``, ``<10 IU/mL, detected``.

    A number alone is none of these words: below 10 IU/mL there may be some or none.
    """
    plain = " ".join(_QUANTITY.sub(" ", text.casefold()).replace(",", " ").replace(";", " ").split()).strip(
        "()., "
    )
    if plain in _ABSENT:
        return False
    return True if plain in _FOUND else None
