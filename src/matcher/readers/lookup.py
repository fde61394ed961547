"""How a written word becomes leaves of a vocabulary, for every field of the wire profile that holds a code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matcher.errors import nearest
from matcher.vocabulary import alterations, biomarkers, codes, genes, icd, staging
from matcher.vocabulary.cancers_said import cancer_said
from matcher.vocabulary.conditions import CONDITIONS, condition_of_icd10
from matcher.vocabulary.diagnoses import DIAGNOSES, organ_of
from matcher.vocabulary.histology import HISTOLOGY
from matcher.vocabulary.marks import Assertion, marked
from matcher.vocabulary.procedures import PROCEDURES, TREATMENTS
from matcher.vocabulary.text import key, words
from matcher.vocabulary.tree import Tree, flat


@dataclass(frozen=True, slots=True)
class Lookup:
    """``title`` is what the word should have been, in words; ``suggest`` offers what was likely meant.

    ``leaves`` is all there is to be meant, where that is known. ``denies`` is what a denial surely denies, where a
    word may be said of more: whoever has no sarcoma may have any cancer that is sometimes called one.
    """

    title: str
    resolve: Callable[[str], frozenset[str] | None]
    suggest: Callable[[str], str | None] | None = None
    leaves: frozenset[str] = frozenset()
    denies: Callable[[str], frozenset[str] | None] | None = None

    def denied(self, text: str) -> frozenset[str] | None:
        return self.resolve(text) if self.denies is None else self.denies(text)

    def nearest(self, text: str) -> str | None:
        return self.suggest(text) if self.suggest is not None else None


def of_tree(tree: Tree, title: str) -> Lookup:
    def resolve(text: str) -> frozenset[str] | None:
        code = tree.lookup(text)
        return tree.leaves(code) if code is not None else None

    return Lookup(title, resolve, tree.nearest, tree.all_leaves)


def one_of(choices: Iterable[str], title: str) -> Lookup:
    """One of a few codes; a vocabulary with these very codes lends its synonyms."""
    wanted = tuple(choices)
    for tree in _SMALL:
        if set(tree.codes) == set(wanted):
            return of_tree(tree, title)
    by_key = {key(choice): choice for choice in wanted}

    def resolve(text: str) -> frozenset[str] | None:
        found = by_key.get(key(text))
        return frozenset({found}) if found is not None else None

    return Lookup(title, resolve, lambda text: nearest(text, wanted), frozenset(wanted))


_SMALL = (
    codes.YES_NO,
    codes.SEROLOGY,
    codes.SEX,
    codes.VITAL_STATUS,
    codes.EXTENT,
    codes.RESECTABILITY,
    codes.GROWTH_PATTERN,
    codes.COURSE_OF_DISEASE,
)

_CANCER_STATUS = flat(
    "status of a cancer",
    ("active", "active", ("current", "progressive", "with tumour", "with tumor", "present")),
    (
        "remission",
        "in remission or treated",
        ("treated", "cured", "NED", "tumor free", "complete remission", "resolved"),
    ),
)
_BASIS = flat(
    "basis of a classification",
    ("clinical", "clinical", ("c", "cTNM")),
    ("pathological", "pathological", ("p", "pathologic", "pTNM", "surgical")),
)


def _diagnosis(text: str) -> frozenset[str] | None:
    """A cancer by OncoTree code or name, or by ICD-10."""
    code = cancer_said(text)
    if code is None:
        code = icd.diagnosis_of_icd10(text)
    return DIAGNOSES.leaves(code) if code is not None else None


def _denied_diagnosis(text: str) -> frozenset[str] | None:
    """What is denied with a name: what it surely is, as in a rule. Whoever denies a carcinoma leaves its organ open."""
    code = DIAGNOSES.lookup(text) or organ_of(icd.diagnosis_of_icd10(text))
    return DIAGNOSES.leaves(code) if code is not None and not DIAGNOSES.is_open(code) else None


def _histology(text: str) -> frozenset[str] | None:
    code = HISTOLOGY.lookup(text) or icd.histology_of_icdo(text)
    return HISTOLOGY.leaves(code) if code is not None else None


def _condition(text: str) -> frozenset[str] | None:
    code = CONDITIONS.lookup(text)
    if code is None:
        code = condition_of_icd10(text)
    return CONDITIONS.leaves(code) if code is not None else None


def _confirmed(text: str) -> frozenset[str] | None:
    """A suspicion may prove right or wrong."""
    if key(text) in _DOUBT:
        return frozenset({"yes", "no"})
    if key(text) == "confirmed":
        return frozenset({"yes"})
    return YES_NO.resolve(text)


_DOUBT = frozenset(
    key(each) for each in ("suspected", "unconfirmed", "probable", "possible", "provisional", "presumed")
)


def _edition(text: str) -> frozenset[str] | None:
    found = staging.edition(text)
    return frozenset({found}) if found is not None else None


def _gene(text: str) -> frozenset[str] | None:
    """A gene by its HGNC symbol, by an earlier one or by the marker it is known as; a shared name is a set."""
    return biomarkers.genes_of(text) or None


def _word(text: str) -> frozenset[str] | None:
    return frozenset({text.strip()}) if text.strip() else None


def _radiotherapy(text: str) -> frozenset[str] | None:
    """What a statement of absence can name: an intent, or any radiotherapy at all."""
    if key(text) in ("any", "radiotherapy", "radiation", "all"):
        return frozenset(codes.RADIOTHERAPY_INTENTS)
    return INTENT.resolve(text)


def treatment_members(text: str) -> frozenset[str] | None:
    """What is no medicine: a procedure, or radiotherapy of any or of one intent."""
    code = TREATMENTS.lookup(text)
    return TREATMENTS.leaves(code) if code is not None else None


def event_name(text: str) -> str:
    """The code of a known event, or the words of a trial's own in the form the rules write them."""
    return codes.EVENT.lookup(text) or words(text).replace(" ", "_")


