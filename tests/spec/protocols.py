"""The sentences of protocols with what the language says of each, and the page that is printed from them."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_ROOT = Path(__file__).resolve().parents[2]
FOLDER = _ROOT / "fixtures" / "protocols"
SAID = ("exactly", "with a loss", "not at all")
_PARTS = ("inclusion", "exclusion", "cautions")

_HEAD = """# What protocols say, and what the language says of it

<!-- generated from fixtures/protocols/ and rules/trials/ by `make docs`; edit those -->

Every eligibility sentence of eleven registry protocols, with the criteria of the shipped rule that say it. *Exactly*: they
say what the sentence says; *judgement* stands where the protocol itself leaves it to a person. *With a loss*: what is lost
stands behind the criteria. The sentences are shortened; the rules in `rules/trials/` cite the registry.
"""


@cache
def protocols() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml")))


@cache
def criteria(trial: str) -> Mapping[str, dict[str, Any]]:
    """The criteria and cautions of a shipped trial by their identifiers."""
    rule = yaml.safe_load((_ROOT / "rules" / "trials" / f"{trial}.yaml").read_text(encoding="utf-8"))
    return {key: each for part in _PARTS for key, each in rule.get(part, {}).items()}


def protocols_page() -> str:
    lines = [_HEAD, "| trial | sentences | exactly | with a loss | not at all |", "|---|---|---|---|---|"]
    total: Counter[str] = Counter()
    for each in protocols():
        counted = Counter(sentence["said"] for sentence in each["sentences"])
        total += counted
        lines.append(_counts(f"{each['trial']} {each['title']}", counted))
    lines.append(_counts("**all**", total))
    share = 100 * total["exactly"] / sum(total.values())
    lines += ["", f"{share:.0f} % are said exactly.", ""]
    for each in protocols():
        lines += [
            f"## {each['trial']} {each['title']}",
            "",
            "| | sentence | in the rule, and what is lost |",
            "|---|---|---|",
        ]
        lines += [_row(each["trial"], sentence) for sentence in each["sentences"]]
        lines.append("")
    return "\n".join(lines)


def _counts(name: str, counted: Counter[str]) -> str:
    return f"| {name} | {sum(counted.values())} | " + " | ".join(str(counted[each]) for each in SAID) + " |"


def _row(trial: str, sentence: dict[str, Any]) -> str:
    role = "incl" if sentence["of"] == "inclusion" else "excl"
    shown = [_said(key, criteria(trial)[key]) for key in sentence.get("criteria", ())]
    shown += [f"*{sentence['lost']}*"] if "lost" in sentence else []
    return f"| {sentence['said']} | {role}: {_cell(sentence['text'])} | {'; '.join(shown)} |"


def _said(key: str, criterion: dict[str, Any]) -> str:
    if criterion.get("judgement"):
        return f"{key} *judgement*"
    written = yaml.safe_dump(criterion["when"], default_flow_style=True, width=10_000, sort_keys=False)
    return f"{key} `{_cell(written.strip())}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
