"""A profile whose records are looked up by what they are about, so that a feature does not go through all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TypeAlias

from matcher.domain.profile import Profile
from matcher.domain.record import Listing, Record
from matcher.features.kind import Contains, Is, Named

_Records: TypeAlias = tuple[Record, ...]
#: the records of one table by what one of their fields could be, and those of which it is not known
_Places: TypeAlias = tuple[dict[str, list[int]], list[int]]


class SortedProfile(Profile):
    """Equal to the profile it is made of for all who hold the records they get against their filters."""

    __slots__ = ("_by_code",)

    _by_code: dict[tuple[str, str], _Places]

    def table(self, name: str, _where: tuple[object, ...] = ()) -> _Records:
        """The records that pass the first filter, or may, as far as that is seen at once; in their order."""
        records = Profile.table(self, name)
        if not records or not _where:
            return records
        match _where[0]:
            case Named(field=field, name=wanted):
                by_code, _ = self._places(name, field, records)
                return tuple([records[each] for each in by_code.get(wanted, ())])
            case Is(field=field, codes=codes) | Contains(field=field, codes=codes):
                by_code, unknown = self._places(name, field, records)
                if codes.isdisjoint(by_code):
                    return tuple([records[each] for each in unknown]) if unknown else ()
                found = {place for code in by_code.keys() & codes for place in by_code[code]}
                return tuple([records[each] for each in sorted(found.union(unknown))])
        return records

    def listing(self, name: str, _where: tuple[object, ...] = ()) -> Listing[Record]:
        held = self.whole(name)
        records = self.table(name, _where)
        return held if len(records) == len(held.records) else Listing(records, held.absences, held.complete)

    def whole(self, name: str) -> Listing[Record]:
        return Profile.listing(self, name)

    def _places(self, table: str, field: str, records: Sequence[Record]) -> _Places:
        """For each code or name the places of the records it could be true of; and of those with neither."""
        found = self._by_code.get((table, field))
        if found is None:
            by_code: dict[str, list[int]] = {}
            unknown: list[int] = []
            for place, record in enumerate(records):
                held = getattr(record, field)
                for part in held if isinstance(held, tuple) else (held,):
                    if part is None:
                        unknown += [place] if place not in unknown else []
                    else:
                        for code in (part,) if isinstance(part, str) else part.members:
                            by_code.setdefault(code, []).append(place)
            found = self._by_code[table, field] = by_code, unknown
        return found


_FIELDS = tuple(each.name for each in fields(Profile))


def sorted_profile(profile: Profile) -> SortedProfile:
    held = SortedProfile.__new__(SortedProfile)
    for name in _FIELDS:
        object.__setattr__(held, name, getattr(profile, name))
    object.__setattr__(held, "_by_code", {})
    return held
