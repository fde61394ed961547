"""What a record of a registry tells of the recruitment, now and earlier, as the block of a rule file."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from datetime import date, datetime
from typing import Any

from matcher.exchange.places import REGISTRY
from matcher.exchange.registry import Record
from matcher.rules.enrolment_syntax import Recruitment

_WORD = re.compile(r"[a-z_]+")
#: statuses of a trial whose first participant is in
_HAS_BEGUN = ("recruiting", "suspended", "closed", "completed")
_OVER = ("closed", "completed")
Known = dict[str, Any]


def day_of(text: str, *, last: bool = False) -> date | None:
    """The day that a registry writes; of a month the first, or the last where by then a thing had happened."""
    for form in ("%Y-%m-%d", "%B %d, %Y", "%Y-%m", "%B %Y"):
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
        return (
            found.replace(day=monthrange(found.year, found.month)[1]) if last and "%d" not in form else found
        )
    return None


def known_before(record: Record, day: date) -> list[Known]:
    """What the record tells of days before its own: its first participant was in, its last one was examined.

    Of a trial that still recruits no day of an ending counts; a day that is only expected never does.
    """
    began, ended = day_of(record.started, last=True), day_of(record.primary_completed, last=True)
    ended = ended if record.status in _OVER else None
    found = []
    if began and record.status in _HAS_BEGUN and began < min(ended or day, day):
        found.append(_entry("recruiting", began))
    if ended and ended < day:
        found.append(_entry("closed", ended))
    return found


def _entry(status: str, day: date) -> Known:
    return {"status": status, "as_of": day, "source": REGISTRY}


def written(record: Record, day: date) -> str:
    """The block of a rule file."""
    return _block({**_entry(record.status, day), "history": known_before(record, day)})


def renewed(held: Recruitment, record: Record, day: date) -> str:
    """The block of a rule that has its recruitment from the registry, with what a newer record says.

    What was known stays known of its day; of a status that is still the same the first day it was seen is enough.
    """
    history = [each.model_dump(exclude_none=True) for each in held.history]
    now = _entry(record.status, day)
    if record.status == held.status and held.since is not None:
        now["since"] = held.since
    elif record.status == held.status:
        seen = bool(history) and history[-1]["status"] == held.status
        history += [] if seen else [_entry(held.status, held.as_of)]
    else:
        history += [{"status": held.status, "since": held.since, "source": REGISTRY}] if held.since else []
        history += [_entry(held.status, held.as_of)] if held.since != held.as_of else []
        history += [each for each in known_before(record, day) if each["as_of"] > held.as_of]
    return _block({**now, "history": history})


def _block(said: Known) -> str:
    return "recruitment: " + _flow(said)


def _flow(said: Any) -> str:
    match said:
        case dict():
            return "{" + ", ".join(f"{name}: {_flow(value)}" for name, value in said.items() if value) + "}"
        case list():
            return "[" + ", ".join(map(_flow, said)) + "]"
        case date():
            return said.isoformat()
    return said if _WORD.fullmatch(said) else json.dumps(said, ensure_ascii=False)
