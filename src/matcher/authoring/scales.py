"""Sentences about a scale or an age in the forms that protocols have for them, read to their last word."""

from __future__ import annotations

import re
from typing import Any

_ECOG = re.compile(
    r"^(?:(?:eastern (?:cooperative|co-operative) oncology group|ecog|who|world health organi[sz]ation|zubrod)"
    r"(?:[ /](?:or )?(?:who|ecog|zubrod))?(?:[- ](?:performance status|performance score|performance|ps|p\.s\.))?"
    r"|performance status(?: according to| by| per)?(?: the)? (?:ecog|who|zubrod))"
    r"(?:,? (?:\(?ps\)?|scores?|scale|classification|grade|index|class))*,?(?: ?:| ?=| of| is| must be| being)?"
    r"(?: either| between)? ?(?P<limit>.+)$",
    re.IGNORECASE,
)
_KARNOFSKY = re.compile(
    r"^(?P<scale>karnofsky|kps|lansky)(?:[- ](?:performance|play))?(?:[ -](?:status|score|scale|index|ps))*"
    r"(?: ?:| ?=| of| is| must be)? ?(?P<limit>.+)$",
    re.IGNORECASE,
)
_LIFE = re.compile(
    r"^(?:(?:an? )?(?:estimated|expected|anticipated|predicted|minimum|projected|limited) )?(?:an? )?"
    r"life[ -]expectanc(?:y|ies)(?: is| must be| of| exceeding)? ?(?P<limit>.+?)"
    r"(?: (?:as (?:judged|assessed|determined) by|in the (?:opinion|judg(?:e)?ment) of|per) (?:the )?investigator)?$",
    re.IGNORECASE,
)
_SEX = r"(?:males?|females?|men|man|women|woman|boys|girls)"
_AGE = re.compile(
    rf"^(?:(?P<sexes>(?:both )?{_SEX}(?:(?: and/or | and | or |/){_SEX})?)(?: patients?| subjects?| participants?)?|(?P<who>(?:adults?|patients?|subjects?"
    r"|participants?|individuals|persons|people)(?: patients?)?))?(?:,| who are| must be| should be| is| are)* ?"
    r"(?P<named>\bages?\b|\baged\b)?(?: of| is| range| must be)?(?: ?:| ?-)? ?(?P<limit>.+?)(?P<years> ?(?:years?|yrs?|y)\b"
    r"(?P<old>[ -](?:old|of age))?)?(?P<older> (?:or|and) (?:older|above|over|more|greater)| and up)?"
    r"(?: (?:old|of age))?$",
    re.IGNORECASE,
)
_LEAST_LIFE = re.compile(r"^minimum (life[ -]expectancy)(?: of| is)?(?= \d)", re.IGNORECASE)
_EITHER_SEX = re.compile(
    r",? (?:male or female|female or male|both sexes|either sex|of either sex)$", re.IGNORECASE
)
_LEAST_AGE = re.compile(r"^(?P<end>minimum|maximum) age(?: of| is)?:? ?", re.IGNORECASE)
_SIGNS = {
    "\u2265": "at_least", ">=": "at_least", "=>": "at_least", "at least": "at_least", "minimum of": "at_least",
    "a minimum of": "at_least", "not less than": "at_least", "no less than": "at_least", "minimum": "at_least",
    "greater than or equal to": "at_least", "equal to or greater than": "at_least", "above or equal to": "at_least",
    "equal to or above": "at_least", "equal or greater than": "at_least", "greater or equal to": "at_least",
    "from": "at_least", "over or equal to": "at_least",
    "\u2264": "at_most", "<=": "at_most", "=<": "at_most", "at most": "at_most", "not more than": "at_most",
    "no more than": "at_most", "less than or equal to": "at_most", "up to": "at_most", "no greater than": "at_most",
    "equal to or less than": "at_most", "below or equal to": "at_most", "maximum": "at_most",
    ">": "above", "greater than": "above", "more than": "above", "above": "above", "over": "above",
    "older than": "above", "longer than": "above", "exceeding": "above",
    "<": "below", "less than": "below", "below": "below", "under": "below", "younger than": "below",
    "shorter than": "below", "fewer than": "below",
}  # fmt: skip
_ENDS = {"minimum": "at least", "maximum": "at most"}
_SIGNED = re.compile(
    rf"^(?P<sign>{'|'.join(map(re.escape, sorted(_SIGNS, key=len, reverse=True)))}) ?(?P<rest>.+)$",
    re.IGNORECASE,
)
_TIME = re.compile(r"^(?P<number>\d{1,3}) ?(?P<unit>days?|weeks?|wks?|months?|years?|yrs?)$", re.IGNORECASE)
_MORE = re.compile(
    r" (?:or|and) (?:more|longer|greater|above|higher|better|over)$| or \u2265$", re.IGNORECASE
)
_ONE_OF = re.compile(r"^\d(?:(?: ?, ?(?:or |and )?| ?/ ?| or | and | ?- ?| ?\u2013 ?| to | through )\d)*$")
_STEP = re.compile(r" ?, ?(?:or |and )?| ?/ ?| or | and ")
_THROUGH = re.compile(r"^(\d) ?(?:-|\u2013|to|through) ?(\d)$")
_RANGE = re.compile(
    r"^(?:between )?(?P<low>\d{1,3})(?: ?%| ?years?(?: of age)?)? ?(?:-|\u2013|\u2014|to|and|through|up to) ?"
    r"(?P<high>\d{1,3})(?: ?%)?$",
    re.IGNORECASE,
)

