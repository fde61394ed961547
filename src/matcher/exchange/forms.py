"""Sentences of a clear standard form as conditions. A form fits a sentence whole, or it does not fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_N = r"(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_AT_LEAST = r"(?:\u2265|>=|=>|(?:of )?(?:at least|a minimum of|no less than|not less than|greater than or equal to|equal to or greater than))"
_ABOVE = r"(?:>|greater than|more than|above|over)"
_AT_MOST = (
    r"(?:\u2264|<=|=<|(?:of )?(?:at most|no more than|not more than|less than or equal to|no greater than))"
)
_WHO = r"(?:(?:(?:males?|females?|men|women) (?:and|or) (?:males?|females?|men|women)|patients?|subjects?|participants?|adults?),? (?:who are |must be |should be )?)?"
_CELLS = r"(?:x ?10\^?9 ?/ ?l|10\^9/l|x ?10\^?3 ?/ ?(?:\u00b5|u|mc)l|/ ?mm\^?3|/ ?(?:\u00b5|u|mc)l|cells/mm\^?3|per mm\^?3|k/(?:\u00b5|u|mc)l)"
_ULN = r"(?:x|times|\u00d7)? ?(?:the )?(?:institutional )?(?:uln|upper limit of normal)(?: \(uln\))?"
_TESTS: Mapping[str, str] = {
    "platelets": "platelets",
    "platelet count": "platelets",
    "anc": "anc",
    "absolute neutrophil count": "anc",
    "absolute neutrophil count (anc)": "anc",
    "neutrophils": "anc",
    "hemoglobin": "haemoglobin",
    "haemoglobin": "haemoglobin",
    "hemoglobin (hb)": "haemoglobin",
    "creatinine": "creatinine",
    "serum creatinine": "creatinine",
    "bilirubin": "bilirubin_total",
    "total bilirubin": "bilirubin_total",
    "serum bilirubin": "bilirubin_total",
    "total serum bilirubin": "bilirubin_total",
    "ast": "ast",
    "alt": "alt",
    "albumin": "albumin",
    "serum albumin": "albumin",
}
_TEST = "(" + "|".join(sorted(map(re.escape, _TESTS), key=len, reverse=True)) + ")"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A condition in the rule language, and how sure the form is: ``high`` where its words mean one thing."""

    when: Mapping[str, Any]
    confidence: str = "high"


_Made = Callable[[re.Match[str]], Proposal | None]


def _number(text: str) -> str:
    return text.replace(",", "")


def _age(found: re.Match[str]) -> Proposal:
    return Proposal({"age": {"at_least": f"{found[1]} years"}})


def _age_between(found: re.Match[str]) -> Proposal:
    return Proposal({"age": {"at_least": f"{found[1]} years", "at_most": f"{found[2]} years"}}, "medium")


def _ecog(found: re.Match[str]) -> Proposal:
    return Proposal({"ecog": {"at_most": int(found[1])}})


def _karnofsky(found: re.Match[str]) -> Proposal:
    return Proposal({"karnofsky": {"at_least": int(found[1])}})


def _life(found: re.Match[str]) -> Proposal:
    unit = found[2].rstrip("sS").casefold()
    return Proposal(
        {"life_expectancy": {"at_least": f"{int(found[1])} {unit}{'' if found[1] == '1' else 's'}"}}
    )


def _counts(found: re.Match[str]) -> Proposal | None:
    test, limit, unit = _TESTS[found[1].casefold()], _number(found[2]), found[3].casefold().replace(" ", "")
    if test not in ("platelets", "anc"):
        return None
    if "9" in unit:
        written = f"{limit} 10*9/L"
    elif "x10" in unit or unit.startswith("k/"):
        written = f"{limit} 10*3/uL"
    else:
        written = f"{limit} /uL"
    return Proposal({"lab": {"test": test, "at_least": written}})


def _mass(found: re.Match[str]) -> Proposal | None:
    test = _TESTS[found[1].casefold()]
    if test not in ("haemoglobin", "albumin"):
        return None
    return Proposal(
        {
            "lab": {
                "test": test,
                "at_least": f"{_number(found[2])} {found[3].replace('l', 'L').replace('L', 'L')}",
            }
        }
    )


def _multiple(found: re.Match[str]) -> Proposal:
    return Proposal({"lab": {"test": _TESTS[found[1].casefold()], "at_most": f"{found[2]} x ULN"}})


