"""What is recorded and answers no question yet: a suspected cancer, a stage of another edition, a TNM without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matcher.domain.possible import YES
from matcher.domain.profile import Profile
from matcher.domain.record import Diagnosis, Record, Staging
from matcher.explanation.answer import Question
from matcher.explanation.facts import stage_in_words, text_of
from matcher.explanation.wording import codes_in_words
from matcher.rules.judgement import JUDGEMENT

_OF_CANCER = frozenset({"diagnosis", "histology"})
_STAGED = ("tnm", "stage:")


def suspected(profile: Profile) -> tuple[Diagnosis, ...]:
    """Cancers that may be the index cancer and that nobody has confirmed."""
    return tuple(
        each for each in profile.diagnoses.records if each.confirmed != YES and each.index in (YES, None)
    )


def without_edition(profile: Profile) -> tuple[Staging, ...]:
    """Stages and TNM categories of which nobody said by which edition."""
    return tuple(
        each
        for each in profile.staging
        if (each.edition is None or not each.edition.exact) and (each.scheme is None or not each.scheme.exact)
    )


def set_aside(word: str, profile: Profile) -> tuple[Record, ...]:
    """What is recorded of a fact and does not count as one, by the word of the rule language that asks for it."""
    if word in _OF_CANCER:
        return tuple(each for each in suspected(profile) if word == "diagnosis" or each.histology is not None)
    if word == "stage":
        return tuple(each for each in profile.staging if each.stage is not None)
    return ()


def is_set_aside(word: str) -> bool:
    """Whether something may be recorded of it that does not count."""
    return word in _OF_CANCER or word in ("stage", JUDGEMENT)


def why_aside(record: Record) -> str:
    """Of a record that does not answer what is asked: what it says instead."""
    match record:
        case Diagnosis():
            return f"{text_of(record).removeprefix('Diagnosis: ')}; confirmation is asked for"
        case Staging():
            certain = record.scheme is not None and record.scheme.exact
            other = ", which says nothing about another edition" if certain else ""
            return f"recorded is {stage_in_words(record)}{other}"
    return text_of(record)


def asks_to_confirm(profile: Profile) -> str:
    """The question that a suspected cancer calls for; empty without one."""
    doubtful = suspected(profile)
    if not doubtful:
        return ""
    named = codes_in_words(doubtful[0].code.members) if doubtful[0].code is not None else "the cancer"
    return f"{named} is recorded as suspected: is it confirmed, and by what?"


def asks_for_edition(profile: Profile) -> str:
    """The question that a staging without its edition calls for; empty without one."""
    unnumbered = without_edition(profile)
    return f"By which edition was the tumour staged ({stage_in_words(unnumbered[0])})?" if unnumbered else ""


def is_staged(topic: str) -> bool:
    """Whether a question is about the stage, or what it is worked out from."""
    return topic.startswith(_STAGED)


def in_context(
    questions: Sequence[Question], profile: Profile, missing: Sequence[tuple[str, str]]
) -> tuple[Question, ...]:
    """The questions in words that fit what is recorded, with those it calls for where nothing else asks them.

    ``missing`` are candidates with what is missing for each.
    """
    asked = list(questions)
    if text := asks_to_confirm(profile):
        concerned = _lacking(missing, "Diagnosis", "Histology") or _lacking(missing, "")
        held = [replace(each, text=text) for each in asked if each.topic == "diagnosis"]
        held = held or ([Question("diagnosis", text, 0.0, concerned)] if concerned else [])
        # Everything rests on it, whatever an answer alone would settle.
        asked = [*held, *(each for each in asked if each.topic != "diagnosis")]
    if text := asks_for_edition(profile):
        held = [each for each in asked if is_staged(each.topic)]
        if held:
            asked = [
                replace(each, text=text) if each is held[0] else each
                for each in asked
                if each is held[0] or each not in held
            ]
        elif concerned := _lacking(missing, "Stage", "TNM"):
            asked.append(Question("tnm", text, 0.0, concerned))
    return tuple(asked)


def _lacking(missing: Sequence[tuple[str, str]], *titles: str) -> tuple[str, ...]:
    """The candidates of which one of these is missing."""
    return tuple(dict.fromkeys(name for name, each in missing if any(title in each for title in titles)))
