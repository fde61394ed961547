"""From answers to the wire profile they describe.

The wire form is made anew from all answers, in the order of the form and never in that of their arrival, so a
corrected answer leaves nothing behind. What cannot be read stays in the wire form and comes back as an issue
at its field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matcher.domain.source import Source
from matcher.errors import nearest
from matcher.readers.context import is_unknown
from matcher.readers.outcome import Issue
from matcher.readers.place import Places
from matcher.service.intake.absence import all_but
from matcher.service.intake.days import readings
from matcher.service.intake.form import Field, Form, InputKind, Shape
from matcher.service.intake.judging import judgement_row
from matcher.vocabulary.formulary import Formulary

Answers = Mapping[str, Any]
COMPLETE = "complete"
#: a list with nothing beside its rows and the questions asked by name: those that are open stay open
NO_OTHERS = "no others"
UNKNOWN = "unknown"
#: beside a value: this is all that is known, and nothing more is to be asked about it
FINAL = "final"
SOURCE = "intake form"


@dataclass
class Draft:
    """A wire profile being made: ``places`` maps its paths to the names of the answers that stand there."""

    wire: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    issues: list[tuple[str, Issue]] = field(default_factory=list)

    def add(self, table: str, row: Mapping[str, Any], name: str) -> str:
        rows = self.wire.setdefault(table, [])
        path = f"{table}[{len(rows)}]"
        rows.append(dict(row))
        self.places[path] = name
        return path

    def refuse(self, code: str, name: str, title: str, reason: str, text: object) -> None:
        issue = Issue.of(code, reason, source=Source(SOURCE, None, title), fact=name, text=text)
        self.issues.append((name, issue))

    @property
    def names(self) -> Places:
        """The name of the answer that each path of the profile comes from: the ``column`` of its source."""
        return Places(by_path={each: Source(column=name) for each, name in self.places.items()})


def draft(form: Form, answers: Answers, formulary: Formulary, as_of: date) -> Draft:
    """The wire profile of the answers on a day. ``unknown`` says nothing about the patient, so it is not in it."""
    made = Draft()
    for name in sorted(answers, key=form.place):
        answer = answers[name]
        found = form.find(name)
        if found is None:
            guess = nearest(name, [each.id for each in form.fields])
            hint = f"; did you mean '{guess}'?" if guess else ""
            made.refuse("P109", name, name, f"the form has no field '{name}'{hint}", answer)
            if name == "stage":
                # Without a scheme it belongs to no question, and may be a stage of each.
                for each in answer if isinstance(answer, list) else [answer]:
                    made.add("stage", each if isinstance(each, Mapping) else {"value": each}, name)
        elif not is_unknown(answer):
            _write(made, found, name, _in_days(found, answer, as_of))
    _together(made, form, answers)
    _close(made, form, answers, formulary)
    return made


def _in_days(found: Field, answer: Any, as_of: date) -> Any:
    """The answer with each day that can be read in one way only written year first; all else as it is."""
    if isinstance(answer, list):
        return [_in_days(found, each, as_of) for each in answer]
    main, *_ = found.inputs or (None,)
    days = {each.name for each in found.inputs if each.kind is InputKind.DATE}
    if main is not None and main.name in days:
        days.add("value")
    if not isinstance(answer, Mapping):
        return _day(answer, as_of) if "value" in days else answer
    return {key: _day(value, as_of) if key in days else value for key, value in answer.items()}


def _day(value: Any, as_of: date) -> Any:
    meant = readings(value, as_of) if isinstance(value, str) else ()
    return meant[0] if len(meant) == 1 else value


def _write(made: Draft, found: Field, name: str, answer: Any) -> None:
    several = isinstance(answer, list) and any(isinstance(each, Mapping) for each in answer)
    for each in answer if several else [answer]:
        if found.shape is Shape.LIST:
            _row(made, found, name, each)
        elif (row := _stated(each)) is not None:
            _SHAPES[found.shape](made, found, name, row)


def _stated(answer: Any) -> dict[str, Any] | None:
    """The answer as a row; nothing where it says in words that it is not known."""
    row = dict(answer) if isinstance(answer, Mapping) else {"value": answer}
    row = {key: value for key, value in row.items() if value is not None and value != "" and key != FINAL}
    return None if not row or is_unknown(row.get("value", "known")) else row


def _scalar(made: Draft, found: Field, name: str, row: dict[str, Any]) -> None:
    if found.table == "birth_date":
        made.wire["birth_date"] = row.get("value")
        made.places["birth_date"] = name
    elif found.table == "age":
        made.wire["age"] = row
        made.places["age"] = name
    else:
        made.add(found.table, {**row, "subject": found.code} if found.code else row, name)


def _diagnosis(made: Draft, found: Field, name: str, row: dict[str, Any]) -> None:
    """Diagnosis and histology are one record of the profile: the index cancer."""
    index = next((each for each in made.wire.get("diagnoses", ()) if each.get("index") == "yes"), None)
    if index is None:
        made.add("diagnoses", {"index": "yes"}, "diagnosis")
        index = made.wire["diagnoses"][-1]
    place = f"diagnoses[{made.wire['diagnoses'].index(index)}]"
    key = "code" if found.id == "diagnosis" else "histology"
    for given, value in row.items():
        index[key if given == "value" else given] = value
        made.places[f"{place}.{key if given == 'value' else given}"] = name


def _tnm(made: Draft, _found: Field, name: str, row: dict[str, Any]) -> None:
    made.add("tnm", row, name)


def _stage(made: Draft, found: Field, name: str, row: dict[str, Any]) -> None:
    made.add("stage", {**row, "scheme": found.code}, name)


def _lab(made: Draft, found: Field, name: str, row: dict[str, Any]) -> None:
    made.add("labs", {"test": found.code, **row}, name)


def _marker(made: Draft, found: Field, name: str, row: dict[str, Any]) -> None:
    made.add("biomarkers", {"marker": found.code, **_named(row, "status")}, name)


def _named(row: dict[str, Any], key: str) -> dict[str, Any]:
    """A bare value under the name of the field's first input."""
    return {key if each == "value" else each: value for each, value in row.items()}


