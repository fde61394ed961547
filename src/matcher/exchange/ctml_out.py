"""A trial of the rulebook in CTML, the format of MatchMiner. What CTML has no words for is named, never rounded off.

CTML has no node that denies another: a denial goes down to the values, where it is a ``!``. Nothing is handed down
there, so each arm repeats what the whole trial asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from matcher.rules.syntax import CohortDocument, TrialDocument
from matcher.vocabulary.diagnoses import DIAGNOSES

Node = dict[str, Any]


class NoWordsError(ValueError):
    """CTML cannot say this condition."""


@dataclass(frozen=True, slots=True)
class Exported:
    """``lost`` are the criteria that are not in ``trial``, each with its name and words."""

    trial: Node
    said: int
    lost: tuple[str, ...]


_YEARS = re.compile(r"(\d{1,3}) years?")
_RESIDUE = re.compile(r"[A-Z]\d{1,5}")
_CHANGE = re.compile(r"[A-Z]\d{1,5}[A-Z*]")
_EXON = re.compile(r"exon (\d{1,3})")
_TREES = {"SOLID": "_SOLID_", "LIQUID": "_LIQUID_"}
_KINDS: Mapping[str, Node] = {
    "mutation": {"variant_category": "Mutation"},
    "missense": {"variant_category": "Mutation", "variant_classification": "Missense_Mutation"},
    "nonsense": {"variant_category": "Mutation", "variant_classification": "Nonsense_Mutation"},
    "inframe_deletion": {"variant_category": "Mutation", "variant_classification": "In_Frame_Del"},
    "inframe_insertion": {"variant_category": "Mutation", "variant_classification": "In_Frame_Ins"},
    "amplification": {"variant_category": "Copy Number Variation", "cnv_call": "High Amplification"},
    "gain": {"variant_category": "Copy Number Variation", "cnv_call": "Low Amplification"},
    "deletion": {"variant_category": "Copy Number Variation", "cnv_call": "Homozygous Deletion"},
    "loss": {"variant_category": "Copy Number Variation", "cnv_call": "Heterozygous Deletion"},
    "fusion": {"variant_category": "Structural Variation"},
}
_STATES = {
    ("mmr", "mmr_deficient"): {"mmr_status": "MMR-Deficient"},
    ("mmr", "mmr_proficient"): {"mmr_status": "MMR-Proficient"},
    ("msi", "msi_high"): {"ms_status": "MSI-H"},
    ("msi", "mss"): {"ms_status": "MSS"},
}
_PHASES = {"1": "I", "1/2": "I/II", "2": "II", "2/3": "II/III", "3": "III", "4": "IV"}


def ctml_of(trial: TrialDocument) -> Exported:
    """The trial, with one arm for each cohort."""
    lost: list[str] = []
    shared = list(_criteria(trial, lost))
    said = len(shared)
    arms = []
    for name, cohort in trial.cohorts.items():
        own = list(_criteria(cohort, lost))
        said += len(own)
        arms.append(_arm(name, cohort.title, _is_open(trial, cohort), shared + own))
    if not trial.cohorts:
        arms = [_arm("1", trial.title, _is_open(trial, None), shared)]
    value = "open to accrual" if trial.recruitment.status == "recruiting" else "closed to accrual"
    found = {
        "protocol_no": trial.trial,
        "nct_id": trial.trial if trial.trial.startswith("NCT") else "",
        "long_title": trial.title,
        "phase": _PHASES.get(str(trial.phase), ""),
        "last_updated": trial.recruitment.as_of.isoformat(),
        "status": value,
        "_summary": {"status": [{"value": value}]},
        "treatment_list": {"step": [{"step_code": "1", "step_internal_id": 1, "arm": arms}]},
    }
    return Exported({name: each for name, each in found.items() if each != ""}, said, tuple(lost))


def _is_open(trial: TrialDocument, cohort: CohortDocument | None) -> bool:
    stated = cohort.status if cohort is not None else None
    return stated == "open" if stated is not None else trial.recruitment.status == "recruiting"


def _arm(name: str, title: str, is_open: bool, match: list[Node]) -> Node:
    inner = [{"and": match}] if match else []
    return {
        "arm_code": name,
        "arm_description": title,
        "arm_suspended": "N" if is_open else "Y",
        "match": inner,
        "dose_level": [],
    }


def _criteria(held: TrialDocument | CohortDocument, lost: list[str]) -> Iterator[Node]:
    for criteria, denied in ((held.inclusion, False), (held.exclusion, True)):
        for name, each in criteria.items():
            try:
                # One that is left to a person has no condition.
                yield _node(each.when, denied)
            except NoWordsError:
                lost.append(f"{name} {each.text}")


def _node(when: Any, denied: bool) -> Node:
    if not isinstance(when, Mapping) or len(when) != 1:
        raise NoWordsError
    ((word, held),) = when.items()
    match word:
        case "not":
            return _node(held, not denied)
        case "all" | "any" if isinstance(held, list) and held:
            parts = [_node(each, denied) for each in held]
            return {"and" if (word == "all") is not denied else "or": parts}
        case "age":
            return _age(held, denied)
        case "sex" if held in ("male", "female"):
            return {"clinical": {"gender": f"{_no(denied)}{str(held).title()}"}}
        case "diagnosis":
            return {"clinical": {"oncotree_primary_diagnosis": f"{_no(denied)}{_diagnosis(held)}"}}
        case "biomarker":
            return _biomarker(held, denied)
        case "alteration":
            return {"genomic": _denied_whole(_alteration(held), denied)}
    raise NoWordsError


def _no(denied: bool) -> str:
    return "!" if denied else ""


def _age(held: Any, denied: bool) -> Node:
    """In whole years that are completed: above 18 is from the nineteenth birthday on."""
    if not isinstance(held, Mapping) or not held:
        raise NoWordsError
    parts: list[Node] = []
    for word, text in held.items():
        found = _YEARS.fullmatch(str(text))
        if found is None or word not in ("at_least", "above", "at_most", "below"):
            raise NoWordsError
        years = int(found[1]) + (word in ("above", "at_most"))
        from_on = (word in ("at_least", "above")) is not denied
        parts.append({"clinical": {"age_numerical": f"{'>=' if from_on else '<'}{years}"}})
    return parts[0] if len(parts) == 1 else {"or" if denied else "and": parts}


def _diagnosis(held: Any) -> str:
    code = held.get("is_a") if isinstance(held, Mapping) and len(held) == 1 else held
    node = DIAGNOSES.lookup(code) if isinstance(code, str) else None
    if node is None:
        raise NoWordsError
    return _TREES.get(node) or DIAGNOSES.title(node)


def _biomarker(held: Any, denied: bool) -> Node:
    if not isinstance(held, Mapping) or set(held) - {"marker", "category", "number"}:
        raise NoWordsError
    if held.get("marker") == "tmb" and isinstance(number := held.get("number"), Mapping) and len(number) == 1:
        ((word, limit),) = number.items()
        signs = {"at_least": (">=", "<"), "above": (">", "<="), "at_most": ("<=", ">"), "below": ("<", ">=")}
        if word in signs and re.fullmatch(r"\d+(?:\.\d+)?", str(limit)):
            return {"clinical": {"tmb_numerical": f"{signs[word][denied]}{limit}"}}
    state = _STATES.get((str(held.get("marker")), str(held.get("category"))))
    if state is None or "number" in held:
        raise NoWordsError
    return {"genomic": _denied_whole(state, denied)}


def _alteration(held: Any) -> Node:
    if not isinstance(held, Mapping) or set(held) - {"gene", "kind", "protein_change", "partner"}:
        raise NoWordsError
    node: Node = {"hugo_symbol": str(held["gene"])}
    kind = held.get("kind")
    change = held.get("protein_change")
    if isinstance(kind, str) and kind in _KINDS:
        node |= _KINDS[kind]
    elif isinstance(kind, list) and set(kind) == {"mutation", "copy_number_change"}:
        node["variant_category"] = "Any Variation"
    elif kind is not None:
        raise NoWordsError
    if isinstance(change, str) and _CHANGE.fullmatch(change):
        node |= {"variant_category": "Mutation", "protein_change": f"p.{change}"}
    elif isinstance(change, str) and _RESIDUE.fullmatch(change) and kind == "missense":
        node = {"hugo_symbol": node["hugo_symbol"], "variant_category": "Mutation",
                "wildcard_protein_change": f"p.{change}"}  # fmt: skip
    elif isinstance(change, str) and (exon := _EXON.fullmatch(change)) and kind is not None:
        node["exon"] = exon[1]
    elif change is not None:
        raise NoWordsError
    if (partner := held.get("partner")) is not None:
        node |= {**_KINDS["fusion"], "fusion_partner_hugo_symbol": str(partner)}
    return node


def _denied_whole(node: Node, denied: bool) -> Node:
    """One ``!`` denies a genomic node whole; it stands before its first value that is no name of a gene."""
    if not denied:
        return node
    name = next((each for each in node if "hugo_symbol" not in each), "hugo_symbol")
    return {**node, name: f"!{node[name]}"}
