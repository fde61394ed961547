"""What the server remembers: tokens, sessions, jobs and an audit trail, in any database SQLAlchemy speaks to."""

from matcher.store.audit import Audit
from matcher.store.database import Clock, Database, StoreError, default_url, open_database
from matcher.store.jobs import Job, Jobs, JobState, TooManyJobsError
from matcher.store.sessions import ChangedMeanwhileError, Session, Sessions, UnknownSessionError
from matcher.store.tokens import ROLES, Role, Token, Tokens

__all__ = [
    "ROLES",
    "Audit",
    "ChangedMeanwhileError",
    "Clock",
    "Database",
    "Job",
    "JobState",
    "Jobs",
    "Role",
    "Session",
    "Sessions",
    "StoreError",
    "Token",
    "Tokens",
    "TooManyJobsError",
    "UnknownSessionError",
    "default_url",
    "open_database",
]
