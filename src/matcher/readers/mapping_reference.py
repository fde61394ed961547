"""The reference page of mapping files, written from their model and the code tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pydantic import BaseModel

from matcher.readers.code_systems import BUILT_IN, SYSTEMS
from matcher.readers.mapping import load_mapping, shipped_mappings
from matcher.readers.mapping_model import (
    Cell,
    CodedPart,
    Condition,
    FileForm,
    Ignored,
    Mapping,
    Pattern,
    Policy,
    RowPart,
    TableForm,
    Through,
)

MAPPING_PAGE = "docs/reference/mapping.md"
_COMPUTED = {
    "icd10": "by prefix, with the tables of diagnoses and conditions",
    "icdo3": "morphology, or morphology and topography with a blank between: `8140/3 C25.0`",
    "oncotree": "every code and name of the vocabulary",
}
_PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The whole file", Mapping),
    ("`file`: how a file is written", FileForm),
    ("`tables`: a table beside the patients", TableForm),
    ("A value: `id`, `as_of`, `index_date`, `facts`, the fields of `rows`", Cell),
    ("`patterns`", Pattern),
    ("`rows`", RowPart),
    ("`coded`: rows sorted by their code", CodedPart),
    ("`through`: a table of terms", Through),
    ("`when`", Condition),
    ("`assume`", Policy),
    ("`ignore`", Ignored),
)

_INTRODUCTION = """\
# Mapping files

<!-- Written by scripts/docs.py from src/matcher/readers/mapping_model.py and code_systems.py; edit those. -->

A mapping is strict YAML. `matcher mapping schema` prints the same as JSON Schema for an editor. How to write one is in the
[guide](../guide/exports.md). What is wrong with a mapping is shown at its line, all of it at once.
"""


def mapping_reference() -> str:
    """The page as Markdown."""
    return "\n".join([_INTRODUCTION, *_shipped(), *_words(), *_codes()])


def _shipped() -> Iterator[str]:
    yield "## Ready-made mappings\n\n| `--mapping` | export |\n|---|---|"
    for name, path in shipped_mappings().items():
        yield f"| `{name}` | {load_mapping(path).mapping.mapping} |"
    yield ""


def _words() -> Iterator[str]:
    seen: set[str] = set()
    for title, model in _PARTS:
        yield f"## {title}\n\n| word | meaning |\n|---|---|"
        for name, field in model.model_fields.items():
            if model is TableForm and name in FileForm.model_fields:
                continue
            text = (field.description or "").replace("|", "\\|")
            yield f"| `{field.alias or name}` | {text} |"
            seen.add(name)
        yield "\nAnd every word of `file`.\n" if model is TableForm else ""


def _codes() -> Iterator[str]:
    counts = Counter(system for system, _ in BUILT_IN.rows)
    yield "## Code systems\n\n| system | codes in the tables |\n|---|---|"
    for system in SYSTEMS:
        parts = [f"{counts[system]} rows"] if counts[system] else []
        parts += [_COMPUTED[system]] if system in _COMPUTED else []
        yield f"| `{system}` | {'; '.join(parts) or 'none: a table of your own'} |"
    yield ""
