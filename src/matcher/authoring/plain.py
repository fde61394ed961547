"""A protocol's sentence without what says nothing of a patient: how numbers are spelled, short forms, when one looks.

What is taken away changes nothing of what is asked. Days are counted back from the day as of which one matches, so
*prior to enrolment* says no more than they do; ``counted_to`` is what else they may be counted from. A limit on a
value *at screening* is one on the value that is current then; *inclusive* is what a range means anyway; *alanine
aminotransferase (ALT)* is one test.
"""

from __future__ import annotations

import re

LONGEST = 300
"""Characters of a sentence that is looked into."""
_NUMBERS = re.findall(
    r"\w+",
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty",
)
_SPELLED = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_TWICE = re.compile(rf"\b({_SPELLED})(?: ?-? ?)\((\d{{1,2}})\)", re.IGNORECASE)
_TIMES = r"(?:days?|weeks?|months?|years?|times)\b"
_WORDED = re.compile(rf"\b({_SPELLED})(?=[ -]{_TIMES})", re.IGNORECASE)
_LAST_ONE = re.compile(
    r"\b((?:within|in|during) (?:the )?(?:last|past|previous|prior|preceding)) (?=(?:day|week|month|year)\b)",
    re.IGNORECASE,
)
_HYPHENED = re.compile(r"\b(\d{1,3})-(?=(?:days?|weeks?|months?|years?)\b)", re.IGNORECASE)
_INCLUSIVE = re.compile(r",? ?(?:\((?:both )?inclusive\)|\b(?:both )?inclusive\b)", re.IGNORECASE)
_VISIT = (
    r"(?:screening|baseline|enrol+ment|inclusion|study entry|entry|registration|randomi[sz]ation|consent|the study"
    r"|(?:the )?signing(?: of)?(?: the)?(?: written)? informed consent(?: form)?(?: \(icf\))?|signing (?:the )?icf"
    r"|(?:providing|giving|provision of)(?: written)? informed consent|informed consent)"
)
_LOOKED = re.compile(
    rf"(?:,? (?:as )?(?:assessed|measured|determined|obtained|evaluated))?,? (?:at|on|upon) (?:the )?"
    rf"(?:(?:time|day|moment) of )?(?:the )?(?:initial )?{_VISIT}(?: visit)?(?: ?\(?(?:visit|v) ?-?\d\w?\)?)?$"
    r"|,? at visit \d\w?$|,? \(at (?:screening|baseline)\)$",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<=[A-Za-z])\((?=[A-Z][A-Za-z]{1,6}\))")
_SINCE = (
    r"(?:the|an?|of|time|day|date|planned|start|starting|initiation|initiating|beginning|commencement|first|initial|dose"
    r"|dosing|administration|study|trial|protocol|clinical|investigational|drugs?|agents?|products?|medications?|treatments?"
    r"|therapy|interventions?|enrol+ment|enrol+ing|registration|randomi[sz]ation|entry|entering|screening|inclusion|visit"
    r"|baseline|signing|informed|consent|form|icf|imp|receiving|participation|in|into|to|this|1|v1|c1d1|cycle|\(visit 1\))"
)
_BEFORE = re.compile(
    rf"\b(?P<window>(?:within|in|during) (?:the )?(?:last |past |previous |prior |preceding )?\d{{1,3}} "
    rf"(?:days?|weeks?|months?|years?)),? (?:of|prior to|before|preceding|from|to)(?: {_SINCE})+$",
    re.IGNORECASE,
)
TREATMENT_START = "treatment_start"
_TO_TREATMENT = re.compile(
    r"\b\d{1,3} (?:days?|weeks?|months?|years?),? (?:of|prior to|before|preceding|from|to) (?:the )?(?:planned |first |start of "
    r"|initiation of |starting |beginning of |administration of )*(?:the )?(?:first )?(?:(?:study|trial|protocol|investigational) )?"
    r"(?:treatment|therapy|drugs?|doses?|dosing|medication|product|intervention|administration|imp|c1d1|cycle 1)\b"
    r"|\b(?:treatment|therapy) (?:start|initiation)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r" \((?P<window>(?:with)?in (?:the )?(?:last |past |previous )?\d{1,3} [a-z]+)\)$", re.IGNORECASE
)
_NOT_OLDER = re.compile(r",? not older than (?P<span>\d{1,3} (?:days?|weeks?|months?))$", re.IGNORECASE)
_SHORT = re.compile(r" \(([A-Za-z][A-Za-z0-9 /-]{1,11})\)")
_SYMBOLS = {
    "milligrams per deciliter": "mg/dL", "milligram per deciliter": "mg/dL", "milligrams per decilitre": "mg/dL",
    "milligram (mg)/dl": "mg/dL", "milligram/deciliter": "mg/dL",
    "grams per deciliter": "g/dL", "gram per deciliter": "g/dL", "grams per decilitre": "g/dL",
    "grams per liter": "g/L", "gram per liter": "g/L", "grams per litre": "g/L",
    "millimoles per liter": "mmol/L", "millimole per liter": "mmol/L", "millimoles per litre": "mmol/L",
    "micromoles per liter": "umol/L", "micromole per liter": "umol/L", "micromoles per litre": "umol/L",
    "milliliters per minute": "mL/min", "milliliter per minute": "mL/min", "millilitres per minute": "mL/min",
    "kilograms per square meter": "kg/m2", "kilogram per square meter": "kg/m2",
    "kilograms per meter squared": "kg/m2", "kilograms per square metre": "kg/m2",
    "per microlitre": "/uL", "per microliter": "/uL", "per cubic millimetre": "/mm3",
    "per cubic millimeter": "/mm3", "per mm3": "/mm3", "milliseconds": "ms", "percent": "%", "per cent": "%", "kilograms": "kg", "kilogram": "kg",
    "millimeters of mercury": "mmHg", "millimetres of mercury": "mmHg", "millimeter of mercury": "mmHg",
}  # fmt: skip
_UNIT = re.compile(
    r"(?<=\d)(?P<gap> ?)(?P<words>"
    + "|".join(map(re.escape, sorted(_SYMBOLS, key=len, reverse=True)))
    + r")\b(?: ?[(\[](?P<symbol>[^()\[\]]{1,14})[)\]])?",
    re.IGNORECASE,
)
_NORMAL = re.compile(
    r"(?:[x\u00d7*]|times|-?fold)? ?(?:the )?(?:institutional |laboratory |local |central )?"
    r"(?:upper (?:limit|level|normal limit)(?: of)?(?: the)?(?: normal| reference)?(?: reference)?(?: range)?"
    r"(?: ?\((?:uln|unl)\))?|\b(?:uln|unl)\b(?: ?\(upper (?:limit of normal|normal limit)\))?)",
    re.IGNORECASE,
)
_MULTIPLE = re.compile(rf"(?<=\d)(?P<gap> ?){_NORMAL.pattern}", re.IGNORECASE)
_THOUSANDS = re.compile(r"\b(\d{1,3})[ \u00a0\u2009\u202f](?=000\b)")


