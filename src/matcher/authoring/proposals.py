"""What a protocol's sentence may ask, as a proposal that an author reads and takes, or does not.

A form fits a sentence to its last word, and every name in it is one that a vocabulary knows: what is left over makes
that there is no proposal at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from matcher.authoring.limits import read_limit
from matcher.exchange.draft import Propose
from matcher.exchange.forms import Proposal, proposal_of
from matcher.rulebook.one_file import lexicon_of
from matcher.rules.parse import ConditionReader
from matcher.rules.rulebook import Rulebook
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.procedures import PROCEDURES, TREATMENTS
from matcher.vocabulary.qualities import QUALITIES
from matcher.vocabulary.text import key

_LONGEST = 300
_WHO = re.compile(
    r"^(?:the )?(?:patients?|subjects?|participants?)(?: must| should| who| with| has| have| had| having| is| are)*\s"
    r"|^(?:must|has|have|had|having|presence of|evidence of|documented|documentation of)\s(?:have |had |has )?",
    re.IGNORECASE,
)
_BEFORE = (
    r"(?: ?(?:of|prior to|before|preceding|from) (?:the )?(?:study |protocol |trial )?(?:start of |start|initiation of |"
    r"first dose(?: of study (?:drug|treatment|therapy|medication))?|first study (?:drug|treatment)|enrol+ment|"
    r"registration|randomi[sz]ation|entry|treatment|therapy|screening|inclusion|day 1|study treatment|study drug)*)?"
)
_WITHIN = re.compile(
    rf"^(?P<what>.+?),? (?:within|in|during) (?:the )?(?:last |past |previous |prior )?"
    rf"(?P<number>\d{{1,3}}) (?P<unit>days?|weeks?|months?|years?){_BEFORE}$",
    re.IGNORECASE,
)
_PRIOR = re.compile(
    r"^(?:any |has |have |had )?(?:received |receipt of )?(?:prior|previous|previously|earlier)(?: systemic)?"
    r"(?: (?:treatment|therapy|exposure|treated|received|use))?(?: (?:with|to|of))? (?:an? |any )?(?P<what>.+)$",
    re.IGNORECASE,
)
_TREATED = re.compile(r"^(?:treatment|therapy|treated) with (?:an? |any )?(?P<what>.+)$", re.IGNORECASE)
_HISTORY = re.compile(
    r"^(?:(?:any|a|known|documented|confirmed|diagnosis of|(?:medical |prior |past |previous |personal )?history of"
    r"|or|and|with) )+",
    re.IGNORECASE,
)
_PROVEN = re.compile(
    r"^(?P<how>(?:histolog\w+|cytolog\w+|patholog\w+)(?:(?:,| or| and|/|and/or| ) ?(?:histolog\w+|cytolog\w+|patholog\w+))*)"
    r"[ -](?:confirmed|proven|documented|verified)(?: diagnosis of)? (?P<what>.+)$",
    re.IGNORECASE,
)
_MEASURABLE = re.compile(
    r"^(?:at least one |at least 1 )?measurable (?:disease|lesions?)"
    r"(?:,? (?:as )?(?:defined |assessed |determined )?(?:by|per|according to|using) (?:the )?(?:modified )?m?recist[\w .-]{0,30})?$",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"^(?:(?:is |are )?(?:willing|able|willing and able|able and willing|ability|willingness|ability and willingness) to "
    r"(?:give|provide|sign)(?: an?)?(?: voluntary)? ?)?"
    r"(?:signed|written|signed,? written|signed and dated|provision of(?: signed)?(?: written)?)? ?"
    r"informed consent(?: form| document)?$",
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
_WOMEN = re.compile(r"^(?:women|females) who are |,? (?:women|females|woman|female)$", re.IGNORECASE)
_OTHERS = re.compile(r"^(?:any )?other ", re.IGNORECASE)
_STATUSES = {"active": "active", "current": "active", "ongoing": "active"}
_OTHER_WORDS = (" infection", " disease", " therapy", " treatment", " therapies", " agents", " agent")


def proposer(book: Rulebook) -> Propose:
    """The same for a record of a registry, in the words of a rulebook; nothing that the rulebook would refuse."""
    lexicon = lexicon_of(book)

    def propose(text: str, excludes: bool) -> Proposal | None:
        plain = " ".join(text.split()).rstrip(" .;,")
        if (found := proposal_of(plain, excludes=excludes)) is not None:
            return found
        spoken = _WHO.sub("", plain)
        if _TREATED.match(spoken) and not _WITHIN.match(spoken):
            # Treatment with a medicine may be meant now, or ever.
            return None
        made = proposal(text, "exclusion" if excludes else "inclusion", book.formulary)
        reader = ConditionReader(lexicon, [])
        read = made is not None and reader.read(made, ()) is not None and not reader.problems
        return Proposal(made, "medium") if made is not None and read else None

    return propose


def proposal(sentence: str, section: str, formulary: Formulary) -> dict[str, Any] | None:
    """A condition that says the whole sentence, if its words are known; of an exclusion the one that excludes."""
    plain = " ".join(sentence.split()).strip(" .;,")
    if not plain or len(plain) > _LONGEST:
        return None
    found = proposal_of(plain, excludes=section == "exclusion")
    if found is not None:
        return dict(found.when)
    shorter = _WHO.sub("", plain)
    reader = _Reader(formulary, "any" if section == "exclusion" else "all")
    for text in dict.fromkeys((plain, shorter)):
        made = read_limit(text, section).condition or reader.read(text)
        if made is None and section == "inclusion" and (denied := _NONE.match(text)):
            # Neither of two is neither: *no A and B* denies both, as *no A or B* does.
            inner = _Reader(formulary, "any").read(denied["what"])
            made = {"not": inner} if inner is not None else None
        if made is None and section == "inclusion" and (denied := _NOT.match(text)):
            inner = reader.stated(denied["what"])
            made = {"not": inner} if inner is not None else None
        if made is not None:
            return made
    return None


class _Reader:
    """Sentences of a few forms, with the names of one rulebook's medicines."""

    def __init__(self, formulary: Formulary, gate: str) -> None:
        self._formulary, self._gate = formulary, gate

    def read(self, text: str) -> dict[str, Any] | None:
        if _MEASURABLE.match(text):
            return {"measurable_disease": True}
        if stated := self.stated(text):
            return stated
        if _CONSENT.match(text):
            return {"consent": True}
        if found := _PROVEN.match(text):
            code = _looked_up(DIAGNOSES, found["what"])
            known = {"histologically_confirmed": True}
            # What cells alone can prove is less than that word says.
            return (
                {"all": [known, {"diagnosis": {"is_a": code}}]}
                if code and "cyto" not in found["how"].lower()
                else None
            )
        if found := _WITHIN.match(text):
            number, unit = found["number"], found["unit"].rstrip("sS").lower()
            return self._several(found["what"], f"{number} {unit}{'' if number == '1' else 's'}")
        return self._several(text, "")

    def stated(self, text: str) -> dict[str, Any] | None:
        """Facts that are so or not, by their names alone: *pregnancy*, *pregnant or breast-feeding women*."""
        plain = _WOMEN.sub("", text)
        if " and " in plain and "and/or" not in plain:
            return None
        words = [_FACTS.get(key(each)) for each in _OR.split(plain) if each.strip()]
        if not words or None in words:
            return None
        held: list[dict[str, Any]] = [{word: True} for word in dict.fromkeys(words) if word]
        return held[0] if len(held) == 1 else {"any": held}

    def _several(self, text: str, within: str) -> dict[str, Any] | None:
        """One thing, or any of several; each is asked in the way the first was spoken of."""
        for spoken in (_PRIOR, _TREATED):
            if (found := spoken.match(text)) and (
                made := self._joined(found["what"], within, self._treatment)
            ):
                return made
        as_said = _HISTORY.sub("", text)
        if (
            not within
            and (found := _ALLERGY.match(as_said))
            and (made := self._joined(found["what"], "", self._allergy))
        ):
            return made
        made = self._joined(as_said, within, self._condition)
        return self._joined(as_said, within, self._treatment) if made is None and within else made

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
        made = [read(_OTHERS.sub("", each) if place else each, within) for place, each in enumerate(parts)]
        held = [each for place, each in enumerate(made) if each is not None and each not in made[:place]]
        if not held or any(each is None for each in made) or len({_said(each) for each in held}) > 1:
            return None
        return held[0] if len(held) == 1 else {gate: held}

    def _treatment(self, name: str, within: str) -> dict[str, Any] | None:
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

    def _allergy(self, name: str, _within: str) -> dict[str, Any] | None:
        code = next(filter(None, map(self._formulary.lookup, _spellings(name))), None)
        return {"allergy": code} if code is not None else None

    def _condition(self, name: str, within: str) -> dict[str, Any] | None:
        words, asked = name.split(), dict[str, Any]()
        while words:
            code = _looked_up(CONDITIONS, " ".join(words))
            if code is not None:
                given = {"is": code, **asked, **({"within": within} if within else {})}
                return {"condition": given if len(given) > 1 else code}
            first = words.pop(0).lower()
            if first in _STATUSES:
                asked["status"] = _STATUSES[first]
            elif (quality := _QUALITIES.get(key(first))) is not None:
                asked[quality] = True
            else:
                return None
        return None


_QUALITIES = {
    key(called): each.name
    for each in QUALITIES["conditions"]
    for called in (each.name.replace("_", " "), each.title, *each.synonyms)
}


#: facts that a sentence states by their names alone; those of a pregnancy have the forms that protocols use
_FACTS = {
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
        "in_another_trial": (
            "participation in another clinical trial",
            "participation in another interventional trial",
        ),
    }.items()
    for called in names
}


def _said(condition: dict[str, Any]) -> frozenset[str]:
    """What is said of a thing beside its name."""
    (asked,) = condition.values()
    return frozenset(asked) - {"is", "therapy"} if isinstance(asked, dict) else frozenset()


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
