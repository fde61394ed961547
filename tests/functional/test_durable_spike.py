"""The graph fits durable-rules: candidates of the rulebook, chained from facts to their standing roots.

Every value is asserted as facts (two ends of an interval, or one fact for each possible code), tests assert
verdicts, gates chain on verdicts, and what is left without a verdict is unknown. Derived tables chain too. Two
kinds of node ask what was *not* concluded (a table's rows not ruled out, what screening presumes): they wait for
a stage, a fact asserted when everything before it has settled.

Left to the host: reconciling several sources of one fact, whose result is asserted like any other value.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import count
from math import inf
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.possible import Codes, Interval, Op
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding
from matcher.engines.reference import ReferenceEngine
from matcher.readers.assemble import assemble
from matcher.rulebook.load import load_rulebook
from matcher.rules import graph as nodes
from matcher.rules.graph import Graph, NodeId, members_of
from matcher.rules.rulebook import Rulebook

durable = pytest.importorskip("durable.engine", reason="durable-rules does not import on Python 3.13")

Condition = dict[str, Any]
AS_OF = date(2026, 1, 15)
MET, NOT_MET = Verdict.MET.value, Verdict.NOT_MET.value
OPPOSITE = {MET: NOT_MET, NOT_MET: MET}
#: facts joined in one rule, with one to spare for the one that says it has fired already
WIDEST = 14
#: no number with an exponent gets past the parser, and infinity is none in JSON
ENDLESS = 10**15


class QuietHost(durable.Host):  # type: ignore[misc,name-defined]
    """A host without the two timer threads, which race with the caller; nothing here needs a timer."""

    def _run(self) -> None:
        """Starts nothing."""


def compare(name: str, sign: str, value: float) -> Condition:
    plain = int(value) if value == int(value) else value
    return {name: plain} if sign == "==" else {sign: {name: plain}}


def both(*conditions: Condition) -> Condition:
    return {"$and": list(conditions)}


class Chain:
    """The rules of a graph's nodes: each concludes one verdict of one node."""

    def __init__(self, graph: Graph, wanted: Sequence[NodeId]) -> None:
        self.graph, self.wanted = graph, wanted
        self.rules: dict[str, dict[str, Any]] = {}
        self.stage: dict[NodeId, int] = {}
        self._parts = count()
        for node in wanted:
            self.stage[node] = self._stage_of(node)
            self._add(node)

    @property
    def stages(self) -> range:
        return range(1, max(self.stage.values(), default=0) + 1)

    def _stage_of(self, node: NodeId) -> int:
        reached = max((self.stage[each] for each in members_of(self.graph[node])), default=0)
        waits = isinstance(self.graph[node], nodes.Choice | nodes.Presume)
        tests_table = isinstance(self.graph[node], nodes.Test) and reached > 0
        return reached + 1 if waits or tests_table else reached

    def _rule(self, conclusion: Condition, *joined: Condition) -> None:
        def conclude(context: Any) -> None:
            context.assert_fact({**conclusion})

        names = (f"f{number}" for number in count())
        parts = [each if _is_absence(each) else {next(names): each} for each in joined]
        # What has been concluded already is not concluded again: a fact has one identity.
        parts.append({"again$not": both({"node": conclusion["node"]}, {"is": conclusion["is"]})})
        self.rules[f"r{len(self.rules)}"] = {"all": parts, "run": conclude}

    def _add(self, node: NodeId) -> None:
        match self.graph[node]:
            case nodes.Read() | nodes.Combine() | nodes.Constant():
                return
            case nodes.Test() as test:
                self._test(node, test)
            case nodes.All(members=members):
                self._every(node, members, MET)
            case nodes.Any(members=members):
                self._every(node, members, NOT_MET)
            case nodes.Not(member=member):
                for verdict, other in OPPOSITE.items():
                    self._rule(_says(node, verdict), _said(member, other))
            case nodes.Presume(member=member):
                self._rule(_says(node, NOT_MET), _said(member, NOT_MET))
                self._rule(_says(node, MET), {"stage": self.stage[node]}, _unsaid("no", member, NOT_MET))
            case nodes.Choice() as choice:
                self._table(node, choice)
            case other:
                raise NotImplementedError(f"{type(other).__name__} is not part of this spike")

    def _every(self, node: NodeId | str, members: Sequence[NodeId | str], verdict: str) -> None:
        """The verdict when every member has it, the opposite when one has that; wide groups are nested."""
        if len(members) > WIDEST:
            head: str = f"{node}.{next(self._parts)}"
            self._every(head, members[:WIDEST], verdict)
            self._every(node, [head, *members[WIDEST:]], verdict)
            return
        self._rule(_says(node, verdict), *(_said(each, verdict) for each in members))
        for each in members:
            self._rule(_says(node, OPPOSITE[verdict]), _said(each, OPPOSITE[verdict]))

    def _test(self, node: NodeId, test: nodes.Test) -> None:
        match test.op, test.limit:
            case Op.IN, frozenset() as codes:
                ready = self._ready(node, test.value)
                inside = {"$or": [{"code": code} for code in sorted(codes)]} if len(codes) > 1 else None
                inside = inside or {"code": next(iter(codes))}
                outside = both(*({"$neq": {"code": code}} for code in sorted(codes)), {"$gt": {"code": ""}})
                value = {"value": str(test.value)}
                self._rule(_says(node, MET), ready, {"other$not": both(value, outside)})
                self._rule(_says(node, NOT_MET), ready, {"other$not": both(value, inside)})
            case (Op.AT_LEAST | Op.BELOW) as op, float(limit):
                yes, no = (MET, NOT_MET) if op is Op.AT_LEAST else (NOT_MET, MET)
                self._ends(node, test.value, yes, [compare("lo", "$gte", limit)])
                self._ends(node, test.value, no, [compare("hi", "$lt", limit)])
                self._ends(node, test.value, no, [compare("hi", "==", limit), {"hi_open": 1}])
            case (Op.ABOVE | Op.AT_MOST) as op, float(limit):
                yes, no = (MET, NOT_MET) if op is Op.ABOVE else (NOT_MET, MET)
                self._ends(node, test.value, yes, [compare("lo", "$gt", limit)])
                self._ends(node, test.value, yes, [compare("lo", "==", limit), {"lo_open": 1}])
                self._ends(node, test.value, no, [compare("hi", "$lte", limit)])

    def _ends(self, node: NodeId, value: NodeId, verdict: str, asked: list[Condition]) -> None:
        self._rule(_says(node, verdict), both({"interval": str(value)}, *asked))

    def _ready(self, node: NodeId, value: NodeId) -> Condition:
        """The fact asserted after every possible code of the value: a test asks which codes there are not."""
        return {"ready": str(value)} if self.stage[value] == 0 else {"stage": self.stage[node]}

    def _table(self, node: NodeId, choice: nodes.Choice) -> None:
        """Each outcome whose row is not ruled out and that no earlier row settles is possible."""
        stage: Condition = {"stage": self.stage[node]}
        everything = choice.domain.codes if hasattr(choice.domain, "codes") else frozenset()
        applies = choice.applies
        if not _is_true(self.graph, applies):
            self._possible(node, everything, stage, _unsaid("applies", applies, MET))
        settled: list[Condition] = [] if _is_true(self.graph, applies) else [_said(applies, MET)]
        for number, (row, outcome) in enumerate(choice.rows):
            self._possible(node, outcome, stage, *settled, _unsaid(f"row{number}", row, NOT_MET))
            settled.append(_unsaid(f"row{number}", row, MET))
        self._possible(node, choice.otherwise, stage, *settled)

    def _possible(self, node: NodeId, codes: frozenset[str], *joined: Condition) -> None:
        for code in sorted(codes):
            self._rule(
                {"node": f"{node}={code}", "is": "possible", "value": str(node), "code": code}, *joined
            )


