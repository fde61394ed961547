"""What people judged: one criterion of one candidate each, and which of several judgements counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from matcher.domain.judgement import HOLDS, HOLDS_NOT, REPLACED, Judgement, words_of
from matcher.domain.possible import NOT_UNDERSTOOD, Codes
from matcher.readers.context import Context, is_unknown
from matcher.readers.lookup import Lookup, of_tree
from matcher.readers.outcome import Issue, shown
from matcher.readers.rows import rows_of
from matcher.readers.value import NOT_READ
from matcher.vocabulary import judged

OPEN = Codes.of(HOLDS, HOLDS_NOT)
_MET = of_tree(judged.MET, "met, not met or unknown")
_MOST_NAMED = 5
_APPLIES = of_tree(judged.APPLIES, "applies, does not apply or unknown, as an exclusion is worded")
_AS_WORDED = {"applies": HOLDS, "does_not_apply": HOLDS_NOT}
#: the version of what was judged: a digest of the criterion, and one of the facts behind it
_VERSION = re.compile(r"[0-9a-f]{12}-[0-9a-f]{12}")
_TRIAL = re.compile(r"nct ?-?([0-9]{8})", re.IGNORECASE)
_CRITERION = re.compile(r"([iec])[ _-]?([0-9]{1,2})([a-z]?)", re.IGNORECASE)


def _applies(text: str) -> frozenset[str] | None:
    found = _APPLIES.resolve(text)
    return frozenset(_AS_WORDED[each] for each in found) if found else None


_WORDED = {True: Lookup(_MET.title, _MET.resolve, leaves=OPEN.members),
           False: Lookup(_APPLIES.title, _applies, leaves=OPEN.members)}  # fmt: skip


def read_judgements(context: Context, wire: Mapping[str, Any]) -> Iterator[Judgement]:
    """Every judgement, those that no longer count among them.

    A later one replaces the earlier ones of the same person. Where the last words of two people differ, neither
    counts for more: the criterion is open, and the conflict is said.
    """
    read = [
        found
        for row in rows_of(context, "judgements", wire.get("judgements"))
        if row.fields is not None and (found := _judgement(context, row.fields, row.path)) is not None
    ]
    yield from _settled(context, read)


def _judgement(context: Context, row: Mapping[str, Any], path: str) -> Judgement | None:
    """A judgement that nobody can read is one all the same: the criterion stays open."""
    named = [_text(row, name) for name in ("candidate", "criterion")]
    if not all(named):
        context.issue("P118", path, "a judgement names its candidate and its criterion", shown(row))
        return None
    candidate, criterion = candidate_named(named[0]), criterion_named(named[1])
    asked = _WORDED[criterion.startswith("I") or criterion[:1] not in ("E", "C")]
    verdict = context.codes(row, "verdict", path, asked, kept=True) or OPEN
    version = _text(row, "of")
    if version and not _VERSION.fullmatch(version):
        context.issue(
            "P105", f"{path}.of", "not the version of a criterion as it is shown beside it", version
        )
        verdict = verdict.union(OPEN)
    return Judgement(
        candidate,
        criterion,
        Codes(verdict.members - {NOT_UNDERSTOOD}),
        context.date(row, "day", path),
        _text(row, "person"),
        _text(row, "reason"),
        _text(row, "source"),
        version,
        source=context.source(path),
        written=shown(row["verdict"]) if NOT_UNDERSTOOD in verdict.members else words_of(criterion, verdict),
    )


def _settled(context: Context, read: Sequence[Judgement]) -> Iterator[Judgement]:
    """In one pass over them and another: of one patient a file may hold any number."""
    known = [each for each in read if each.on is None or each.on.first <= context.as_of]
    newest = _newest(known)
    last = {id(each) for each in known if not _is_replaced(each, newest)}
    about: dict[tuple[str, str], list[Judgement]] = {}
    for each in read:
        about.setdefault((each.candidate, each.criterion), []).append(each)
    counting = {key: [each for each in held if id(each) in last] for key, held in about.items()}
    said = {key: {each.verdict for each in held} for key, held in counting.items()}
    for key, verdicts in said.items():
        if len(verdicts) > 1 and OPEN not in verdicts:
            source = about[key][0].source
            reason = f"{key[0]} {key[1]} is judged in two ways: {_in_words(counting[key])}; it stays open"
            context.issues.append(
                Issue.of("P111", reason, source=source, patient=context.patient, fact="judgements")
            )
    are_known = {id(each) for each in known}
    for each in read:
        if id(each) not in last and id(each) in are_known:
            yield replace(each, force=REPLACED)
        elif len(said[each.candidate, each.criterion]) > 1 and id(each) in last:
            yield replace(each, verdict=OPEN)
        else:
            yield each


def _newest(known: Sequence[Judgement]) -> dict[tuple[str, str, str], date]:
    """The last day on which somebody who is named has certainly judged a criterion."""
    found: dict[tuple[str, str, str], date] = {}
    for each in known:
        if each.on is not None and each.person:
            key = _by(each)
            found[key] = max(found.get(key, date.min), each.on.first)
    return found


def _is_replaced(each: Judgement, newest: Mapping[tuple[str, str, str], date]) -> bool:
    """Whether the same person has said something else since, on a day that is certainly later."""
    return each.on is not None and newest.get(_by(each), date.min) > each.on.last


def _by(each: Judgement) -> tuple[str, str, str]:
    return each.candidate, each.criterion, each.person.casefold()


def _in_words(judged: Sequence[Judgement]) -> str:
    said = [
        f"'{each.written}' by {each.person or 'a person who is not named'}" for each in judged[:_MOST_NAMED]
    ]
    more = len(judged) - len(said)
    return " and ".join([*said, f"{more} more"] if more else said)


def candidate_named(text: str) -> str:
    """A trial by its registry number however that is written, and otherwise the name as it stands."""
    found = _TRIAL.fullmatch(text)
    return f"NCT{found[1]}" if found else text


def criterion_named(text: str) -> str:
    """``i5`` is I-05; what is no name of a criterion stays as it stands."""
    found = _CRITERION.fullmatch(text)
    return f"{found[1].upper()}-{int(found[2]):02d}{found[3].lower()}" if found else text


def _text(row: Mapping[str, Any], name: str) -> str:
    raw = row.get(name)
    return "" if raw is NOT_READ or is_unknown(raw) else " ".join(str(raw).split())
