"""Rulebooks that were in force when a run of a worklist was matched, opened again when somebody looks at it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from matcher.errors import MatcherError
from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher
from matcher.service.archive import packed_rules, unpacked_rulebook
from matcher.store import Worklists

_MOST = 2


@dataclass
class Archive:
    """Keeps the last few open."""

    lists: Worklists
    _open: OrderedDict[str, Matcher] = field(default_factory=OrderedDict, init=False)
    _turn: Lock = field(default_factory=Lock, init=False)

    def keep(self, rulebook: Rulebook, rules: Path | None) -> None:
        """The files that are in force, under their version."""
        if self.lists.rulebook(rulebook.version) is None:
            self.lists.keep_rulebook(rulebook.version, packed_rules(rules))

    def matcher(self, version: str, current: Matcher) -> Matcher | None:
        """Of this version of the rulebook; nothing where its files are not kept, or not read any more."""
        if version == current.rulebook.version:
            return current
        with self._turn:
            held = self._open.get(version)
            if held is None:
                held = self._opened(version)
                if held is None:
                    return None
                self._open[version] = held
                while len(self._open) > _MOST:
                    self._open.popitem(last=False)
            return held

    def _opened(self, version: str) -> Matcher | None:
        files = self.lists.rulebook(version)
        if files is None:
            return None
        try:
            rulebook = unpacked_rulebook(files)
        except MatcherError:
            return None
        return Matcher(rulebook) if rulebook.version == version else None
