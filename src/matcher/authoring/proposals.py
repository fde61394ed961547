"""What a protocol's sentence may ask, as a proposal that an author reads and takes, or does not.

A form fits a sentence to its last word, and every name in it is one that a vocabulary knows: what is left over makes
that there is no proposal at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from matcher.authoring.limits import read_limit
from matcher.authoring.named import (
    FACTS,
    Names,
    condition,
    diagnosed,
    marked,
    qualified,
    serological,
    with_heads,
)
from matcher.authoring.plain import LONGEST, TREATMENT_START, counted_to, plain
from matcher.authoring.scales import scaled
from matcher.exchange.draft import Propose
from matcher.exchange.forms import Proposal, proposal_of
from matcher.rulebook.one_file import lexicon_of
from matcher.rules.parse import ConditionReader
from matcher.rules.rulebook import Rulebook
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.text import key

_WHO = re.compile(
    r"^(?:the )?(?:patients?|subjects?|participants?)(?: must| should| who| with| has| have| had| having| is| are)*\s"
    r"|^(?:must|has|have|had|having|presence of|evidence of|documented|documentation of)\s(?:have |had |has )?(?:an? )?",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"^(?P<what>.+?),? (?:within|in|during) (?:the )?(?:last |past |previous |prior |preceding )?"
    r"(?P<number>\d{1,3}) (?P<unit>days?|weeks?|months?|years?)$",
    re.IGNORECASE,
)
_PRIOR = re.compile(
    r"^(?:any |has |have |had )?(?:received |receipt of )?(?:prior|previous|previously|earlier)(?: systemic)?"
    r"(?: (?:treatment|therapy|exposure|treated|received|use))?(?: (?:with|to|of))? (?:an? |any )?(?P<what>.+)$",
    re.IGNORECASE,
)
_TREATED = re.compile(r"^(?:treatment|therapy|treated) with (?:an? |any )?(?P<what>.+)$", re.IGNORECASE)
_HISTORY = re.compile(
    r"^(?:(?:any|a|known|documented|confirmed|(?:clinical |established |confirmed |documented )?diagnosis of"
    r"|diagnosed with|(?:medical |prior |past |previous |personal )?history of|or|and|with) )+",
    re.IGNORECASE,
)
_PROVEN = re.compile(
    r"^(?P<how>(?:histolog\w+|cytolog\w+|patholog\w+)(?:(?:,| or| and|/|and/or| ) ?(?:histolog\w+|cytolog\w+|patholog\w+))*)"
    r"[ -](?:confirmed|proven|documented|verified)(?: diagnosis of)? (?P<what>.+)$",
    re.IGNORECASE,
)
_MEASURABLE = re.compile(
    r"^(?:(?:at least one|at least 1|one or more) )?measurable (?:disease|lesions?|target lesions?)"
    r"(?:,? \(?(?:as )?(?:defined |assessed |determined )?(?:(?:by|per|according to|using|based on) )?(?:the )?"
    r"(?P<modified>modified |m(?=recist))?(?P<recist>recist|response evaluation criteria in solid tumou?rs)(?: ?\(?m?recist\)?)?,?(?: ?\(?(?:version |v\.? ?)?1\.[01]\)?)?"
    r"(?: criteria)?\)?)?(?:,? as (?:assessed|determined) by the (?:local )?(?:site )?investigator(?:/radiology)?(?: assessment)?)?$",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"^(?:(?:is |are )?(?:willing|able|capable|willing and able|able and willing|ability|willingness|ability and willingness)"
    r" (?:to|of) (?:understand and )?(?:voluntarily )?(?:give|giving|provide|sign|signing)(?: an?)?(?: voluntary)? ?"
    r"|(?:has |have )?(?:given|provided|signed)(?: an?| their)? |understand and voluntarily sign(?: an)? )?"
    r"(?:signed|written|signed,? written|signed and dated|signed and dated,? written|provision of(?: signed)?(?: written)?)? ?"
    r"(?:and dated )?(?:written )?informed consent(?: form| document)?(?: obtained| given)?"
    r"(?:,? (?:prior to|before) (?:the )?(?:any|performing any|initiation of any|conducting any|start of any)? ?"
    r"(?:study|trial|protocol)[- ](?:related|specific|required)? ?(?:procedures?|activit(?:y|ies)|assessments?)"
    r"(?:/procedures)?(?: (?:being |are |is )?(?:conducted|performed))?)?$",
    re.IGNORECASE,
)
_TRIED = re.compile(
    r"^(?:(?:prior |previous )?(?:treatment with|treated with|use of|receipt of|received|receiving|administration of"
    r"|exposure to|intake of|therapy with) )?(?:an? |any )?(?:other )?(?:investigational|experimental)"
    r" (?:medicinal |study )?(?:drugs?|agents?|products?|medications?|medicines?|therap(?:y|ies)|treatments?|compounds?)"
    r"(?: \(imps?\))?(?: (?:treatment|therapy))?$",
    re.IGNORECASE,
)
_UNLESS = re.compile(
    r"^(?P<what>.+?),? (?:unless|except if|other than if)(?: they)?(?: are| is| have been| has been)?"
    r"(?: previously| adequately| definitively)? treated(?:,| and)? (?:(?:clinically|radiologically|neurologically) )?stable"
    r"(?: for (?:at least |a minimum of |\u2265 ?|>= ?)?(?P<number>\d{1,2}) (?P<unit>days?|weeks?|months?))?$",
    re.IGNORECASE,
)
_NONE = re.compile(r"^(?:no|absence of|without) (?P<what>.+)$", re.IGNORECASE)
_ALLERGY = re.compile(
    r"^(?:allerg(?:y|ies)|allergic|hypersensitivity|hypersensitive|(?:allergic|hypersensitivity) reactions?)"
    r"(?:(?: or |/)(?:allergy|hypersensitivity|hypersensitive))? to (?:any )?(?P<what>.+)$",
    re.IGNORECASE,
)
_NOT = re.compile(r"^(?:is |are )?(?:not |non-?)(?:currently )?(?P<what>.+)$", re.IGNORECASE)
_OR = re.compile(r", (?:or )?|/| and/or | or ")
_WOMEN = re.compile(
    r"^(?:(?:women|woman|females?|female (?:patients?|subjects?|participants?))(?: who)?(?: are| is| during)? )"
    r"|,? (?:women|females|woman|female|period)$",
    re.IGNORECASE,
)
_NURSING = re.compile(
    r"\b(nursing|breast-?feeding|lactating) \((?:lactating|nursing|breast-?feeding)\)", re.IGNORECASE
)
_OTHERS = re.compile(r"^(?:any )?other ", re.IGNORECASE)
_ASSESSED = re.compile(r",? (?:as )?(?:assessed|measured|determined|performed|evaluated)$", re.IGNORECASE)
_DIAGNOSED = re.compile(
    r"^(?:(?:an?|confirmed|documented|proven) )*(?:diagnosis of |diagnosed with )?(?:an? )?", re.IGNORECASE
)


def proposer(book: Rulebook) -> Propose:
    """The same for a record of a registry, in the words of a rulebook."""

    def propose(text: str, excludes: bool) -> Proposal | None:
        made = proposal(text, "exclusion" if excludes else "inclusion", book, (TREATMENT_START,))
        if made is None:
            return None
        formal = proposal_of(" ".join(text.split()).rstrip(" .;,"), excludes=excludes)
        return Proposal(made, formal.confidence if formal is not None else "medium")

    return propose


def proposal(
    sentence: str, section: str, book: Rulebook, events: tuple[str, ...] = ()
) -> dict[str, Any] | None:
    """A condition that says the whole sentence, if its words are known; of an exclusion the one that excludes.

    Days before one of the ``events`` of the rule are counted back from it, and otherwise from the day of matching.

    Nothing that the rulebook would refuse: a unit of another kind, a limit that no living patient has.
    """
    text = plain(sentence) if len(sentence) <= LONGEST else ""
    # What ends with a colon leads others, which may stand elsewhere.
    if not text or sentence.rstrip().endswith(":"):
        return None
    reader = _Reader(book.formulary, "any" if section == "exclusion" else "all")
    for each in dict.fromkeys((text, _WHO.sub("", text))):
        made = _made(each, section, reader)
        if made is None:
            continue
        if (event := counted_to(sentence)) in events and _is_accepted(
            dated := _before(made, event), book, events
        ):
            return dated
        if _is_accepted(made, book, events):
            return made
    return None


def _before(condition: dict[str, Any], event: str) -> dict[str, Any]:
    """The same, with every length of time counted back from an event."""
    held = {
        word: _before(asked, event)
        if isinstance(asked, dict)
        else [_before(each, event) if isinstance(each, dict) else each for each in asked]
        if isinstance(asked, list)
        else asked
        for word, asked in condition.items()
    }
    return {**held, "before": event} if {"within", "present_within"} & held.keys() else held


def _made(text: str, section: str, reader: _Reader) -> dict[str, Any] | None:
    if _TREATED.match(text) and not _WITHIN.match(text):
        # Treatment with a medicine may be meant now, or ever.
        return None
    made = _scaled(text, section)
    if made is not None:
        # What is on a scale is read as such or not at all.
        return made or None
    made = (
        ((found := proposal_of(text, excludes=section == "exclusion")) and dict(found.when))
        or read_limit(text, section).condition
        or reader.read(text)
    )
    if made or section != "inclusion":
        return made or None
    if denied := _NONE.match(text):
        # Neither of two is neither: *no A and B* denies both, as *no A or B* does.
        inner = _Reader(reader.formulary, "any").read(denied["what"])
        if inner is not None:
            return {"not": inner}
    denied = _NOT.match(text)
    inner = reader.stated(denied["what"]) if denied else None
    return {"not": inner} if inner is not None else None


def _scaled(text: str, section: str) -> dict[str, Any] | None:
    """*ECOG 0-1 within 7 days* is a scale on which somebody was placed in that time."""
    found = _WITHIN.match(text)
    made = scaled(_ASSESSED.sub("", found["what"]) if found else text, section)
    if not made or found is None:
        return made
    ((word, limits),) = made.items()
    return {word: {**limits, "within": _span(found)}} if word in ("ecog", "karnofsky", "lansky") else {}


def _is_accepted(condition: dict[str, Any], book: Rulebook, events: tuple[str, ...]) -> bool:
    reader = ConditionReader(lexicon_of(book).for_events(events), [])
    return reader.read(condition, ()) is not None and not reader.problems


def _span(found: re.Match[str]) -> str:
    number, unit = found["number"], found["unit"].casefold().rstrip("s")
    return f"{number} {unit}{'' if number == '1' else 's'}"


class _Reader:
    """Sentences of a few forms, with the names of one rulebook's medicines."""

    def __init__(self, formulary: Formulary, gate: str) -> None:
        self.formulary, self._gate = formulary, gate
        self._names = Names(formulary)

    def read(self, text: str) -> dict[str, Any] | None:
        if found := _MEASURABLE.match(text):
            by = "mrecist" if found["modified"] else "recist" if found["recist"] else ""
            return {"measurable_disease": {"criteria": by, "is": True} if by else True}
        if stated := self.stated(text):
            return stated
        if serology := serological(text):
            return serology
        if _CONSENT.match(text):
            return {"consent": True}
        if found := _PROVEN.match(text):
            cancer = diagnosed(found["what"])
            # What cells alone can prove is less than that word says.
            if cancer is None or "cyto" in found["how"].casefold():
                return None
            return {"all": [{"histologically_confirmed": True}, *cancer.get("all", [cancer])]}
        if found := _WITHIN.match(text):
            if _TRIED.match(found["what"]):
                return {"prior": {"therapy": "any", "investigational": True, "within": _span(found)}}
            return self._several(found["what"], _span(found))
        if (found := _UNLESS.match(text)) and self._gate == "any":
            return self._unless(found)
        made = self._several(text, "")
        if made is None and self._gate == "all":
            made = diagnosed(_DIAGNOSED.sub("", text))
        return made or marked(text)

    def _unless(self, found: re.Match[str]) -> dict[str, Any] | None:
        """*Brain metastases unless treated and stable*: there are some, and none of them is treated and stable."""
        held = condition(_HISTORY.sub("", found["what"]), "")
        if held is None or not isinstance(held["condition"], str):
            return None
        stable = {"stable_for": _span(found)} if found["number"] else {"stable": True}
        return {"all": [held, {"not": {"condition": {"is": held["condition"], "treated": True, **stable}}}]}

    def stated(self, text: str) -> dict[str, Any] | None:
        """Facts that are so or not, by their names alone: *pregnancy*, *pregnant or breast-feeding women*."""
        said = _WOMEN.sub("", _WOMEN.sub("", _NURSING.sub(r"\1", text)))
        if self._gate == "any":
            # Who is pregnant *and* nursing is nobody that a protocol would name: either is meant.
            said = said.replace(" and ", " or ")
        elif " and " in said and "and/or" not in said:
            return None
        words = [FACTS.get(key(each)) for each in _OR.split(said) if each.strip()]
        if not words or None in words:
            return None
        held = [{word: True} for word in dict.fromkeys(filter(None, words))]
        return held[0] if len(held) == 1 else {"any": held}

    def _several(self, text: str, within: str) -> dict[str, Any] | None:
        """One thing, or any of several; each is asked in the way the first was spoken of."""
        for spoken in (_PRIOR, _TREATED):
            if (found := spoken.match(text)) and (
                made := self._joined(found["what"], within, self._names.treatment)
            ):
                return made
        as_said = _HISTORY.sub("", text)
        if (
            not within
            and (found := _ALLERGY.match(as_said))
            and (made := self._joined(found["what"], "", self._names.allergy))
        ):
            return made
        # *Diagnosed within 6 months* began then.
        new = "diagnos" in text[: len(text) - len(as_said)].casefold()
        made = self._joined(as_said, within, partial(condition, new=new))
        return self._joined(as_said, within, self._names.treatment) if made is None and within else made

    def _joined(
        self, text: str, within: str, read: Callable[[str, str], dict[str, Any] | None]
    ) -> dict[str, Any] | None:
        """All of them, or none: one that is not known might be what matters.

        *And* between two is taken of an inclusion alone: of an exclusion it may mean both, or either. Nor is it known
        of how many of several an adjective before the first is said.
        """
        parts = [each for each in _OR.split(text) if each.strip()]
        gate = "any"
        if " and " in text and "and/or" not in text:
            parts, gate = text.split(" and "), "all"
            if self._gate != "all" or any(_OR.search(each) for each in parts):
                return None
        # *Infliximab or other TNF inhibitors*: what stands before it is one of them.
        parts = [_OTHERS.sub("", each) if place else each for place, each in enumerate(parts)]
        made = [read(each, within) for each in with_heads(parts, lambda each: read(each, within) is not None)]
        held = [each for place, each in enumerate(made) if each is not None and each not in made[:place]]
        if not held or any(each is None for each in made):
            return None
        if len({qualified(each) for each in held}) > 1 and not all(map(qualified, held)):
            return None
        return held[0] if len(held) == 1 else {gate: held}
