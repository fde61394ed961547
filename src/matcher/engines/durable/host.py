"""durable-rules, as far as it can be relied on: docs/adr/0011 says what was found and where the limits come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

import durable_rules_engine
from durable.engine import Host, MessageNotHandledException

Condition = dict[str, Any]
Rule = dict[str, Any]

#: 512 conditions at the root of a ruleset make it loop for ever; it refuses only some of them
CONDITIONS = 400
#: no more than 64 conditions may hold of one fact: a test has three, of which two can hold
TESTS = 24

_OPENED = "opened"


class QuietHost(Host):  # type: ignore[misc]
    """A host without the two timer threads, which race with the caller; nothing here needs a timer."""

    def _run(self) -> None:
        """Starts nothing."""

    def settle(self, ruleset: Any, state: Any) -> None:
        """Runs what facts have made due, in the caller's thread. What an action raises is raised here."""
        found = self._handle_function(ruleset, lambda each: each, state, None)
        if found and "exception" in found:
            raise RuntimeError(f"an action of durable-rules failed: {found['exception']}")


class Ruleset:
    """Some rules, and the facts of sessions in them. Each rule is about one fact, so facts need no order."""

    def __init__(self, host: QuietHost, name: str, rules: Mapping[str, Rule]) -> None:
        opened = rule({_OPENED: 1}, 1, lambda: None)
        host.register_rulesets({name: {**rules, _OPENED: opened}})
        self._host, self._rules = host, host.get_ruleset(name)
        self._state: Any = None

    def open(self, sid: str) -> None:
        """A state in which no action has ever run must not be deleted: its memory is freed unset. So one runs."""
        self.put(sid, _OPENED, {_OPENED: 1})
        self.settle()

    def put(self, sid: str, name: str, properties: Mapping[str, int]) -> None:
        """Asserts a fact. What follows from it runs when the ruleset is settled, or in the settling under way."""
        try:
            self._state = self._rules.assert_fact({"sid": sid, "id": name, **properties})
        except MessageNotHandledException:
            # No rule holds of it: then it is not kept either.
            return

    def take(self, sid: str, name: str) -> None:
        """Retracts a fact by its name, and with it what it had made due and what has not run yet."""
        self._state = self._rules.retract_fact({"sid": sid, "id": name})

    def settle(self) -> None:
        """Runs everything due for the session whose facts came last."""
        if self._state is not None:
            try:
                self._host.settle(self._rules, self._state)
            finally:
                self._state = None

    def forget(self, sid: str) -> None:
        self._state = None
        self._rules.delete_state(sid)

    @property
    def handle(self) -> int:
        held: int = self._rules._handle  # noqa: SLF001 - nothing else frees a ruleset
        return held


def rule(condition: Condition, order: int, conclude: Callable[[], None]) -> Rule:
    """When the condition holds of a fact, in the order given among what is due at once: lowest first.

    durable-rules does not take an action for done that began more than ten seconds ago by the clock on the wall, since
    by then somebody else may have it, and leaves all undone that is due after it, without a word. A machine that slept,
    a process that was stopped and a clock put forward all look like that, and verdicts would stay as they were. Here
    nobody else has it: no time counts.
    """

    def run(context: Any) -> None:
        context._start_time = inf  # noqa: SLF001 - the only thing that the ten seconds are counted from
        conclude()

    return {"all": [{"m": condition}], "pri": order, "run": run}


def release(handles: list[int]) -> None:
    """Frees rulesets; no session may be open in them."""
    for handle in handles:
        durable_rules_engine.delete_ruleset(handle)
