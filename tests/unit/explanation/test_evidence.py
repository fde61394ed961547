"""Figures of a study are printed as papers print them: a number of YAML does not keep its last zero."""

from __future__ import annotations

from typing import Any

import pytest

from matcher.explanation.evidence import figures_in_words
from matcher.rules.syntax import EvidenceDocument


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ({"hazard_ratio": 0.6}, "hazard ratio 0.60"),
        ({"hazard_ratio": 0.625}, "hazard ratio 0.625"),
        (
            {
                "hazard_ratio": 0.9,
                "interval": [0.6, 1.34],
                "interval_level": 95,
                "interval_of": "hazard_ratio",
            },
            "hazard ratio 0.90, 95 % interval 0.60 to 1.34 of the hazard ratio",
        ),
        (
            {"hazard_ratio": 0.6, "interval": [None, 0.7], "interval_level": 80},
            "hazard ratio 0.60, 80 % interval up to 0.70, the other end not given",
        ),
        (
            {"median_months": 18, "median_interval": [13, 28.5], "control_median_months": 9},
            "median 18.0 months (interval 13.0 to 28.5) against 9.0 months",
        ),
        ({"median_months": 18, "control_median_months": 9}, "median 18 months against 9 months"),
        ({"percent": 4, "control_percent": 12.5}, "4 % against 12.5 %"),
    ],
)
def test_a_figure_has_the_decimals_of_its_neighbours(outcome: dict[str, Any], said: str) -> None:
    document = EvidenceDocument.model_validate(
        {"study": "Any", "source": "pdq", "direction": "unclear", "level": "B1", "overall_survival": outcome}
    )
    assert said in figures_in_words(document)[0]
