"""What ``matcher words`` does."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from matcher.cli.terminal import Page, print_json
from matcher.errors import UsageError
from matcher.explanation.names import names, search
from matcher.service import open_rulebook


def look_up(text: str, given: Path | None, *, as_json: bool) -> None:
    found = search(text, names(open_rulebook(given).formulary))
    if as_json:
        print_json([asdict(each) for each in found])
        return
    if not found:
        raise UsageError(
            f"no name has '{text}' in it; docs/reference/vocabulary/README.md lists all of them", code="U002"
        )
    page = Page(laid_out=True)
    for each in found:
        page.line((each.title, "bold"), f"  {each.kind.replace('_', ' ')}", hang=2)
        page.line(("in a rule: ", "dim"), each.written or each.code, indent=4, hang=2)
    page.blank()
    page.line(f"{len(found)} {'name' if len(found) == 1 else 'names'}")
