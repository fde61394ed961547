"""A vocabulary tree: a category value is a set of leaves, an inner node stands for everything below it.

Every inner node with named children also has a leaf ``<code>_other``, so that a known answer outside the
named ones can be said; a node is ``closed`` where its children are all there is. "Not otherwise specified"
is no leaf: it is the inner node itself, any of its leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from matcher.errors import nearest
from matcher.vocabulary.text import in_sentence, key, words

_TAKEN_BACK = frozenset(
    {
        "no",
        "not",
        "non",
        "without",
        "never",
        "former",
        "past",
        "previous",
        "prior",
        "family",
        "like",
        "pseudo",
    }
    | {"anti", "or", "and"}
)


@dataclass(frozen=True, slots=True)
class Node:
    """One entry of a tree."""

    code: str
    title: str
    parent: str | None = None
    synonyms: tuple[str, ...] = ()
    closed: bool = False
    #: what it is called in a sentence where the title is no name of its own
    called: str = ""
    #: nodes and groups that have their place elsewhere in the tree, and are this too
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of nodes that is no node itself: "non-epithelioid", mesothelioma of any site.

    A name of a group ``records_only`` leaves open what a rule has to say: *adenocarcinoma*, of whatever organ.
    """

    code: str
    title: str
    members: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    records_only: bool = False


