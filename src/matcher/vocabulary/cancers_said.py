"""What a record may mean by the name of a cancer, as people write it.

A name is read as wide as anybody means it (``Tree.said``, ``named_below``). Words that only tell more of a cancer that
the rest names (*metastatic*, *stage IV*, *left*) do not hide it: what they say is a field of its own, and stays open
there. Any other word does (*secondary lung cancer* is no lung cancer), and the name is then not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.oncotree import named_below
from matcher.vocabulary.text import words

_MARKED = r"her2(?: neu)?|er|pr|hr|alk|egfr|ros1|ret|met|ntrk|k ?ras|n ?ras|ras|braf|brca ?[12]?|hpv|p16|ebv|pd l1|hla|psma"
_MORE = (
    r"metastatic|metastasi[sz]ed|disseminated|recurrent|relapsed|refractory|relapsed or refractory|r r|rr|progressive|"
    r"residual|(?:locally |loco ?regionally )?advanced|unresectable|resectable|resected|inoperable|operable|"
    r"early(?: stage)?|late stage|locali[sz]ed|invasive|infiltrating|primary|malignant|newly diagnosed|untreated|"
    r"(?:previously|heavily) (?:pre)?treated|treatment naive|high grade|low grade|"
    r"(?:poorly|moderately|well) differentiated|left(?: sided)?|right(?: sided)?|bilateral|"
    rf"(?:triple|ph|hormone receptor|{_MARKED}) (?:positive|negative|mutant|mutated|mutation positive|rearranged|"
    r"amplified|wild type|high|low|deficient|proficient)|msi h|msi high|mss|d ?mmr|p ?mmr|"
    r"(?:castration|castrate|hormone|platinum|endocrine|chemo) (?:resistant|sensitive|refractory|naive)|"
    r"muscle invasive|"
    # The type of its cells: a field of its own too, and no name that is left is narrower than the cancer.
    r"(?:epithelioid|epithelial|sarcomatoid|biphasic|(?:non )?squamous(?: cell)?|adenosquamous|mucinous|serous|"
    r"endometrioid|clear cell|papillary|ductal|lobular)(?: (?:type|subtype|variant|histology))?|"
    r"(?:extensive|limited) (?:stage|disease)|"
    r"(?:stage|st|ajcc stage) (?:0|i{1,3}|iv|[1-4])(?: ?[abc]\d?)?|grade (?:i{1,3}|iv|[1-4])(?: ?[abc])?|g[1-4]|nos"
)
# A sign behind a marker is a word.
_SIGNS = (
    (re.compile(rf"\b({_MARKED})\+(?=[\s/,;)]|$)", re.IGNORECASE), r"\1 positive "),
    (re.compile(rf"\b({_MARKED})[-\u2212](?=[\s/,;)]|$)", re.IGNORECASE), r"\1 negative "),
)
_ORGANS = {
    "cervix": "cervical",
    "pancreas": "pancreatic",
    "womb": "uterine",
    "uterus": "uterine",
    "ovary": "ovarian",
    "gullet": "oesophageal",
    "oesophagus": "oesophageal",
    "esophagus": "esophageal",
    "endometrium": "endometrial",
    "skin": "cutaneous",
}
_BEFORE = re.compile(rf"(?:{_MORE}) (?=\S)")
_BEHIND = re.compile(rf"(?<=\S) (?:{_MORE})$")
_OF = re.compile(r"(ca|cancer|carcinoma|\S.*(?= of )) (?:of )?(?:left |right )?(\S.*)")
# A name of more words than this is a sentence.
_LONGEST = 12


def cancer_said(text: str) -> str | None:
    """The node or group of all that a record may mean; nothing where a word of it is not understood."""
    found = _named(text)
    if found is not None or len(text) > 200:
        return found
    return next((code for each in _spelled(text) if (code := _named(each)) is not None), None)


def _named(text: str) -> str | None:
    return DIAGNOSES.said(text) or named_below(text)


def _spelled(text: str) -> Iterator[str]:
    """The name without what only tells more of it, and as others spell it."""
    for sign, word in _SIGNS:
        text = sign.sub(word, text)
    if set(text) & set("?+<>=~*^#|"):
        return
    rest = words(text)
    if len(rest.split()) > _LONGEST:
        return
    rest = re.sub(r"\bof the\b", "of", rest)
    while True:
        yield from _with_other_words(rest)
        shorter = _BEFORE.sub("", rest, count=1) if _BEFORE.match(rest) else _BEHIND.sub("", rest)
        if shorter == rest:
            return
        rest = shorter


def _with_other_words(name: str) -> Iterator[str]:
    yield name
    # Squamous or small cell: of an organ it is a cancer of that organ either way.
    name = re.sub(r"\bscc\b", "cancer", name)
    first, _, rest = name.partition(" ")
    if rest and first in _ORGANS:
        name = f"{_ORGANS[first]} {rest}"
    yield name
    if name.endswith((" ca", " carcinoma", " cancer")):
        organ = name.rpartition(" ")[0]
        yield f"{organ} cancer"
        yield f"{organ} carcinoma"
    if (of := _OF.fullmatch(name)) is not None:
        kind, organ = of.groups()
        yield f"{organ} {kind}"
        if kind in ("ca", "cancer", "carcinoma"):
            yield f"{organ} cancer"
            yield f"cancer of {organ}"
