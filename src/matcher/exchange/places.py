"""Whom to ask and where, from a record of a registry, as blocks of a rule file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from matcher.exchange.registry import Record, RecordContact
from matcher.rules.syntax import TrialDocument

REGISTRY = "registry"
"""What drafts call the registry among their sources."""
Place = dict[str, Any]


def contacts_in(record: Record, day: date) -> list[Place]:
    return [{**_contact(each), "as_of": day, "source": REGISTRY} for each in record.contacts]


def sites_in(record: Record, day: date) -> list[Place]:
    """A place without a name is called by its city; one without either is none."""
    found = []
    for each in record.sites:
        said: Place = {"name": each.name or each.city, "city": each.city, "region": each.region}
        said |= {"country": each.country, "status": each.status}
        said = _spoken(said)
        said |= {"at": {"latitude": each.at[0], "longitude": each.at[1]}} if each.at else {}
        said |= {"contacts": [_contact(one) for one in each.contacts]} if each.contacts else {}
        if "name" in said:
            found.append({**said, "as_of": day, "source": REGISTRY})
    return found


def _contact(each: RecordContact) -> Place:
    return _spoken({"name": each.name, "phone": each.phone, "email": each.email})


def _spoken(said: dict[str, str]) -> Place:
    """What is said at all, on one line."""
    plain = {name: " ".join(value.split()) for name, value in said.items()}
    return {name: value for name, value in plain.items() if value}


def written(name: str, places: Sequence[Place]) -> list[str]:
    """The lines of the block, one for each place."""
    return [f"{name}:", *(f"  - {_flow(each)}" for each in places)] if places else []


def _flow(said: Any) -> str:
    """YAML on one line."""
    match said:
        case dict():
            return "{" + ", ".join(f"{name}: {_flow(value)}" for name, value in said.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, said)) + "]"
        case date():
            return said.isoformat()
    return json.dumps(said, ensure_ascii=False)


def with_places(text: str, trial: TrialDocument, record: Record, day: date | None) -> tuple[str, str]:
    """What is other in the record, in words, and the rule file with it.

    A block of which anything is from elsewhere is a person's, and stays; so is one of a later day.
    """
    told = []
    for name, found in (("contacts", contacts_in), ("sites", sites_in)):
        held = trial.contacts if name == "contacts" else trial.sites
        said = found(record, day) if day else []
        if not said or any(day and each.as_of >= day for each in held):
            continue
        before = [each.model_dump(exclude_none=True, exclude_defaults=True) for each in held]
        other = [_undated(each) for each in before] != [_undated(each) for each in said]
        count = (
            f"{name}: {len(before)} before, {len(said)} on {day}"
            if before
            else f"{name}: {len(said)} on {day}"
        )
        if REGISTRY not in trial.sources:
            told.append(f"{count}; the rule has no source '{REGISTRY}' to take them from")
            continue
        if any(each.source != REGISTRY for each in held):
            told += [f"{count}; the rule has some from elsewhere: change them by hand"] if other else []
            continue
        told += [count] if other else []
        text = _replaced(text, name, written(name, said))
    return "; ".join(told), text


def _undated(place: Place) -> Place:
    return {name: value for name, value in place.items() if name != "as_of"}


def _replaced(text: str, name: str, lines: Sequence[str]) -> str:
    """The file with the block in the place of the one of its name, or at its end."""
    held = text.splitlines()
    first = next((number for number, line in enumerate(held) if line.startswith(f"{name}:")), None)
    if first is None:
        return "\n".join([*held, *lines, ""])
    rest = enumerate(held[first + 1 :], first + 1)
    last = next((number for number, line in rest if line and line[0] not in " \t#-"), len(held))
    return "\n".join([*held[:first], *lines, *held[last:], ""])
