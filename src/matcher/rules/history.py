"""Reading the versions of a protocol, as authors write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain.dates import DateSpan
from matcher.rules.condition import Condition, Path, Problem
from matcher.rules.document import Citation
from matcher.rules.judgement import left_to_a_person
from matcher.rules.parse import ConditionReader
from matcher.rules.syntax import Between, Day, TrialDocument, VersionDocument
from matcher.rules.version import Asked, History, Version, days_in_words

_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(slots=True)
class HistoryReader:
    """Reads the versions of one file; the last is the file itself."""

    reader: ConditionReader
    problems: list[Problem]

    def read(self, document: TrialDocument, citation: Mapping[int, Citation | None]) -> History:
        spans = [self._since(each, index) for index, each in enumerate(document.versions)]
        self._check_order(spans)
        versions = tuple(
            Version(each.change, spans[index], citation[index])
            for index, each in enumerate(document.versions)
        )
        if any(each.since is None for each in versions[1:]):
            return History()
        asked = tuple(
            self._asked(document.trial, each, index) for index, each in enumerate(document.versions)
        )
        return History(versions, asked)

    def _asked(self, trial: str, version: VersionDocument, index: int) -> dict[str, Asked]:
        found: dict[str, Asked] = {}
        for identifier, criterion in version.criteria.items():
            here = ("versions", index, "criteria", identifier)
            condition: Condition | None = None
            if criterion.judgement:
                condition = left_to_a_person(trial, identifier, criterion.text, (*here, "judgement"))
            elif criterion.when is not None:
                condition = self.reader.read(criterion.when, (*here, "when"))
                if condition is None:
                    continue
            found[identifier] = Asked(criterion.text, condition)
        return found

    def check(self, document: TrialDocument, current: Mapping[str, Asked], history: History) -> None:
        """Earlier versions name criteria of the file, and say of each something else than the file does."""
        last = len(document.versions) - 1
        if last == 0:
            self._refuse(("versions", 0, "change"), "one version alone is what the file says anyway")
        for index, version in enumerate(document.versions):
            if last and (index == last) == bool(version.criteria):
                message = (
                    "the last version is the one encoded: it has no criteria of its own"
                    if index == last
                    else "an earlier version says which criteria were others"
                )
                self._refuse(("versions", index, "change"), message)
            for identifier in version.criteria:
                here = ("versions", index, "criteria", identifier)
                if identifier not in current:
                    message = f"there is no criterion '{identifier}'"
                    self.problems.append(Problem(here, "R027", message, at_key=True))
                elif history.asked and history.asked[index].get(identifier) == current[identifier]:
                    self._refuse(here, f"'{identifier}' asks here what it asks in the file", at_key=True)

    def _since(self, version: VersionDocument, index: int) -> DateSpan | None:
        path: Path = ("versions", index, "since")
        match version.since:
            case None:
                if index:
                    self._refuse(
                        ("versions", index, "change"), "a later version says since when it is in force"
                    )
                return None
            case _ if not index:
                self._refuse(path, "the first version is in force from the beginning")
                return None
            case Between(not_before=first, by=last):
                begin = DateSpan.on(date.min) if first is None else self._span(first, (*path, "not_before"))
                end = self._span(last, (*path, "by"))
                if begin is None or end is None:
                    return None
                if begin.first > end.last:
                    self._refuse((*path, "by"), f"{end} is before {begin}")
                    return None
                return DateSpan(begin.first, end.last)
            case day:
                return self._span(day, path)

    def _span(self, day: Day, path: Path) -> DateSpan | None:
        match day:
            case date():
                return DateSpan.on(day)
            case int() if 1900 <= day <= 2200:
                return DateSpan.year(day)
            case str() if (found := _MONTH.fullmatch(day)) and 1 <= int(found[2]) <= 12:
                return DateSpan.month(int(found[1]), int(found[2]))
        self._refuse(path, f"'{day}' is no day, month or year")
        return None

    def _check_order(self, spans: Sequence[DateSpan | None]) -> None:
        before: DateSpan | None = None
        for index, after in enumerate(spans):
            if before and after and (after.first < before.first or after.last <= before.last):
                message = f"{days_in_words(after)} does not follow {days_in_words(before)}"
                self._refuse(("versions", index, "since"), message)
            before = after or before

    def _refuse(self, path: Path, message: str, *, at_key: bool = False) -> None:
        self.problems.append(Problem(path, "R062", message, at_key=at_key))
