"""The patients of a run in a table: where each stands, and who is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, not_, or_, select, update

from matcher.store.database import Database
from matcher.store.worklist_schema import ENTRIES, PAIRS, STATUSES

NEW = "new"
"""The status of a patient for whom nobody has done anything yet: none is written down."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A patient of a run. ``part`` and ``row`` are where the file holds them; ``trial`` stands first.

    ``standing`` counts from the best; ``missing`` are the criteria of ``trial`` that are unknown, and ``changes`` how
    trials stand other than in the run before, as JSON.
    """

    number: int
    patient: str
    part: int
    row: int
    deceased: bool
    trial: str
    standing: int
    availability: str
    missing: str
    unknowns: int
    changes: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A trial that does not rule the patient out; ``place`` is its rank."""

    number: int
    trial: str
    place: int
    standing: int
    availability: str
    missing: str
    blocking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which patients, in what order. With a ``trial`` all else is asked of that one, without of the first.

    ``among``: those whom at least one of these trials does not rule out, as they are open at ``site``.
    """

    trial: str = ""
    standing: int | None = None
    availability: str = ""
    missing: str = ""
    status: str = ""
    owner: str = ""
    changed: bool = False
    patient: str = ""
    site: str = ""
    among: tuple[str, ...] | None = None
    sort: str = "standing"


@dataclass(frozen=True, slots=True)
class Entries:
    """All of it is made again from the file, but for what people did, which stands elsewhere."""

    database: Database

    def clear(self, run: str, part: int = 0) -> None:
        """Takes away what was written from this part on."""
        held = select(ENTRIES.c.number).where(ENTRIES.c.run == run, ENTRIES.c.part >= part)
        with self.database.writing() as connection:
            connection.execute(delete(PAIRS).where(PAIRS.c.run == run, PAIRS.c.number.in_(held)))
            connection.execute(delete(ENTRIES).where(ENTRIES.c.run == run, ENTRIES.c.part >= part))

    def parts_done(self, run: str) -> int:
        """How many parts of the file are written: each is in one piece."""
        with self.database.reading() as connection:
            last = connection.execute(select(func.max(ENTRIES.c.part)).where(ENTRIES.c.run == run))
            found = last.scalar_one()
            return 0 if found is None else int(found) + 1

    def add(self, run: str, entries: Sequence[Entry], pairs: Sequence[Pair]) -> None:
        with self.database.writing() as connection:
            if entries:
                connection.execute(insert(ENTRIES), [{"run": run, **asdict(each)} for each in entries])
            if pairs:
                connection.execute(insert(PAIRS), [{"run": run, **asdict(each)} for each in pairs])

    def replace(self, run: str, entry: Entry, pairs: Sequence[Pair]) -> None:
        """One patient, matched anew."""
        mine = and_(ENTRIES.c.run == run, ENTRIES.c.number == entry.number)
        with self.database.writing() as connection:
            connection.execute(update(ENTRIES).where(mine).values(asdict(entry)))
            connection.execute(delete(PAIRS).where(PAIRS.c.run == run, PAIRS.c.number == entry.number))
            if pairs:
                connection.execute(insert(PAIRS), [{"run": run, **asdict(each)} for each in pairs])

    def one(self, run: str, number: int) -> Entry | None:
        with self.database.reading() as connection:
            row = (
                connection.execute(select(ENTRIES).where(ENTRIES.c.run == run, ENTRIES.c.number == number))
                .mappings()
                .one_or_none()
            )
            return None if row is None else _entry(row)

    def named(self, run: str, patients: Iterable[str]) -> list[Entry]:
        """Those with these identifiers."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(ENTRIES).where(ENTRIES.c.run == run, ENTRIES.c.patient.in_(list(patients)))
            ).mappings()
            return [_entry(each) for each in rows]

    def pairs(self, run: str, numbers: Iterable[int]) -> dict[int, dict[str, Pair]]:
        """Of these patients, by trial."""
        found: dict[int, dict[str, Pair]] = {}
        with self.database.reading() as connection:
            rows = connection.execute(
                select(PAIRS)
                .where(PAIRS.c.run == run, PAIRS.c.number.in_(list(numbers)))
                .order_by(PAIRS.c.number, PAIRS.c.place)
            ).mappings()
            for each in rows:
                pair = Pair(**{name: value for name, value in each.items() if name != "run"})
                found.setdefault(pair.number, {})[pair.trial] = pair
        return found

    def page(self, run: str, worklist: str, asked: Asked, most: int, offset: int = 0) -> list[Entry]:
        """Some of those who are asked for. With a trial, ``standing`` and ``missing`` are those for it."""
        query = _chosen(select(*_columns(asked)), run, worklist, asked)
        query = query.order_by(*_order(asked)).limit(most).offset(offset)
        with self.database.reading() as connection:
            return [_entry(each) for each in connection.execute(query).mappings()]

    def count(self, run: str, worklist: str, asked: Asked) -> int:
        query = _chosen(select(func.count()).select_from(ENTRIES), run, worklist, asked)
        with self.database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def standings(self, run: str, worklist: str, asked: Asked) -> dict[int, int]:
        """How many of those who are asked for stand where."""
        place = (PAIRS if asked.trial else ENTRIES).c.standing
        query = _chosen(select(place, func.count()), run, worklist, asked).group_by(place)
        with self.database.reading() as connection:
            return {int(standing): int(count) for standing, count in connection.execute(query)}

    def trials(self, run: str) -> dict[str, int]:
        """The trials that do not rule everybody out, with how many patients they do not."""
        query = select(PAIRS.c.trial, func.count()).where(PAIRS.c.run == run).group_by(PAIRS.c.trial)
        with self.database.reading() as connection:
            return {str(trial): int(count) for trial, count in connection.execute(query)}

    def cohort(self, run: str) -> list[tuple[str, int, int, dict[str, int]]]:
        """For each trial and standing how many patients, and how often each criterion is unknown among them."""
        query = (
            select(PAIRS.c.trial, PAIRS.c.standing, PAIRS.c.missing, func.count())
            .where(PAIRS.c.run == run)
            .group_by(PAIRS.c.trial, PAIRS.c.standing, PAIRS.c.missing)
        )
        found: dict[tuple[str, int], tuple[int, Counter[str]]] = {}
        with self.database.reading() as connection:
            for trial, standing, missing, count in connection.execute(query):
                held, open_ones = found.get((trial, standing), (0, Counter()))
                for each in missing.split("; ") if missing else ():
                    open_ones[each] += count
                found[trial, standing] = held + count, open_ones
        return [
            (trial, standing, count, dict(open_ones.most_common()))
            for (trial, standing), (count, open_ones) in sorted(found.items())
        ]

    def changed(self, run: str) -> int:
        return self.count(run, "", Asked(changed=True))


