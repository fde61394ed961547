"""What an author says of each sentence of six protocols that nobody has encoded, as one clicks and types it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """A criterion. Without ``look`` the proposal is taken as it is.

    ``look`` is typed into the search, and the offer called ``choose`` taken; ``fields`` are then filled. ``any_of``
    are further conditions, of which any counts; ``lost`` is what of the sentence is not asked.
    """

    look: str = ""
    choose: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    any_of: tuple[Said, ...] = ()
    screening: bool = False
    lost: str = ""
    person: bool = False


@dataclass(frozen=True)
class Plan:
    """The sentences of a protocol without the mark at their end; ``beside`` is what the registry says elsewhere."""

    says: Mapping[str, Said]
    beside: tuple[Said, ...] = ()
    phase: str = ""


PROPOSED, PERSON = Said(), Said(person=True)
AT_SCREENING = Said(screening=True)
LINES = "Number of lines of systemic therapy, all or by class, maintenance counted or not"
ANOTHER_CANCER = "A cancer beside the index cancer, with exceptions"

PLANS: Mapping[str, Plan] = {
    "NCT00739856": Plan(
        {
            "Diagnosis of PTSD": PROPOSED,
            # What resists how many treatments of how many kinds no record says.
            "Treatment resistance to 4 different antidepressants from 3 different classes": PERSON,
            "Treatment resistance to CBT": PERSON,
            "Severe PTSD": PROPOSED,
            "Significant substance abuse": PROPOSED,
            "Pregnancy": AT_SCREENING,
            "History of Traumatic Brain Injury": PROPOSED,
            "Unstable comorbid medical illness": Said("comorbid", "Uncontrolled intercurrent illness"),
            "Organic brain syndrome": PROPOSED,
        },
        beside=(Said("age >= 18 and <= 65 years"),),
    ),
    "NCT00055497": Plan(
        {
            "Patient must have successfully completed the induction study NCT00055523": PERSON,
            "Diagnosis of Crohn's disease": PROPOSED,
            "Willing and able to give informed consent": AT_SCREENING,
            "Diagnosis of ulcerative colitis": PROPOSED,
            "Pregnancy or breastfeeding": AT_SCREENING,
            "Previous use of infliximab or other anti-TNF antagonists": Said("anti-TNF", "TNF inhibitors"),
            "Previous history of active tuberculosis or listeria infection": PROPOSED,
            "Previous history of cancer other than successfully treated skin cancer": Said(
                "history of cancer",
                ANOTHER_CANCER,
                (("except", "SKIN"),),
                any_of=(
                    Said(
                        "history of cancer", ANOTHER_CANCER, (("is", "SKIN"), ("curatively_treated", "false"))
                    ),
                ),
            ),
        },
        beside=(Said("age >= 18 and <= 75 years"),),
        phase="3",
    ),
    "NCT05381389": Plan(
        {
            "ASA physical status I - II": PROPOSED,
            "scheduled to undergo arthroscopic shoulder surgery in the lateral position": Said(
                "scheduled",
                "Planned or expected",
                (("therapy", "shoulder_arthroscopy"), ("is", "yes")),
                lost="in the lateral position",
            ),
            "body mass index \u2265 35 kg/m2 body surface area": Said("body mass index \u2265 35 kg/m2"),
            "anticipated difficult airway": PROPOSED,
            "infection at the injection site": PROPOSED,
            "known LA allergy": Said("allergy to local anesthetics"),
            "contralateral phrenic nerve dysfunction": Said(
                "phrenic nerve dysfunction",
                "Phrenic nerve palsy",
                lost="on the other side than the block: here on either",
            ),
            "history of cardiac disease": PROPOSED,
            "history of hepatic disease": PROPOSED,
            "history of renal disease": PROPOSED,
            "coagulopathy": PROPOSED,
            "chronic obstructive pulmonary disease": PROPOSED,
            "neuropathy involving the brachial plexus": PROPOSED,
        },
        beside=(Said("age >= 30 and <= 60 years"),),
    ),
    "NCT00739830": Plan(
        {
            # At least one line is also E-02 and E-04 the other way round: each is asked where it stands.
            "Patients must have been treated with at least one line of chemotherapy, but not more than two lines of"
            " chemotherapy, and experienced progressive disease": Said(
                "lines of therapy",
                LINES,
                (("therapy", "chemotherapy"), ("at_least", "1"), ("at_most", "2")),
                lost="that the disease progressed",
            ),
            "Able to understand and give written informed consent": AT_SCREENING,
            "Women who are pregnant or lactating": AT_SCREENING,
            "More than two lines of chemotherapy of any type": Said(
                "lines of therapy", LINES, (("therapy", "chemotherapy"), ("at_least", "3"))
            ),
            "Prior therapy with hormonal agents": Said("hormone therapy", "Endocrine therapy"),
            "Presence of brain or other central nervous system metastases": Said("CNS metastasis"),
            "Prior therapy with rapamycin, rapamycin analogues or tacrolimus or known sensitivity to these agents": Said(
                "mTOR",
                "mTOR inhibitors against cancer",
                any_of=(Said("tacrolimus"),),
                lost="sensitivity to these agents",
            ),
            "Concurrent treatment with immunosuppressive agents": Said(
                "immunosuppressant", "Takes Immunosuppressive medicines now"
            ),
        },
        phase="2",
    ),
    "NCT05380414": Plan({"Curative therapy available": PERSON}),
    "NCT05380986": Plan(
        {
            "Patients with solid tumors confirmed by pathology or histology": Said(
                "solid tumour", "Solid tumour", lost="confirmed by pathology or histology"
            ),
            "Voluntarily participate in the study and sign the informed consent": PERSON,
            "Pregnant or lactating women": AT_SCREENING,
        }
    ),
}
