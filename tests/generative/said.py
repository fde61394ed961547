"""What is said of records beside their names, made at random and decided in a completion."""

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

from hypothesis import strategies as st

from matcher.domain.possible import Codes
from matcher.domain.record import NOTHING_SAID, Components
from matcher.vocabulary.qualities import QUALITIES, open_qualities

Raw = dict[str, Any]

#: of each list the qualities that generated conditions ask about
ASKED = {
    "conditions": ("significant", "symptomatic", "treated"),
    "therapies": ("investigational",),
    "medications": ("chronic",),
    "diagnoses": ("treated",),
    "procedures": ("for_this_cancer",),
    "radiotherapy": ("stereotactic",),
}
CAUSES = ("cisplatin", "nivolumab", "major_surgery")
REASONS = ("psoriasis", "lupus", "pneumonitis")


@cache
def qualities(table: str) -> st.SearchStrategy[Components]:
    """Each quality said, denied, in doubt, or not mentioned."""
    held = [each for each in QUALITIES[table] if each.name in ASKED[table]]
    one = st.sampled_from(("yes", "no", "either", None, None))

    def made(answers: Sequence[str | None]) -> Components:
        said = {
            each.name: Codes(
                frozenset({each.code, each.code_of_absence})
                if answer == "either"
                else frozenset({each.code if answer == "yes" else each.code_of_absence})
            )
            for each, answer in zip(held, answers, strict=True)
            if answer is not None
        }
        if not said:
            return NOTHING_SAID
        rest = open_qualities(table, frozenset(said))
        return (*said.values(), Codes(rest)) if rest else tuple(said.values())

    return st.tuples(*[one] * len(held)).map(made)


def causes() -> st.SearchStrategy[Components]:
    return st.one_of(
        st.just(NOTHING_SAID),
        st.lists(st.sampled_from(CAUSES).map(Codes.of) | st.none(), min_size=1, max_size=2).map(tuple),
    )


def decided_qualities(table: str, held: Components, choose: Any) -> Components:
    """Every quality of the list present or absent, as far as the record leaves it open."""
    return tuple(
        Codes.of(choose(sorted(_possible(held, each.code, each.code_of_absence))))
        for each in QUALITIES[table]
    )


def _possible(held: Components, code: str, absent: str) -> frozenset[str]:
    either = frozenset({code, absent})
    return frozenset(chain.from_iterable(either if each is None else each.members & either for each in held))


def decided_causes(held: Components, choose: Any) -> Components:
    return tuple(Codes.of(choose(sorted(each.members) if each is not None else CAUSES)) for each in held)


@cache
def asking(table: str) -> st.SearchStrategy[Raw]:
    """Nothing, or a quality that is asked to be there or not."""
    return st.one_of(
        st.just({}),
        st.builds(lambda name, there: {name: there}, st.sampled_from(ASKED[table]), st.booleans()),
    )
