"""Questions that only a person answers: criteria left to somebody's judgement, one field each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matcher.readers.judgement import candidate_named, criterion_named
from matcher.rules.candidate import Candidate, Criterion, Role
from matcher.rules.judgement import JUDGEMENT, topic_of
from matcher.rules.override import is_left_to_a_person
from matcher.rules.rulebook import Rulebook
from matcher.service.intake.form import Field, Input, InputKind, Option, Shape

_MET = (Option("met", "Met"), Option("not met", "Not met"))
_APPLIES = (Option("applies", "Applies"), Option("does not apply", "Does not apply"))
_BESIDE = (
    Input("person", InputKind.TEXT, "Judged by"),
    Input("day", InputKind.DATE, "Day"),
    Input("reason", InputKind.TEXT, "Reason"),
    Input("source", InputKind.TEXT, "Where it is written down"),
)


def judged_fields(rulebook: Rulebook) -> Iterator[Field]:
    """A field for each criterion that the rulebook leaves to a person."""
    for candidate in rulebook.candidates:
        for criterion in candidate.every_criterion:
            if is_left_to_a_person(criterion.condition):
                yield judged_field(candidate, criterion)


def judged_field(candidate: Candidate, criterion: Criterion) -> Field:
    includes = criterion.role is Role.INCLUSION
    asked = "Is it met?" if includes else "Does it apply?"
    text = criterion.text.rstrip(".")
    return Field(
        id=topic_of(candidate.id, criterion.id),
        title=f"{candidate.id} {criterion.id}: {text}",
        question=f"{'Left to' if is_left_to_a_person(criterion.condition) else 'Judged by'} a person, {candidate.id} {criterion.id}: {text}. {asked}",
        section="judgements",
        shape=Shape.JUDGEMENT,
        inputs=(Input("value", InputKind.CHOICE, "Judged", _MET if includes else _APPLIES), *_BESIDE),
        table="judgements",
        code=f"{candidate.id}:{criterion.id}",
    )


def field_named(name: str, rulebook: Rulebook) -> Field | None:
    """The field of any criterion: a person may also judge what is computed."""
    word, _, rest = name.partition(":")
    identifier, _, wanted = rest.rpartition(":")
    criterion = rulebook.criterion(identifier, wanted) if word == JUDGEMENT else None
    return judged_field(rulebook.by_id[identifier], criterion) if criterion is not None else None


def judgement_row(code: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of a field as a judgement of the profile."""
    candidate, _, criterion = code.rpartition(":")
    rest = {key: value for key, value in row.items() if key != "value"}
    return {"candidate": candidate, "criterion": criterion, "verdict": row.get("value"), **rest}


def answer_named(row: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The other way: the name of the field that a judgement of a profile belongs to, and its answer."""
    rest = {key: value for key, value in row.items() if key not in ("candidate", "criterion", "verdict")}
    about = candidate_named(str(row.get("candidate", "")).strip())
    name = topic_of(about, criterion_named(str(row.get("criterion", "")).strip()))
    return name, {"value": row.get("verdict"), **rest}
