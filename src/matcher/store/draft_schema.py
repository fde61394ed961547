"""The tables of drafts. Every save is kept; nothing here is ever deleted."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, LargeBinary, String, Table, Text

from matcher.store.schema import METADATA, Moment

DRAFTS = Table(
    "drafts",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("candidate", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("cases", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("text_revision", Integer, nullable=False),
    Column("cases_revision", Integer, nullable=False),
    Column("origin", JSON, nullable=False),
    Column("made_by", String(50), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index("drafts_candidate", "candidate"),
    Index("drafts_state", "state", "changed_at"),
)

REVISIONS = Table(
    "draft_revisions",
    METADATA,
    Column("draft", String(16), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("part", String(8), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("by", String(50), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

ASIDES = Table(
    "draft_asides",
    METADATA,
    Column("draft", String(16), primary_key=True),
    Column("part", String(8), primary_key=True),
    Column("owner", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("by", String(50), nullable=False),
    Column("at", Moment, nullable=False),
)

NOTES = Table(
    "draft_notes",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("draft", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("about", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("held", JSON, nullable=False),
    Column("by", String(50), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Index("draft_notes_draft", "draft", "id"),
)
