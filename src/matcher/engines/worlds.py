"""One patient, and many answers to questions side by side: every gate as two whole numbers, a bit for each world.

In the first world the patient is as recorded, in each of the others one feature has one more answer. Bits beyond the
last world are as in the first, so that a number with them set is negative: ``&``, ``|`` and ``~`` keep it so, and
worlds can be added without touching what does not depend on them. What depends on nothing recorded is worked out
once, for a patient of whom nothing is known. Large graphs are quicker in the arrays of ``columnar.levels``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from matcher.domain.possible import NOT_UNDERSTOOD, Codes, Possible, test
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding
from matcher.engines.reference import walk
from matcher.features.kind import CodeDomain, Domain
from matcher.rules.graph import (
    All,
    Any,
    AtLeast,
    Choice,
    Combine,
    Constant,
    Graph,
    Node,
    NodeId,
    Not,
    Presume,
    Read,
    Test,
)
from matcher.vocabulary.units import round9

EVERYWHERE = -1
#: of a patient of whom nothing is known no verdict depends on the day
_ANY_DAY = date(2000, 1, 1)

#: in which worlds something is so
_Bits: TypeAlias = int
#: the worlds in which each value is the one that is known
_Values: TypeAlias = Sequence[tuple[Finding, _Bits]]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a category could be: for each code the worlds in which it is possible.

    ``perhaps`` is what would be said by a record or a derivation that in ``may_apply`` may apply and may not.
    """

    codes: Mapping[str, _Bits]
    silent: _Bits
    perhaps: Mapping[str, _Bits]
    may_apply: _Bits


@dataclass(frozen=True, slots=True)
class Supposed:
    """Both planes of every gate. ``added`` are features with answers of their own, whose worlds come at the end."""

    sure: Sequence[_Bits]
    possible: Sequence[_Bits]
    added: Sequence[tuple[NodeId, Sequence[Possible]]]


class Worlds:
    """A graph, and what is supposed of features of which nothing is recorded. Made once for a rulebook."""

    def __init__(
        self,
        graph: Graph,
        answers: Mapping[NodeId, Sequence[Possible]],
        roots: Iterable[NodeId] | None = None,
    ) -> None:
        """``answers`` are those worth supposing of a feature where nothing is recorded, one world for each in order.

        ``roots`` are the gates that will be asked for, all of them where none are named.
        """
        self.graph, self.answers = graph, answers
        wanted = range(len(graph)) if roots is None else graph.below(*roots)
        among = frozenset(wanted)
        self._users = [[each for each in users if each in among] for users in graph.users()]
        self._above = [(each, graph[each]) for each in wanted if not isinstance(graph[each], Read)]
        self._features = [each for each in wanted if isinstance(graph[each], Read)]
        _, self._unrecorded = walk(graph, Profile("", _ANY_DAY), Clock.at(_ANY_DAY), wanted)
        self._needed: dict[NodeId, frozenset[NodeId]] = {}
        self._nobody = _Run(graph, self._users)
        self._count, firsts = 1, dict[NodeId, int]()
        for feature, given in answers.items():
            firsts[feature] = self._count
            self._count += len(given)
        for feature in self._features:
            known = _values(self._unrecorded[feature], answers.get(feature, ()), firsts.get(feature, 0))
            self._nobody.suppose(feature, known)
        self._nobody.go_on(self._above)

    def differing(self, found: Mapping[NodeId, Finding]) -> list[NodeId]:
        """The features of which something else is known than nothing."""
        known = ((each, found.get(each)) for each in self._features)
        return [each for each, finding in known if finding is not None and self._differs(each, finding)]

    def _differs(self, feature: NodeId, finding: Finding) -> bool:
        nothing = self._unrecorded[feature]
        if finding is nothing:
            return False
        if not finding.facts and finding == nothing:
            # Engines use one finding for all of whom nothing is known: next time it is seen at once.
            self._unrecorded[feature] = finding
            return False
        return (
            finding.value != nothing.value
            or finding.silent is not nothing.silent
            or finding.perhaps != nothing.perhaps
        )

    def run(
        self,
        found: Mapping[NodeId, Finding],
        differing: Iterable[NodeId],
        answers: Mapping[NodeId, Sequence[Possible]],
        roots: Iterable[NodeId] | None = None,
    ) -> Supposed:
        """``answers`` are those to ``differing`` features; to the others they are always the same.

        Only what these ``roots`` need is worked out; where none are named, everything.
        """
        run = _Run(self.graph, self._users, self._nobody)
        added, count = list[tuple[NodeId, Sequence[Possible]]](), self._count
        for feature in differing:
            given = answers.get(feature, ())
            run.suppose(feature, _values(found[feature], given, count))
            if given:
                added.append((feature, given))
                count += len(given)
        if roots is None:
            run.go_on(self._above)
        else:
            wanted = set[NodeId]().union(*(self._needed_by(each) for each in set(roots)))
            run.go_on([each for each in self._above if each[0] in wanted])
        return Supposed(run.sure, run.possible, added)

    def _needed_by(self, root: NodeId) -> frozenset[NodeId]:
        found = self._needed.get(root)
        if found is None:
            found = self._needed[root] = frozenset(self.graph.below(root))
        return found


