"""The small closed sets: sex, response, roles of therapy and the like, each with the words people use for it.

``SEX`` is the tree with synonyms, for reading; ``SEXES`` its codes, for rules and forms; and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from matcher.vocabulary.text import in_sentence
from matcher.vocabulary.tree import Group, Node, Tree, flat

YES_NO = flat(
    "yes or no",
    ("yes", "yes", ("y", "true", "1", "present")),
    ("no", "no", ("n", "false", "0", "absent")),
)
SEROLOGY = flat(
    "result of a serology",
    ("positive", "positive", ("pos", "pos.", "+", "reactive", "detected", "present", "positiv", "reaktiv")),
    (
        "negative",
        "negative",
        (
            *("neg", "neg.", "non-reactive", "nonreactive", "not reactive", "not detected", "undetectable"),
            *("not present", "absent", "negativ", "nicht reaktiv", "nicht nachgewiesen"),
        ),
    ),
    ("equivocal", "equivocal", ("indeterminate", "borderline", "inconclusive", "grenzwertig")),
)
SEX = flat("sex", ("female", "female", ("f", "woman")), ("male", "male", ("m", "man")))
VITAL_STATUS = flat(
    "vital status",
    ("alive", "alive", ("living",)),
    ("deceased", "deceased", ("dead", "died", "expired")),
)

RESPONSE = flat(
    "best response",
    (
        "progressive_disease",
        "progressive disease",
        (
            "PD",
            "progression",
            "clinical progressive disease",
            "radiographic progressive disease",
            "progressed",
        ),
    ),
    ("stable_disease", "stable disease", ("SD", "no change")),
    (
        "partial_response",
        "partial response",
        ("PR", "partial remission", "partial remission/response", "very good partial response", "VGPR"),
    ),
    (
        "complete_response",
        "complete response",
        ("CR", "complete remission", "complete remission/response", "stringent complete response", "sCR"),
    ),
    ("not_evaluable", "not evaluable", ("NE", "not assessable", "inevaluable")),
)
RESPONSES = RESPONSE.codes
#: From the worst to the best. A response that was not evaluable has no place in it: it could be any of them.
RESPONSE_ORDER = ("progressive_disease", "stable_disease", "partial_response", "complete_response")

EXTENT = flat(
    "extent of disease",
    ("localised", "localised", ("local", "limited", "solitary")),
    ("locally_advanced", "locally advanced", ("regional", "locally advanced unresectable")),
    ("metastatic", "metastatic", ("distant", "distant metastasis", "disseminated")),
)
RESECTABILITY = flat(
    "resectability",
    ("resectable", "resectable", ("operable",)),
    ("unresectable", "unresectable", ("inoperable", "not resectable", "irresectable", "non-resectable")),
)
GROWTH_PATTERN = flat(
    "growth pattern",
    ("diffuse", "diffuse", ("diffuse growth",)),
    ("localised", "localised (solitary)", ("localised", "solitary", "localised growth")),
)
COURSE_OF_DISEASE = flat(
    "course of the disease",
    ("newly_diagnosed", "newly diagnosed", ("new diagnosis", "untreated", "initial diagnosis")),
    ("responding", "responding", ("response",)),
    ("stable", "stable", ("stable disease",)),
    ("recurrent", "recurrent", ("relapsed", "recurrence", "relapse")),
    ("refractory", "refractory", ("progressive", "progressing", "resistant")),
    ("remission", "in remission", ("tumour free", "no evidence of disease", "NED", "complete remission")),
)

THERAPY_KIND = flat(
    "kind of therapy",
    (
        "systemic",
        "systemic therapy",
        (
            "chemotherapy",
            "immunotherapy",
            "targeted therapy",
            "hormone therapy",
            "targeted molecular therapy",
            "vaccine",
            "biological therapy",
            "drug therapy",
        ),
    ),
    (
        "intracavitary",
        "intracavitary therapy",
        (
            "intrapleural",
            "intraperitoneal",
            "HIPEC",
            "regional",
            "hyperthermic intraperitoneal chemotherapy",
            "intrapleural chemotherapy",
        ),
    ),
    ("cell_therapy", "cell therapy", ("CAR T", "CAR-T", "adoptive cell therapy", "TIL", "cellular therapy")),
    ("surgery", "surgery", ("operation", "resection")),
    ("radiotherapy", "radiotherapy", ("radiation", "radiation therapy", "irradiation")),
    ("supportive", "supportive care", ("ancillary", "best supportive care", "supportive therapy")),
)
THERAPY_ROLE = flat(
    "role of therapy",
    ("neoadjuvant", "neoadjuvant", ("preoperative", "induction")),
    ("adjuvant", "adjuvant", ("postoperative",)),
    ("curative", "curative", ("radical", "definitive")),
    ("palliative", "palliative", ("palliation", "non-curative")),
    ("maintenance", "maintenance", ("switch maintenance", "continuation maintenance")),
)
THERAPY_ROLES = THERAPY_ROLE.codes
STOP_REASON = flat(
    "why a therapy stopped",
    ("completed", "completed as planned", ("complete", "finished", "end of treatment")),
    ("progression", "progression", ("progressive disease", "PD", "disease progression")),
    ("toxicity", "toxicity", ("adverse event", "side effects", "intolerance", "unacceptable toxicity")),
    ("patient_choice", "patient's choice", ("patient decision", "withdrawal", "refused", "patient request")),
    ("death", "death", ("died",)),
    ("other", "another reason", ("other reason",)),
)

RADIOTHERAPY_INTENT = flat(
    "intent of radiotherapy",
    ("curative", "curative", ("radical", "definitive", "therapeutic")),
    ("neoadjuvant", "neoadjuvant", ("preoperative",)),
    ("adjuvant", "adjuvant", ("postoperative",)),
    ("prophylactic", "prophylactic", ("tract irradiation", "prophylactic tract irradiation")),
    ("palliative", "palliative", ("pain", "symptom control")),
)
RADIOTHERAPY_INTENTS = RADIOTHERAPY_INTENT.codes
RADIOTHERAPY_FIELD = flat(
    "radiotherapy field",
    ("chest", "chest", ("thorax", "hemithorax", "pleura", "mediastinum", "lung", "chest wall")),
    ("abdomen_pelvis", "abdomen or pelvis", ("abdomen", "pelvis", "stomach", "liver")),
    ("cns", "brain or spinal cord", ("brain", "whole brain", "spinal cord", "stereotactic radiosurgery")),
    ("bone", "bone", ("spine", "skeleton", "bone metastasis")),
    ("head_neck", "head and neck", ("neck",)),
    ("whole_body", "whole body", ("total body irradiation", "TBI", "systemic")),
    ("other_field", "another field", ("other",)),
)

ROUTE = flat(
    "route",
    (
        "systemic",
        "systemic",
        ("oral", "po", "by mouth", "iv", "intravenous", "im", "intramuscular", "parenteral"),
    ),
    ("inhaled", "inhaled", ("inhalation",)),
    ("topical", "topical", ("skin", "eye drops", "ophthalmic", "nasal", "intranasal", "cutaneous")),
    ("intra_articular", "into a joint", ("intra-articular", "joint injection")),
)

CONDITION_STATUS = flat(
    "status of a condition",
    (
        "active",
        "active",
        ("current", "present", "uncontrolled", "untreated", "progressive", "symptomatic", "ongoing"),
    ),
    ("controlled", "treated and controlled", ("stable", "controlled", "inactive", "remission")),
    ("resolved", "resolved", ("past", "history", "cured", "recovered", "previous", "history of")),
)

#: Changes of the sequence lie below ``mutation``; ``mutation_other`` is one of none of the named effects.
ALTERATION_KIND = Tree(
    "kind of alteration",
    (
        Node(
            "mutation",
            "mutation",
            None,
            (
                "mut",
                "mutated",
                "snv",
                "SNP",
                "point mutation",
                "small variant",
                "sequence variant",
                "sequence change",
                "variant",
                "pathogenic variant",
                "pathogenic mutation",
                "likely pathogenic variant",
                "activating mutation",
                "somatic mutation",
                "germline mutation",
                "short variant",
                "coding",
            ),
        ),
        Node("missense", "missense mutation", "mutation", ("missense variant", "substitution")),
        Node("nonsense", "nonsense mutation", "mutation", ("stop gained", "stop gain", "nonsense variant")),
        Node(
            "frameshift",
            "frameshift",
            "mutation",
            ("frame shift", "frameshift mutation", "frameshift variant"),
        ),
        Node(
            "inframe_deletion",
            "in-frame deletion",
            "mutation",
            ("in frame deletion", "inframe del", "in-frame del", "in frame deletion mutation"),
        ),
        Node(
            "inframe_insertion",
            "in-frame insertion or duplication",
            "mutation",
            (
                "in-frame insertion",
                "inframe ins",
                "in-frame ins",
                "in-frame duplication",
                "internal tandem duplication",
                "ITD",
            ),
        ),
        Node(
            "splice",
            "splice-site change or exon skipping",
            "mutation",
            ("splice site", "splice-site mutation", "splice variant", "exon skipping", "splice mutation"),
        ),
        Node(
            "amplification",
            "amplification",
            None,
            ("amp", "high amplification", "amplified", "gene amplification", "high-level amplification"),
        ),
        Node("gain", "low-level gain", None, ("low amplification", "copy gain", "low-level amplification")),
        Node(
            "deletion",
            "homozygous deletion",
            None,
            (
                "deep deletion",
                "homdel",
                "biallelic deletion",
                "biallelic loss",
                "homozygous loss",
                "deleted",
                "homozygously deleted",
                "two-copy loss",
            ),
        ),
        Node(
            "loss",
            "heterozygous loss",
            None,
            (
                "heterozygous deletion",
                "shallow deletion",
                "monoallelic loss",
                "LOH",
                "loss of heterozygosity",
                "hetloss",
                "single-copy loss",
            ),
        ),
        Node(
            "fusion",
            "fusion or other rearrangement",
            None,
            (
                "structural variation",
                "rearrangement",
                "rearranged",
                "translocation",
                "translocated",
                "gene fusion",
                "structural variant",
                "SV",
                "fusion gene",
                "fusion transcript",
                "fused",
                "break-apart",
            ),
        ),
    ),
    (
        Group(
            "truncating",
            "truncating mutation",
            ("nonsense", "frameshift", "splice"),
            ("truncating mutation", "truncation", "truncating variant"),
        ),
        Group(
            "indel",
            "insertion or deletion",
            ("frameshift", "inframe_deletion", "inframe_insertion", "mutation_other"),
            ("insertion or deletion", "delins"),
        ),
        Group(
            "insertion",
            "insertion or duplication",
            ("frameshift", "inframe_insertion"),
            ("ins", "duplication", "dup", "insertion mutation"),
        ),
        Group(
            "copy_number_gain",
            "copy-number gain",
            ("amplification", "gain"),
            ("CN gain", "copy number increase"),
        ),
        Group(
            "copy_number_loss", "copy-number loss", ("deletion", "loss"), ("CN loss", "copy number decrease")
        ),
        Group(
            "copy_number_change",
            "copy-number change",
            ("amplification", "gain", "deletion", "loss"),
            ("CNV", "CNA", "copy number variant", "copy number variation", "copy number alteration"),
        ),
    ),
)

RESPONSE_CRITERIA = flat(
    "response criteria",
    ("recist", "RECIST 1.1", ("RECIST1.1", "RECIST v1.1", "RECIST version 1.1")),
    (
        "mrecist",
        "modified RECIST for mesothelioma",
        ("modified RECIST", "mRECIST 1.1", "modified RECIST 1.1"),
    ),
    ("irecist", "iRECIST", ("immune RECIST",)),
    ("imwg", "IMWG criteria for myeloma", ("IMWG", "International Myeloma Working Group")),
)

EVENT = flat(
    "event",
    ("diagnosis", "diagnosis", ("initial diagnosis", "date of diagnosis")),
    ("progression", "progression", ("progressive disease", "disease progression")),
    ("recurrence", "recurrence", ("relapse",)),
    ("enrolment", "enrolment", ("enrollment", "registration")),
    ("randomisation", "randomisation", ()),
    ("treatment_start", "start of study treatment", ("first dose", "cycle 1 day 1", "start of treatment")),
    ("leukapheresis", "leukapheresis", ("apheresis", "leucapheresis")),
    ("lymphodepletion", "lymphodepletion", ("conditioning", "conditioning chemotherapy")),
    ("t_cell_infusion", "T-cell infusion", ("CAR T-cell infusion", "T cell infusion", "CAR T infusion")),
)
EVENTS = EVENT.codes


def event_in_words(name: str) -> str:
    """An event inside a sentence; a rule may have events of its own."""
    return in_sentence(EVENT.title(name)) if EVENT.has(name) else name.replace("_", " ")


#: ECOG grades of a living patient, and Karnofsky scores
ECOG = (0, 1, 2, 3, 4)


def _sets(table: Mapping[tuple[int, ...], tuple[int, ...]]) -> Mapping[int, frozenset[int]]:
    return MappingProxyType(
        {score: frozenset(grades) for scores, grades in table.items() for score in scores}
    )


#: The ECOG grades a Karnofsky score can be. A score of 0 is death, which is no grade from 0 to 4.
ECOG_OF_KARNOFSKY = _sets(
    {(100,): (0,), (90, 80): (0, 1), (70, 60): (1, 2), (50, 40): (2, 3), (30, 20, 10): (3, 4)},
)
#: The Karnofsky scores an ECOG grade can be: the exact inverse.
KARNOFSKY_OF_ECOG: Mapping[int, frozenset[int]] = MappingProxyType(
    {
        grade: frozenset(score for score, grades in ECOG_OF_KARNOFSKY.items() if grade in grades)
        for grade in ECOG
    }
)