def plain(sentence: str) -> str:
    """The sentence in one line, with numbers in figures and short forms and visits left out."""
    text = " ".join(sentence.replace("\\", "").split()).strip(" .;,:")
    text = _TWICE.sub(_same, text)
    text = _WORDED.sub(lambda found: str(_NUMBERS.index(found[1].casefold()) + 1), text)
    text = _LAST_ONE.sub(r"\1 1 ", text)
    text = re.sub(r"(?<=\d) ?[~\uff5e] ?(?=\d)", "-", _HYPHENED.sub(r"\1 ", text))
    text = _UNIT.sub(_unit, text)
    text = _MULTIPLE.sub(" x ULN", text)
    text = _BEFORE.sub(r"\g<window>", _ASIDE.sub(r" \g<window>", text))
    text = _NOT_OLDER.sub(r" within \g<span>", text)
    text = _GLUED.sub(" (", text)
    text = _THOUSANDS.sub(r"\1", text)
    text = _SHORT.sub(lambda found: _without_short(found, text), text)
    if re.search(r"\d.*\d", text):
        text = _INCLUSIVE.sub("", text)
    # A disease *at screening* is one that the patient has then; a value or a consent is no other for it.
    if re.search(r"\d.*(?:at|on|upon) |consent", text):
        shorter = _LOOKED.sub("", text)
        # *In the last 6 months and at screening* are two times.
        text = text if re.search(r"\b(?:and|or|and/or)$", shorter, re.IGNORECASE) else shorter
    return text.strip(" .;,:")


def counted_to(sentence: str) -> str:
    """The event that days are counted back from, where it is not the day on which somebody is looked at."""
    if len(sentence) > LONGEST:
        return ""
    text = _HYPHENED.sub(r"\1 ", _TWICE.sub(_same, " ".join(sentence.split())))
    return TREATMENT_START if _TO_TREATMENT.search(text) else ""


def _same(found: re.Match[str]) -> str:
    """*Three (3)* is 3; *three (4)* stays as it is, for somebody to ask."""
    return found[2] if _NUMBERS.index(found[1].casefold()) + 1 == int(found[2]) else found[0]


def _unit(found: re.Match[str]) -> str:
    symbol = _SYMBOLS[found["words"].casefold()]
    told = (found["symbol"] or symbol).replace("^", "").replace("\u00b2", "2").replace(" ", "")
    return f" {symbol}" if told.casefold() == symbol.casefold() else found[0]


def _without_short(found: re.Match[str], text: str) -> str:
    """A short form behind what it stands for says nothing new: its letters stand in the words before it, in order."""
    letters = [each for each in found[1].casefold() if each.isalnum()]
    before = re.split(r"[ /-]+", text[: found.start()].casefold())
    if sum(map(str.isupper, found[1])) < 2:
        return found[0]
    # The first letter begins one of the last words, and the others follow in what stands from there.
    starts = range(len(before) - 1, max(-1, len(before) - 7), -1)
    if any(before[at][:1] == letters[0] and _in_order(letters, "".join(before[at:])) for at in starts):
        return ""
    return found[0]


def _in_order(letters: list[str], text: str) -> bool:
    rest = iter(text)
    return all(each in rest for each in letters)
