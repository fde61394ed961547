"""The reference page of the codes, written from the list itself."""

from collections.abc import Iterator

from matcher.errors.code import Code
from matcher.errors.registry import FAMILIES

_INTRODUCTION = """\
# Error codes

<!-- Written by scripts/docs.py from src/matcher/errors; edit the codes there. -->

Every finding says where it is, what is wrong and what to do, and everything wrong with a file is said at once:

```
rules/trials/NCT04577326.yaml:14:9  R012 unknown word 'at_lest' in an age criterion
    did you mean 'at_least'?  docs/reference/errors.md#r012
```

Lines and columns count from 1. A code keeps its meaning for good; the wording beside it may improve.

| codes | about | severity |
|---|---|---|
| `R0xx` | rule files and other strict YAML | errors: the rulebook is not used |
| `L0xx` | lint of the rulebook | as marked |
| `P0xx` | a patient cannot be read | errors: the patient is rejected, the others go on |
| `P1xx` | one fact cannot be read | warnings: the fact is unknown, the patient goes on |
| `U0xx` | the command and its files | errors |

| exit code | when |
|---|---|
| 0 | done, possibly with some patients rejected: they are counted and named |
| 1 | a defect of the program |
| 2 | usage |
| 3 | rules |
| 4 | patient data: nothing could be read |
"""


def error_reference() -> str:
    """The page as Markdown: one heading a code, so that ``#r012`` leads to it."""
    return _INTRODUCTION + "".join(_sections())


def _sections() -> Iterator[str]:
    for family in FAMILIES:
        yield f"\n## {family.title}\n\n{family.introduction}\n"
        for entry in sorted(family.codes, key=lambda entry: entry.code):
            yield _section(entry)


def _section(entry: Code) -> str:
    return f"\n### {entry.code}\n\n**{entry.title}** ({entry.severity})\n\n{entry.meaning}\n\n*What to do:* {entry.remedy}\n"
