"""The tables of worklists. All that names a patient hangs on a worklist and goes with it.

What patients are recorded with stays in the file that was sent; here stand their identifiers, where they stand in the
file, and what came of matching them.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, SmallInteger, String, Table, Text

from matcher.store.schema import METADATA, Moment

WORKLISTS = Table(
    "worklists",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("team", String(50), nullable=False),
    Column("title", String(200), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("worklists_team", "team", "created_at"),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("worklist", String(16), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("job", String(32), nullable=False),
    Column("request", JSON, nullable=False),
    Column("rulebook", String(64), nullable=False),
    Column("patients", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("runs_worklist", "worklist", "number", unique=True),
)

ENTRIES = Table(
    "entries",
    METADATA,
    Column("run", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("patient", String(200), nullable=False),
    Column("part", Integer, nullable=False),
    Column("row", Integer, nullable=False),
    Column("deceased", Boolean, nullable=False),
    Column("trial", String(200), nullable=False),
    Column("standing", SmallInteger, nullable=False),
    Column("availability", String(20), nullable=False),
    Column("missing", Text, nullable=False),
    Column("unknowns", Integer, nullable=False),
    Column("changes", Text, nullable=False),
    Index("entries_patient", "run", "patient"),
    Index("entries_order", "run", "standing", "unknowns", "number"),
)

PAIRS = Table(
    "pairs",
    METADATA,
    Column("run", String(32), primary_key=True),
    Column("trial", String(200), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("place", SmallInteger, nullable=False),
    Column("standing", SmallInteger, nullable=False),
    Column("availability", String(20), nullable=False),
    Column("missing", Text, nullable=False),
    Column("blocking", Text, nullable=False),
    Index("pairs_number", "run", "number"),
)

STATUSES = Table(
    "statuses",
    METADATA,
    Column("worklist", String(16), primary_key=True),
    Column("patient", String(200), primary_key=True),
    Column("trial", String(200), primary_key=True),
    Column("status", String(20), nullable=False),
    Column("owner", String(50), nullable=False),
    Column("note", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("by", String(50), nullable=False),
    Column("at", Moment, nullable=False),
)

STATUS_HISTORY = Table(
    "status_history",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("worklist", String(16), nullable=False),
    Column("patient", String(200), nullable=False),
    Column("trial", String(200), nullable=False),
    Column("status", String(20), nullable=False),
    Column("owner", String(50), nullable=False),
    Column("note", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String(50), nullable=False),
    Column("at", Moment, nullable=False),
    Index("status_history_patient", "worklist", "patient"),
)

JUDGEMENTS = Table(
    "judgements",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("worklist", String(16), nullable=False),
    Column("patient", String(200), nullable=False),
    Column("record", JSON, nullable=False),
    Column("by", String(50), nullable=False),
    Column("at", Moment, nullable=False),
    Index("judgements_patient", "worklist", "patient"),
)

FILTERS = Table(
    "filters",
    METADATA,
    Column("worklist", String(16), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("asked", JSON, nullable=False),
    Column("by", String(50), nullable=False),
    Column("at", Moment, nullable=False),
)

RULEBOOKS = Table(
    "rulebooks",
    METADATA,
    Column("version", String(64), primary_key=True),
    Column("files", LargeBinary, nullable=False),
    Column("kept_at", Moment, nullable=False),
)