class Tree:
    """Nodes by code, with their leaves worked out once. A group's code may stand wherever a node's does.

    Names are indexed once somebody looks one up: most commands ask few trees.
    """

    def __init__(self, name: str, nodes: Iterable[Node], groups: Iterable[Group] = ()) -> None:
        self.name = name
        given = tuple(nodes)
        self._groups = {group.code: group for group in groups}
        self._nodes = _with_other_leaves(given)
        self._children: dict[str, list[str]] = {code: [] for code in self._nodes}
        for node in self._nodes.values():
            if node.parent is not None:
                self._children[node.parent].append(node.code)
        self.roots = tuple(code for code, node in self._nodes.items() if node.parent is None)
        self._leaves: dict[str, frozenset[str]] = {}
        for root in self.roots:
            self._gather(root)
        if len(self._leaves) != len(self._nodes):
            raise ValueError(f"{name}: nodes that are their own ancestors")
        for group in self._groups.values():
            if group.code in self._nodes:
                raise ValueError(f"{name}: {group.code} is both a node and a group")
            self._leaves[group.code] = frozenset().union(*(self._leaves[each] for each in group.members))
        self._reach_across()
        self.all_leaves: frozenset[str] = frozenset().union(*(self._leaves[root] for root in self.roots))

    def __contains__(self, code: object) -> bool:
        return code in self._leaves

    def has(self, code: str) -> bool:
        return code in self._leaves

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code in the order of the table, other leaves after their siblings, groups last."""
        return (*self._nodes, *self._groups)

    @property
    def asked(self) -> tuple[str, ...]:
        """Those that a rule asks by."""
        return tuple(code for code in self.codes if not self.is_open(code))

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(self._groups.values())

    def leaves(self, code: str) -> frozenset[str]:
        """The leaves of a node or group; a leaf is its own. ``KeyError`` for a code the tree has not."""
        return self._leaves[code]

    def expand(self, codes: Iterable[str]) -> frozenset[str]:
        """The leaves of several nodes or groups together."""
        return frozenset().union(*(self._leaves[code] for code in codes))

    def cover(self, leaves: Iterable[str]) -> tuple[str, ...]:
        """The fewest nodes that stand for exactly these leaves, in tree order: what a person would write."""
        wanted = frozenset(leaves)
        found: list[str] = []
        waiting = list(reversed(self.roots))
        while waiting:
            code = waiting.pop()
            if self._leaves[code] <= wanted:
                found.append(code)
            elif self._leaves[code] & wanted:
                waiting.extend(reversed(self._children[code]))
        # What is in one of the others too was only met in its own place.
        return tuple(
            each for each in found if not any(self._leaves[each] < self._leaves[other] for other in found)
        )

    def named(self, leaves: Iterable[str]) -> tuple[str, ...]:
        """As ``cover``, with a group wherever it says several of them in one name."""
        if (whole := self.group_of(leaves)) is not None:
            return (whole,)
        found = list(self.cover(leaves))
        for code in sorted(
            (each for each in self._groups if not self.is_open(each)),
            key=lambda each: -len(self._leaves[each]),
        ):
            inside = [each for each in found if self._leaves[each] <= self._leaves[code]]
            if len(inside) > 1 and self.expand(inside) == self._leaves[code]:
                found[found.index(inside[0])] = code
                found = [each for each in found if each not in inside]
        return tuple(found)

    def group_of(self, leaves: Iterable[str]) -> str | None:
        """The group that says exactly these leaves; nothing where a node does."""
        return self._exactly.get(frozenset(leaves))

    @cached_property
    def _exactly(self) -> Mapping[frozenset[str], str]:
        nodes = {self._leaves[code] for code in self._nodes}
        found = {self._leaves[code]: code for code in reversed(self._groups)}
        return {leaves: code for leaves, code in found.items() if leaves not in nodes}

    def title(self, code: str) -> str:
        return self._groups[code].title if code in self._groups else self._nodes[code].title

    def is_open(self, code: str) -> bool:
        """Whether it is a group of records only, whose name leaves open what a rule has to say."""
        return code in self._groups and self._groups[code].records_only

    def called(self, code: str) -> str:
        """As a person says it; the title of most."""
        return self.title(code) if code in self._groups else self._nodes[code].called or self.title(code)

    def parent(self, code: str) -> str | None:
        """The node above; a root and a group have none."""
        return None if code in self._groups else self._nodes[code].parent

    def children(self, code: str) -> tuple[str, ...]:
        """The nodes right below, the other leaf last, then what is this too; the members of a group."""
        if code in self._groups:
            return self._groups[code].members
        return (*self._children[code], *self._nodes[code].also)

    def synonyms(self, code: str) -> tuple[str, ...]:
        return self._groups[code].synonyms if code in self._groups else self._nodes[code].synonyms

    def is_below(self, code: str, ancestor: str) -> bool:
        """Whether everything the first could be is something the second stands for; a code is below itself."""
        return self._leaves[code] <= self._leaves[ancestor]

    def lookup(self, text: str) -> str | None:
        """The code that a code, title or synonym means, however it is spelled. A name of two nodes means none.

        So in a rule, which asks for no more than a name surely is. A code may be the name of a group: OncoTree counts
        myeloma among the lymphomas that it calls *NHL*, and who writes it does not.
        """
        stripped = text.strip()
        if stripped in self._leaves and stripped not in self._called:
            return stripped
        return self._names.get(key(stripped))

    def said(self, text: str) -> str | None:
        """The same in a record, which may be anything that its name is said of."""
        return (None if text.strip() in self._leaves else self._said.get(key(text))) or self.lookup(text)

    def nearest(self, text: str) -> str | None:
        """The one code of which a name was written with a slip of the pen, for "did you mean"."""
        close = nearest(text, self.names)
        return None if close is None else self.names[close]

    def wider(self, text: str) -> str | None:
        """The code whose name the text only narrows: *recurrent glioblastoma* is some glioblastoma.

        The known name has to end the text, and nothing before it may take it back: *no asthma* is no asthma.
        """
        parts = words(text).split()
        if not _TAKEN_BACK.isdisjoint(parts):
            return None
        ends = (self.lookup(" ".join(parts[start:])) for start in range(1, len(parts)))
        return next((code for code in ends if code is not None), None)

    def _gather(self, code: str) -> frozenset[str]:
        below = self._children[code]
        own = frozenset().union(*(self._gather(child) for child in below)) if below else frozenset({code})
        self._leaves[code] = own
        return own

    def _reach_across(self) -> None:
        """Adds what is below a node by another way than its place, and so to every node and group above that node.

        A name is as wide as whoever writes it means it: who writes *anaemia* may mean a pernicious one, which has its
        place among the autoimmune diseases. Read as every anaemia but that one it would deny what nobody denied.
        """
        while True:
            wider = {
                node.code: self._leaves[node.code].union(
                    *(self._leaves[each] for each in (*node.also, *self._children[node.code]))
                )
                for node in self._nodes.values()
            } | {group.code: self.expand(group.members) for group in self._groups.values()}
            if wider == self._leaves:
                return
            self._leaves = wider

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every name that means one code, as it is spelled in the table, with that code."""
        spelled: dict[str, str] = {}
        entries: tuple[Node | Group, ...] = (*self._nodes.values(), *self._groups.values())
        for entry in entries:
            for name in (entry.code, entry.title, *entry.synonyms):
                if self._names.get(key(name)) == entry.code:
                    spelled.setdefault(name, entry.code)
        return spelled

    @cached_property
    def _called(self) -> frozenset[str]:
        """The codes that are names of groups."""
        names = (each for group in self._groups.values() if not group.records_only for each in group.synonyms)
        return frozenset(names).intersection(self._nodes)

    @cached_property
    def _said(self) -> dict[str, str]:
        """The names that are wider in a record than in a rule."""
        return {
            key(name): group.code
            for group in self._groups.values()
            if group.records_only
            for name in (group.title, *group.synonyms)
        }

    @cached_property
    def _names(self) -> dict[str, str]:
        """Names to codes: a code beats a title, a title a synonym; a name shared at one rank is left out.

        A name of a group beats the title of a node: OncoTree calls the one of the skin *Melanoma*, and who writes it
        may mean one of the eye.
        """
        index: dict[str, str] = {}
        groups = [each for each in self._groups.values() if not each.records_only]
        entries: tuple[Node | Group, ...] = (*self._nodes.values(), *groups)
        ranks: tuple[list[tuple[str, str]], ...] = (
            [(entry.code, entry.code) for entry in entries if entry.code not in self._called],
            [(name, group.code) for group in groups for name in (group.title, *group.synonyms)],
            [(node.title, node.code) for node in self._nodes.values()],
            [(synonym, node.code) for node in self._nodes.values() for synonym in node.synonyms],
        )
        ambiguous: set[str] = set()
        for rank in ranks:
            found: dict[str, str] = {}
            for name, code in rank:
                if found.setdefault(key(name), code) != code:
                    ambiguous.add(key(name))
            index = {**found, **index}
            # A name that two entries share stays without meaning, also at the ranks that follow.
            index = {name: code for name, code in index.items() if name not in ambiguous}
        index.pop("", None)
        return index


def _with_other_leaves(given: tuple[Node, ...]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for node in given:
        if node.code in nodes:
            raise ValueError(f"{node.code} is in the table twice")
        nodes[node.code] = node
    parents = {node.parent for node in given if node.parent is not None} | {
        each.code for each in given if each.also
    }
    if parents - nodes.keys():
        raise ValueError(f"parents that are not in the table: {', '.join(sorted(parents - nodes.keys()))}")
    for node in given:
        other = f"{node.code}_other"
        if node.code in parents and not node.closed and other not in nodes:
            called = f"other {in_sentence(node.called)}" if node.called else ""
            nodes[other] = Node(other, f"other {node.title}", node.code, called=called)
    return nodes


def flat(name: str, *rows: tuple[str, str] | tuple[str, str, tuple[str, ...]]) -> Tree:
    """A closed set without levels: each row a code, its title and its synonyms."""
    return Tree(name, (Node(row[0], row[1], None, row[2] if len(row) == 3 else ()) for row in rows))