def _event(made: Draft, found: Field, name: str, row: dict[str, Any]) -> None:
    made.add("events", {"name": found.code, **_named(row, "date")}, name)


def _judged(made: Draft, found: Field, name: str, row: dict[str, Any]) -> None:
    made.add("judgements", judgement_row(found.code, row), name)


_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})
#: the field of a table's row that holds what is present
_SUBJECT = {"conditions": "condition", "procedures": "procedure", "alterations": "gene"}


def _presence(made: Draft, found: Field, name: str, row: dict[str, Any]) -> None:
    said = str(row.pop("value", "")).strip().casefold()
    if said in _NO:
        dated = {"date": row["date"]} if "date" in row else {}
        made.add(found.table, {"none_of": [found.code], "label": found.title, **dated}, name)
    elif said not in _YES:
        made.refuse("P110", name, found.title, "write yes, no or unknown", said)
    elif found.table == "therapies":
        made.refuse("P110", name, found.title, "what was given is a course: add it to 'therapies'", said)
    elif found.table == "medications":
        taken = row.pop("agents", None) or found.code
        made.add(found.table, {"agents": taken if isinstance(taken, list) else [taken], **row}, name)
    else:
        made.add(found.table, {_SUBJECT[found.table]: found.code, **row}, name)


def _row(made: Draft, found: Field, name: str, answer: Any) -> None:
    if "/" in name:
        if not isinstance(answer, Mapping):
            made.refuse("P118", name, found.title, "a row is an object with fields", answer)
            return
        row = {key: value for key, value in answer.items() if value not in (None, "", [])}
        if row:
            kept = {"index": "no"} if found.table == "diagnoses" else {}
            made.add(found.table, {**kept, **row}, name)
    elif answer not in (COMPLETE, NO_OTHERS):
        reason = (
            "write 'complete', 'no others' or 'unknown', and each row under a name of its own, "
            "such as 'therapies/1'"
        )
        made.refuse("P110", name, found.title, reason, answer)


_SHAPES = {
    Shape.SCALAR: _scalar,
    Shape.DIAGNOSIS: _diagnosis,
    Shape.TNM: _tnm,
    Shape.STAGE: _stage,
    Shape.LAB: _lab,
    Shape.MARKER: _marker,
    Shape.EVENT: _event,
    Shape.PRESENCE: _presence,
    Shape.ALTERATION: _presence,
    Shape.JUDGEMENT: _judged,
}


def _together(made: Draft, form: Form, answers: Answers) -> None:
    """Absences that a rule asks about as one are stated as one."""
    for names in form.together:
        fields = [found for name in names if (found := form.find(name)) is not None]
        if all(_denied(answers.get(each.id)) for each in fields):
            row = {
                "none_of": [each.code for each in fields],
                "label": ", ".join(each.title for each in fields),
            }
            made.add(fields[0].table, row, fields[0].id)


def _close(made: Draft, form: Form, answers: Answers, formulary: Formulary) -> None:
    """The lists that are said to be complete; what is open beside them stays open."""
    for table in sorted({each.table for each in form.fields if each.shape is Shape.LIST}):
        said = answers.get(table)
        if said not in (COMPLETE, NO_OTHERS):
            continue
        asked = [each.id for each in form.fields if each.table == table and each.shape in _ASKED]
        answered = [
            each for each in answers if (at := form.find(each)) and at.table == table and at.shape in _ASKED
        ]
        wanted = answered if said == COMPLETE else dict.fromkeys((*asked, *answered))
        silent = [name for name in wanted if said == NO_OTHERS and name not in answers]
        open_ones = silent + [name for name in answered if _unknown(answers[name])]
        rows = [each for each in made.wire.get(table, ()) if "none_of" not in each]
        if not open_ones:
            made.wire.setdefault("complete", []).append(table)
            made.wire.setdefault(table, [])
            continue
        codes = [found.code for name in open_ones if (found := form.find(name)) is not None]
        absent = all_but(table, rows, codes, formulary)
        if absent is not None:
            made.add(table, {"none_of": absent, "label": "any other than those asked about"}, table)


_ASKED = (Shape.PRESENCE, Shape.ALTERATION)


def _unknown(answer: Any) -> bool:
    """Whether it was asked and nobody knows."""
    if isinstance(answer, Mapping):
        return is_unknown(answer.get("value", "known"))
    return is_unknown(answer)


def _denied(answer: Any) -> bool:
    row = None if isinstance(answer, list) else _stated(answer)
    return row is not None and str(row.get("value", "")).strip().casefold() in _NO
