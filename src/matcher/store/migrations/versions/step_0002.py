"""People and teams of tokens, logins, worklists."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for name in ("person", "team"):
        op.add_column("tokens", sa.Column(name, sa.String(50), nullable=False, server_default=""))
    op.create_table(
        "logins",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("token", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
    )
    op.create_index("logins_expire", "logins", ["expires_at"])
    op.create_table(
        "worklists",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("team", sa.String(50), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
    )
    op.create_index("worklists_team", "worklists", ["team", "created_at"])
    op.create_table(
        "runs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("worklist", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("job", sa.String(32), nullable=False),
        sa.Column("request", sa.JSON, nullable=False),
        sa.Column("rulebook", sa.String(64), nullable=False),
        sa.Column("patients", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("summary", sa.JSON, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_index("runs_worklist", "runs", ["worklist", "number"], unique=True)
    op.create_table(
        "entries",
        sa.Column("run", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("patient", sa.String(200), nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("deceased", sa.Boolean, nullable=False),
        sa.Column("trial", sa.String(200), nullable=False),
        sa.Column("standing", sa.SmallInteger, nullable=False),
        sa.Column("availability", sa.String(20), nullable=False),
        sa.Column("missing", sa.Text, nullable=False),
        sa.Column("unknowns", sa.Integer, nullable=False),
        sa.Column("changes", sa.Text, nullable=False),
    )
    op.create_index("entries_order", "entries", ["run", "standing", "unknowns", "number"])
    op.create_index("entries_patient", "entries", ["run", "patient"])
    op.create_table(
        "pairs",
        sa.Column("run", sa.String(32), primary_key=True),
        sa.Column("trial", sa.String(200), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("place", sa.SmallInteger, nullable=False),
        sa.Column("standing", sa.SmallInteger, nullable=False),
        sa.Column("availability", sa.String(20), nullable=False),
        sa.Column("missing", sa.Text, nullable=False),
        sa.Column("blocking", sa.Text, nullable=False),
    )
    op.create_index("pairs_number", "pairs", ["run", "number"])
    op.create_table(
        "statuses",
        sa.Column("worklist", sa.String(16), primary_key=True),
        sa.Column("patient", sa.String(200), primary_key=True),
        sa.Column("trial", sa.String(200), primary_key=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(50), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("by", sa.String(50), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "status_history",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("worklist", sa.String(16), nullable=False),
        sa.Column("patient", sa.String(200), nullable=False),
        sa.Column("trial", sa.String(200), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(50), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.String(50), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index("status_history_patient", "status_history", ["worklist", "patient"])
    op.create_table(
        "judgements",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("worklist", sa.String(16), nullable=False),
        sa.Column("patient", sa.String(200), nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
        sa.Column("by", sa.String(50), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index("judgements_patient", "judgements", ["worklist", "patient"])
    op.create_table(
        "filters",
        sa.Column("worklist", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("by", sa.String(50), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "rulebooks",
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("files", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", sa.DateTime, nullable=False),
    )
