"""What all pages have in common: how templates are read, and what each of them says of standings."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from matcher import program_version
from matcher.explanation.answer import DECISION_NOTICE, STANDING_TEXT

STATIC = Path(str(files("matcher.service"))) / "static"
"""The looks of standings and verdicts, for every page."""


def page_environment(*packages: str) -> Environment:
    """Templates of these packages and of this one. A name that is not there is an error, and text is escaped."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(each) for each in (*packages, "matcher.service")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(notice=DECISION_NOTICE, standing_text=STANDING_TEXT, version=program_version())
    return environment
