"""The criteria of a record as sentences under their heading. No character of the text is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADING = re.compile(
    r"(?:key |main |major |general |principal |selected )?(?:(?P<out>exclusion|non-inclusion)|inclusion)"
    r"(?: and exclusion)? criteria(?: \([^()]{0,60}\))?\s*[:.]?|(?:patients|subjects) (?:will be |are )?"
    r"(?:excluded|(?P<bad>not eligible))[^:]{0,60}:|(?:disease characteristics|patient characteristics|prior concurrent "
    r"therapy|inclusion|exclusion)\s*:",
    re.IGNORECASE,
)
_LONGEST = 400
"""Characters of a heading."""
_MOST = 5_000
"""Characters of a sentence that stands on the line of its heading."""
#: a line of its own that says of what follows whether it includes or excludes
_SAID = re.compile(
    r"(?P<before>[\w ,/'()&.-]{0,60}?)\b(?P<kind>(?:non[- ]?in|in|ex)clusions?)(?P<criteria> criteria| criterion)?\b"
    r"(?P<after>[^:]{0,80}?) ?(?P<colon>[:-]?)",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"(?P<text>[^:]{0,160}\b(?:exclu(?:de|ded|sion)|(?:non-)?eligible|ineligible|inclusion|included)\b[^:]{0,120}):",
    re.IGNORECASE,
)
#: what makes a sentence of a line that names criteria, unless it begins with them
_VERB = re.compile(
    r"\b(?:appl(?:y|ies|ied)|may|could|can|possible|no|none|before|prior|time of|visit|at)\b", re.IGNORECASE
)
_OUT = re.compile(
    r"exclu(?:ded?|sion)|not (?:be )?(?:considered )?(?:as )?(?:eligible|included|permitted)|non-?eligible|ineligible"
    r"|non[- ]?inclusion|must not",
    re.IGNORECASE,
)
_INLINE = re.compile(r"(?P<head>(?:key |main )?(?:in|ex)clusion criteria ?:) (?P<rest>\S.*)", re.IGNORECASE)
#: words of a heading that name no part of a trial
_PLAIN = frozenset(
    re.findall(
        r"\w+",
        "a additional all and any are be both criteria criterion detailed following further general include is key main "
        "major medical most of other others participation primary principal selected specific subjects patients "
        "participants surgical target disease the this trial study in for to not limited but below given applicable "
        "at screening inclusion inclusions exclusion exclusions non as follows clinical",
    )
)
#: what makes a heading of it that leads with a sentence
_LEADING = re.compile(
    r"\b(?:following|if|must|should|meet|meeting|fulfill?|fulfilled|apply|below)\b", re.IGNORECASE
)
_PARTLY = re.compile(
    r"\b(?:parts?|cohorts?|arms?|groups?|sub-?study|substudies|extension|stage|randomi[sz]ation|visit|controls?"
    r"|(?:for|additionally,?) (?:the )?(?:participants|patients|subjects|individuals|diabetic|healthy)|all subjects with)\b",
    re.IGNORECASE,
)
_OF_A_PART = re.compile(
    r"(?:key |main )?(?P<kind>in|ex)clusion(?: criteria)?(?: for)? (?:part|cohort|arm|group|phase|stage|sub-?study)\b"
    r"[^:]{0,30}:[^:]{0,60}",
    re.IGNORECASE,
)
_BULLET = re.compile(
    r"(?P<indent>\s*)(?P<mark>[-*\u2022\u25cf\u00b7\u2013]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?P<text>\S.*)"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """``excludes``: the heading it stands under; ``headed`` is false where it stands under none.

    ``only`` is a heading of a part of the trial, of whom alone the sentence is said: *Exclusion criteria for cohort B*.
    """

    text: str
    excludes: bool
    headed: bool = True
    only: str = ""

    @property
    def whole(self) -> str:
        return f"{self.only}: {self.text}" if self.only else self.text


def sentences_of(criteria: str) -> Iterator[Sentence]:
    """One for each item of the list; what stands below an item that ends with a colon belongs to it."""
    excludes = headed = False
    only = ""
    held: list[str] = []
    depth = 0
    for line in _lines(criteria):
        plain = " ".join(line.split())
        if plain and (side := _side(plain.strip("*# "), listed=_BULLET.fullmatch(line.rstrip()))):
            yield from _finished(held, excludes=excludes, headed=headed, only=only)
            held, depth = [], 0
            excludes, headed, only = side == "exclusion", True, _part(plain.strip("*# "))
            continue
        item = _BULLET.fullmatch(line.rstrip())
        if item is not None:
            indent = len(item["indent"].expandtabs(4))
            below = bool(held) and held[0].rstrip().endswith(":") and indent > depth
            if not below:
                yield from _finished(held, excludes=excludes, headed=headed, only=only)
                held, depth = [], indent
            held.append(" ".join(item["text"].split()))
        elif plain:
            held.append(plain)
        elif held and not held[0].rstrip().endswith(":"):
            yield from _finished(held, excludes=excludes, headed=headed, only=only)
            held, depth = [], 0
    yield from _finished(held, excludes=excludes, headed=headed, only=only)


def _lines(criteria: str) -> Iterator[str]:
    for line in [
        *criteria.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\\>", ">")
        .replace("\\<", "<")
        .split("\n"),
        "",
    ]:
        if len(line) < _MOST and (found := _INLINE.fullmatch(line.strip())) is not None:
            # *Exclusion criteria: individuals with …* is a heading and a sentence.
            yield found["head"]
            yield found["rest"]
        else:
            yield line


def _side(line: str, *, listed: re.Match[str] | None) -> str:
    """What a heading says of the sentences below it; nothing of what is a sentence itself.

    One item of a list that leads others is read with them: it is no heading, whatever it says of somebody.
    """
    if len(line) > _LONGEST:
        return ""
    line = listed["text"] if listed else line.replace("_", " ")
    if _HEADING.fullmatch(line):
        out = any(each in line.casefold() for each in ("exclusion", "excluded", "not eligible"))
        return "exclusion" if out and not line.casefold().startswith("inclusion") else "inclusion"
    if listed:
        return ""
    if (found := _OF_A_PART.fullmatch(line)) is not None:
        return f"{found['kind'].casefold()}clusion"
    bare = re.sub(r" ?\([^()]*\)", "", line)
    if (leads := _LEADS.fullmatch(bare)) is not None:
        return "exclusion" if _OUT.search(leads["text"]) else "inclusion"
    said = _SAID.fullmatch(bare)
    if said is None or bare.endswith(".") or not (said["criteria"] or not said["after"].strip()):
        return ""
    both = re.search(r"\binclusion\b", bare, re.IGNORECASE) and re.search(
        r"\bexclusion\b", bare, re.IGNORECASE
    )
    if (
        both
        or re.search(r"\bappl(?:y|ies|ied)\b", bare, re.IGNORECASE)
        or (said["before"] and _VERB.search(bare))
    ):
        return ""
    return "inclusion" if said["kind"].casefold().startswith("in") else "exclusion"


def _part(heading: str) -> str:
    """The heading again, where it names a part of the trial, a cohort or some of the patients."""
    if _HEADING.fullmatch(heading):
        return ""
    if _LEADING.search(heading):
        return heading.rstrip(" :-") if _PARTLY.search(heading) else ""
    words = re.findall(r"[\w-]+", heading.casefold().replace("_", " "))
    return "" if set(words) <= _PLAIN else heading.rstrip(" :-")


def _finished(held: list[str], *, excludes: bool, headed: bool, only: str) -> Iterator[Sentence]:
    text = " ".join(held).strip()
    if text:
        yield Sentence(text, excludes, headed, only)