def _both_enzymes(found: re.Match[str]) -> Proposal:
    limits = [{"lab": {"test": test, "at_most": f"{found[1]} x ULN"}} for test in ("ast", "alt")]
    return Proposal({"all": limits})


def _measurable(_: re.Match[str]) -> Proposal:
    return Proposal({"measurable_disease": True}, "medium")


def _pregnant(found: re.Match[str]) -> Proposal:
    nursing = [{"breastfeeding": True}] if re.search("lactat|breast|nurs", found[0], re.IGNORECASE) else []
    return Proposal({"any": [{"pregnant": True}, *nursing]} if nursing else {"pregnant": True})


_INCLUDING: tuple[tuple[re.Pattern[str], _Made], ...] = (
    (
        re.compile(
            rf"{_WHO}(?:aged? )?{_AT_LEAST} ?(\d{{1,2}}) (?:years?|yrs?)(?: of age| old)?", re.IGNORECASE
        ),
        _age,
    ),
    (
        re.compile(
            rf"{_WHO}(?:aged? )?(\d{{1,2}}) years(?: of age)? (?:or|and) (?:older|above|over)", re.IGNORECASE
        ),
        _age,
    ),
    (
        re.compile(
            rf"{_WHO}aged? (?:between )?(\d{{1,2}})(?: years)? ?(?:-|to|and|\u2013) ?(\d{{1,3}}) years(?: of age| old)?(?: \(?inclusive\)?)?",
            re.IGNORECASE,
        ),
        _age_between,
    ),
    (
        re.compile(
            r"(?:eastern cooperative oncology group )?\(?ecog\)? (?:performance status|ps)?(?: \(ps\))?(?: score)?(?: of| is| must be)? ?(?:0|zero) ?(?:-|to|or|\u2013) ?([1-3])",
            re.IGNORECASE,
        ),
        _ecog,
    ),
    (
        re.compile(
            rf"(?:eastern cooperative oncology group )?\(?ecog\)? (?:performance status|ps)?(?: score)? ?{_AT_MOST} ?([0-3])",
            re.IGNORECASE,
        ),
        _ecog,
    ),
    (
        re.compile(
            rf"karnofsky (?:performance status|performance score|score|index|ps)?(?: \(kps\))?(?: of)? ?{_AT_LEAST} ?(\d{{2,3}}) ?%?",
            re.IGNORECASE,
        ),
        _karnofsky,
    ),
    (
        re.compile(
            rf"(?:estimated |expected |anticipated )?life expectancy(?: of| is)? ?{_AT_LEAST} ?(\d{{1,2}}) (months?|weeks?)",
            re.IGNORECASE,
        ),
        _life,
    ),
    (re.compile(rf"{_TEST}(?: count)?:? ?{_AT_LEAST} ?{_N} ?({_CELLS})", re.IGNORECASE), _counts),
    (re.compile(rf"{_TEST}:? ?{_AT_LEAST} ?{_N} ?(g/dl|g/l)", re.IGNORECASE), _mass),
    (re.compile(rf"{_TEST}:? ?{_AT_MOST} ?{_N} ?{_ULN}", re.IGNORECASE), _multiple),
    (
        re.compile(rf"(?:ast (?:and|/) ?alt|alt (?:and|/) ?ast):? ?{_AT_MOST} ?{_N} ?{_ULN}", re.IGNORECASE),
        _both_enzymes,
    ),
    (
        re.compile(
            r"(?:patients? (?:must|should) have |presence of )?(?:at least (?:one|1) )?measurable (?:disease|lesion)(?: (?:by|per|according to|as defined by) recist(?: (?:v|version )?1\.[01])?)?",
            re.IGNORECASE,
        ),
        _measurable,
    ),
)
_EXCLUDING: tuple[tuple[re.Pattern[str], _Made], ...] = (
    (
        re.compile(
            r"(?:women who are |females who are |patients who are )?pregnant(?: (?:or|and|and/or) (?:lactating|breast-?feeding|nursing))?(?: (?:women|females|patients))?",
            re.IGNORECASE,
        ),
        _pregnant,
    ),
)


def proposal_of(text: str, *, excludes: bool) -> Proposal | None:
    """The condition of a sentence; nothing where no form fits it to its last character."""
    plain = " ".join(text.split()).rstrip(" .;,")
    if len(plain) > 200:
        return None
    for pattern, made in _EXCLUDING if excludes else _INCLUDING:
        found = pattern.fullmatch(plain)
        if found is not None:
            return made(found)
    return None
