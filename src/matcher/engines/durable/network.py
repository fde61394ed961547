"""A graph's rulesets in a private host, shared by all sessions over it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import count
from threading import Lock
from typing import Protocol, TypeAlias
from weakref import finalize

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding
from matcher.engines.durable.chain import Chain, Due
from matcher.engines.durable.host import QuietHost, Ruleset, release
from matcher.features.kind import Feature
from matcher.features.tables import tables_of
from matcher.rules.graph import Graph, NodeId, Read

#: the possible values of a feature, read from a patient's records
Reader: TypeAlias = Callable[[Feature, Profile, Clock], Finding]

#: sessions that keep their facts in the host between answers: each costs about 13 kB for every rule
LIVE = 4


class Speaker(Protocol):
    """A session, as its rules see it."""

    sid: str

    def conclude(self, node: NodeId, verdict: Verdict) -> None: ...

    def derive(self, due: Due) -> None: ...

    def leave(self) -> None: ...


class Network:
    """The host speaks of one session at a time, under one lock, in the caller's thread."""

    def __init__(self, graph: Graph, wanted: Sequence[NodeId], read: Reader, live: int = LIVE) -> None:
        self.chain, self.read = Chain(graph, wanted), read
        self.reads = {
            node: (part.feature, tables_of(part.feature))
            for node in wanted
            if isinstance(part := graph[node], Read)
        }
        self.lock = Lock()
        self._most = live
        self._live: OrderedDict[str, Speaker] = OrderedDict()
        self._names = count()
        self._speaker: Speaker | None = None
        host = QuietHost()
        self.rulesets = [
            Ruleset(host, f"part{number}", self.chain.rules(number, self._conclude, self._derive))
            for number in range(len(self.chain.parts))
        ]
        # At the end of the process its memory goes anyway, and other threads may still be at work.
        finalize(self, release, [each.handle for each in self.rulesets]).atexit = False

    def name(self) -> str:
        """A name for a session: the engine's own, so that nobody's identifier gets into the host."""
        return str(next(self._names))

    @property
    def live(self) -> int:
        return len(self._live)

    def speak(self, session: Speaker) -> None:
        """Makes this the session that rules are about; the one longest silent leaves the host if there are many."""
        self._speaker = session
        self._live[session.sid] = session
        self._live.move_to_end(session.sid)
        while len(self._live) > self._most:
            _, oldest = self._live.popitem(last=False)
            oldest.leave()

    def silence(self, session: Speaker) -> None:
        self._live.pop(session.sid, None)
        session.leave()
        if self._speaker is session:
            self._speaker = None

    def _conclude(self, node: NodeId, verdict: Verdict) -> None:
        assert self._speaker is not None
        self._speaker.conclude(node, verdict)

    def _derive(self, due: Due) -> None:
        assert self._speaker is not None
        self._speaker.derive(due)
