"""From a wire profile somebody already has to the answers of a form: a record to go on from.

Every fact finds its field. A record that no field holds by itself, such as a condition the rulebook does not
ask about, becomes a row of its list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matcher.readers import lookup
from matcher.readers.context import is_unknown
from matcher.readers.foreign import is_identifier
from matcher.service.intake.form import Form
from matcher.service.intake.judging import answer_named
from matcher.service.intake.wire import COMPLETE
from matcher.vocabulary import staging
from matcher.vocabulary.cancers_said import cancer_said
from matcher.vocabulary.codes import EVENT
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.laboratory import lab_test, nearest_lab_test
from matcher.vocabulary.marks import marked
from matcher.vocabulary.observations import OBSERVATIONS, SUBJECTS
from matcher.vocabulary.procedures import PROCEDURES

_LISTS = {
    "therapies": "therapy",
    "medications": "medication",
    "conditions": "condition",
    "procedures": "procedure",
    "alterations": "alteration",
}
#: the field that a bare text in a table stands for
_BARE = {"therapies": "agents", "medications": "agents", "conditions": "condition", "procedures": "procedure",
         "radiotherapy": "field", "diagnoses": "code", "alterations": "gene"}  # fmt: skip


def answers_of(form: Form, wire: Mapping[str, Any], agent: Callable[[str], str | None]) -> dict[str, Any]:
    """The answers a profile gives; ``agent`` finds the code of an agent or class.

    Names of tables and fields that do not exist are kept as answers, so that they come back as issues.
    """
    answers: dict[str, Any] = {}
    for name, value in wire.items():
        if value is None or is_identifier(name) or name in ("as_of", "index_date", "assumptions", "complete"):
            continue
        if name in OBSERVATIONS:
            _observed(answers, form, name, value)
        elif name in ("diagnosis", "histology", "birth_date", "age"):
            answers[name] = value
        elif name in ("tnm", "staging", "stage"):
            _staged(answers, name, value, _is_pleural(wire))
        elif name in ("labs", "biomarkers", "events"):
            _keyed(answers, name, value)
        elif name == "diagnoses":
            _diagnoses(answers, value)
        elif name == "judgements":
            _judged(answers, value)
        elif name in _BARE:
            _listed(answers, form, name, value, agent)
        else:
            answers[name] = value
    match wire.get("complete"):
        case None:
            pass
        case str() as table:
            answers.setdefault(table, COMPLETE)
        case [*tables] if all(isinstance(each, str) for each in tables):
            for table in tables:
                answers.setdefault(table, COMPLETE)
        case other:
            answers["complete"] = other  # comes back as an issue
    return answers


def _rows(value: Any) -> list[Any]:
    return [each for each in value if each is not None] if isinstance(value, list) else [value]


def _add(answers: dict[str, Any], name: str, row: Any) -> None:
    """One more record under a name: several are a list."""
    if name not in answers:
        answers[name] = row
    else:
        answers[name] = [*_rows(answers[name]), row]


def _observed(answers: dict[str, Any], form: Form, name: str, value: Any) -> None:
    several = isinstance(value, list) and any(isinstance(each, Mapping) for each in value)
    for each in value if several else [value]:
        subject = str(each.get("subject") or "") if isinstance(each, Mapping) else ""
        tree = SUBJECTS.get(OBSERVATIONS[name].subject)
        code = (tree.lookup(subject) if tree is not None else None) or subject
        known = bool(code) and form.find(f"{name}:{code}") is not None
        row = {key: item for key, item in each.items() if key != "subject"} if known else each
        _add(answers, f"{name}:{code}" if known else name, row)


def _is_pleural(wire: Mapping[str, Any]) -> bool:
    """Whether the only cancer is certainly one of the pleura, whose chapter a stage with an edition is then of."""
    rows = _rows(wire.get("diagnoses") or [])
    named = [
        wire.get("diagnosis"),
        *(each.get("code") if isinstance(each, Mapping) else each for each in rows),
    ]
    codes = [cancer_said(each) for each in named if isinstance(each, str)]
    return len(codes) == 1 and codes[0] is not None and DIAGNOSES.is_below(codes[0], "PLEURA")


def _staged(answers: dict[str, Any], table: str, value: Any, pleural: bool) -> None:
    for each in _rows(value):
        row = dict(each) if isinstance(each, Mapping) else {"value": each}
        scheme = row.pop("scheme", None)
        stage = row.pop("value" if table == "stage" else "stage", None)
        known = staging.SCHEME.lookup(str(scheme)) if scheme else _implied(row) if pleural else None
        if stage is not None:
            dated = {"date": row["date"]} if "date" in row else {}
            _add(answers, f"stage:{known}" if known else "stage", {"value": stage, **dated})
        if table != "stage" and set(row) - {"date", "basis"}:
            _add(answers, "tnm", row)


def _implied(row: Mapping[str, Any]) -> str | None:
    edition = staging.edition(str(row["edition"])) if row.get("edition") else None
    return staging.scheme_of("pleural", edition) if edition else None


_KEYS = {"labs": ("lab", "test"), "biomarkers": ("biomarker", "marker"), "events": ("event", "name")}


def _keyed(answers: dict[str, Any], table: str, value: Any) -> None:
    word, key = _KEYS[table]
    if isinstance(value, Mapping) and key not in value:
        value = [
            {key: name, **(each if isinstance(each, Mapping) else {"value": each})}
            for name, each in value.items()
        ]
    for each in _rows(value):
        row = dict(each) if isinstance(each, Mapping) else {key: each}
        about = str(row.pop(key, ""))
        if table == "events":
            row = {"value": row["value"] if "value" in row else row.get("date")}
        code = _code(table, about)
        if code is None:
            # A doubted or misspelt name stays beside the result, in the field of what it may mean.
            code = _meant(table, about)
            row |= {key: about} if code is not None else {}
        _add(answers, f"{word}:{code or about}", row)


def _code(table: str, name: str) -> str | None:
    match table:
        case "labs":
            test = lab_test(name)
            return test.code if test is not None else None
        case "biomarkers":
            found = lookup.MARKER.resolve(name)
            return next(iter(found)) if found and len(found) == 1 else None
    return EVENT.lookup(name)


def _meant(table: str, name: str) -> str | None:
    """What a name of no code may mean."""
    if table == "events":
        return lookup.event_said(name)[0]
    said = marked(name, lambda each: _code(table, each) is not None)
    if said is not None:
        return _code(table, said.name)
    return nearest_lab_test(name) if table == "labs" else lookup.MARKER.nearest(name)


def _judged(answers: dict[str, Any], value: Any) -> None:
    for each in _rows(value):
        if isinstance(each, Mapping):
            _add(answers, *answer_named(each))
        else:
            _add(answers, "judgements", each)  # comes back as an issue


def _diagnoses(answers: dict[str, Any], value: Any) -> None:
    rows = [dict(each) if isinstance(each, Mapping) else {"code": each} for each in _rows(value)]
    if value == []:
        answers["diagnoses"] = COMPLETE
    present = [each for each in rows if "none_of" not in each]
    marked = [each for each in present if str(each.get("index")).casefold() in ("true", "yes", "y", "1")]
    # Only one that nothing is said of is the index cancer by being alone.
    alone = present[0] if len(present) == 1 and is_unknown(present[0].get("index")) else None
    index = marked[0] if marked else alone
    for number, row in enumerate(rows, 1):
        if row is not index:
            if "none_of" not in row and is_unknown(row.get("index")):
                # In the form a further cancer is another one; of a record nobody said so.
                row["index"] = "unknown"
            answers[f"diagnoses/{number}"] = row
            continue
        row.pop("index", None)
        histology = row.pop("histology", None)
        if row:
            answers["diagnosis"] = {"value": row.pop("code", None), **row}
        if histology is not None:
            answers["histology"] = {"value": histology}


def _listed(
    answers: dict[str, Any], form: Form, table: str, value: Any, agent: Callable[[str], str | None]
) -> None:
    if value == []:
        answers[table] = COMPLETE
    for number, each in enumerate(_rows(value), 1):
        row = dict(each) if isinstance(each, Mapping) else {_BARE[table]: each}
        if "none_of" in row and table in _LISTS:
            _absent(answers, form, f"{table}/{number}", row, agent)
        elif "none_of" in row or not _single(answers, form, table, row):
            answers[f"{table}/{number}"] = row


def _absent(
    answers: dict[str, Any],
    form: Form,
    place: str,
    row: Mapping[str, Any],
    agent: Callable[[str], str | None],
) -> None:
    """Each thing that is absent at its own question; what none asks about, or asks already, as the row it was."""
    table = place.partition("/")[0]
    rest = {key: value for key, value in row.items() if key in ("date", "label") and value is not None}
    left: list[Any] = []
    for each in row["none_of"] if isinstance(row["none_of"], list) else [row["none_of"]]:
        found = form.find(f"{_LISTS[table]}:{_coded(table, str(each), agent)}")
        if found is None or found.id in answers or "label" in rest:
            left.append(each)
        else:
            answers[found.id] = {"value": "no", **rest}
    if left:
        answers[place] = {"none_of": left, **rest}


def _coded(table: str, name: str, agent: Callable[[str], str | None]) -> str:
    match table:
        case "conditions":
            return CONDITIONS.lookup(name) or name
        case "procedures":
            return PROCEDURES.lookup(name) or name
        case "alterations":
            return next(iter(lookup.GENE.resolve(name) or {name}))
    return agent(name) or name


def _single(answers: dict[str, Any], form: Form, table: str, row: Mapping[str, Any]) -> bool:
    """Whether the row went into a field of its own: a condition or procedure that the rulebook asks about."""
    if table not in ("conditions", "procedures", "alterations") or not isinstance(row.get(_BARE[table]), str):
        return False
    name = f"{_LISTS[table]}:{_coded(table, row[_BARE[table]], lambda _: None)}"
    listed = any(each.id == name for each in form.fields)
    own = form.find(name) if listed else None
    allowed = {each.name for each in own.inputs} if own is not None else set()
    rest = {key: value for key, value in row.items() if key != _BARE[table] and value is not None}
    if own is None or name in answers or not set(rest) <= allowed:
        return False
    answers[name] = {"value": "yes", **rest}
    return True
