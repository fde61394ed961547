"""A Matplotlib figure as SVG that stands inside a page: its text as text, its names its own, always the same."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: pixels to the inch of a figure's size
DPI = 72
_STYLE: Mapping[str, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 11.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.spines.bottom": False,
    "axes.edgecolor": "#d8dee4",
    "text.color": "#1b2530",
    "xtick.color": "#55616e",
    "ytick.color": "#1b2530",
    "hatch.linewidth": 1.2,
}


def can_draw() -> bool:
    """Whether Matplotlib is installed: without it a report has its tables, and says that it has no charts."""
    try:
        import matplotlib  # noqa: F401 - whether it is there
    except ImportError:
        return False
    return True


def make_ready() -> None:
    """Imports what figures need, which takes a while; nobody has to wait for it who does not draw yet."""
    if not can_draw():
        return
    _quietly()
    import matplotlib.backends.backend_svg
    import matplotlib.figure  # noqa: F401 - Figure is taken from it below


def _quietly() -> None:
    # Of its own files, such as a list of typefaces, it need not tell those who match patients.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)


@contextmanager
def drawing(name: str) -> Iterator[None]:
    """Settings under which a figure is made and written; ``name`` is unique within the page."""
    _quietly()
    import matplotlib as mpl

    settings: Any = {**_STYLE, "svg.hashsalt": name}
    with mpl.rc_context(settings), warnings.catch_warnings():
        # The reader's browser has its own typefaces: what the one for measuring lacks is no matter.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font", UserWarning)
        yield


def blank(width: int, height: int) -> Figure:
    """An empty figure of this size in pixels."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width / DPI, height / DPI), dpi=DPI)


def inline(figure: Figure, name: str, title: str, description: str) -> Markup:
    """The figure, to be read out by its title and description; the page's own style gives the typeface."""
    written = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(written, format="svg", metadata=nothing)
    text = written.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<style[^<]*</style>", "", text)
    text = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", text)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(url\(#|href="#)', rf"\g<1>{name}-", text)
    head, rest = text.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    assert box is not None
    opening = (
        f'<svg {box[0]} role="img" aria-labelledby="{name}-title {name}-about" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-about">{escape(description)}</desc>'
    )
    return Markup(opening + rest.strip())  # noqa: S704 - texts are escaped by Matplotlib and above


def short(text: str, most: int) -> str:
    """One line of at most so many characters, all of them printable."""
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
