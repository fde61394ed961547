"""A rule as a picture: what is asked, through which gates, of which facts; each fact once, whoever asks for it.

Written as Mermaid, which code hosts and many editors draw, or as DOT for Graphviz.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from matcher.explanation.trace import gate_in_words
from matcher.explanation.wording import comparison_in_words, condition_in_words
from matcher.rules.candidate import Candidate, Criterion
from matcher.rules.condition import Branch, Comparison, Condition, Group
from matcher.rules.rulebook import Derivation

#: what a node is, and so its shape
RULE, CRITERION, GATE, TEST, FACT, DERIVED = "rule", "criterion", "gate", "test", "fact", "derived"


@dataclass(slots=True)
class Picture:
    """Nodes with their kind and label, and edges from what asks to what is asked, with a word where one belongs."""

    nodes: list[tuple[str, str]] = field(default_factory=list)
    edges: list[tuple[int, int, str]] = field(default_factory=list)
    _facts: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, kind: str, label: str, asked_by: int | None = None, word: str = "") -> int:
        number = len(self.nodes)
        self.nodes.append((kind, label))
        if asked_by is not None:
            self.edges.append((asked_by, number, word))
        return number

    def condition(self, condition: Condition, asked_by: int, word: str = "") -> None:
        match condition:
            case Comparison():
                self._comparison(condition, asked_by, word)
            case Group(members=()):
                self.add(GATE, condition_in_words(condition), asked_by, word)
            case Group(members=members):
                gate = self.add(GATE, gate_in_words(condition), asked_by, word)
                for each in members:
                    self.condition(each, gate)
            case Branch(condition=asked, then=then, otherwise=otherwise):
                gate = self.add(GATE, "depends", asked_by, word)
                for name, each in (("if", asked), ("then", then), ("otherwise", otherwise)):
                    self.condition(each, gate, name)

    def _comparison(self, comparison: Comparison, asked_by: int, word: str) -> None:
        test = self.add(TEST, comparison_in_words(comparison), asked_by, word)
        fact = (DERIVED if comparison.derivation else FACT, comparison.title)
        if fact not in self._facts:
            self._facts[fact] = self.add(*fact)
        self.edges.append((test, self._facts[fact], ""))


def of_candidate(candidate: Candidate) -> Picture:
    """A trial or a regimen, its cohorts, and every criterion as it is now."""
    picture = Picture()
    root = picture.add(RULE, f"{candidate.id}: {candidate.title}")
    for each in (*candidate.criteria, *candidate.cautions):
        _criterion(picture, each, root)
    for cohort in candidate.cohorts:
        part = picture.add(RULE, f"{cohort.id}: {cohort.title}", root, "cohort")
        for each in cohort.criteria:
            _criterion(picture, each, part)
    return picture


def _criterion(picture: Picture, each: Criterion, asked_by: int) -> None:
    last = each.versions[-1][1] if each.versions else each
    number = picture.add(CRITERION, f"{last.id} {last.text}", asked_by, last.role.value)
    picture.condition(last.condition, number)


def of_derivation(derivation: Derivation) -> Picture:
    """A derived fact: whom it applies to, and the rows of its table in their order."""
    picture = Picture()
    root = picture.add(DERIVED, f"{derivation.name}: {derivation.title}")
    if derivation.needs is not None:
        picture.condition(derivation.needs, root, "applies where")
    for place, each in enumerate(derivation.rows, start=1):
        picture.condition(each, root, f"row {place}")
    return picture


_MERMAID = {
    RULE: '(["{}"])',
    CRITERION: '["{}"]',
    GATE: '{{{{"{}"}}}}',
    TEST: '["{}"]',
    FACT: '[("{}")]',
    DERIVED: '[/"{}"/]',
}
_DOT = {
    RULE: "ellipse",
    CRITERION: "box",
    GATE: "hexagon",
    TEST: "box",
    FACT: "cylinder",
    DERIVED: "parallelogram",
}


def mermaid(picture: Picture) -> str:
    lines = ["flowchart LR"]
    for number, (kind, label) in enumerate(picture.nodes):
        escaped = label.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
        lines.append(f"    n{number}{_MERMAID[kind].format(escaped)}")
    lines += [f"    n{start} -->{f'|{word}|' if word else ''} n{end}" for start, end, word in picture.edges]
    return "\n".join(lines) + "\n"


def dot(picture: Picture) -> str:
    lines = ["digraph rule {", "    rankdir=LR;"]
    for number, (kind, label) in enumerate(picture.nodes):
        lines.append(f"    n{number} [shape={_DOT[kind]}, label={_quoted(label)}];")
    for start, end, word in picture.edges:
        lines.append(f"    n{start} -> n{end}{f' [label={_quoted(word)}]' if word else ''};")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


FORMS: Mapping[str, Callable[[Picture], str]] = MappingProxyType({"mermaid": mermaid, "dot": dot})
