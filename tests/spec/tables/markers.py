"""Biomarkers and alterations."""

from tests.spec.table import MET, NOT_MET, UNKNOWN, Section, Table, row
from tests.spec.tables.alterations import ALTERATIONS
from tests.spec.tables.results import RESULTS


def _at(**shares: int) -> dict[str, object]:
    return {"marker": "cldn18_2", "method": "ihc", **shares}


def _stained(percent: object, intensity: int | None = None, marker: str = "cldn18_2") -> dict[str, object]:
    asked = {} if intensity is None else {"intensity_at_least": intensity}
    return {"marker": marker, "method": "ihc", "percent_positive": percent, **asked}


MARKERS = Section(
    "Biomarkers",
    "What was found on the tumour, by which method; a status reported by a laboratory is not a percentage.",
    (
        Table(
            "Share of positive cells",
            "At least 10 % by immunohistochemistry.",
            {"biomarker": {"marker": "mesothelin", "method": "ihc", "percent_positive": {"at_least": 10}}},
            (
                row(MET, biomarkers=[_stained(10, marker="mesothelin")]),
                row(NOT_MET, biomarkers=[_stained("<10", marker="mesothelin")]),
                row(UNKNOWN, biomarkers=[_stained("5-15", marker="mesothelin")]),
                row(
                    UNKNOWN,
                    "positive by a cut-off nobody stated",
                    biomarkers=[{"marker": "mesothelin", "method": "ihc", "status": "positive"}],
                ),
                row(
                    UNKNOWN,
                    "a level in blood is no expression on the tumour",
                    unreadable=True,
                    biomarkers=[{"marker": "mesothelin", "specimen": "serum", "percent_positive": 50}],
                ),
                row(UNKNOWN),
            ),
        ),
        Table(
            "Two-part cut-off",
            "At least 2+ in at least 40 % of cells. Fewer cells stain strongly than stain at all.",
            {
                "biomarker": {
                    "marker": "cldn18_2",
                    "method": "ihc",
                    "intensity_at_least": "2",
                    "percent_positive": {"at_least": 40},
                }
            },
            (
                row(MET, biomarkers=[_stained(40, 2)]),
                row(NOT_MET, biomarkers=[_stained(39, 2)]),
                row(MET, "at 3+ there are at least as many at 2+", biomarkers=[_stained(40, 3)]),
                row(UNKNOWN, biomarkers=[_stained(30, 3)]),
                row(UNKNOWN, "50 % at any intensity", biomarkers=[_stained(50)]),
                row(NOT_MET, "30 % at any intensity", biomarkers=[_stained(30)]),
            ),
        ),
        Table(
            "Cells at 2+ and cells at 3+",
            "As a report has them, apart: those at 2+ or more are both together.",
            {
                "biomarker": {
                    "marker": "cldn18_2",
                    "method": "ihc",
                    "intensity_at_least": "2",
                    "percent_positive": {"at_least": 40},
                }
            },
            (
                row(MET, biomarkers=[_at(percent_2=30, percent_3=10)]),
                row(NOT_MET, biomarkers=[_at(percent_2=30, percent_3=9)]),
                row(UNKNOWN, "nobody said how many are at 3+", biomarkers=[_at(percent_2=30)]),
                row(MET, "whatever is at 3+", biomarkers=[_at(percent_2=40)]),
                row(NOT_MET, "61 % stain weakly", biomarkers=[_at(percent_1=61)]),
                row(MET, "stated as it is asked", biomarkers=[_at(percent_at_least_2=40)]),
                row(NOT_MET, "stated as it is asked", biomarkers=[_at(percent_at_least_2=39, percent_2=20)]),
                row(
                    UNKNOWN,
                    "more than all cells",
                    unreadable=True,
                    biomarkers=[_at(percent_2=60, percent_3=50)],
                ),
            ),
        ),
        Table(
            "Status as reported",
            "The method is part of what is asked.",
            {"biomarker": {"marker": "her2", "method": "ihc", "status": "positive"}},
            (
                row(MET, biomarkers=[{"marker": "her2", "method": "ihc", "status": "positive"}]),
                row(NOT_MET, biomarkers=[{"marker": "her2", "method": "ihc", "status": "negative"}]),
                row(
                    UNKNOWN,
                    "by a method nobody stated",
                    biomarkers=[{"marker": "her2", "status": "positive"}],
                ),
            ),
        ),
        Table(
            "Combined score",
            "A score is one of its type: CPS is not TPS.",
            {"biomarker": {"marker": "pd_l1", "score_type": "cps", "score": {"at_least": 5}}},
            (
                row(MET, biomarkers=[{"marker": "pd_l1", "score_type": "cps", "score": 5}]),
                row(NOT_MET, biomarkers=[{"marker": "pd_l1", "score_type": "cps", "score": "<5"}]),
                row(UNKNOWN, biomarkers=[{"marker": "pd_l1", "score_type": "tps", "score": 50}]),
            ),
        ),
        Table(
            "Intensity",
            "The overall intensity from 0 to 3.",
            {"biomarker": {"marker": "mesothelin", "intensity": {"at_least": 2}}},
            (
                row(MET, biomarkers=[{"marker": "mesothelin", "method": "ihc", "intensity": 2}]),
                row(NOT_MET, biomarkers=[{"marker": "mesothelin", "method": "ihc", "intensity": 1}]),
            ),
        ),
        Table(
            "A named state",
            "Microsatellites and mismatch repair have states of their own.",
            {"biomarker": {"marker": "msi", "category": {"in": ["msi_high"]}}},
            (
                row(MET, biomarkers=[{"marker": "msi", "category": "MSI-H"}]),
                row(NOT_MET, biomarkers=[{"marker": "msi", "category": "MSS"}]),
                row(UNKNOWN, biomarkers=[{"marker": "mmr", "category": "dMMR"}]),
            ),
        ),
        Table(
            "HLA type",
            "Typing finds an allele or does not; another allele found says nothing of this one, of which there "
            "may be two.",
            {"hla": {"allele": "A*02:01", "is": "positive"}},
            (
                row(MET, biomarkers=[{"marker": "hla_a", "category": "A*02:01", "status": "positive"}]),
                row(NOT_MET, biomarkers=[{"marker": "hla_a", "category": "A*02:01", "status": "negative"}]),
                row(UNKNOWN, biomarkers=[{"marker": "hla_a", "category": "A*01:01", "status": "positive"}]),
                row(UNKNOWN),
            ),
        ),
        Table(
            "Mutational burden",
            "Mutations per megabase.",
            {"biomarker": {"marker": "tmb", "number": {"at_least": 10}}},
            (
                row(MET, biomarkers=[{"marker": "tmb", "number": 10}]),
                row(NOT_MET, biomarkers=[{"marker": "tmb", "number": "<10"}]),
                row(UNKNOWN, biomarkers=[{"marker": "tmb", "number": "8-12"}]),
            ),
        ),
        Table(
            "A gene alteration",
            "Found, stated absent, or in a list that is complete.",
            {"alteration": {"gene": "NF2", "kind": "deletion"}},
            (
                row(MET, alterations=[{"gene": "NF2", "kind": "deletion"}]),
                row(UNKNOWN, "of a kind nobody stated", alterations=["NF2"]),
                row(
                    UNKNOWN,
                    "another kind, in an open list",
                    alterations=[{"gene": "NF2", "kind": "mutation"}],
                ),
                row(
                    NOT_MET,
                    "another kind, in a complete list",
                    alterations=[{"gene": "NF2", "kind": "mutation"}],
                    complete=["alterations"],
                ),
                row(NOT_MET, alterations=[{"none_of": "NF2"}]),
                row(NOT_MET, alterations=[]),
                row(UNKNOWN),
            ),
        ),
        *RESULTS,
        *ALTERATIONS,
    ),
)