def _columns(asked: Asked) -> list[ColumnElement[Any]]:
    held = dict(ENTRIES.c.items())
    held.pop("run")
    if asked.trial:
        held |= {name: PAIRS.c[name] for name in ("trial", "standing", "availability", "missing")}
    return [column.label(name) for name, column in held.items()]


def _chosen(query: Select[Any], run: str, worklist: str, asked: Asked) -> Select[Any]:
    query = query.where(ENTRIES.c.run == run)
    about = ENTRIES
    if asked.trial:
        query = query.join(PAIRS, and_(PAIRS.c.run == ENTRIES.c.run, PAIRS.c.number == ENTRIES.c.number))
        query = query.where(PAIRS.c.trial == asked.trial)
        about = PAIRS
    if asked.standing is not None:
        query = query.where(about.c.standing == asked.standing)
    if asked.availability:
        query = query.where(about.c.availability == asked.availability)
    if asked.missing:
        listed = "; " + about.c.missing + ";"
        query = query.where(listed.contains(f"; {asked.missing};", autoescape=True))
    if asked.changed:
        query = query.where(ENTRIES.c.changes != "")
    if asked.patient:
        query = query.where(func.lower(ENTRIES.c.patient).contains(asked.patient.lower(), autoescape=True))
    if asked.among is not None:
        pairs = PAIRS.alias()
        mine = (pairs.c.run == ENTRIES.c.run, pairs.c.number == ENTRIES.c.number)
        query = query.where(exists().where(*mine, pairs.c.trial.in_(asked.among)))
    if asked.status or asked.owner:
        query = query.where(_worked_on(worklist, asked))
    return query


def _worked_on(worklist: str, asked: Asked) -> ColumnElement[bool]:
    mine = [STATUSES.c.worklist == worklist, STATUSES.c.patient == ENTRIES.c.patient]
    if asked.trial:
        mine.append(STATUSES.c.trial == asked.trial)
    if asked.owner:
        mine.append(STATUSES.c.owner == asked.owner)
    if asked.status == NEW:
        begun = exists().where(*mine, STATUSES.c.status != NEW)
        if not asked.owner:
            return not_(begun)
        return exists().where(*mine, STATUSES.c.status == NEW)
    if asked.status:
        mine.append(STATUSES.c.status == asked.status)
    return or_(exists().where(*mine))


def _order(asked: Asked) -> list[ColumnElement[Any]]:
    standing = (PAIRS if asked.trial else ENTRIES).c.standing
    match asked.sort:
        case "patient":
            return [ENTRIES.c.patient, ENTRIES.c.number]
        case "file":
            return [ENTRIES.c.number]
        case _ if asked.trial:
            return [standing, PAIRS.c.number]
    return [standing, ENTRIES.c.unknowns, ENTRIES.c.number]


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(**{str(name): value for name, value in row.items() if name != "run"})
