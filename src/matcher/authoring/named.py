"""The names in a protocol's sentence as what a rule asks: treatments, allergies, diseases, cancers, markers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from matcher.vocabulary.biomarkers import MARKERS
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.procedures import PROCEDURES, TREATMENTS
from matcher.vocabulary.qualities import QUALITIES
from matcher.vocabulary.text import key

_OTHER_WORDS = (" infection", " disease", " therapy", " treatment", " therapies", " agents", " agent")
_STATUSES = {"active": "active", "current": "active", "ongoing": "active"}
_HEADS = re.compile(r"^(?:disorders?|diseases?|abuse|infections?|transplantation)$", re.IGNORECASE)
_NEEDS = re.compile(r" (?:that (?:needs?|requires?)|needing|requiring) ", re.IGNORECASE)
_EXTENT = re.compile(
    r"^(?P<extent>(?:locally advanced|metastatic|unresectable)(?:(?: or |/| and/or )(?:locally advanced|metastatic|unresectable))?)"
    r",? (?P<what>.+)$",
    re.IGNORECASE,
)
#: what a cancer may be called by, and what asks more of it than its name does
_COURSE = re.compile(
    r"\b(?:relapsed|refractory|recurrent|progressive|newly|advanced|early|resectable|resected|localised|localized|active|"
    r"primary|secondary|untreated|treated|stage)\b",
    re.IGNORECASE,
)
_EXTENTS = {
    "metastatic": ("extent", "metastatic"),
    "locally advanced": ("extent", "locally_advanced"),
    "unresectable": ("resectability", "unresectable"),
}
_MARKED = re.compile(
    r"^(?P<marker>.+?)[ -](?P<status>positive|negative)(?: (?:tumou?rs?|disease|cancer|status))?$",
    re.IGNORECASE,
)
_SEROLOGY = re.compile(
    r"^(?:(?:tested )?(?P<first>positive|negative)(?: (?:test|testing|serology))?(?: for)? (?P<what>.+?)"
    r"|(?P<whose>.+?)[ -](?P<last>positive|negative))$",
    re.IGNORECASE,
)
_TESTS = {
    key(called): word
    for word, names in {
        "hbsag": ("HBsAg", "hepatitis B surface antigen", "hepatitis B virus surface antigen", "HBs antigen"),
        "anti_hcv": (
            "anti-HCV", "hepatitis C antibody", "hepatitis C antibodies", "HCV antibody", "HCV antibodies",
            "hepatitis C virus antibody", "anti-hepatitis C antibody",
        ),
        "hiv_antibody": ("HIV antibody", "HIV antibodies", "anti-HIV", "HIV-1 antibody"),
    }.items()
    for called in names
}  # fmt: skip
_QUALITIES = {
    **{key(called): (each.name, False) for each in QUALITIES["conditions"] for called in (each.opposite,)},
    **{
        key(called): (each.name, True)
        for each in QUALITIES["conditions"]
        for called in (each.name.replace("_", " "), each.title, *each.synonyms)
    },
}
#: what happens on a day; any other disease lasts, and counts where it was there at any time within a window
_HAPPENING = (
    "myocardial_infarction", "acute_coronary_syndrome", "unstable_angina", "stroke", "tia", "thromboembolism",
    "arterial_thrombosis", "cardiac_arrest", "hypertensive_crisis", "bleeding", "gi_perforation", "fracture",
    "acute_kidney_injury", "major_trauma", "hypoglycaemia", "diabetic_ketoacidosis", "anaphylaxis", "syncope",
)  # fmt: skip
_JUDGED = frozenset({"active_infection"})
_EVENTS = frozenset(
    code
    for code in CONDITIONS.codes
    if any(code == event or CONDITIONS.is_below(code, event) for event in _HAPPENING)
)


#: facts that a sentence states by their names alone; those of a pregnancy have the forms that protocols use
FACTS = {
    key(called): word
    for word, names in {
        "pregnant": ("pregnant", "pregnancy", "being pregnant"),
        "breastfeeding": (
            "breastfeeding",
            "breast-feeding",
            "breast feeding",
            "lactating",
            "lactation",
            "nursing",
        ),
        "conception_intended": (
            "intending to become pregnant",
            "planning to become pregnant",
            "planning pregnancy",
            "intention to become pregnant",
        ),
        "adequate_organ_function": ("adequate organ function",),
        "in_another_trial": (
            "participation in another clinical trial",
            "participation in another interventional trial",
        ),
    }.items()
    for called in names
}


class Names:
    """Names of treatments, with those of one rulebook's medicines."""

    def __init__(self, formulary: Formulary) -> None:
        self._formulary = formulary

    def treatment(self, name: str, within: str) -> dict[str, Any] | None:
        for each in _spellings(name):
            code = self._formulary.lookup(each)
            if code is not None:
                return {"prior": {"therapy": code, "within": within} if within else code}
            kind = TREATMENTS.lookup(each)
            if kind == "radiotherapy":
                return (
                    {"radiotherapy": {"field": "any", "within": within}}
                    if within
                    else {"radiotherapy": "any"}
                )
            procedure = PROCEDURES.lookup(each)
            if procedure is not None:
                return {"procedure": {"is": procedure, "within": within} if within else procedure}
        return None

    def allergy(self, name: str, _within: str) -> dict[str, Any] | None:
        code = next(filter(None, map(self._formulary.lookup, _spellings(name))), None)
        return {"allergy": code} if code is not None else None


