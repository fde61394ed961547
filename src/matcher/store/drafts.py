"""Drafts of rules: every save kept, what was said about them, and the states they go through."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, RowMapping, and_, insert, select, update

from matcher.store.audit import Audit
from matcher.store.database import Database
from matcher.store.draft_schema import ASIDES, DRAFTS, NOTES, REVISIONS

Part: TypeAlias = Literal["text", "cases"]


class DraftState(StrEnum):
    """Where a draft stands. Only what is approved is ever matched by."""

    DRAFT = "draft"
    REVIEW = "in review"
    APPROVED = "approved"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Who:
    """``owner`` is who it is, ``name`` how others read it."""

    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """``revision`` counts every save; text and cases have the revision they were last saved at."""

    id: str
    candidate: str
    kind: str
    state: DraftState
    text: str
    cases: str
    revision: int
    text_revision: int
    cases_revision: int
    origin: dict[str, Any]
    made_by: str
    owner: str
    created_at: datetime
    changed_at: datetime

    def part(self, part: Part) -> str:
        return self.text if part == "text" else self.cases

    def revision_of(self, part: Part) -> int:
        return self.text_revision if part == "text" else self.cases_revision


@dataclass(frozen=True, slots=True)
class Revision:
    """One save."""

    number: int
    part: Part
    by: str
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Saved:
    """Whether a save was taken; ``author`` is who saved the part last where it was not."""

    done: bool
    draft: Draft
    author: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """What somebody wrote while another one saved: kept until they write again."""

    part: Part
    content: str
    revision: int
    by: str
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be noted: of what kind, about what, in which words."""

    kind: str
    about: str
    body: str = ""
    held: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """What was said or done: a comment, an excuse, a look at the impact, a step from one state to another.

    ``revision`` is the draft's at that moment.
    """

    id: int
    draft: str
    revision: int
    kind: str
    about: str
    body: str
    held: dict[str, Any]
    by: str
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """A step: from one of these states to that one, of the revision that was looked at where one is named.

    ``written`` is called in the transaction: what it raises undoes the step.
    """

    was: Collection[DraftState]
    to: DraftState
    action: str
    reason: str = ""
    revision: int | None = None
    held: Mapping[str, Any] = field(default_factory=dict)
    written: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Drafts:
    """Of all authors: there is one rulebook. No step, no save and no note is without its entry in the audit or here."""

    database: Database

    @property
    def audit(self) -> Audit:
        return Audit(self.database)

    def create(
        self, candidate: str, kind: str, text: str, cases: str, origin: Mapping[str, Any], who: Who
    ) -> Draft:
        now = self.database.clock()
        identifier = secrets.token_hex(8)
        number = 2 if cases else 1
        with self.database.writing() as connection:
            connection.execute(
                insert(DRAFTS).values(
                    id=identifier,
                    candidate=candidate,
                    kind=kind,
                    state=DraftState.DRAFT,
                    text=text,
                    cases=cases,
                    revision=number,
                    text_revision=1,
                    cases_revision=number,
                    origin=dict(origin),
                    made_by=who.name,
                    owner=who.owner,
                    created_at=now,
                    changed_at=now,
                )
            )
            _keep(connection, identifier, 1, "text", text, who, now)
            if cases:
                _keep(connection, identifier, 2, "cases", cases, who, now)
            self.audit.add(connection, who.owner, "draft begun", identifier, candidate)
        found = self.read(identifier)
        assert found is not None
        return found

    def read(self, identifier: str) -> Draft | None:
        with self.database.reading() as connection:
            return _one(connection, identifier)

    def ended(self, identifier: str) -> bool:
        """Whether the step was taken that lets the folder of rules be written."""
        held = self.read(identifier)
        return held is not None and held.state in (DraftState.APPROVED, DraftState.RETIRED)

    def all(self) -> list[Draft]:
        """The one that was changed last first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(DRAFTS).order_by(DRAFTS.c.changed_at.desc())).mappings()
            return [_draft(each) for each in rows]

    def save(
        self,
        identifier: str,
        part: Part,
        content: str,
        revision: int,
        who: Who,
        origin: Mapping[str, Any] | None = None,
    ) -> Saved | None:
        """Takes a text or cases that were written on what this revision held; none where there is no such draft.

        Where somebody else saved the same part meanwhile nothing is written over: what was sent is kept aside. What
        was in review is a draft again. What is approved or retired is not changed any more.
        """
        now = self.database.clock()
        with self.database.writing() as connection:
            held = _one(connection, identifier, locked=True)
            if held is None:
                return None
            ended = held.state in (DraftState.APPROVED, DraftState.RETIRED)
            if held.part(part) == content and not ended:
                if origin is not None:
                    _change(connection, identifier, origin=origin)
                return Saved(True, _sure(connection, identifier))
            if ended or held.revision_of(part) > revision:
                _put_aside(connection, identifier, part, content, revision, who, now)
                return Saved(False, held, _author(connection, identifier, part))
            number = held.revision + 1
            changed: dict[str, Any] = {part: content, "revision": number, f"{part}_revision": number}
            if origin is not None:
                changed["origin"] = origin
            _change(connection, identifier, **changed, changed_at=now, state=DraftState.DRAFT)
            _keep(connection, identifier, number, part, content, who, now)
            if held.state is DraftState.REVIEW:
                self.audit.add(connection, who.owner, "draft changed in review", identifier, held.candidate)
                _note(connection, held, Said("step", "changed in review"), who, now)
            return Saved(True, _sure(connection, identifier))

    def rename(self, identifier: str, candidate: str, kind: str) -> None:
        """The rule that the text is of now."""
        with self.database.writing() as connection:
            _change(connection, identifier, candidate=candidate, kind=kind)

    def move(self, identifier: str, step: Move, who: Who) -> bool:
        """Whether the step was taken: the draft stood so, and at this revision. Of two at once one is."""
        with self.database.writing() as connection:
            held = _one(connection, identifier, locked=True)
            if held is None or held.state not in step.was or step.revision not in (None, held.revision):
                return False
            now = self.database.clock()
            _change(connection, identifier, state=step.to, changed_at=now)
            _note(connection, held, Said("step", step.action, step.reason, step.held), who, now)
            said = f"{held.candidate}, revision {held.revision}"
            more = "".join(f"; {key} {value}" for key, value in step.held.items() if isinstance(value, str))
            reason = f": {step.reason}" if step.reason else ""
            self.audit.add(connection, who.owner, f"draft {step.action}", identifier, f"{said}{more}{reason}")
            if step.written is not None:
                step.written()
        return True

    def note(self, held: Draft, said: Said, who: Who) -> None:
        now = self.database.clock()
        with self.database.writing() as connection:
            _note(connection, held, said, who, now)
            self.audit.add(connection, who.owner, f"draft {said.kind}", held.id, said.about)

    def notes(self, identifier: str) -> list[Note]:
        """The first first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(NOTES).where(NOTES.c.draft == identifier).order_by(NOTES.c.id))
            return [Note(**each) for each in rows.mappings()]

    def revisions(self, identifier: str) -> list[Revision]:
        """The last first."""
        columns = [REVISIONS.c[each] for each in ("number", "part", "by", "owner", "at")]
        query = select(*columns).where(REVISIONS.c.draft == identifier).order_by(REVISIONS.c.number.desc())
        with self.database.reading() as connection:
            return [Revision(**each) for each in connection.execute(query).mappings()]

    def content(self, identifier: str, part: Part, number: int) -> str | None:
        """What a part held at a revision."""
        query = (
            select(REVISIONS.c.content)
            .where(REVISIONS.c.draft == identifier, REVISIONS.c.part == part, REVISIONS.c.number <= number)
            .order_by(REVISIONS.c.number.desc())
            .limit(1)
        )
        with self.database.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
            return None if found is None else _unpacked(found)

    def contributors(self, identifier: str) -> dict[str, str]:
        """Who wrote any of it, here or where it was taken in from: owners, each with a name, the first first."""
        query = (
            select(REVISIONS.c.owner, REVISIONS.c.by)
            .where(REVISIONS.c.draft == identifier)
            .order_by(REVISIONS.c.number)
        )
        with self.database.reading() as connection:
            origin = connection.execute(select(DRAFTS.c.origin).where(DRAFTS.c.id == identifier)).scalar()
            found = dict((origin or {}).get("contributors", {}))
            for owner, name in connection.execute(query):
                found.setdefault(str(owner), str(name))
            return found

    def asides(self, identifier: str) -> list[Aside]:
        with self.database.reading() as connection:
            rows = connection.execute(select(ASIDES).where(ASIDES.c.draft == identifier)).mappings()
            return [
                Aside(
                    each["part"],
                    _unpacked(each["content"]),
                    each["revision"],
                    each["by"],
                    each["owner"],
                    each["at"],
                )
                for each in rows
            ]


