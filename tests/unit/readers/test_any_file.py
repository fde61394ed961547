"""Whatever the bytes of a file are, every patient in it is matched or rejected, or the file is refused in words."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import MatcherError
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from tests.unit.readers.small import AS_OF, FORMULARY

PIECES = st.sampled_from(
    [
        ",",
        ";",
        "\t",
        '"',
        '""',
        "\n",
        "\r\n",
        "\r",
        "\0",
        " ",
        "A",
        "B",
        "61",
        "ä",
        "\ufeff",
        "sep=;",
        "cisplatin",
    ]
)
CSV = st.lists(PIECES, max_size=60).map(lambda pieces: "patient_id,age,therapy_1\n" + "".join(pieces))
JSON = st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", '"id"', ":", '"A"', ",", "1", "\n", '"age"', "NaN", "null", "\ud800"]
    ),
    max_size=40,
).map("".join)


def check(content: bytes, ending: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"patients{ending}"
        path.write_bytes(content)
        try:
            file = read_patients(path, formulary=FORMULARY, as_of=AS_OF)
        except MatcherError:
            return
        outcomes = list(file)
    assert len(outcomes) == file.reading.patients
    assert file.reading.matched == sum(isinstance(each, Patient) for each in outcomes)
    assert file.reading.matched + file.reading.rejected == file.reading.patients


@given(CSV, st.sampled_from(["utf-8", "utf-16", "latin-1"]))
def test_any_delimited_text(text: str, encoding: str) -> None:
    check(text.encode(encoding, errors="replace"), ".csv")


@given(JSON, st.sampled_from([".json", ".jsonl"]))
def test_any_json_text(text: str, ending: str) -> None:
    check(text.encode("utf-8", errors="surrogatepass"), ending)


@given(st.binary(max_size=200), st.sampled_from([".csv", ".json", ".jsonl", ".dat"]))
def test_any_bytes(content: bytes, ending: str) -> None:
    check(content, ending)
