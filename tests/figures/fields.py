"""Which field a figure belongs to: the words that stand beside it in the passage that prints it.

A passage is one bullet or numbered paragraph of a section. A figure of a field is found where a passage about the
field's outcome prints it in that field's form: a hazard ratio behind HR, an interval as its two ends, a count as
"91 of 300", a share with its sign, the arm before its control.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.rules.syntax import EvidenceDocument, Outcome

#: what a passage about an outcome says
ABOUT = {
    "overall_survival": r"overall survival|\bOS\b|survival",
    "progression_free_survival": r"progression-free|\bPFS\b",
    "response": r"response|responses",
    "grade_3_4": r"grade 3 to 4",
    "grade_3_or_higher": r"grade 3 or higher|grade ≥ ?3",
    "treatment_related_deaths": r"death|died",
}
#: of each outcome with a name of its own the words of the source, and whether its figures stand before or after them
OTHER = {
    "anaemia": ("anemia", "after"),
    "complete_or_near_complete_cytoreduction": ("had complete or near-complete cytoreduction", "before"),
    "disease_control": ("controlled disease than patients who received [a-z ]+", "after"),
    "dyspnoea": ("dyspnea", "after"),
    "fatigue": ("fatigue", "after"),
    "febrile_neutropenia": ("febrile neutropenia", "after"),
    "hipec_with_cisplatin_and_doxorubicin": ("received cisplatin and doxorubicin", "before"),
    "hypertension": ("hypertension", "after"),
    "hyponatraemia": ("hyponatremia", "after"),
    "leucopenia": ("leukopenia", "after"),
    "leukopenia": ("leukopenia", "after"),
    "lower_respiratory_tract_infection": ("lower respiratory tract infection", "after"),
    "measurable_and_chemotherapy_naive": ("patients were chemotherapy-naive", "before"),
    "operative_mortality": ("[Mm]ortality from [a-z ]+ (?:is|ranges)", "after"),
    "overall_survival_with_vitamins": ("median survival was", "after"),
    "perioperative_deaths": ("died perioperatively", "before"),
    "previously_treated": ("patients were previously treated", "before"),
    "progression_free_survival_by_central_review": ("central review", "after"),
    "received_hipec": ("received HIPEC", "before"),
    "response_doublet_against_alone": ("response rate", "after"),
    "response_epithelioid_against_other": ("objective response rate", "after"),
    "serious_adverse_events": ("Serious adverse events", "after"),
    "stable_disease": ("had stable disease", "before"),
    "survival_doublet_against_alone": ("median survival", "after"),
    "survival_epithelioid_against_other": ("longer median OS", "after"),
    "thrombocytopenia": ("thrombocytopenia", "after"),
    "thrombotic_events": ("thrombotic events", "after"),
    "time_to_progression": ("time-to-progression", "after"),
    "unspecified_infection": ("unspecified infection", "after"),
}
_WORDS = dict(
    enumerate(("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))
)
_BULLET = re.compile(r" - (?=[A-Z])| \d+\. (?=[A-Z])")
_GAP = r"[^.;]{0,160}?"


def passages(section: str) -> list[str]:
    """The bullets of a normalised section, links and numbers of references left out."""
    plain = re.sub(r"\[\[\d+\]\([^)]*\)(?:[-,]\[\d+\]\([^)]*\))*\]", "", section)
    return [each.strip() for each in _BULLET.split(f" {plain}") if each.strip()]


def misplaced(document: EvidenceDocument, section: str) -> Iterator[str]:
    """Each figure that no passage prints in the form of its field."""
    texts = passages(section)
    for name, form in (
        ("patients", r"{} (?:\w+ ){0,3}patients|with {} patients|{} evaluable patients|Among {} patients"),
        ("randomised", r"n = {}\b"),
        ("treated", r"{} patients|of {}\b|{} \([\d.]+%\) received|{} evaluable"),
    ):
        value = getattr(document, name)
        if value is not None and not any(
            re.search(form.replace("{}", _number(value)), each) for each in texts
        ):
            yield f"{name}: {value}"
    for name, about in ABOUT.items():
        outcome = getattr(document, name)
        if outcome is not None:
            held = [each for each in texts if re.search(about, each, re.IGNORECASE)]
            yield from (f"{name}.{each}" for each in _of(outcome, held))
    for name, outcome in document.other.items():
        words, side = OTHER[name.removesuffix("_grade_3_or_higher")]
        held = [beside for each in texts for beside in _beside(each, words, side)]
        yield from (f"other.{name}.{each}" for each in _of(outcome, held, beside=True))


def _beside(text: str, words: str, side: str) -> Iterator[str]:
    """What stands before the words in their clause, or after them up to the end of a bracket or sentence."""
    for found in re.finditer(words, text):
        if side == "before":
            yield re.split(r", (?:and )?|[.;] ", text[: found.start()])[-1]
        else:
            yield re.split(r"\)|\. ", text[found.end() :].replace("vs. ", "vs "), maxsplit=1)[0]


def _of(outcome: Outcome, texts: list[str], *, beside: bool = False) -> Iterator[str]:
    if beside:
        # All figures of it stand in one clause.
        forms = [
            form for name, form in _forms(outcome, beside=True) if name.split(" ")[0] not in outcome.doubtful
        ]
        if not any(all(re.search(form, each) for form in forms) for each in texts) and forms:
            yield "figures"
        return
    for name, form in _forms(outcome, beside=False):
        if name.split(" ")[0] not in outcome.doubtful and not any(re.search(form, each) for each in texts):
            yield name


def _forms(outcome: Outcome, *, beside: bool) -> Iterator[tuple[str, str]]:
    """For each figure the pattern that prints it; of two arms, the first before the second.

    ``beside``: in the clause about it alone, where what a count is a part of may have been said before.
    """
    median, control = outcome.median_months, outcome.control_median_months
    if median is not None and control is not None:
        first, second = (f"(?<![\\d.]){_number(each)}(?: months)?" for each in (median, control))
        yield "median_months before control", rf"{first}(?![\d.]|%).{{0,160}}?{second}(?! *%)"
    elif median is not None:
        yield "median_months", rf"(?<![\d.]){_number(median)} months"
    for name, words, value in (
        ("hazard_ratio", r"(?:HR|hazard ratio)", outcome.hazard_ratio),
        ("odds_ratio", r"odds ratio", outcome.odds_ratio),
    ):
        if value is not None:
            of = outcome.interval if outcome.interval_of == name else None
            yield (
                f"{name} and its interval",
                rf"{words}{_GAP}{_number(value)}" + _interval(of, outcome.interval_level),
            )
    pairs = (
        (median, outcome.median_interval, outcome.median_interval_level, ""),
        (control, outcome.control_median_interval, None, ""),
        (outcome.percent, outcome.percent_interval, outcome.percent_interval_level, "%"),
        (outcome.control_percent, outcome.control_percent_interval, None, "%"),
    )
    for estimate, interval, level, sign in pairs:
        if estimate is not None and interval is not None:
            yield "interval", rf"{_number(estimate)}{sign}[^.;%]{{0,60}}?" + _interval(interval, level)
    if outcome.p is not None:
        digits = re.sub(r"[<=> ]", "", str(outcome.p))
        yield "p", rf"P\*? [<=] {_number(float(digits))}"
    shares = [(outcome.count, outcome.of), (outcome.control_count, outcome.control_of)]
    printed = [
        rf"\b{count} of {total}\b" if total is not None else _word(count)
        for count, total in shares
        if count is not None
    ]
    if outcome.of is not None:
        alone = _alone(outcome.count, outcome.percent) if beside else []
        yield "count before control_count", "|".join([r".{0,160}?".join(printed), *alone])
    elif outcome.count is not None and outcome.control_count not in (None, outcome.count):
        first, second = (_word(each) for each in (outcome.count, outcome.control_count))
        yield "count before control_count", rf"{first}.{{0,160}}?{second}"
    elif outcome.count is not None:
        yield "count", "|".join(_alone(outcome.count, outcome.percent))
    if outcome.percent is not None and outcome.control_percent is not None:
        yield (
            "percent before control",
            rf"(?<![\d.]){_number(outcome.percent)}%.{{0,160}}?(?<![\d.]){_number(outcome.control_percent)}%",
        )
    elif outcome.percent is not None:
        yield "percent", rf"(?<![\d.]){_number(outcome.percent)}%"
    if outcome.percent_below is not None:
        yield "percent_below", rf"less than {_number(outcome.percent_below)}%"


def _alone(count: int | None, percent: float | None) -> list[str]:
    """A count without what it is a part of, its share behind it where there is one."""
    if count is None:
        return []
    share = rf"[^,;]{{0,20}}? \({_number(percent)}%\)" if percent is not None else ""
    return [_word(count) + share]


def _word(count: int | None) -> str:
    assert count is not None
    word = _WORDS.get(count)
    return rf"(?i:\b(?:{count}{'|' + word if word else ''})\b)"


def _interval(ends: list[float | None] | None, level: float | None) -> str:
    """The two ends as printed, behind their level where the field names one."""
    if ends is None:
        return ""
    low, high = ("[^ ]*" if each is None else _number(each) for each in ends)
    named = rf".{{0,60}}?{_number(level)}% (?:CI|confidence interval)" if level is not None else ""
    ends_printed = rf"{low}%?-{high}" if ends[0] is not None else rf"upper limit, {high}"
    return rf"{named}.{{0,40}}?{ends_printed}"


def _number(value: float) -> str:
    whole, _, fraction = f"{value:g}".partition(".")
    fraction = fraction.rstrip("0")
    whole = "0?" if whole == "0" and fraction else whole
    return whole + (rf"\.{fraction}0*" if fraction else r"(?:\.0+)?") + r"(?!\d|\.\d)"


#: the fields whose places are known here; others are only looked up as printed
PLACED = (
    "median_months",
    "control_median_months",
    "hazard_ratio",
    "odds_ratio",
    "median_interval",
    "control_median_interval",
    "interval",
    "percent_interval",
    "control_percent_interval",
    "p",
    "percent",
    "control_percent",
    "count",
    "of",
    "control_count",
    "control_of",
)


def swaps(document: EvidenceDocument) -> Iterator[tuple[str, str, EvidenceDocument]]:
    """The block with each two of its figures of one form exchanged, where that makes a difference."""
    blocks = [*ABOUT, *document.other]
    places = [
        (block, field)
        for block in blocks
        if (outcome := _outcome(document, block)) is not None
        for field in PLACED
        if getattr(outcome, field) is not None
        and field not in outcome.doubtful
        # What a count is a part of may stand in another sentence.
        and not (field == "of" and block in document.other)
    ]
    for number, (block, field) in enumerate(places):
        for other_block, other_field in places[number + 1 :]:
            one, other = (
                getattr(_outcome(document, held), name)
                for held, name in ((block, field), (other_block, other_field))
            )
            if isinstance(one, list) is not isinstance(other, list) or str(one) == str(other):
                continue
            if isinstance(one, str) is not isinstance(other, str) or _equal(one, other):
                continue
            changed = _with(document, block, field, other)
            yield (
                f"{block}.{field}",
                f"{other_block}.{other_field}",
                _with(changed, other_block, other_field, one),
            )


def _equal(one: object, other: object) -> bool:
    return isinstance(one, (int, float)) and isinstance(other, (int, float)) and float(one) == float(other)


def _outcome(document: EvidenceDocument, block: str) -> Outcome | None:
    held: Outcome | None = document.other[block] if block in document.other else getattr(document, block)
    return held


def _with(document: EvidenceDocument, block: str, field: str, value: object) -> EvidenceDocument:
    held = _outcome(document, block)
    assert held is not None
    outcome = held.model_copy(update={field: value})
    if block in document.other:
        return document.model_copy(update={"other": {**document.other, block: outcome}})
    return document.model_copy(update={block: outcome})