def condition(name: str, within: str, *, new: bool = False) -> dict[str, Any] | None:
    """A disease with what is said of it before or behind its name; ``new``: that it was found within the time."""
    asked: dict[str, Any] = {}
    if (needs := _NEEDS.search(name)) is not None:
        quality = _QUALITIES.get(key(f"requiring {name[needs.end() :].replace('therapy', 'treatment')}"))
        if quality is None:
            return None
        name, asked[quality[0]] = name[: needs.start()], quality[1]
    words = name.split()
    while words:
        first = words[0].casefold()
        code = _disease(" ".join(words))
        if code is not None and (first not in _STATUSES or _disease(" ".join(words[1:])) is None):
            # Active within a time is there within it; it need not be active now.
            if within:
                asked.pop("status", None)
            began = "within" if code in _EVENTS or new else "present_within"
            given = {"is": code, **asked, **({began: within} if within else {})}
            return {"condition": given if len(given) > 1 else code}
        del words[0]
        if first in _STATUSES:
            asked["status"] = _STATUSES[first]
        elif (quality := _QUALITIES.get(key(first))) is not None:
            asked[quality[0]] = quality[1]
        else:
            return None
    return None


def _disease(name: str) -> str | None:
    """A leaf for what nobody says more of is not all of its kind, and a judgement no disease."""
    code = _looked_up(CONDITIONS, name) if name else None
    return None if code is not None and (code.endswith("_unspecified") or code in _JUDGED) else code


def diagnosed(name: str) -> dict[str, Any] | None:
    """The cancer itself, and how far it has gone."""
    found = _EXTENT.match(name)
    code = _looked_up(DIAGNOSES, found["what"] if found else name)
    # *Other* over a list is no cancer.
    if code in (None, "OTHER", "TISSUE") or _COURSE.search(found["what"] if found else name):
        return None
    cancer = {"diagnosis": {"is_a": code}}
    if found is None:
        return cancer
    words = [_EXTENTS[each.casefold()] for each in re.split(r" or |/| and/or ", found["extent"])]
    if {word for word, _ in words} == {"extent"} and len(words) > 1:
        return {"all": [cancer, {"extent": {"in": [value for _, value in words]}}]}
    far = [{word: value} for word, value in words]
    return {"all": [cancer, far[0] if len(far) == 1 else {"any": far}]}


def marked(text: str) -> dict[str, Any] | None:
    """*HER2 positive*: the status of a marker of the tumour."""
    found = _MARKED.match(text)
    code = MARKERS.lookup(found["marker"]) if found else None
    return {"biomarker": {"marker": code, "status": found["status"].casefold()}} if found and code else None


def serological(text: str) -> dict[str, Any] | None:
    """*HBsAg positive* is a test, and no disease."""
    found = _SEROLOGY.match(text)
    word = _TESTS.get(key(found["what"] or found["whose"])) if found else None
    return {word: (found["first"] or found["last"]).casefold()} if found and word else None


def with_heads(parts: list[str], is_known: Callable[[str], bool]) -> list[str]:
    """*Alcohol or drug abuse* is either abuse, *hepatitis B or C* either hepatitis, *untreated or symptomatic* both."""
    if len(parts) < 2:
        return parts
    first, last = parts[0].split(), parts[-1].split()
    tail = [*parts[1:-1], last[0]]
    if (
        len(first) > 1
        and all(len(each.strip()) == 1 for each in tail)
        and " ".join(last[1:]) in ("", "infection")
    ):
        stem = " ".join(first[:-1])
        return [parts[0], *(f"{stem} {each.strip()}" for each in tail)]
    if len(last) > 1 and (
        _HEADS.match(last[-1]) or key(parts[0]) in _QUALITIES or parts[0].casefold() in _STATUSES
    ):
        head = " ".join(last[1:])
        return [each if is_known(each) else f"{each.strip()} {head}" for each in parts[:-1]] + parts[-1:]
    return parts


def qualified(condition: dict[str, Any]) -> frozenset[str]:
    """What is said of a thing beside its name and its time."""
    (asked,) = condition.values()
    return (
        frozenset(asked) - {"is", "therapy", "within", "present_within"}
        if isinstance(asked, dict)
        else frozenset()
    )


def _spellings(name: str) -> Iterator[str]:
    yield name
    for ending in _OTHER_WORDS:
        if name.lower().endswith(ending):
            yield name[: -len(ending)]
    if name.endswith("s"):
        yield name[:-1]


def _looked_up(tree: Any, name: str) -> str | None:
    found = (tree.lookup(each) for each in _spellings(name))
    return next((each for each in found if each is not None), None)