def _draft(row: RowMapping) -> Draft:
    return Draft(**{**row, "state": DraftState(row["state"])})


def _one(connection: Connection, identifier: str, *, locked: bool = False) -> Draft | None:
    query = select(DRAFTS).where(DRAFTS.c.id == identifier)
    row = connection.execute(query.with_for_update() if locked else query).mappings().one_or_none()
    return None if row is None else _draft(row)


def _sure(connection: Connection, identifier: str) -> Draft:
    found = _one(connection, identifier)
    assert found is not None
    return found


def _change(connection: Connection, identifier: str, **values: Any) -> None:
    connection.execute(update(DRAFTS).where(DRAFTS.c.id == identifier).values(**values))


def _keep(
    connection: Connection, draft: str, number: int, part: Part, content: str, who: Who, now: datetime
) -> None:
    connection.execute(
        insert(REVISIONS).values(
            draft=draft,
            number=number,
            part=part,
            content=_packed(content),
            by=who.name,
            owner=who.owner,
            at=now,
        )
    )


def _put_aside(
    connection: Connection, draft: str, part: Part, content: str, revision: int, who: Who, now: datetime
) -> None:
    key = {"draft": draft, "part": part, "owner": who.owner}
    values = {"content": _packed(content), "revision": revision, "by": who.name, "at": now}
    mine = and_(*(ASIDES.c[name] == value for name, value in key.items()))
    if connection.execute(update(ASIDES).where(mine).values(**values)).rowcount == 0:
        connection.execute(insert(ASIDES).values(**key, **values))


def _author(connection: Connection, draft: str, part: Part) -> str:
    query = (
        select(REVISIONS.c.by)
        .where(REVISIONS.c.draft == draft, REVISIONS.c.part == part)
        .order_by(REVISIONS.c.number.desc())
        .limit(1)
    )
    return str(connection.execute(query).scalar_one_or_none() or "")


def _note(connection: Connection, held: Draft, said: Said, who: Who, now: datetime) -> None:
    connection.execute(
        insert(NOTES).values(
            draft=held.id,
            revision=held.revision,
            kind=said.kind,
            about=said.about,
            body=said.body,
            held=dict(said.held),
            by=who.name,
            owner=who.owner,
            at=now,
        )
    )


def _packed(content: str) -> bytes:
    return zlib.compress(content.encode("utf-8", "surrogatepass"))


def _unpacked(content: bytes) -> str:
    return zlib.decompress(bytes(content)).decode("utf-8", "surrogatepass")
