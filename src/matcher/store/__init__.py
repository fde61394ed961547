"""What the server remembers: tokens, logins, sessions, jobs, worklists, audit; in any database SQLAlchemy speaks to."""

from matcher.store.audit import Audit, Verified
from matcher.store.database import Clock, Database, StoreError, default_url, open_database
from matcher.store.drafts import Draft, Drafts, DraftState, Move, Note, Part, Revision, Said, Saved, Who
from matcher.store.entries import NEW, Asked, Entries, Entry, Pair
from matcher.store.jobs import Job, Jobs, JobState, TooManyJobsError
from matcher.store.logins import LOGIN_LIFE, Logins
from matcher.store.sessions import ChangedMeanwhileError, Session, Sessions, UnknownSessionError
from matcher.store.statuses import (
    NEGATIVE,
    STATUS_TEXT,
    Answered,
    Change,
    JudgementHeld,
    Status,
    Statuses,
)
from matcher.store.tokens import ROLES, Role, Token, Tokens
from matcher.store.worklists import WORKLIST_LIFE, Run, RunState, Worklist, Worklists

__all__ = [
    "LOGIN_LIFE",
    "NEGATIVE",
    "NEW",
    "ROLES",
    "STATUS_TEXT",
    "WORKLIST_LIFE",
    "Answered",
    "Asked",
    "Audit",
    "Change",
    "ChangedMeanwhileError",
    "Clock",
    "Database",
    "Draft",
    "DraftState",
    "Drafts",
    "Entries",
    "Entry",
    "Job",
    "JobState",
    "Jobs",
    "JudgementHeld",
    "Logins",
    "Move",
    "Note",
    "Pair",
    "Part",
    "Revision",
    "Role",
    "Run",
    "RunState",
    "Said",
    "Saved",
    "Session",
    "Sessions",
    "Status",
    "Statuses",
    "StoreError",
    "Token",
    "Tokens",
    "TooManyJobsError",
    "UnknownSessionError",
    "Verified",
    "Who",
    "Worklist",
    "Worklists",
    "default_url",
    "open_database",
]
