"""What a refusal says on a page: to a coordinator or a nurse, who knows no command and no interface for programs."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.errors import CODES

_GUIDE = "Name the columns as the guide does, or send a description of the columns along: the page of a new file drafts one."
_ON_PAGES: Mapping[str, tuple[str, str]] = {
    "P005": ("File that is not understood", _GUIDE),
    "P010": ("No day to match for", "Fill in the day in the file, or give one under “Match as of”."),
    "P016": ("File that is not understood", _GUIDE),
    "U007": ("Not in the rulebook", "Look it up under “Rules”."),
    "U012": ("Columns that are not understood", _GUIDE),
    "U013": ("Description of the columns", "Correct the column's name in it."),
    "U015": ("Description of the columns", "Correct it; the guide of exports says what it may hold."),
    "U050": ("No such page", "Begin again at the home page."),
    "U052": ("Not signed in", "Sign in, and try again."),
    "U056": ("Not sent by a form of this server", "Open the page again."),
    "U057": ("Not done", "Go back, and try again with what is said here."),
    "U060": ("Not sent by a page of this server", "Open the page again at this server's own address."),
    "U064": ("Something is wrong with the program", "Tell whoever runs it the number of the request."),
    "U066": ("Not in force", "Look at the list of people again."),
}
"""Title and remedy, where those for programs and the command line would mean nothing."""


def on_page(code: str) -> tuple[str, str]:
    """Title and remedy of a code."""
    return _ON_PAGES.get(code, (CODES[code].title, CODES[code].remedy))
