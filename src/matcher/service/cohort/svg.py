"""Drawings of boxes and words as SVG that stands inside a page: text as text, names of its own, always the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup, escape

SIZE = 11.5
INK = "#1b2530"
FAINT = "#55616e"
#: of a square of 8 pixels, by what the hatch is named after
_HATCHES = {
    "/": "M-2 2l4-4M0 8l8-8M6 10l4-4",
    "\\": "M-2 6l4 4M0 0l8 8M6-2l4 4",
    "x": "M0 8l8-8M0 0l8 8",
}


@dataclass(frozen=True, slots=True)
class Fill:
    """A colour, with a hatch in another where it has one: what differs is seen without colour too."""

    colour: str
    hatch: str = ""
    line: str = "#ffffff"


@dataclass(frozen=True, slots=True)
class Box:
    """In pixels from the upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def path(self) -> str:
        across, down = number(self.width), number(self.height)
        return f"M{number(self.left)} {number(self.top)}h{across}v{down}h-{across}z"


@dataclass(slots=True)
class Drawing:
    """``name`` is unique within the page; ``width`` and ``height`` are in pixels."""

    name: str
    width: int
    height: int
    _fills: dict[Fill, str] = field(default_factory=dict)
    _parts: list[str] = field(default_factory=list)

    def boxes(self, boxes: Iterable[Box], fill: Fill) -> None:
        """As one shape."""
        if path := "".join([each.path for each in boxes if each.width > 0]):
            self._parts.append(f'<path d="{path}" fill="{self._paint(fill)}"/>')

    def text(
        self,
        left: float,
        base: float,
        words: str,
        *,
        size: float = SIZE,
        colour: str = INK,
        anchor: str = "start",
        upright: bool = False,
    ) -> None:
        """Words from, around or up to a point on their base line; ``upright`` reads from below."""
        place = f'x="{number(left)}" y="{number(base)}"'
        if upright:
            place += f' transform="rotate(-90 {number(left)} {number(base)})"'
        self._parts.append(
            f'<text {place} font-size="{number(size)}" fill="{colour}" text-anchor="{anchor}"'
            f' xml:space="preserve">{escape(words)}</text>'
        )

    def _paint(self, fill: Fill) -> str:
        if not fill.hatch:
            return fill.colour
        name = self._fills.setdefault(fill, f"{self.name}-{len(self._fills) + 1}")
        return f"url(#{name})"

    def inline(self, title: str, description: str) -> Markup:
        """To be read out by its title and description; the page's own style gives the typeface."""
        name = self.name
        patterns = "".join(
            f'<pattern id="{each}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<path d="M0 0h8v8h-8z" fill="{fill.colour}"/>'
            f'<path d="{_HATCHES[fill.hatch]}" stroke="{fill.line}" stroke-width="1.2"/></pattern>'
            for fill, each in self._fills.items()
        )
        return Markup(  # noqa: S704 - texts are escaped here and above
            f'<svg viewBox="0 0 {self.width} {self.height}" role="img"'
            f' aria-labelledby="{name}-title {name}-about" xmlns="http://www.w3.org/2000/svg">'
            f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-about">{escape(description)}</desc>'
            f"<defs>{patterns}</defs>{''.join(self._parts)}</svg>"
        )


def number(value: float) -> str:
    """As short as hundredths of a pixel can be said."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def short(text: str, most: int) -> str:
    """One line of at most so many characters, all of them printable."""
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