def _values(recorded: Finding, answers: Sequence[Possible], first: int) -> _Values:
    if not answers:
        return ((recorded, EVERYWHERE),)
    own = [(Finding(answer), 1 << world) for world, answer in enumerate(answers, first)]
    return [(recorded, ~(((1 << len(answers)) - 1) << first)), *own]


class _Run:
    """The planes of every gate, and the values behind them, as far as they are known to differ from ``before``."""

    def __init__(
        self,
        graph: Graph,
        users: Sequence[Sequence[NodeId]],
        before: _Run | None = None,
    ) -> None:
        self._graph, self._users = graph, users
        self._first = before is None
        self._again: set[NodeId] = set()
        self.sure: list[_Bits] = [0] * len(graph) if before is None else before.sure.copy()
        self.possible: list[_Bits] = [0] * len(graph) if before is None else before.possible.copy()
        self.known: dict[NodeId, _Values] = {} if before is None else before.known.copy()
        self.said: dict[NodeId, _Said] = {} if before is None else before.said.copy()

    def suppose(self, feature: NodeId, known: _Values) -> None:
        self.known[feature] = known
        self._again.update(self._users[feature])

    def go_on(self, above: Iterable[tuple[NodeId, Node]]) -> None:
        """Work out, in order, what depends on something that came out otherwise than before."""
        again, users, sure, possible = self._again, self._users, self.sure, self.possible
        for number, node in above:
            if number not in again and not self._first:
                continue
            kind = type(node)
            # By type, the most frequent first: this is asked of hundreds of gates for every patient.
            if kind is All:
                surely = possibly = EVERYWHERE
                for each in node.members:  # type: ignore[union-attr]
                    surely &= sure[each]
                    possibly &= possible[each]
            elif kind is Any:
                surely = possibly = 0
                for each in node.members:  # type: ignore[union-attr]
                    surely |= sure[each]
                    possibly |= possible[each]
            elif isinstance(node, Combine | Choice):
                self._value(number, node)
                again.update(users[number])
                continue
            else:
                surely, possibly = self._gate(node)
            if surely != sure[number] or possibly != possible[number]:
                sure[number], possible[number] = surely, possibly
                again.update(users[number])

    def _gate(self, node: Node) -> tuple[_Bits, _Bits]:
        sure, possible = self.sure, self.possible
        match node:
            case Test(value=value) if value in self.known:
                return _tested(node, self.known[value])
            case Test(value=value, limit=limit):
                assert isinstance(limit, frozenset)
                return _within(self.said[value], limit)
            case Not(member=member):
                return ~possible[member], ~sure[member]
            case Presume(member=member):
                return possible[member], possible[member]
            case AtLeast(threshold=threshold, members=members, weights=weights):
                pairs = list(zip(members, weights, strict=True))
                # An unknown member counts with what lowers the least sum and raises the greatest.
                least = [((sure if weight > 0 else possible)[each], weight) for each, weight in pairs]
                greatest = [((possible if weight > 0 else sure)[each], weight) for each, weight in pairs]
                return _reached(threshold, least), _reached(threshold, greatest)
            case Constant(verdict=verdict):
                surely = EVERYWHERE if verdict is Verdict.MET else 0
                return surely, 0 if verdict is Verdict.NOT_MET else EVERYWHERE
        raise TypeError(f"unhandled node {node!r}")

    def _value(self, number: NodeId, node: Choice | Combine) -> None:
        if isinstance(node, Choice):
            self.said[number] = _chosen(node, self.sure, self.possible)
        else:
            said = [self.said.get(each) or _said(self.known[each]) for each in node.sources]
            self.said[number] = _combined(node.domain, said)


def _tested(atom: Test, known: _Values) -> tuple[_Bits, _Bits]:
    sure = possible = 0
    for finding, worlds in known:
        verdict = test(finding.value, atom.op, atom.limit)
        if verdict is not Verdict.NOT_MET:
            possible |= worlds
            if verdict is Verdict.MET:
                sure |= worlds
    return sure, possible


