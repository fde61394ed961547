"""Agents and classes of agents, and what a written course of treatment can have been.

A resolved agent is one leaf, a class name every leaf of its members and the class's own ``<class>_other``.
What nobody can resolve, and what is blinded, is ``ANYTHING``: a possible member of every class, so that it can
never make "no prior immunotherapy" true. Nothing is resolved by likeness; likeness only suggests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matcher.errors import nearest
from matcher.vocabulary import course_text
from matcher.vocabulary.resolution import (
    ANYTHING,
    Resolution,
    any_of,
    blinded,
    flat,
    narrower,
    together,
    unresolved,
)
from matcher.vocabulary.text import key as spelled


@dataclass(frozen=True, slots=True)
class Agent:
    """One substance or product, by its generic name."""

    name: str
    synonyms: tuple[str, ...] = ()
    #: as its list has it
    half_life: str = ""


@dataclass(frozen=True, slots=True)
class DrugClass:
    """A class of agents. Members are agents and other classes; ``other`` says that the list has an outside."""

    code: str
    title: str
    members: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    other: bool = True


@dataclass(frozen=True, slots=True)
class Combination:
    """A name that stands for several agents given together: a scheme (XELOX) or a combined brand."""

    name: str
    agents: tuple[str, ...]
    synonyms: tuple[str, ...] = ()


# A longer text is prose and no row of names.
_MOST_WORDS = 20


_EITHER = re.compile(r"pd-?\(l\)-?1", re.IGNORECASE)


def key(text: str) -> str:
    """How names are compared; a letter in brackets is there or is not: PD-(L)1 is PD-1 or PD-L1, and not PD-L1."""
    return spelled(_EITHER.sub("pd1 or pdl1", text) if "(" in text else text)


class FormularyFault(StrEnum):
    """What can be wrong with the lists."""

    UNKNOWN_MEMBER = "unknown member"
    CIRCLE = "class that contains itself"
    SHARED_NAME = "name of two entries"


@dataclass(frozen=True, slots=True)
class FormularyProblem:
    """One fault. ``subject`` is the entry, ``name`` its word at fault, ``other`` the other entry or the likely one."""

    fault: FormularyFault
    subject: str
    name: str
    other: str | None = None


class Formulary:
    """The look-ups over agents and classes.

    Built whole even where lists are faulty: ``problems`` has every fault, an unknown member is left out, and a
    name that two entries claim means neither.
    """

    def __init__(
        self,
        agents: Iterable[Agent],
        classes: Iterable[DrugClass] = (),
        *,
        combinations: Iterable[Combination] = (),
        not_anticancer: Iterable[str] = (),
        unresolvable: Iterable[str] = (),
    ) -> None:
        self.agents: Mapping[str, Agent] = {agent.name: agent for agent in agents}
        self.classes: Mapping[str, DrugClass] = {each.code: each for each in classes}
        self._combinations = {each.name: each for each in combinations}
        self._problems: list[FormularyProblem] = []
        self._names = self._name_index()
        self.names: Mapping[str, str] = {
            name: code
            for code, names in self._spellings()
            for name in names
            if self._names.get(key(name)) == code
        }
        self._leaves: dict[str, frozenset[str]] = {name: frozenset({name}) for name in self.agents}
        for code in self.classes:
            self._gather(code, ())
        for combination in self._combinations.values():
            for agent in combination.agents:
                self._known(combination.name, agent)
        self._open = frozenset(key(text) for text in unresolvable)
        harmless = [self._known("not_anticancer", name) for name in not_anticancer]
        self._not_anticancer = frozenset(
            leaf for code in harmless if code is not None for leaf in self._leaves[code]
        )
        self._medicines: dict[str, frozenset[str]] = {}
        self.all_leaves: frozenset[str] = frozenset().union(*self._leaves.values())

    @property
    def problems(self) -> tuple[FormularyProblem, ...]:
        return tuple(self._problems)

    @property
    def schemes(self) -> tuple[Combination, ...]:
        """The names that stand for several agents given together."""
        return tuple(self._combinations.values())

    def lookup(self, text: str) -> str | None:
        """The agent or class a name or synonym means; nothing for a combination, which is neither."""
        code = text if text in self._leaves else self._names.get(key(text))
        return code if code in self._leaves else None

    def knows(self, text: str) -> bool:
        return self.lookup(text) is not None

    def is_class(self, text: str) -> bool:
        return self.lookup(text) in self.classes

    def title(self, text: str) -> str:
        code = self._code(text)
        return self.classes[code].title if code in self.classes else code.replace("_", " ")

    def members(self, text: str) -> frozenset[str]:
        """The leaves of a class (with those of its classes, and every ``_other``) or of one agent.

        ``KeyError`` for a name the formulary has not.
        """
        return self._leaves[self._code(text)]

    def scheme(self, text: str) -> tuple[str, tuple[frozenset[str], ...]] | None:
        """The name of agents that are given together, and the leaves of each; nothing for a name of anything else."""
        code = self._names.get(key(text))
        if code not in self._combinations:
            return None
        agents = [self.lookup(each) for each in self._combinations[code].agents]
        return code, tuple(self._leaves[each] for each in agents if each is not None)

    def classes_of(self, text: str) -> tuple[str, ...]:
        """The classes that an agent (or the whole of a class) certainly belongs to."""
        own = self.members(text)
        return tuple(code for code in self.classes if own <= self._leaves[code])

    def nearest(self, text: str) -> str | None:
        """The one agent or class of which a name was written with a slip of the pen, for "did you mean"."""
        close = nearest(text, self.names)
        return self.names[close] if close is not None else None

    def resolve(self, text: str) -> Resolution:
        """What a course text can have been.

        ``pemetrexed (alimta)``, ``cisplatin/pemetrexed``, ``carboplatin 5 AUC + alimta``, ``xelox``: the agents.
        ``cisplatin or carboplatin``: one component that is either. ``nivolumab or placebo``: ``ANYTHING``.
        """
        found = self._exact(text) or self._course(text)
        components = tuple(dict.fromkeys(found.components)) or (ANYTHING,)
        known = [each for each in components if each is not ANYTHING]
        harmless = len(known) == len(components) and all(each <= self._not_anticancer for each in known)
        return Resolution(components, found.unresolved, found.blinded, harmless)

    def medicines(self, treatment: str) -> frozenset[str]:
        """The leaves of every class that is not wholly within this one: what is given for something else, too."""
        if treatment not in self._medicines:
            within = self.members(treatment) if self.knows(treatment) else frozenset[str]()
            others = [leaves for code, leaves in self._leaves.items() if not leaves <= within]
            self._medicines[treatment] = frozenset().union(*others)
        return self._medicines[treatment]

    def _code(self, text: str) -> str:
        code = self.lookup(text)
        if code is None:
            raise KeyError(text)
        return code

    # --- building ---------------------------------------------------------------------------------

    def _name_index(self) -> dict[str, str]:
        index: dict[str, str] = {}
        shared: set[str] = set()
        for code, names in self._spellings():
            for name in names:
                if index.setdefault(key(name), code) != code:
                    shared.add(key(name))
                    self._problems.append(
                        FormularyProblem(FormularyFault.SHARED_NAME, code, name, index[key(name)])
                    )
        for name in (*shared, ""):
            index.pop(name, None)
        for code in self.agents.keys() & self.classes.keys():
            self._problems.append(FormularyProblem(FormularyFault.SHARED_NAME, code, code, code))
        return index

    def _spellings(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        for agent in self.agents.values():
            yield agent.name, (agent.name, *agent.synonyms)
        for each in self.classes.values():
            yield each.code, (each.code, each.title, *each.synonyms)
        for combination in self._combinations.values():
            yield combination.name, (combination.name, *combination.synonyms)

    def _gather(self, code: str, above: tuple[str, ...]) -> frozenset[str]:
        if code in self._leaves:
            return self._leaves[code]
        drug_class = self.classes[code]
        leaves = frozenset({f"{code}_other"}) if drug_class.other else frozenset[str]()
        for name in drug_class.members:
            member = self._known(code, name)
            if member is None:
                continue
            if member == code or member in above:
                self._problems.append(FormularyProblem(FormularyFault.CIRCLE, code, name))
                continue
            leaves |= self._gather(member, (*above, code))
        self._leaves[code] = leaves
        return leaves

    def _known(self, subject: str, name: str) -> str | None:
        code = self._names.get(key(name))
        if code in self.agents or code in self.classes:
            return code
        problem = FormularyProblem(FormularyFault.UNKNOWN_MEMBER, subject, name, self.nearest(name))
        self._problems.append(problem)
        return None

    # --- reading a course -------------------------------------------------------------------------

    def _exact(self, text: str) -> Resolution | None:
        """The text as one name, or as one that the lists leave open."""
        if key(text) in self._open:
            return blinded(text) if course_text.is_blinded(text) else unresolved(text)
        code = self._names.get(key(text))
        if code is None:
            return None
        if code in self._combinations:
            agents = (self.lookup(agent) for agent in self._combinations[code].agents)
            return Resolution(tuple(ANYTHING if agent is None else self._leaves[agent] for agent in agents))
        return Resolution((self._leaves[code],))

    def _course(self, text: str) -> Resolution:
        given, maybe = course_text.certain_and_maybe(text)
        if course_text.is_not_given(given):
            return unresolved(text)
        found = self._exact(given) or self._either_or(given)
        return together([found, *(unresolved(part) for part in maybe)])

    def _either_or(self, text: str) -> Resolution:
        """Alternatives of whole combinations. Which "and" an "or" belongs to is not said: both readings hold.

        "pemetrexed + cisplatin or carboplatin" is {pemetrexed or carboplatin} and {cisplatin or carboplatin}:
        certainly a platinum, pemetrexed perhaps. A placebo stands for the agent next to it only.
        """
        choices = [] if course_text.is_blinded(text) else course_text.alternatives(text)
        if len(choices) < 2 or not any(len(course_text.parts(choice)) > 1 for choice in choices):
            return together([self._part(part) for part in course_text.parts(text)])
        readings = [together([self._part(part) for part in course_text.parts(choice)]) for choice in choices]
        components = [reading.components for reading in readings]
        if len({len(each) for each in components}) == 1:
            merged = tuple(any_of(column) for column in zip(*components, strict=True))
        else:
            longest = max(components, key=len)
            rest = [each for reading in components if reading is not longest for each in reading]
            merged = tuple(any_of([each, *rest]) for each in longest)
        return Resolution(merged, flat(readings), tuple(word for each in readings for word in each.blinded))

    def _part(self, text: str) -> Resolution:
        """One agent as written, or several run together."""
        if (exact := self._exact(text)) is not None:
            return exact
        if course_text.is_blinded(text):
            return blinded(text)
        choices = course_text.alternatives(text)
        if len(choices) > 1:
            readings = [self._part(choice) for choice in choices]
            component = any_of([each for reading in readings for each in reading.components])
            return Resolution((component,), flat(readings))
        outer, inner = course_text.brackets(text)
        if inner:
            return self._bracketed(outer, inner)
        return self._run_together(text) or self._partly(text) or unresolved(text)

    def _partly(self, text: str) -> Resolution | None:
        """``ACP-196/pembrolizumab``: what is known of agents side by side was given, beside who knows what."""
        pieces = [piece for piece in text.split("/") if piece.strip()]
        found = [self._name(piece) for piece in pieces]
        if len(pieces) < 2 or not any(found):
            return None
        return together([one or unresolved(piece) for one, piece in zip(found, pieces, strict=True)])

    def _bracketed(self, outer: str, inner: Sequence[str]) -> Resolution:
        """A name with another in brackets: the same thing twice, a class with its agent, a dose, or who knows what.

        Two names that cannot be the same thing are no one thing at all; words that are no name could be another
        agent beside the one that is.
        """
        names = [found for each in (outer, *inner) if (found := self._name(each)) is not None]
        notes = [each for each in (outer, *inner) if self._name(each) is None]
        left = tuple(note for note in notes if course_text.without_doses(note))
        if not names:
            return unresolved(f"{outer} ({', '.join(inner)})")
        result = names[0]
        for found in names[1:]:
            closer = narrower(result, found)
            if closer is None:
                return unresolved(f"{outer} ({', '.join(inner)})")
            result = closer
        return together([result, *(unresolved(note) for note in left)])

    def _name(self, text: str) -> Resolution | None:
        """The text as names, completely; nothing where anything of it is open."""
        found = self._exact(text) or self._run_together(text)
        if found is None and len(course_text.parts(text)) > 1:
            found = together([self._part(part) for part in course_text.parts(text)])
        return found if found is not None and ANYTHING not in found.components else None

    def _run_together(self, text: str) -> Resolution | None:
        """Names joined by slashes, hyphens or blanks, with doses and salts around them: all of them or none."""
        plain = course_text.without_doses(text)
        if not plain:
            return None
        if (exact := self._exact(plain)) is not None:
            return exact
        slashed = [
            self._exact(piece) or self._exact(course_text.without_doses(piece)) for piece in text.split("/")
        ]
        if len(slashed) > 1 and all(slashed):
            found = together([each for each in slashed if each is not None])
            return self._same_kind(found) or found
        return self._segmented(plain.split())

    def _same_kind(self, found: Resolution) -> Resolution | None:
        """``cisplatin/carboplatin``: agents of one class of agents are alternatives, not a combination."""
        if ANYTHING in found.components:
            return None
        leaves = frozenset().union(*(each for each in found.components if each is not ANYTHING))
        for code, drug_class in self.classes.items():
            if leaves <= self._leaves[code] and not any(self.is_class(name) for name in drug_class.members):
                return Resolution((leaves,))
        return None

    def _segmented(self, tokens: list[str]) -> Resolution | None:
        """The words as a row of known names, longest first."""
        if not tokens:
            return Resolution(())
        if len(tokens) > _MOST_WORDS:
            return None
        for end in range(len(tokens), 0, -1):
            first = self._exact(" ".join(tokens[:end]))
            if first is not None and ANYTHING not in first.components:
                rest = self._segmented(tokens[end:])
                if rest is not None:
                    return together([first, rest])
        return None
