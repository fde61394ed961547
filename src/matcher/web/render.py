"""Pages of the application: one look, escaped, nothing inline."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment

from matcher.service.report import MARKS, STANDING_MEANING, fact, groups, tally
from matcher.service.templating import page_environment
from matcher.web.stamp import stamp


def rendered(template: str, **context: Any) -> str:
    return _environment().get_template(template).render(**context)


@cache
def _environment() -> Environment:
    environment = page_environment("matcher.web")
    environment.globals.update(stamp=stamp(), standing_meaning=STANDING_MEANING)
    environment.filters.update(
        moment=moment,
        number=lambda value: f"{value:,}",
        mark=lambda verdict: MARKS[verdict],
        fact=fact,
        groups=groups,
        tally=tally,
        short=short,
    )
    return environment


def moment(value: datetime | None) -> str:
    """To the minute, with the zone."""
    return "" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def short(text: str, most: int = 70) -> str:
    """Cut at a word where it is longer than one line takes."""
    return text if len(text) <= most else f"{text[:most].rpartition(' ')[0]} …"
