"""What refusals say on pages."""

from __future__ import annotations

import re

from matcher.api.page_words import on_page
from tests.web.live import ROOT

_MACHINE = re.compile(r"--\w|'matcher |OpenAPI|mapping|Bearer|schema", re.IGNORECASE)
_ELSEWHERE = {"U008", "U045", "U065", "U067"}
"""Of the command that starts the server, which no page answers."""


def test_no_refusal_of_a_page_speaks_of_commands_or_of_interfaces_for_programs() -> None:
    said = {
        code
        for each in (ROOT / "src" / "matcher" / "api").rglob("*.py")
        for code in re.findall(r'"([UP]\d{3})"', each.read_text("utf-8"))
    }
    assert len(said) > 15
    odd = {code: on_page(code) for code in said - _ELSEWHERE if _MACHINE.search(" ".join(on_page(code)))}
    assert odd == {}
