"""Mg of prednisone that one mg of a systemic corticosteroid stands for.

The usual glucocorticoid equivalence (5 mg prednisone = 4 mg methylprednisolone = 20 mg hydrocortisone =
0.75 mg dexamethasone), as in Liu D. et al., Allergy Asthma Clin Immunol 2013;9:30, table 1.
"""

from __future__ import annotations

PREDNISONE_POTENCY: dict[str, float] = {
    "prednisone": 1.0,
    "prednisolone": 1.0,
    "methylprednisolone": 1.25,
    "triamcinolone": 1.25,
    "hydrocortisone": 0.25,
    "cortisone": 0.2,
    "dexamethasone": 5 / 0.75,
    "betamethasone": 5 / 0.6,
}