_YEARS = re.compile(r",? ?(?:years?|yrs?)(?: of age| old)?(?=,? |$)", re.IGNORECASE)
_JOINTS = re.compile(r",? (?:and|but|to) (?=[^\d])|, (?=[^\d])|(?<=\d) (?=[<>=\u2264\u2265])")
_SEXES = {
    **dict.fromkeys(("male", "males", "man", "men", "boys"), "male"),
    **dict.fromkeys(("female", "females", "woman", "women", "girls"), "female"),
}
_GROWING_UP, _OLDEST = 16, 120


def scaled(text: str, section: str) -> dict[str, Any] | None:
    """An age, a performance status or a life expectancy; empty where it is one of them in no form that is clear."""
    text = _EITHER_SEX.sub("", _LEAST_LIFE.sub(r"\1 at least ", text))
    text = _LEAST_AGE.sub(lambda found: f"age {_ENDS[found['end'].casefold()]} ", text)
    for pattern, read in ((_ECOG, _ecog), (_KARNOFSKY, _percent), (_LIFE, _life)):
        if (found := pattern.match(text)) is not None:
            asked = read(found)
            return asked if asked is not None and _likely(asked, section) else {}
    found = _AGE.match(text)
    return _age(found, section) if found is not None and (found["named"] or found["years"]) else None


def _likely(asked: dict[str, Any], section: str) -> bool:
    """A best status that excludes, or a worst one that is asked for, is what a form got wrong."""
    ((word, limits),) = asked.items()
    good = {"ecog": ("at_most", "below")}.get(word, ("at_least", "above"))
    return all((sign in good) == (section != "exclusion") for sign in limits)


def _ecog(found: re.Match[str]) -> dict[str, Any] | None:
    text = found["limit"].strip(" ()")
    if (signed := _SIGNED.match(text)) is not None:
        grade = signed["rest"].strip()
        return (
            {"ecog": {_SIGNS[signed["sign"].casefold()]: int(grade)}}
            if re.fullmatch("[0-4]", grade)
            else None
        )
    held = _grades(text)
    if held is None:
        return None
    low, high = held
    return (
        {"ecog": {"at_most": high}}
        if low == 0 and high < 4
        else {"ecog": {"at_least": low}}
        if high >= 4 > low > 0
        else None
    )


