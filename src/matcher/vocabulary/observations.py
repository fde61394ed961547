"""The single-valued facts about a person and a disease, each with its unit or codes and how long it holds.

Laboratory values, biomarkers and lists have tables of their own; what remains is here, so that a form, a
CSV and a rule mean the same thing by the same name. One row of ``observations.csv`` is one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.vocabulary.codes import RESPONSE_CRITERIA
from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.tree import Tree, flat

YES_NO = ("yes", "no")
SEROLOGY = ("positive", "negative", "equivocal")


@dataclass(frozen=True, slots=True)
class ObservationType:
    """A number with ``unit`` and plausible bounds, or one of ``codes``. ``max_age_days``: None never ages."""

    name: str
    title: str
    section: str
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    integer: bool = False
    codes: tuple[str, ...] = ()
    max_age_days: int | None = None
    subject: str = ""
    question: str = ""
    #: how the subject reads behind the title
    subject_phrase: str = ""
    #: which way protocols ask for: ``high`` or ``low``, an answer, or nothing where they ask for either
    better: str = ""

    @property
    def is_number(self) -> bool:
        return not self.codes


def _read(row: Mapping[str, str]) -> ObservationType:
    return ObservationType(
        name=row["name"],
        title=row["title"],
        section=row["section"],
        unit=row["unit"],
        low=float(row["low"] or 0),
        high=float(row["high"] or 0),
        integer=row["integer"] == "yes",
        codes=listed(row["codes"]),
        max_age_days=int(row["max_age_days"]) if row["max_age_days"] else None,
        subject=row["subject"],
        question=row["question"],
        subject_phrase=row["subject_phrase"],
        better=row["better"],
    )


OBSERVATIONS: Mapping[str, ObservationType] = {
    each.name: each for each in map(_read, rows("observations.csv"))
}

SPECIMEN_KIND = flat(
    "kind of specimen",
    ("tumour_tissue", "tumour tissue", ("tumor tissue", "tissue")),
    ("fresh_tumour", "fresh tumour tissue", ("fresh biopsy", "new biopsy")),
    ("archival_tumour", "archived tumour tissue", ("archival tissue", "FFPE block", "archived tissue")),
    ("core_biopsies", "core biopsies", ("core biopsy", "several cores")),
    ("bone_marrow", "bone marrow", ("marrow", "marrow aspirate")),
    ("blood", "blood", ("peripheral blood", "plasma")),
    ("cerebrospinal_fluid", "cerebrospinal fluid", ("CSF",)),
    ("effusion", "effusion", ("pleural fluid", "ascites fluid")),
    ("normal_tissue", "normal tissue", ()),
)

#: what the subject of an observation is looked up in, by what it is called; others are free words
SUBJECTS: Mapping[str, Tree] = {"criteria": RESPONSE_CRITERIA, "specimen": SPECIMEN_KIND}