def event_said(text: str) -> tuple[str, Assertion]:
    """An event with what its text says of it: doubted, denied, or only nearly the name of a known one."""
    known = codes.EVENT.lookup
    if known(text) is None:
        if (found := marked(text, lambda name: known(name) is not None)) is not None:
            return event_name(found.name), found.assertion
        if (near := codes.EVENT.nearest(text)) is not None:
            return near, Assertion.SUSPECTED
    return event_name(text), Assertion.SUSPECTED if "?" in text else Assertion.PRESENT


def _allele(text: str) -> frozenset[str] | None:
    found = biomarkers.hla_allele(text)
    return frozenset({found}) if found is not None else None


def category_of(marker: str) -> Lookup:
    """The named states of a marker, an allele of an HLA locus, or any word where a marker has no list."""
    if marker in biomarkers.CATEGORIES:
        return of_tree(biomarkers.CATEGORIES[marker], f"a state of {marker}")
    if marker.startswith("hla_"):
        return Lookup("an HLA allele", _allele)
    return WORD


YES_NO = of_tree(codes.YES_NO, "yes or no")
CONFIRMED = Lookup("confirmed or suspected", _confirmed)
DIAGNOSIS = Lookup(
    "a known diagnosis", _diagnosis, DIAGNOSES.nearest, DIAGNOSES.all_leaves, _denied_diagnosis
)
HISTOLOGICAL_TYPE = Lookup("a known histological type", _histology, HISTOLOGY.nearest, HISTOLOGY.all_leaves)
DIAGNOSIS_STATUS = of_tree(_CANCER_STATUS, "the status of a cancer")
EDITION = Lookup("an edition of TNM", _edition, leaves=frozenset(staging.EDITIONS))
SCHEME = one_of(staging.SCHEMES, "a known staging scheme")
STAGING_BASIS = of_tree(_BASIS, "clinical or pathological")
GENE = Lookup("a known gene", _gene, genes.nearest)
ABSENT_ALTERATION = Lookup("a known gene, or an alteration of one", alterations.stated_absent, genes.nearest)
WORD = Lookup("a word", _word)
ALTERATION_KIND = of_tree(codes.ALTERATION_KIND, "a kind of alteration")
THERAPY_KIND = of_tree(codes.THERAPY_KIND, "a kind of therapy")
THERAPY_ROLE = of_tree(codes.THERAPY_ROLE, "the role of a therapy")
RESPONSE = of_tree(codes.RESPONSE, "a response")
STOP_REASON = of_tree(codes.STOP_REASON, "a reason for stopping")
PROCEDURE = of_tree(PROCEDURES, "a known procedure")
FIELD = of_tree(codes.RADIOTHERAPY_FIELD, "a field of radiotherapy")
INTENT = of_tree(codes.RADIOTHERAPY_INTENT, "an intent of radiotherapy")
NO_RADIOTHERAPY = Lookup("radiotherapy", _radiotherapy, INTENT.suggest)
CONDITION = Lookup("a known condition", _condition, CONDITIONS.nearest, CONDITIONS.all_leaves)
CONDITION_STATUS = of_tree(codes.CONDITION_STATUS, "the status of a condition")
ROUTE = of_tree(codes.ROUTE, "a route")
MARKER = of_tree(biomarkers.MARKERS, "a known biomarker")
METHOD = of_tree(biomarkers.METHOD, "a known method")
SPECIMEN = of_tree(biomarkers.SPECIMEN, "a specimen")
STATUS = of_tree(biomarkers.STATUS, "positive, negative or equivocal")
SCORE_TYPE = of_tree(biomarkers.SCORE_TYPE, "a type of score")
