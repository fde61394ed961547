"""The lists of a rulebook as a formulary: agents with their names, classes with their members."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from matcher.errors import Diagnostic
from matcher.rulebook.documents import RuleFile, located
from matcher.rules.condition import Path, Problem
from matcher.rules.list_syntax import AgentsDocument, ListDocument
from matcher.vocabulary.formulary import (
    Agent,
    Combination,
    DrugClass,
    Formulary,
    FormularyFault,
    FormularyProblem,
)


def build_formulary(
    agents: Sequence[tuple[RuleFile, AgentsDocument]], lists: Sequence[tuple[RuleFile, ListDocument]]
) -> tuple[Formulary, list[Diagnostic]]:
    """The formulary, whole even where lists are faulty, and every fault at its place."""
    classes = [document for _, document in lists if document.kind == "class"]
    formulary = Formulary(
        [
            Agent(name, tuple(agent.synonyms), agent.half_life.value if agent.half_life else "")
            for _, document in agents
            for name, agent in document.agents.items()
        ],
        [DrugClass(each.list, each.title, tuple(each.members), tuple(each.synonyms)) for each in classes],
        combinations=[
            Combination(name, tuple(combination.agents), tuple(combination.synonyms))
            for _, document in agents
            for name, combination in document.combinations.items()
        ],
        not_anticancer=_names(lists, "not_anticancer"),
        unresolvable=_names(lists, "unresolvable"),
    )
    places = _Places(agents, lists)
    found = [diagnostic for problem in formulary.problems for diagnostic in places.locate(problem)]
    return formulary, found + _in_both(lists)


def in_the_place_of_shipped(file: RuleFile, shipped: bool) -> list[Diagnostic]:
    """What a list of one's own hides: said, unless it says itself that it is to. ``shipped``: there is such a one."""
    document, name = file.document, PurePath(file.name).stem
    if not isinstance(document, (AgentsDocument, ListDocument)) or file.marked is None:
        return []
    if shipped and document.replaces is None:
        message = f"this would stand in the place of the shipped '{name}', for the shipped rules too"
        hint = f"call it otherwise, as 'our_{name}', or write 'replaces: shipped' where that is meant"
        key = "list" if isinstance(document, ListDocument) else "agents"
        return located(file.marked, [Problem((key,), "R073", message, hint, at_key=key == "agents")])
    if document.replaces and not shipped:
        message, hint = f"no list that this rulebook extends is called '{name}'", "leave 'replaces' out"
        return located(file.marked, [Problem(("replaces",), "R073", message, hint)])
    return []


def _names(lists: Sequence[tuple[RuleFile, ListDocument]], kind: str) -> list[str]:
    return [name for _, document in lists if document.kind == kind for name in document.members]


def _in_both(lists: Sequence[tuple[RuleFile, ListDocument]]) -> list[Diagnostic]:
    """A name cannot both be known to be harmless and be beyond resolving."""
    harmless = set(_names(lists, "not_anticancer"))
    found: list[Diagnostic] = []
    for file, document in lists:
        if document.kind != "unresolvable" or file.marked is None:
            continue
        for index, name in enumerate(document.members):
            if name in harmless:
                problem = Problem(
                    ("members", index), "R059", f"'{name}' is also on the list of other medicines"
                )
                found += located(file.marked, [problem])
    return found


class _Places:
    """Where the entries of the lists stand."""

    def __init__(
        self,
        agents: Sequence[tuple[RuleFile, AgentsDocument]],
        lists: Sequence[tuple[RuleFile, ListDocument]],
    ) -> None:
        self._lists = {document.list: (file, document) for file, document in lists}
        self._special = [(file, document) for file, document in lists if document.kind != "class"]
        self._agents = [
            (file, section, name)
            for file, document in agents
            for section, names in (("agents", document.agents), ("combinations", document.combinations))
            for name in names
        ]

    def locate(self, problem: FormularyProblem) -> list[Diagnostic]:
        code = {
            FormularyFault.UNKNOWN_MEMBER: "R024",
            FormularyFault.CIRCLE: "R029",
            FormularyFault.SHARED_NAME: "R060",
        }[problem.fault]
        message = {
            FormularyFault.UNKNOWN_MEMBER: f"'{problem.name}' is neither an agent nor a list",
            FormularyFault.CIRCLE: f"'{problem.name}' contains this list again",
            FormularyFault.SHARED_NAME: f"'{problem.name}' is also a name of '{problem.other}'",
        }[problem.fault]
        hint = ""
        if problem.fault is FormularyFault.UNKNOWN_MEMBER:
            hint = (
                f"did you mean '{problem.other}'?"
                if problem.other
                else "add it to the agents, with its names"
            )
        elif problem.fault is FormularyFault.CIRCLE:
            hint = "take it out of the members of one of the two"
        for file, path in self._find(problem):
            if file.marked is not None:
                return located(file.marked, [Problem(path, code, message, hint)])
        raise LookupError(f"no list holds {problem!r}")

    def _find(self, problem: FormularyProblem) -> list[tuple[RuleFile, Path]]:
        found: list[tuple[RuleFile, Path]] = []
        listed = [self._lists[problem.subject]] if problem.subject in self._lists else self._special
        for file, document in listed:
            if problem.name in document.members:
                found.append((file, ("members", document.members.index(problem.name))))
            elif problem.name in document.synonyms:
                found.append((file, ("synonyms", document.synonyms.index(problem.name))))
            elif problem.subject == document.list:
                found.append((file, ("list",)))
        found += [(file, (section, name)) for file, section, name in self._agents if name == problem.subject]
        return found
