"""``matcher mapping``: describing an export, and looking at what a description makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import asked

mapping = typer.Typer(help="Describe an export, and see what a mapping makes of it.", no_args_is_help=True)

_Export = Annotated[
    Path, typer.Argument(metavar="EXPORT", help="A file of an export, or its folder.", show_default=False)
]


@mapping.callback()
def root() -> None:
    """Describe an export, and see what a mapping makes of it."""


@mapping.command()
def guess(*, export: _Export) -> int:
    """Draft a mapping: delimiter, identifier, order of dates, blanks, columns by name and by what stands in them.

    Exports of cBioPortal, GDC, Synthea, OMOP and mCODE are recognised, and need no mapping of your own. Of every other
    file a draft is printed; each TODO in it is a question to a person.

    \b
    Examples:
      matcher mapping guess export.csv > hospital.yaml
      matcher mapping guess study_folder/
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.mapping import print_guess

    return print_guess(export)


@mapping.command()
def check(*, export: _Export, named: asked.Mapping = None, as_of: asked.AsOf = None) -> int:
    """Read an export with a mapping and say, column by column, what was read and what was not.

    Shows how many patients have each fact, three patients beside the cells they came from, and what deserves a second
    look. The exit code is 0 where every patient was read, 4 where one was rejected.

    \b
    Examples:
      matcher mapping check export.csv --mapping hospital.yaml
      matcher mapping check study_folder/ --mapping cbioportal
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.mapping import print_check

    return print_check(export, named, as_of)


@mapping.command()
def schema() -> None:
    """Print the JSON Schema of mapping files, for editors.

    \b
    Example:
      matcher mapping schema > mapping.schema.json
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.terminal import print_json
    from matcher.readers.mapping_model import mapping_schema

    print_json(mapping_schema())