def _says(node: NodeId | str, verdict: str) -> Condition:
    return {"node": str(node), "is": verdict}


def _said(node: NodeId | str, verdict: str) -> Condition:
    return both({"node": str(node)}, {"is": verdict})


def _unsaid(name: str, node: NodeId, verdict: str) -> Condition:
    return {f"{name}$not": _said(node, verdict)}


def _is_absence(part: Condition) -> bool:
    return next(iter(part)).endswith("$not")


def _is_true(graph: Graph, node: NodeId) -> bool:
    return graph[node] == nodes.Constant(Verdict.MET)


def facts_of(chain: Chain, findings: Mapping[NodeId, Finding]) -> Iterator[Condition]:
    """The values of features, and the constants; what is unknown is the widest interval or every code."""
    for node in chain.wanted:
        match chain.graph[node]:
            case nodes.Constant(verdict=Verdict.MET):
                yield _says(node, MET)
            case nodes.Read() | nodes.Combine():
                yield from _value(node, findings[node].value)
    for stage in chain.stages:
        yield {"stage": stage}


def _value(node: NodeId, value: Interval | Codes) -> Iterator[Condition]:
    match value:
        case Interval():
            ends = {"lo": _plain(value.low), "hi": _plain(value.high)}
            opened = {"lo_open": int(value.low_open), "hi_open": int(value.high_open)}
            yield {"interval": str(node), **ends, **opened}
        case Codes(members=members):
            for code in sorted(members):
                yield {"value": str(node), "code": code}
            yield {"ready": str(node)}


