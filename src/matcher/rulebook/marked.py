"""Plain data that remembers where in its file each part stands."""

from dataclasses import dataclass, field
from typing import NamedTuple

from matcher.errors import Diagnostic
from matcher.rulebook.plain_scalar import Scalar

Plain = Scalar | list["Plain"] | dict[str, "Plain"]
Location = tuple[str | int, ...]


class Mark(NamedTuple):
    """A line and a column of a file, both counted from 1, columns in characters."""

    line: int
    column: int


@dataclass(slots=True)
class Place:
    """Where a value begins and, for a collection, where its keys and members do."""

    mark: Mark
    keys: dict[str, Mark] = field(default_factory=dict)
    members: "dict[str, Place] | list[Place] | None" = None

    def member(self, step: str | int) -> "Place | None":
        if isinstance(self.members, dict):
            return self.members.get(step) if isinstance(step, str) else None
        if isinstance(self.members, list) and isinstance(step, int) and 0 <= step < len(self.members):
            return self.members[step]
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """One document of a YAML file: its data, and the place of every part.

    A location is a tuple of keys and indices, such as ``("inclusion", "I-01", "when")``. Steps that the document
    does not have are passed over, so that a place is always found: a missing field is shown where its mapping
    stands, and the names that pydantic puts between the keys of a location do no harm.
    """

    file: str
    data: Plain
    root: Place
    faults: frozenset[Location]
    """Where the reader has already found fault; a later check of these values has nothing to add."""

    def mark(self, location: Location = ()) -> Mark:
        """Where the value at ``location`` begins."""
        return self._walk(location)[1].mark

    def key_mark(self, location: Location) -> Mark:
        """Where the key of ``location`` stands; a member of a list and the whole document have their own place."""
        return self._walk(location)[0]

    def report(
        self, code: str, location: Location, message: str, hint: str = "", *, on_key: bool = False
    ) -> Diagnostic:
        """A finding at the value at ``location``, or at its key."""
        line, column = self.key_mark(location) if on_key else self.mark(location)
        return Diagnostic(self.file, line, column, code, message, hint)

    def _walk(self, location: Location) -> tuple[Mark, Place]:
        key, place = self.root.mark, self.root
        for step in location:
            if (found := place.member(step)) is not None:
                key = place.keys.get(step, found.mark) if isinstance(step, str) else found.mark
                place = found
        return key, place
