"""The sentences of protocols with what the language says of each, and the page that is printed from them."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "protocols"
SAID = ("exactly", "with a loss", "not at all")

_HEAD = """# What protocols say, and what the language says of it

<!-- generated from fixtures/protocols/ by `make docs`; edit those -->

Every eligibility sentence of eleven registry protocols. *Exactly*: the language says what the sentence says; *judgement*
stands where the protocol itself leaves it to a person. A test reads every condition that is shown.
"""


@cache
def protocols() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml")))


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
            "| | sentence | in a rule, or what is lost |",
            "|---|---|---|",
        ]
        lines += [_row(sentence) for sentence in each["sentences"]]
        lines.append("")
    return "\n".join(lines)


def _counts(name: str, counted: Counter[str]) -> str:
    return f"| {name} | {sum(counted.values())} | " + " | ".join(str(counted[each]) for each in SAID) + " |"


def _row(sentence: dict[str, Any]) -> str:
    role = "incl" if sentence["of"] == "inclusion" else "excl"
    if sentence.get("judgement"):
        shown = "`judgement: true`"
    elif "when" in sentence:
        written = yaml.safe_dump(sentence["when"], default_flow_style=True, width=10_000, sort_keys=False)
        shown = f"`{written.strip()}`".replace("|", "\\|")
    else:
        shown = sentence.get("lost", "")
    return f"| {sentence['said']} | {role}: {sentence['text'].replace('|', chr(92) + '|')} | {shown} |"
