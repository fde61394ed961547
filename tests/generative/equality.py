"""What two engines must agree on: every verdict, every value, whether anything speaks, and every conflict."""

from matcher.engines.base import NoteKind, VerdictTable
from matcher.rules.graph import Graph


def differences(graph: Graph, expected: VerdictTable, found: VerdictTable) -> list[str]:
    """Each node and patient that the two tables say different things of."""
    wrong = [] if expected.patients == found.patients else [f"{expected.patients} {found.patients}"]
    for row in range(len(expected.patients)):
        wanted, held = expected.verdicts[row], found.verdicts[row]
        values, others = expected.findings[row], found.findings[row]
        if set(wanted) != set(held) or set(values) != set(others):
            wrong.append(f"row {row}: other nodes")
            continue
        wrong += [
            f"row {row}, node {node} {graph[node]}: {verdict.value}, found {held[node].value}"
            for node, verdict in wanted.items()
            if held[node] is not verdict
        ]
        for node, finding in values.items():
            other = others[node]
            if (finding.value, finding.silent) != (other.value, other.silent):
                wrong.append(
                    f"row {row}, node {node} {graph[node]}: {finding.value} silent {finding.silent}, "
                    f"found {other.value} silent {other.silent}"
                )
            conflicts = [
                any(each.kind is NoteKind.CONFLICT for each in one.notes) for one in (finding, other)
            ]
            if conflicts[0] is not conflicts[1]:
                wrong.append(f"row {row}, node {node} {graph[node]}: conflict {conflicts}")
    return wrong
