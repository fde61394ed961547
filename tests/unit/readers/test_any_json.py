"""Whatever JSON a profile is made of, it becomes a profile with issues or a reject, and never an exception."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.wire.model import FIELDS, LISTS, ROWS, AbsenceRow
from matcher.readers.assemble import Assembled, assemble
from tests.unit.readers.small import AS_OF, FORMULARY

TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "<",
            "<5",
            ">=10",
            "0-1",
            "[8,9)",
            "(9,8]",
            "[inf,inf]",
            "1e400",
            "-1e9",
            "9.1g/dL",
            "5%",
            "2025-02-30",
            "2025",
            "0001",
            "9999-12-31",
            "0000-01",
            "PLMESO",
            "TX",
            "IIIA",
            "cisplatin",
            "null",
            "none",
            "unknown",
            "yes",
            "8",
            "mg",
            "1,5",
            "NaN",
            "∞",
            "T3",
            "3+",
            "HLA-A2",
            "or",
            "/",
            ".",
            "#",
            "\x00",
            "C45.0",
            "5..9",
            "1-",
        ]
    ),
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.integers(10**20, 10**400), TEXTS)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def rows(draw: st.DrawFn, table: str) -> Any:
    names = sorted({*ROWS[table].model_fields, *(AbsenceRow.model_fields if table in LISTS else ())})
    return draw(st.dictionaries(st.sampled_from(names), ANYTHING | TEXTS | st.integers(-5, 120), max_size=6))


@st.composite
def wires(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), unique=True, max_size=6))
    wire: dict[str, Any] = {}
    for name in names:
        shaped = st.lists(rows(name), max_size=3) if name in ROWS else ANYTHING
        wire[name] = draw(shaped | ANYTHING | TEXTS)
    return wire


def check(result: Assembled) -> None:
    assert (result.profile is None) is (result.reject is not None)


@given(ANYTHING)
def test_any_json_at_all(raw: Any) -> None:
    check(assemble(raw, as_of=AS_OF, formulary=FORMULARY))


@given(wires())
def test_any_json_in_the_fields_of_a_profile(wire: dict[str, Any]) -> None:
    check(assemble(wire, as_of=AS_OF, formulary=FORMULARY))