def _plain(end: float) -> float:
    """Text would pass every comparison, and an exponent breaks the parser: whole numbers are given as such."""
    if abs(end) == inf:
        return ENDLESS if end > 0 else -ENDLESS
    return int(end) if end == int(end) else end


def concluded(host: Any, ruleset: str, sid: str, facts: Iterator[Condition]) -> dict[str, str]:
    """The verdicts asserted once all facts have been; the state of the patient is forgotten afterwards."""
    for fact in facts:
        # A fact that no rule is about is no fault.
        with suppress(durable.MessageNotHandledException):
            state = host.assert_fact(ruleset, {"sid": sid, **fact})
            assert "exception" not in (state or {}), state
    verdicts: dict[str, str] = {}
    for fact in host.get_facts(ruleset, sid):
        if "node" in fact and fact["is"] in OPPOSITE:
            assert verdicts.setdefault(fact["node"], fact["is"]) == fact["is"], "met and not met at once"
    host.delete_state(ruleset, sid)
    return verdicts


PATIENTS: tuple[dict[str, Any], ...] = (
    {},
    {
        "age": 61,
        "karnofsky": 80,
        "diagnosis": "PLEMESO",
        "histologically_confirmed": True,
        "biomarkers": [{"marker": "mesothelin", "method": "ihc", "percent_positive": "<10"}],
        "therapies": [{"agents": ["cisplatin", "pemetrexed"], "start": "2025-01-10", "end": "2025-05-02"}],
        "measurable_disease": True,
    },
    {
        "age": 17,
        "ecog": "1-2",
        "diagnosis": "PLMESO",
        "histology": ["epithelioid", "sarcomatoid"],
        "therapies": [{"agents": ["nivolumab"], "start": "2025-10-10", "end": "2026-01-05", "line": 2}],
        "complete": ["therapies"],
        "radiotherapy": [{"none_of": "any"}],
        "conditions": [],
        "medications": [],
        "labs": {"platelets": ">=100 10*9/L", "haemoglobin": "9 g/dL"},
        "consent": True,
    },
    {
        "age": 70,
        "ecog": 1,
        "diagnosis": "mesothelioma",
        "therapies": [{"agents": [None]}],
        "radiotherapy": [{"intent": "palliative", "end": "2026-01-10"}],
        "conditions": ["hiv", {"condition": "pneumonitis", "status": "active"}],
        "events": {"leukapheresis": "2026-01-20"},
    },
)


@pytest.fixture(scope="module")
def rulebook(root: Path) -> Rulebook:
    return load_rulebook(root / "rules")


@pytest.mark.parametrize("identifier", ["NCT04577326", "NCT05531708"])
def test_a_candidate_chained_in_durable_rules_agrees_with_the_reference_on_every_node(
    rulebook: Rulebook, identifier: str
) -> None:
    graph = rulebook.graph
    wanted = graph.below(*rulebook.by_id[identifier].root_nodes())
    chain = Chain(graph, wanted)
    host = QuietHost()
    host.register_rulesets({identifier: chain.rules})
    patients = [_profile(rulebook, number) for number in range(len(PATIENTS))]
    table = ReferenceEngine().evaluate(graph, patients, roots=wanted)
    seen: set[Verdict] = set()
    for row, patient in enumerate(patients):
        facts = facts_of(chain, table.findings[row])
        verdicts = concluded(host, identifier, patient.id, facts)
        for node, expected in table.verdicts[row].items():
            found = verdicts.get(str(node), Verdict.UNKNOWN.value)
            assert found == expected.value, (patient.id, node, graph[node])
            seen.add(expected)
    assert seen == set(Verdict)


def _profile(rulebook: Rulebook, number: int) -> Profile:
    wire = {"id": f"patient {number}", **PATIENTS[number]}
    assembled = assemble(wire, as_of=AS_OF, formulary=rulebook.formulary)
    assert assembled.profile is not None
    assert not assembled.issues
    return assembled.profile
