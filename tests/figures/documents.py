"""The documents rules are made from, cut into the sections that citations name."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

SHORT_NAMES = {"guide": "000", "mesocar": "001", "gastric": "002", "myeloma": "003", "pdq": "004"}
_HEADING = re.compile(r"^(#+)\s+(.*?)\s*#*$")


def normalised(text: str) -> str:
    """The text with one form for each of dash, space, minus, micro and comparison sign: typography only."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub("[\u2010-\u2015\u2212]", "-", plain)
    plain = re.sub("[\u2018\u2019\u201b]", "'", plain)
    plain = re.sub("[\u201c\u201d]", '"', plain)
    plain = plain.replace("\u03bc", "\u00b5").replace("10^9", "109").replace("10*9", "109")
    return re.sub(r"\s+", " ", plain)


class Documents:
    """The documents in their folders; a citation's section is looked up by its headings."""

    def __init__(self, seeds: Path, key_criteria: Path) -> None:
        self._seeds = seeds
        self._key_criteria = key_criteria

    def section(self, document: str, section: str) -> str | None:
        """The normalised text of a section; ``None`` where there is no such document or section."""
        if document == "KEY_CRITERIA":
            return self._entry(section)
        if document not in SHORT_NAMES:
            return None
        text = next(self._seeds.glob(f"{SHORT_NAMES[document]}_*")).read_text(encoding="utf-8")
        if section == "whole document":
            return normalised(text)
        return _below_headings(text, [normalised(part).lower() for part in section.split(" / ")])

    def _entry(self, section: str) -> str | None:
        """An entry of the list of trials: its paragraph, or the line that begins with its number."""
        text = self._key_criteria.read_text(encoding="utf-8")
        found = [
            part
            for heading in re.split(r"(?m)^## ", text)
            for part in ([heading] if heading.startswith("Others") is False else heading.splitlines())
            if section in part
        ]
        return normalised("\n".join(found)) if found else None


def _below_headings(text: str, path: list[str]) -> str | None:
    """Everything under the last heading of the path that stands below the ones before it."""
    lines = text.splitlines()
    trail: list[tuple[int, str]] = []
    collected: list[str] = []
    inside_level: int | None = None
    found = False
    for line in lines:
        heading = _HEADING.match(line)
        if heading:
            level = len(heading[1])
            trail = [entry for entry in trail if entry[0] < level] + [(level, normalised(heading[2]).lower())]
            if inside_level is not None and level <= inside_level:
                inside_level = None
            titles = [title for _, title in trail]
            if inside_level is None and titles[-1] == path[-1] and _in_order(path, titles):
                inside_level, found = level, True
        elif inside_level is not None:
            collected.append(line)
    return normalised("\n".join(collected)) if found else None


def _in_order(path: list[str], titles: list[str]) -> bool:
    remaining = iter(titles)
    return all(part in remaining for part in path)
