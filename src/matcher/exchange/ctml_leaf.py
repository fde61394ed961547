"""One clinical or genomic node of CTML, the format of MatchMiner's trials, as a condition of the rule language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import floor
from typing import Any

from matcher.vocabulary import genes, variants
from matcher.vocabulary.codes import ALTERATION_KIND
from matcher.vocabulary.diagnoses import DIAGNOSES

When = Mapping[str, Any]


class NotSaidError(ValueError):
    """The rule language has no words for this node."""


_COMPARED = re.compile(r"(>=|<=|==|>|<|=)?\s*(\d+(?:\.\d+)?)")
_WORDS = {">=": "at_least", ">": "above", "<=": "at_most", "<": "below", "==": "is", "=": "is", None: "is"}
_OF_AGES = {">=": "at_least", ">": "at_least", "<=": "below", "<": "below"}
_TREES = {"_SOLID_": "SOLID", "_LIQUID_": "LIQUID"}
_MMR = {
    "mmr-proficient": ("mmr", "mmr_proficient"),
    "mmr-deficient": ("mmr", "mmr_deficient"),
    "msi-h": ("msi", "msi_high"),
    "msi-l": ("msi", "msi_low"),
    "mss": ("msi", "mss"),
}
_STATUSES = {"her2_status": "her2", "er_status": "er", "pr_status": "pr", "pdl1_status": "pd_l1"}
_SIGNATURES = tuple(f"{name}_signature" for name in ("apobec", "pole", "temozolomide", "tobacco", "uva"))
_CATEGORIES = {
    "mutation": "mutation",
    "copy number variation": "copy_number_change",
    "cnv": "copy_number_change",
    "structural variation": "fusion",
    "sv": "fusion",
    "any variation": "",
}
_CALLS = {
    "high amplification": "amplification",
    "high level amplification": "amplification",
    "low amplification": "gain",
    "gain": "gain",
    "homozygous deletion": "deletion",
    "heterozygous deletion": "loss",
}
#: keys that add nothing to what a node asks
_SILENT = frozenset({"display_name", "cnv_display", "comment"})
_ANY_PARTNER = frozenset({"any_gene", "any gene", "intergenic", "none", ""})


def clinical(node: Mapping[str, Any]) -> When:
    """Every key has to hold; ``!`` before a value denies that key alone."""
    return _all([_signed(str(key), value, _clinical) for key, value in node.items() if key not in _SILENT])


def genomic(node: Mapping[str, Any]) -> When:
    """One finding with everything the node names; one ``!`` anywhere denies the whole of it."""
    plain = {
        str(key): str(value).lstrip("!").strip()
        for key, value in node.items()
        if key not in _SILENT and value not in (None, "")
    }
    denied = any(str(value).startswith("!") for key, value in node.items() if key not in _SILENT)
    when = _genomic(plain)
    return {"not": when} if denied else when


def _all(parts: list[When]) -> When:
    if not parts:
        raise NotSaidError("an empty node")
    return parts[0] if len(parts) == 1 else {"all": parts}


def _signed(key: str, value: Any, said: Callable[[str, str], When]) -> When:
    text = str(value).strip()
    found = said(key, text.lstrip("!").strip())
    return {"not": found} if text.startswith("!") else found


def _clinical(key: str, text: str) -> When:
    match key:
        case "age_numerical":
            return _age(text)
        case "oncotree_primary_diagnosis":
            code = _TREES.get(text.upper()) or DIAGNOSES.lookup(text)
            if code is None:
                raise NotSaidError(f"no diagnosis of ours is called {text}")
            return {"diagnosis": code}
        case "gender":
            if text.casefold() in ("male", "female"):
                return {"sex": text.casefold()}
        case "tmb_numerical":
            return {"biomarker": {"marker": "tmb", "number": _compared(text)}}
        case "mmr_status" | "ms_status":
            return _mmr(text)
        case _ if key in _STATUSES and text.casefold() in ("positive", "negative"):
            return {"biomarker": {"marker": _STATUSES[key], "status": text.casefold()}}
    raise NotSaidError(f"{key}: {text}")


def _compared(text: str, unit: str = "") -> dict[str, str]:
    found = _COMPARED.fullmatch(text.strip())
    if found is None:
        raise NotSaidError(f"no comparison: {text}")
    number = found[2].rstrip("0").rstrip(".") if "." in found[2] else found[2]
    return {_WORDS[found[1]]: f"{number} {unit}".strip()}


def _age(text: str) -> When:
    """In years. There a birthday is compared, so above 18 begins the day after it and ends up to 18 on it.

    Here the years that are completed are: both are the same but on the birthday itself.
    """
    found = _COMPARED.fullmatch(text.strip())
    if found is None or found[1] in ("==", "=", None):
        raise NotSaidError(f"no age: {text}")
    years = float(found[2])
    months = round((years - floor(years)) * 12)
    if months:
        raise NotSaidError(f"an age in months: {text}")
    return {"age": {_OF_AGES[found[1]]: f"{floor(years)} years"}}


def _mmr(text: str) -> When:
    named = _MMR.get(text.casefold())
    if named is None:
        raise NotSaidError(f"no state of mismatch repair: {text}")
    return {"biomarker": {"marker": named[0], "category": named[1]}}


def _genomic(node: Mapping[str, str]) -> When:
    for key in ("mmr_status", "ms_status"):
        if key in node:
            return _mmr(node[key])
    for key in _SIGNATURES:
        if key in node:
            state = {"yes": "present", "no": "absent"}.get(node[key].casefold())
            if state is None:
                raise NotSaidError(f"{key}: {node[key]}")
            return {"biomarker": {"marker": key, "category": f"{key.partition('_')[0]}_{state}"}}
    unknown = set(node) - _READ
    if unknown:
        raise NotSaidError(", ".join(f"{key}: {node[key]}" for key in sorted(unknown)))
    kind = _kind(node)
    gene, partner = _genes(node, kind)
    asked: dict[str, Any] = {"gene": gene}
    if partner:
        asked["partner"] = partner
    change = _change(node, gene)
    if change:
        asked["protein_change"] = change
        if node.get("wildcard_protein_change") and kind in ("", "mutation"):
            kind = "missense"
    if kind:
        asked["kind"] = kind
    elif "variant_category" in node:
        asked["kind"] = ["mutation", "copy_number_change"]
    return {"alteration": asked}


_READ = frozenset(
    {
        "hugo_symbol",
        "variant_category",
        "variant_classification",
        "protein_change",
        "wildcard_protein_change",
        "cnv_call",
        "exon",
        "fusion_partner_hugo_symbol",
    }
)


def _kind(node: Mapping[str, str]) -> str:
    category = node.get("variant_category", "").casefold()
    if category and category not in _CATEGORIES:
        raise NotSaidError(f"variant_category: {node['variant_category']}")
    if "cnv_call" in node:
        call = _CALLS.get(node["cnv_call"].casefold())
        if call is None:
            raise NotSaidError(f"cnv_call: {node['cnv_call']}")
        return call
    if "variant_classification" in node:
        found = ALTERATION_KIND.lookup(node["variant_classification"])
        if found is None:
            raise NotSaidError(f"variant_classification: {node['variant_classification']}")
        return found
    return _CATEGORIES.get(category, "")


def _genes(node: Mapping[str, str], kind: str) -> tuple[str, str]:
    """The gene, and the other one of a fusion; where one side may be any gene, the one that is named."""
    stated, beside = node.get("hugo_symbol", ""), node.get("fusion_partner_hugo_symbol", "")
    if beside and kind != "fusion":
        raise NotSaidError(f"fusion_partner_hugo_symbol: {beside}")
    if beside.casefold() in ("intergenic", "any_gene", "any gene") or stated.casefold() in (
        "any_gene",
        "any gene",
    ):
        raise NotSaidError(f"a fusion of {stated or 'any gene'} and {beside or 'any gene'}")
    found = [_gene(each) for each in (stated, beside) if each.casefold() not in _ANY_PARTNER]
    if not found:
        raise NotSaidError("no gene is named")
    return found[0], found[1] if len(found) > 1 else ""


def _gene(name: str) -> str:
    symbols = genes.genes(name)
    if len(symbols) != 1:
        raise NotSaidError(f"no gene of ours is called {name}")
    (symbol,) = symbols
    return symbol


def _change(node: Mapping[str, str], gene: str) -> str:
    text = node.get("protein_change") or node.get("wildcard_protein_change") or ""
    change = re.sub(r"^p\.", "", text)
    if "exon" in node:
        change = f"{change} exon {node['exon']}".strip()
    if change and variants.change(change, gene) is None:
        raise NotSaidError(f"{gene} {change}")
    return change
