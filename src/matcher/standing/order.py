"""The order of candidates for many patients at once: the keys of a pair as one number, and the least of them.

The keys are those of ``ranking``, compared one after the other: the first takes the highest place of the number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
import numpy.typing as npt

from matcher.domain.verdict import Verdict
from matcher.engines.columnar.arrays import Bools, Index
from matcher.rules.candidate import Candidate, CandidateKind
from matcher.standing.columns import AVAILABILITIES, NO_SETTING, STANDINGS, Columns, Judged, Small
from matcher.standing.extended import KINDS_OF_SELECTION
from matcher.standing.keys import (
    Credit,
    KeyValue,
    availability_key,
    because,
    direction_key,
    encoded_key,
    evaluation_key,
    evidence_key,
    identifier_key,
    level_key,
    population_key,
    setting_key,
    specificity_key,
    standing_key,
    unknowns_key,
    unsatisfied_key,
)
from matcher.standing.standing import StandingKind

_SETTINGS = (Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET, None)
#: what of a pair its words depend on
_SAID = (
    "standings",
    "availabilities",
    "selected",
    "settings",
    "credits",
    "unknown",
    "unsatisfied",
    "applies",
    "outside",
)
_APPLIES = (Verdict.MET, Verdict.UNKNOWN, Verdict.NOT_MET)
#: of every pair the same words but for whether its rank is shared
_TIED = "tied"
#: pairs of which sorting tells the different ones soon enough
_FEW = 1 << 15


@dataclass(frozen=True, slots=True)
class Kept:
    """Pairs of patient and candidate that are kept, patient by patient, trials first, the best first.

    ``ranks`` are places among all that are ranked, kept or not; equals share
    one, and are ``tied``. ``said`` gives, for each pair, a place in ``because``.
    """

    patients: Index
    candidates: Index
    ranks: Index
    tied: Bools
    standings: Small
    availabilities: Small
    options: Index
    said: Index
    because: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.patients)


@dataclass(frozen=True, slots=True)
class _Key:
    """How a key is read off: an array, and for each of its values (and for a background option) the place."""

    field: str
    values: int
    places: npt.NDArray[np.uint64]


class Order:
    """The declared order of a rulebook's candidates."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._background = np.array([each.background for each in columns.candidates], np.uint64)[:, None]
        shares = columns.rulebook.ranking.encoded
        self._static = {
            "evaluations": np.array([[each.evaluation] for each in columns.candidates], np.uint8).reshape(
                -1, 1
            ),
            "encoded": np.array([[_share(shares, each)] for each in columns.candidates], np.uint8).reshape(
                -1, 1
            ),
        }
        self._said = lru_cache(maxsize=None)(self._in_words)
        self._keys = {kind: self._keys_of(kind) for kind in CandidateKind}

    def kept(
        self, judged: Judged, top: int | None = None, standings: Collection[StandingKind] | None = None
    ) -> Kept:
        """The first ``top`` trials and regimens of each patient among those of the standings asked for."""
        wanted = None
        if standings is not None:
            wanted = np.array([each in standings for each in STANDINGS], np.bool_)
        trials = self.columns.trials
        parts = [
            self._first(judged, CandidateKind.TRIAL, slice(0, trials), (top, wanted)),
            self._first(
                judged, CandidateKind.REGIMEN, slice(trials, len(self.columns.candidates)), (top, wanted)
            ),
        ]
        held, candidates, places, shared = (
            np.concatenate([each[number] for each in parts], axis=1) for number in range(4)
        )
        patients, columns = np.nonzero(held)
        candidates, ranks, tied = (each[patients, columns] for each in (candidates, places, shared))
        pairs = candidates * len(judged) + patients
        fields = {name: getattr(judged, name).take(pairs) for name in _SAID}
        said, words = self._because(candidates, {**fields, _TIED: tied.astype(np.uint8)})
        return Kept(
            patients + judged.first,
            candidates,
            ranks,
            tied,
            fields["standings"],
            fields["availabilities"],
            judged.options.take(pairs),
            said,
            words,
        )

    def _first(
        self, judged: Judged, kind: CandidateKind, held: slice, asked: tuple[int | None, Bools | None]
    ) -> tuple[Bools, Index, Index, Bools]:
        """For each patient which are kept of a kind, the candidates in their order, their ranks, and who shares one.

        As far as needed, and one further: the next may share the rank of the last.
        """
        top, wanted = asked
        number = held.stop - held.start
        keys = self._numbers(judged, kind, held)
        if top is not None and top + 1 < number and wanted is None:
            keys = np.partition(keys, top, axis=1)[:, : top + 1]
        keys.sort(axis=1)
        ranks, tied = _ranks(keys // max(1, number))
        if top is not None and top < number and wanted is None:
            keys, ranks, tied = keys[:, :top], ranks[:, :top], tied[:, :top]
        kept: Bools = keys != np.iinfo(keys.dtype).max
        candidates: Index = (keys % max(1, number)).astype(np.intp) + held.start
        candidates[~kept] = held.start
        if wanted is not None:
            kept &= wanted[judged.standings[candidates, np.arange(len(keys))[:, None]]] if number else kept
            if top is not None:
                kept &= kept.cumsum(axis=1) <= top
        return kept, candidates, ranks, tied

    def _numbers(self, judged: Judged, kind: CandidateKind, held: slice) -> npt.NDArray[np.unsignedinteger]:
        """A number for each patient and candidate of the kind, the least for the first; the place comes last."""
        number = held.stop - held.start
        keys = self._keys[kind]
        whole = prod(int(each.places.max()) + 1 for each in keys) * max(1, number)
        if whole > np.iinfo(np.uint64).max:
            raise ValueError("the keys of the order do not fit into one number")
        dtype = np.uint32 if whole < np.iinfo(np.uint32).max else np.uint64
        total = np.broadcast_to(np.arange(number, dtype=dtype)[:, None], (number, len(judged))).copy()
        worth = max(1, number)
        for each in reversed(keys):
            most = int(each.places.max())
            if not most:
                continue
            values = (
                self._static[each.field][held]
                if each.field in self._static
                else getattr(judged, each.field)[held]
            )
            if len(each.places) > each.values:
                values = values + (self._background[held] * np.uint64(each.values)).astype(np.uint16)
            if values.strides[-1] == 0:
                values = values[:, :1]
            if most == len(each.places) - 1 and (each.places[:-1] < each.places[1:]).all():
                total += values * dtype(worth)
            else:
                total += (each.places * np.uint64(worth)).astype(dtype)[values]
            worth *= most + 1
        if not judged.included[held].all():
            total[~judged.included[held]] = np.iinfo(dtype).max
        return np.ascontiguousarray(total.T)

    def _keys_of(self, kind: CandidateKind) -> list[_Key]:
        names = self.columns.rulebook.ranking.ranking
        if "identifier" in names:
            names = names[: names.index("identifier")]
        return [self._key(name, kind) for name in names]

    def _key(self, name: str, kind: CandidateKind) -> _Key:
        ranking, most = self.columns.rulebook.ranking, self.columns.most_criteria
        counts = range(most + 1)
        match name:
            case "standing":
                found = [
                    standing_key(ranking, each, background=background)
                    for background in (False, True)
                    for each in STANDINGS
                ]
                return _key("standings", found, len(STANDINGS))
            case "availability":
                return _key("availabilities", [availability_key(ranking, each) for each in AVAILABILITIES])
            case "specificity":
                masks = range(1 << len(KINDS_OF_SELECTION))
                return _key("selected", [specificity_key(_selected(each)) for each in masks])
            case "setting":
                return _key("settings", [setting_key(["any"] if each else [], each) for each in _SETTINGS])
            case "evaluation":
                return _key("evaluations", [evaluation_key(each) for each in (False, True)])
            case "evidence":
                return _key("applies", [evidence_key(kind, each) for each in _APPLIES])
            case "population":
                return _key("outside", [population_key(kind, each) for each in (False, True)])
            case "encoded":
                shares = [*ranking.encoded, ""]
                return _key("encoded", [encoded_key(ranking, each) for each in shares])
            case "direction":
                return _key("credits", [direction_key(ranking, kind, each) for each in self._credits()])
            case "level":
                return _key("credits", [level_key(ranking, kind, each) for each in self._credits()])
            case "unknowns":
                return _key("unknown", [unknowns_key(each) for each in counts])
            case "unsatisfied":
                return _key("unsatisfied", [unsatisfied_key(each) for each in counts])
        raise ValueError(f"there is no key '{name}'")

    def _credits(self) -> list[Credit]:
        ranking = self.columns.rulebook.ranking
        return [
            Credit(direction, level, sought=True)
            for direction in range(len(ranking.directions) + 1)
            for level in range(len(ranking.levels) + 1)
        ]

    def _because(self, candidates: Index, fields: dict[str, Small]) -> tuple[Index, tuple[str, ...]]:
        """Why, in words: each distinct combination of what the words depend on once."""
        code = candidates.astype(np.int64)
        radix = self._radix()
        for name in radix:
            code = code * radix[name] + fields[name]
        combinations, found = _distinct(code)
        parts: list[list[int]] = []
        for name in reversed(radix):
            combinations, part = np.divmod(combinations, radix[name])
            parts.append(part.tolist())
        words: dict[str, int] = {}
        pairs = zip(combinations.tolist(), *reversed(parts), strict=True)
        places = [words.setdefault(self._said(each), len(words)) for each in pairs]
        return np.array(places, np.intp)[found], tuple(words)

    def _radix(self) -> dict[str, int]:
        most = self.columns.most_criteria + 1
        credits_ = (len(self.columns.rulebook.ranking.directions) + 1) * self.columns.levels
        radix = (len(STANDINGS), len(AVAILABILITIES), 1 << len(KINDS_OF_SELECTION), NO_SETTING + 1, credits_)
        return {**dict(zip(_SAID, (*radix, most, most, len(_APPLIES), 2), strict=True)), _TIED: 2}

    def _in_words(self, pair: Sequence[int]) -> str:
        candidate, *values, tied = pair
        keys = self.keys(candidate, dict(zip(_SAID, values, strict=True)))
        return because(keys, tied=bool(tied))

    def keys(self, candidate: int, values: dict[str, int]) -> tuple[KeyValue, ...]:
        """The keys of one pair, as ``ranking.keys`` gives them."""
        rulebook = self.columns.rulebook
        return tuple(
            _of_pair(name, self.columns.candidates[candidate], values, self.columns)
            for name in rulebook.ranking.ranking
        )


def _of_pair(name: str, candidate: Candidate, values: dict[str, int], columns: Columns) -> KeyValue:
    ranking = columns.rulebook.ranking
    credit = Credit(*divmod(values["credits"], columns.levels), sought=bool(candidate.evidence))
    match name:
        case "standing":
            return standing_key(ranking, STANDINGS[values["standings"]], background=candidate.background)
        case "availability":
            return availability_key(ranking, AVAILABILITIES[values["availabilities"]])
        case "specificity":
            return specificity_key(_selected(values["selected"]))
        case "setting":
            return setting_key(candidate.settings, _SETTINGS[values["settings"]])
        case "evaluation":
            return evaluation_key(candidate.evaluation)
        case "evidence":
            return evidence_key(candidate.kind, _APPLIES[values["applies"]])
        case "population":
            return population_key(candidate.kind, bool(values["outside"]))
        case "encoded":
            return encoded_key(ranking, candidate.encoded)
        case "direction":
            return direction_key(ranking, candidate.kind, credit)
        case "level":
            return level_key(ranking, candidate.kind, credit)
        case "unknowns":
            return unknowns_key(values["unknown"])
        case "unsatisfied":
            return unsatisfied_key(values["unsatisfied"])
    return identifier_key(candidate.id)


def _selected(mask: int) -> list[str]:
    return [kind for place, kind in enumerate(KINDS_OF_SELECTION) if mask >> place & 1]


def _key(field: str, found: Iterable[KeyValue], values: int | None = None) -> _Key:
    """The places of the keys' values among themselves: what is compared is only which is less."""
    held = [each.value for each in found]
    places = {value: place for place, value in enumerate(sorted(set(held)))}
    array = np.array([places[each] for each in held], np.uint64)
    return _Key(field, len(array) if values is None else values, array)


def _distinct(codes: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], Index]:
    """The different ones, and the place of each among them. Of few they are found without loading what is for many."""
    if len(codes) < _FEW:
        return np.unique(codes, return_inverse=True)
    import pyarrow as pa

    found = pa.array(codes).dictionary_encode()
    return found.dictionary.to_numpy(), found.indices.to_numpy()


def _share(shares: Sequence[str], candidate: Candidate) -> int:
    return shares.index(candidate.encoded) if candidate.encoded in shares else len(shares)


def _ranks(compared: npt.NDArray[np.unsignedinteger]) -> tuple[Index, Bools]:
    """The rank of each of a row of sorted numbers, the place of the first of its equals; and who has equals."""
    same = np.zeros(compared.shape, np.bool_)
    same[:, 1:] = compared[:, 1:] == compared[:, :-1]
    places = np.broadcast_to(np.arange(1, 1 + compared.shape[1]), compared.shape)
    tied = same.copy()
    tied[:, :-1] |= same[:, 1:]
    return np.maximum.accumulate(np.where(same, 0, places), axis=1), tied


def together(kept: Sequence[Kept]) -> Kept:
    """Several stretches of patients as one."""
    words: dict[str, int] = {}
    said = [
        np.array([words.setdefault(text, len(words)) for text in each.because], np.intp)[each.said]
        for each in kept
    ]
    names = ("patients", "candidates", "ranks", "tied", "standings", "availabilities", "options")
    joined = {name: np.concatenate([getattr(each, name) for each in kept]) for name in names}
    return Kept(**joined, said=np.concatenate(said), because=tuple(words))
