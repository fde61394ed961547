"""The rulebook that is served, and its exchange for a newer one between two requests."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from matcher.errors import MatcherError, RuleError
from matcher.explanation.sites import enrolment
from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher, MatchOptions, open_rulebook, rules_directory
from matcher.service.answer import answer

_log = logging.getLogger("matcher.server")


@dataclass(frozen=True)
class Served:
    """One version of the rulebook, ready. A request takes it once and is answered from nothing else."""

    rulebook: Rulebook
    matcher: Matcher = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "matcher", Matcher(self.rulebook, MatchOptions()))

    @property
    def version(self) -> str:
        return self.rulebook.short_version

    @cached_property
    def sites(self) -> Mapping[str, Sequence[str]]:
        """The trials of each site at which they are not over, by what the site is called."""
        found: dict[str, list[str]] = {}
        for candidate in self.rulebook.candidates:
            for site in enrolment(candidate).open_sites:
                found.setdefault(site.called, []).append(candidate.id)
        return dict(sorted(found.items(), key=lambda each: each[0].casefold()))


@dataclass
class Holder:
    """Holds the version in force. ``reload`` is one assignment: nobody ever sees half of it."""

    rules: Path | None
    clock: Callable[[], datetime]
    current: Served = field(init=False)
    failing: tuple[str, ...] = field(default=(), init=False)
    _seen: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self._seen = self._fingerprint()
        self.current = self._load()

    def _load(self) -> Served:
        """Ready to answer: what is worked out once for a rulebook is, before anybody waits for it."""
        served = Served(open_rulebook(self.rules))
        answer(served.matcher, {}, MatchOptions(top=1), as_of=None, today=self.clock().date())
        return served

    def reload(self) -> bool:
        """Loads the files anew where they changed; whether another version is in force now.

        Files that do not make a rulebook change nothing: the version in force stays, and ``failing`` says why.
        """
        seen = self._fingerprint()
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            loaded = self._load()
        except MatcherError as error:
            codes = sorted({each.code for each in error.diagnostics}) if isinstance(error, RuleError) else []
            self.failing = tuple(codes) or ("U018",)
            _log.error("the rules were changed and cannot be used: %s", ", ".join(self.failing))
            return False
        self.failing = ()
        changed = loaded.rulebook.version != self.current.rulebook.version
        if changed:
            self.current = loaded
            _log.info("rulebook %s is in force", loaded.version)
        return changed

    def _fingerprint(self) -> str:
        """Of names, sizes and times of the files: cheap enough to look at every second."""
        folder = rules_directory(self.rules)
        found = hashlib.sha256()
        for path in sorted(folder.rglob("*.y*ml")):
            try:
                state = path.stat()
            except OSError:
                continue
            found.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
        return found.hexdigest()