def _grades(text: str) -> tuple[int, int] | None:
    """*0, 1, or 2*, *0-1*, *0 to 2*: grades without a gap between them."""
    if not _ONE_OF.match(text):
        return None
    grades: list[int] = []
    for part in _STEP.split(text):
        through = _THROUGH.match(part)
        if through is not None:
            grades += range(int(through[1]), int(through[2]) + 1)
        elif part.isdecimal():
            grades.append(int(part))
        else:
            return None
    if len(grades) < 2 or grades != list(range(grades[0], grades[0] + len(grades))) or grades[-1] > 5:
        return None
    return grades[0], grades[-1]


def _percent(found: re.Match[str]) -> dict[str, Any] | None:
    text = re.sub(r" ?%", "", found["limit"]).strip(" ()")
    word = found["scale"].casefold().replace("kps", "karnofsky")
    if (more := _MORE.search(text)) is not None:
        text = f">= {text[: more.start()]}"
    if (signed := _SIGNED.match(text)) is not None:
        rest = signed["rest"].strip()
        known = re.fullmatch(r"(?:100|[1-9]?0)", rest)
        return {word: {_SIGNS[signed["sign"].casefold()]: int(rest)}} if known else None
    between = _RANGE.match(text)
    if between is not None and between["high"] == "100" and between["low"].endswith("0"):
        return {word: {"at_least": int(between["low"])}}
    return None


def _life(found: re.Match[str]) -> dict[str, Any] | None:
    text = found["limit"].strip(" ()")
    if (more := _MORE.search(text)) is not None:
        text = f">= {text[: more.start()]}"
    signed = _SIGNED.match(text)
    time = _TIME.match(signed["rest"].strip()) if signed is not None else None
    return {"life_expectancy": {_SIGNS[signed["sign"].casefold()]: _time(time)}} if signed and time else None


def _time(found: re.Match[str]) -> str:
    unit = {"wk": "week", "yr": "year"}.get(word := found["unit"].casefold().rstrip("s"), word)
    return f"{int(found['number'])} {unit}{'' if found['number'] == '1' else 's'}"


def _age(found: re.Match[str], section: str) -> dict[str, Any] | None:
    """Years of age; those of one sex are asked beside it."""
    text = _YEARS.sub("", found["limit"].strip(" ()")).strip()
    asked = _years(text, older=bool(found["older"]), excludes=section == "exclusion")
    if asked is None:
        return None
    numbers = [int(each) for each in re.findall(r"\d+", text)]
    said = found["named"] or found["old"] or found["older"] or found["sexes"] or found["who"]
    # *At least 2 years* alone may be how long a disease lasts.
    if not said and min(numbers) < _GROWING_UP:
        return {}
    sexes = {
        _SEXES[each] for each in re.findall(r"[a-z]+", (found["sexes"] or "").casefold()) if each in _SEXES
    }
    return {"all": [{"sex": sexes.pop()}, asked]} if len(sexes) == 1 else asked


def _years(text: str, *, older: bool, excludes: bool) -> dict[str, Any] | None:
    if older:
        return {"age": {"at_least": f"{int(text)} years"}} if re.fullmatch(r"\d{1,2}", text) else None
    if (between := _RANGE.match(text)) is not None and int(between["low"]) < int(between["high"]) <= _OLDEST:
        return {
            "age": {"at_least": f"{int(between['low'])} years", "at_most": f"{int(between['high'])} years"}
        }
    apart = text.split(" or ")
    parts = apart if excludes and len(apart) == 2 else _JOINTS.split(text)
    limits: dict[str, str] = {}
    for part in parts:
        signed = _SIGNED.match(re.sub(r"^ages? ", "", part.strip()))
        sign = _SIGNS[signed["sign"].casefold()] if signed is not None else ""
        if signed is None or sign in limits or not re.fullmatch(r"\d{1,3}", signed["rest"].strip()):
            return None
        limits[sign] = f"{int(signed['rest'])} years"
    low, high = (
        next((int(held.split()[0]) for sign, held in limits.items() if sign in signs), None)
        for signs in (("at_least", "above"), ("at_most", "below"))
    )
    if len(limits) == 1:
        return {"age": limits}
    if low is None or high is None or (low < high) == (parts is apart):
        return None
    return (
        {"any": [{"age": {sign: held}} for sign, held in limits.items()]}
        if parts is apart
        else {"age": limits}
    )
