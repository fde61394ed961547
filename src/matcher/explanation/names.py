"""Every name a rule can use, of every kind: looked up by any of its names, and printed complete, a page a kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.features.catalogue import CATALOGUE
from matcher.features.everyday import EVERYDAY
from matcher.vocabulary import biomarkers, codes, staging
from matcher.vocabulary.conditions import CONDITIONS, ICD10_CONDITION, SNOMED_CONDITION
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.genes import SYMBOLS
from matcher.vocabulary.histology import HISTOLOGY
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.procedures import PROCEDURES
from matcher.vocabulary.qualities import QUALITIES
from matcher.vocabulary.text import words
from matcher.vocabulary.tree import Tree

#: the kinds of names, in the order of their pages, with what a page is headed by
KINDS: Mapping[str, str] = {
    "word": "Words of the rule language",
    "condition": "Conditions",
    "quality": "Qualities of records",
    "diagnosis": "Cancers",
    "histology": "Histological types",
    "agent": "Agents",
    "class": "Classes of agents",
    "scheme": "Agents given together",
    "procedure": "Procedures",
    "test": "Laboratory tests",
    "marker": "Biomarkers",
    "gene": "Genes",
    "stage": "Staging schemes",
    "event": "Events",
}


@dataclass(frozen=True, slots=True)
class Name:
    """One entry of a vocabulary: its code, how it reads, its other names, what lies beneath, and how a rule says it."""

    kind: str
    code: str
    title: str
    synonyms: tuple[str, ...] = ()
    beneath: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    written: str = ""

    def has(self, wanted: Sequence[str]) -> bool:
        """Whether every word that is looked for begins a word of one of its names."""
        return any(
            all(any(part.startswith(each) for part in words(name).split()) for each in wanted)
            for name in (self.code.replace("_", " "), self.title, *self.synonyms)
        )


def names(formulary: Formulary) -> tuple[Name, ...]:
    """Every name there is, kind by kind."""
    return tuple(_every(formulary))


def search(text: str, held: Iterable[Name]) -> tuple[Name, ...]:
    """The names that a text may mean, those it is exactly first."""
    wanted = words(text).split()
    found = [each for each in held if wanted and each.has(wanted)]
    exact = words(text)
    return tuple(
        sorted(
            found,
            key=lambda each: (
                exact not in {words(name) for name in (each.code, each.title, *each.synonyms)},
                list(KINDS).index(each.kind),
            ),
        )
    )


def page(kind: str, held: Iterable[Name]) -> str:
    """The reference page of one kind, complete."""
    lines = [
        f"# {KINDS[kind]}",
        "",
        "<!-- generated from the vocabularies by `make docs`; edit their data files -->",
        "",
        "| name | reads | other names | beneath | codes |",
        "|---|---|---|---|---|",
    ]
    for each in held:
        if each.kind == kind:
            cells = (f"`{each.code}`", each.title, *map("; ".join, (each.synonyms, each.beneath, each.codes)))
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([*lines, ""])


def index(held: Sequence[Name]) -> str:
    """The page that leads to the others."""
    lines = [
        "# The vocabulary",
        "",
        "<!-- generated from the vocabularies by `make docs`; edit their data files -->",
        "",
        "Every name a rule can use. `matcher words SEARCH` finds one by any of its names.",
        "",
        "| kind | names |",
        "|---|---|",
    ]
    lines += [
        f"| [{title}]({kind}.md) | {sum(each.kind == kind for each in held)} |"
        for kind, title in KINDS.items()
    ]
    return "\n".join([*lines, ""])


def _every(formulary: Formulary) -> Iterator[Name]:
    for word in CATALOGUE.values():
        yield Name("word", word.name, word.meaning, EVERYDAY.get(word.name, ()), written=word.example)
    codes_of: dict[str, list[str]] = {}
    for system, coded in (("ICD-10", ICD10_CONDITION), ("SNOMED CT", SNOMED_CONDITION)):
        for code, condition in coded.items():
            codes_of.setdefault(condition, []).append(f"{system} {code}")
    yield from _tree("condition", CONDITIONS, "condition: {}", codes_of)
    for table, held in QUALITIES.items():
        for each in held:
            yield Name(
                "quality", each.name, f"{table}: {each.title}", each.synonyms, written=f"{each.name}: true"
            )
    yield from _tree("diagnosis", DIAGNOSES, "diagnosis: {{is_a: {}}}")
    yield from _tree("histology", HISTOLOGY, "histology: {}")
    for agent in formulary.agents.values():
        yield Name(
            "agent", agent.name, agent.name.replace("_", " "), agent.synonyms, written=f"prior: {agent.name}"
        )
    for drugs in formulary.classes.values():
        yield Name(
            "class", drugs.code, drugs.title, drugs.synonyms, drugs.members, written=f"prior: {drugs.code}"
        )
    for scheme in formulary.schemes:
        yield Name(
            "scheme", scheme.name, " + ".join(scheme.agents), scheme.synonyms, scheme.agents,
            written=f"prior: {scheme.name}",
        )  # fmt: skip
    yield from _tree("procedure", PROCEDURES, "procedure: {}")
    for test in LAB_TESTS.values():
        asked = f"lab: {{test: {test.code}, at_least: … {test.unit}}}"
        yield Name("test", test.code, test.title, test.aliases, codes=(f"unit {test.unit}",), written=asked)
    yield from _tree("marker", biomarkers.MARKERS, "biomarker: {{marker: {}, status: positive}}")
    for symbol in SYMBOLS:
        yield Name("gene", symbol, symbol, written=f"alteration: {{gene: {symbol}}}")
    for code in staging.SCHEMES:
        stages = tuple(each.partition(".")[2] for each in staging.STAGE.codes if each.startswith(f"{code}."))
        yield Name(
            "stage",
            code,
            staging.SCHEME.title(code),
            (),
            stages,
            written=f"stage: {{scheme: {code}, in: […]}}",
        )
    yield from _tree("event", codes.EVENT, "days_since: {{event: {}, at_least: 28 days}}")


def _tree(
    kind: str, tree: Tree, written: str, also: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Name]:
    for code in tree.asked:
        beneath = tuple(each for each in tree.children(code) if each != f"{code}_other")
        coded = tuple((also or {}).get(code, ()))
        yield Name(kind, code, tree.title(code), tree.synonyms(code), beneath, coded, written.format(code))
