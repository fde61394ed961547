"""Drafts of rules, and the chain of the audit, which takes in what was recorded before."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from matcher.store.chain import GENESIS, link

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("candidate", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("cases", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("text_revision", sa.Integer, nullable=False),
        sa.Column("cases_revision", sa.Integer, nullable=False),
        sa.Column("origin", sa.JSON, nullable=False),
        sa.Column("made_by", sa.String(50), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
    )
    op.create_index("drafts_candidate", "drafts", ["candidate"])
    op.create_index("drafts_state", "drafts", ["state", "changed_at"])
    op.create_table(
        "draft_revisions",
        sa.Column("draft", sa.String(16), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("part", sa.String(8), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.String(50), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "draft_asides",
        sa.Column("draft", sa.String(16), primary_key=True),
        sa.Column("part", sa.String(8), primary_key=True),
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("by", sa.String(50), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "draft_notes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("draft", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("held", sa.JSON, nullable=False),
        sa.Column("by", sa.String(50), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index("draft_notes_draft", "draft_notes", ["draft", "id"])
    op.add_column("audit", sa.Column("detail", sa.Text, nullable=False, server_default=""))
    op.add_column("audit", sa.Column("hash", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    _chain_what_is_there()


def _chain_what_is_there() -> None:
    columns: list[sa.ColumnClause[Any]] = [
        sa.column("number", sa.Integer),
        sa.column("at", sa.DateTime),
        *(sa.column(name, sa.Text) for name in ("actor", "action", "subject", "detail", "hash")),
    ]
    audit = sa.table("audit", *columns)
    head = sa.table(
        "audit_head",
        sa.column("id", sa.Integer),
        sa.column("number", sa.Integer),
        sa.column("hash", sa.String),
    )
    connection = op.get_bind()
    last, number = GENESIS, 0
    for row in connection.execute(sa.select(audit).order_by(audit.c.number)).all():
        assert isinstance(row.at, datetime)
        last = link(last, row.number, row.at, row.actor, row.action, row.subject, row.detail)
        number = row.number
        connection.execute(audit.update().where(audit.c.number == number).values(hash=last))
    connection.execute(head.insert().values(id=1, number=number, hash=last))
