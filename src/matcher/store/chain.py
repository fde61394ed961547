"""The chain of the audit: each entry is sealed by a hash over itself and over the seal of the one before."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

GENESIS = "0" * 64
"""What the first entry is linked to."""


def link(before: str, number: int, at: datetime, actor: str, action: str, subject: str, detail: str) -> str:
    """The seal of an entry. ``at`` without a zone is UTC, as databases hold it."""
    moment = at if at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None)
    held = [before, number, moment.isoformat(timespec="microseconds"), actor, action, subject, detail]
    return hashlib.sha256(json.dumps(held, ensure_ascii=True).encode("ascii")).hexdigest()