def _within(said: _Said, limit: Collection[str]) -> tuple[_Bits, _Bits]:
    """Sure where no other code is possible, possible where one of these is."""
    others = these = 0
    for code, worlds in said.codes.items():
        if code in limit:
            these |= worlds
        else:
            others |= worlds
    return ~others, these


def _said(known: _Values) -> _Said:
    """A recorded category."""
    codes: dict[str, _Bits] = {}
    perhaps: dict[str, _Bits] = {}
    silent = may_apply = 0
    for finding, worlds in known:
        _add(codes, _members(finding.value), worlds)
        if finding.silent:
            silent |= worlds
            if finding.perhaps is not None:
                _add(perhaps, _members(finding.perhaps), worlds)
                may_apply |= worlds
    return _Said(codes, silent, perhaps, may_apply)


def _chosen(choice: Choice, sure: Sequence[_Bits], possible: Sequence[_Bits]) -> _Said:
    """Every outcome whose row is not ruled out, up to the first row that certainly holds."""
    domain = _leaves(choice.domain)
    outcome: dict[str, _Bits] = {}
    reached = EVERYWHERE
    for row, codes in choice.rows:
        _add(outcome, codes, reached & possible[row])
        reached &= ~sure[row]
    _add(outcome, choice.otherwise, reached)
    speaks = sure[choice.applies]
    said: dict[str, _Bits] = {}
    says_all = EVERYWHERE
    for code in domain | outcome.keys():
        held = outcome.get(code, 0)
        said[code] = (held & speaks) | (~speaks if code in domain else 0)
        says_all &= held if code in domain else ~held
    return _Said(said, ~speaks | says_all, outcome, possible[choice.applies] & ~speaks)


def _combined(domain: CodeDomain, sources: Sequence[_Said]) -> _Said:
    """Sources that speak are reconciled; one that only may apply gives the union of with and without it."""
    every = {code for each in sources for code in (*each.codes, *each.perhaps)} | domain.codes
    silent, common, union = EVERYWHERE, dict.fromkeys(every, EVERYWHERE), dict.fromkeys(every, 0)
    for each in sources:
        silent &= each.silent
        for code in every:
            held = each.codes.get(code, 0)
            common[code] &= held | each.silent
            union[code] |= held & ~each.silent
    agreed = _any(common)
    found = {code: (common[code] & agreed & ~silent) | (union[code] & ~agreed) for code in every}
    for code in domain.codes:
        found[code] |= silent
    for each in sources:
        if not each.may_apply:
            continue
        # Where all are silent every code is common, so that what may apply stands alone.
        narrowed = {code: common[code] & each.perhaps.get(code, 0) for code in every}
        agreed_too = _any(narrowed)
        for code in every:
            joined = (narrowed[code] & agreed_too) | ((union[code] | each.perhaps.get(code, 0)) & ~agreed_too)
            found[code] |= each.may_apply & joined
    # Beside a source that nobody can read none is believed.
    unread = 0
    for each in sources:
        unread |= each.codes.get(NOT_UNDERSTOOD, 0) | (each.perhaps.get(NOT_UNDERSTOOD, 0) & each.may_apply)
    if unread:
        for code in (*domain.codes, NOT_UNDERSTOOD):
            found[code] = found.get(code, 0) | unread
    return _Said(found, silent, {}, 0)


def _reached(threshold: float, members: Iterable[tuple[_Bits, float]]) -> _Bits:
    """Where the weights reach the threshold: the worlds of each sum that can come about."""
    sums: dict[float, _Bits] = {0.0: EVERYWHERE}
    for worlds, weight in members:
        following: dict[float, _Bits] = {}
        for total, held in sums.items():
            for reached, those in ((total, held & ~worlds), (total + weight, held & worlds)):
                if those:
                    following[reached] = following.get(reached, 0) | those
        sums = following
    found = 0
    for total, held in sums.items():
        if round9(total) >= threshold:
            found |= held
    return found


def _leaves(domain: Domain) -> frozenset[str]:
    assert isinstance(domain, CodeDomain)
    return domain.codes


def _members(value: Possible) -> frozenset[str]:
    assert isinstance(value, Codes)
    return value.members


def _add(codes: dict[str, _Bits], more: Iterable[str], worlds: _Bits) -> None:
    if worlds:
        for code in more:
            codes[code] = codes.get(code, 0) | worlds


def _any(codes: Mapping[str, _Bits]) -> _Bits:
    found = 0
    for worlds in codes.values():
        found |= worlds
    return found
