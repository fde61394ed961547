"""The text of one rule, stateless: as cards, after an edit, split into sentences; words to add, limits as pasted."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from matcher.api.problems import problems
from matcher.api.server import Current
from matcher.api.workbench.drafts import Writer
from matcher.api.workbench.shapes import Asked
from matcher.authoring.cards import Sheet, sheet
from matcher.authoring.edits import Edit, edited
from matcher.authoring.forms import Form
from matcher.authoring.limits import LONGEST as LONGEST_LIMIT
from matcher.authoring.limits import Pasted, read_limit
from matcher.authoring.proposals import proposal
from matcher.authoring.protocol import split
from matcher.authoring.words import LONGEST as LONGEST_SEARCH
from matcher.authoring.words import form_in, offered
from matcher.explanation.names import KINDS
from matcher.rules.rulebook import Rulebook

router = APIRouter(tags=["authoring"])
_TAKES = problems(400, 401, 403, 413, 415, 422)
_DEEPEST = 60


class TextAsked(Asked):
    """The text of a rule file as it stands in the editor; ``name`` is what its findings call it."""

    text: str = Field(examples=["trial: NCT01234567\ntitle: A trial\n"])
    name: str = Field("", max_length=120, pattern=r"^[A-Za-z0-9_.-]*$")


class EditSent(Asked):
    """One edit: what is done, where, and with what."""

    op: str = Field(max_length=30, examples=["set"])
    path: list[str | int] = Field(
        default_factory=list, max_length=_DEEPEST, examples=[["inclusion", "I-01", "when"]]
    )
    value: Any = None
    key: str = Field("", max_length=100)
    by: int = Field(0, ge=-1, le=1)
    sentence: str = Field("", max_length=20_000, description="Of a criterion: the sentence that it encodes.")

    @field_validator("value")
    @classmethod
    def _is_text(cls, value: Any) -> Any:
        """Half a character, which JSON can say, cannot stand in a file."""
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except (UnicodeEncodeError, RecursionError):
            raise PydanticCustomError("not_text", "this cannot stand in a rule file") from None
        return value


class EditAsked(TextAsked):
    """A text, and what is to be done to it."""

    edit: EditSent


class PastedAsked(Asked):
    """Text as it was copied out of a protocol."""

    text: str = Field(max_length=1_000_000)


class LimitAsked(Asked):
    """A limit or a sentence as it was copied out of a protocol; `section` says whether it includes or excludes."""

    section: Literal["", "inclusion", "exclusion", "cautions"] = ""
    text: str = Field(max_length=LONGEST_LIMIT, examples=["platelets \u2265 100 x 10^9/L within 14 days"])


@router.post("/v1/authoring/cards", summary="A rule's text as cards", responses=_TAKES)
def cards(_caller: Writer, served: Current, asked: TextAsked) -> dict[str, Any]:
    """Its criteria with the generated sentence, their conditions as trees, and each finding at its field.

    A text that cannot be read has no cards: `readable` is false, and the first of `problems` names the line.
    """
    return _laid(sheet(asked.text, _file(asked.name), served.rulebook), served.rulebook)


@router.post("/v1/authoring/edit", summary="Edit a rule's text", responses=_TAKES)
def edit(_caller: Writer, served: Current, asked: EditAsked) -> dict[str, Any]:
    """The text after one edit, spliced at its mark: every other byte is as it was. Nothing is saved."""
    sent = asked.edit
    done = edited(asked.text, Edit(sent.op, tuple(sent.path), sent.value, sent.key, sent.by, sent.sentence))
    return {"text": done, "cards": _laid(sheet(done, _file(asked.name), served.rulebook), served.rulebook)}


@router.post("/v1/authoring/sentences", summary="Split a protocol's text", responses=_TAKES)
def sentences(_caller: Writer, asked: PastedAsked) -> dict[str, Any]:
    """Each sentence with its place in the text, the section its heading says, and a condition where one is clear."""
    return {"sentences": [asdict(each) for each in split(asked.text)]}


@router.get("/v1/authoring/words", summary="Words to add", responses=problems(401, 403, 422))
def words(
    _caller: Writer,
    served: Current,
    q: Annotated[str, Query(max_length=LONGEST_SEARCH, examples=["platelets"])],
    kind: Annotated[
        list[str] | None, Query(max_length=10, description=f"Of these kinds alone: {', '.join(KINDS)}.")
    ] = None,
) -> dict[str, Any]:
    """What a text may mean, the nearest first: a condition with blanks as empty texts, and the fields it takes."""
    found = offered(q, served.rulebook, tuple(kind or ()))
    return {"words": [asdict(each) for each in found]}


@router.post("/v1/authoring/limit", summary="A limit as pasted", responses=_TAKES)
def limit(_caller: Writer, served: Current, asked: LimitAsked) -> dict[str, Any]:
    """Its fields, or a whole condition where it says what is asked. `left` is what was not understood."""
    found = read_limit(asked.text, asked.section)
    if asked.section and found.condition is None:
        whole = proposal(asked.text, asked.section, served.rulebook)
        found = Pasted({}, whole, "") if whole is not None else found
    return asdict(found)


def _file(name: str) -> str:
    return f"{name or 'draft'}.yaml"


def _laid(held: Sheet, book: Rulebook) -> dict[str, Any]:
    """With the form of every word that it uses."""
    forms: dict[str, Any] = {}
    laid = asdict(held)
    for section in laid["sections"]:
        for card in section["cards"]:
            _forms(card["condition"], forms, book)
    return {**laid, "forms": forms}


def _forms(tree: dict[str, Any] | None, forms: dict[str, Any], book: Rulebook) -> None:
    """A test gets the name of its form; two of one word differ where their subjects do."""
    if tree is None:
        return
    for member in tree.get("members", ()):
        _forms(member, forms, book)
    if tree["kind"] == "test":
        asked = {each["name"]: each["value"] for each in tree["fields"]}
        form = form_in(book, tree["word"], asked)
        tree["form"] = _named(form, asked) if form is not None else ""
        if form is not None:
            forms.setdefault(tree["form"], asdict(form))


def _named(form: Form, asked: dict[str, Any]) -> str:
    subject = next((str(asked[each]) for each in ("test", "marker", "scheme") if each in asked), "")
    return f"{form.word} {subject}".strip()
