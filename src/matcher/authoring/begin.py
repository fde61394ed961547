"""The text a draft begins with: blank, or the sentences of a protocol with nothing claimed of any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from matcher.authoring.plain import counted_to
from matcher.authoring.protocol import WAITING, Split, kept_comment, open_comment, split
from matcher.authoring.written import in_block, in_flow

KINDS = ("trial", "regimen")
_PREFIX = {"inclusion": "I", "exclusion": "E"}
_MOST = 99
"""Criteria of one kind: the names of a rule have two digits."""


def blank(kind: str, identifier: str, title: str, today: date) -> str:
    """A rule that asks nothing yet."""
    return "\n".join([*_head(kind, identifier, title, today), ""])


@dataclass(frozen=True, slots=True)
class Cited:
    """What the text is from: a document by its name, and where it stands on the web."""

    document: str = ""
    address: str = ""


def of_sentences(identifier: str, title: str, pasted: str, today: date, cited: Cited | None = None) -> str:
    """A trial with the sentences of its protocol.

    One that has a clear form everybody reads alike is encoded; all others wait, each in a comment of its own.
    """
    held = split(pasted)
    lines = list(_head("trial", identifier, title, today, cited))
    if events := sorted({counted_to(each.text) for each in held} - {""}):
        lines.insert(lines.index("sources:"), f"events: [{', '.join(events)}]")
    waiting: list[Split] = [each for each in held if not _is_clear(each)]
    for section in ("inclusion", "exclusion"):
        clear = [each for each in held if _is_clear(each) and each.section == section]
        lines += [f"{section}:"] if clear else []
        for number, each in enumerate(clear[:_MOST], start=1):
            lines += _criterion(f"{_PREFIX[section]}-{number:02}", each)
        waiting += clear[_MOST:]
    return "\n".join([*lines, *_waiting(waiting), ""])


def _is_clear(each: Split) -> bool:
    return each.proposal is not None and each.confidence == "high"


def _head(kind: str, identifier: str, title: str, today: date, cited: Cited | None = None) -> Iterator[str]:
    yield f"{kind}: {in_flow(identifier)}"
    yield f"title: {in_block(' '.join(title.split()) or identifier, 0)}"
    if kind == "trial":
        yield "phase: not stated"
        yield f"recruitment: {{status: unknown, as_of: {today.isoformat()}, source: protocol}}"
    yield "coverage: partial"
    yield "sources:"
    cited = cited or Cited()
    source = {
        "document": " ".join(cited.document.split()) or f"Protocol {identifier}",
        "section": "Eligibility",
        "as_of": today,
        **({"address": cited.address.strip()} if cited.address.strip() else {}),
    }
    yield f"  protocol: {in_flow(source)}"


def _criterion(name: str, each: Split) -> Iterator[str]:
    yield f"  {kept_comment(each.text)}"
    yield f"  {name}:"
    yield f"    text: {in_block(each.text.rstrip(' ,;'), 4)}"
    yield f"    when: {in_flow(each.proposal)}"
    yield "    source: protocol"


def _waiting(sentences: Iterable[Split]) -> Iterator[str]:
    held = list(sentences)
    if held:
        yield ""
        yield WAITING
    for each in held:
        yield open_comment(each.text, each.section)
