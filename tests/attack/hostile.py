"""Bodies, files and connections that are made to break a server, and what may come back for them."""

from __future__ import annotations

import json
import random
import string
import zipfile
from collections.abc import Iterator
from io import BytesIO

CANARY = "Zyxwvut-Quastel"
"""A patient's name: it belongs into answers to whoever sent it, and nowhere else."""
_LONG = 20_000
_RUNS = (
    " ",
    "\n",
    "(",
    "{",
    "[",
    "(and ",
    "or ",
    "+",
    "1",
    "1,",
    "-",
    "/",
    "#",
    "a",
    "\u00e4",
    "<",
    ";",
    "\t;",
)


_MATCH = b"POST /v1/match HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
BROKEN: dict[str, tuple[bytes, ...]] = {
    "no HTTP": (b"GET /healthz\r\n\r\n",),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xaa" * 500,),
    "two hosts": (b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: Zyxwvut\r\n\r\n",),
    "a space before a colon": (_MATCH + b"Content-Length : 2\r\n\r\n{}",),
    "a length below nothing": (_MATCH + b"Content-Length: -5\r\n\r\n{}",),
    "no chunk": (_MATCH + b"Transfer-Encoding: chunked\r\n\r\nZyxwvut\r\n",),
    "no chunk while it is refused": (
        _MATCH.replace(b"/v1/match", b"/nowhere") + b"Transfer-Encoding: chunked\r\n\r\nZyxwvut\r\n",
    ),
    "no chunk after a refusal": (
        _MATCH.replace(b"/v1/match", b"/nowhere") + b"Transfer-Encoding: chunked\r\n\r\n",
        b"Zyxwvut\r\n",
    ),
}
"""What is no HTTP, in the pieces in which it comes."""


def texts() -> Iterator[str]:
    """Texts that make a careless pattern slow, each with a patient's name at its end."""
    for run in _RUNS:
        yield run * (_LONG // len(run)) + CANARY


def profiles() -> Iterator[bytes]:
    for text in texts():
        for profile in (
            {"id": CANARY, "diagnosis": text, "histology": text},
            {"id": CANARY, "therapies": [{"agents": text}, {"agents": [text, text]}]},
            {"id": CANARY, "labs": [{"test": text, "value": text, "unit": text}]},
            {"id": CANARY, "labs": [{"test": "platelets", "value": 5, "unit": text}]},
            {"id": CANARY, "conditions": [text], "medications": [text], "procedures": [text]},
            {"id": CANARY, "tnm": {"t": text, "n": text, "m": text}, "stage": text},
            {"id": CANARY, "ecog": text, "age": text, "birth_date": text, "sex": text},
            {"id": CANARY, "biomarkers": [{"marker": text, "value": text}], "alterations": [{"gene": text}]},
            {text[:200]: CANARY, "complete": [text[:200]]},
            {
                "id": CANARY,
                "judgements": [
                    {"candidate": text, "criterion": text, "verdict": text, "person": CANARY},
                    {
                        "candidate": "NCT00000001",
                        "criterion": "I-01",
                        "verdict": "met",
                        "day": text,
                        "of": text,
                    },
                ],
            },
        ):
            yield json.dumps(profile).encode()
    for raw in (
        '{"id": "\\ud800%s"}', '{"id": "%s', '["%s"]', '"%s"', '{"%s": 1, "%s": 2}' % (("%s",) * 2),
        '{"profile": {"complete": 5}, "answers": {"%s": 1}}', '{"profile": {"complete": {"a": "%s"}}}',
        '{"judgements": 5}', '{"judgements": {"%s": {"%s": 1}}}', '{"judgements": [{"candidate": ["%s"], "criterion": 1}]}',
        '{"profile": {"therapies": 5, "labs": "%s", "tnm": [1]}}', '{"answers": {"conditions": [[["%s"]]]}}',
    ):  # fmt: skip
        yield raw.replace("%s", CANARY).encode()
    said = {"candidate": "NCT00000001", "criterion": "I-01", "verdict": "met"}
    judged = [{**said, "person": f"{CANARY} {n}", "day": "2025-01-01"} for n in range(1_900)]
    yield json.dumps({"id": CANARY, "judgements": judged}).encode()
    for name in ("medications", "conditions", "therapies", "alterations"):
        yield json.dumps({"id": CANARY, name: [f"{CANARY} {n}" for n in range(1_900)]}).encode()
    yield b"[" * 60_000
    yield b"\xff\xfe" + CANARY.encode()


def files() -> Iterator[tuple[str, bytes, bytes | None]]:
    """Name, content and mapping of uploads."""
    rows = f"patient_id,age,diagnosis\n{CANARY},61,PLMESO\n".encode()
    for text in texts():
        cell = json.dumps(text).encode()
        yield (
            "a.csv",
            b"patient_id,therapy_1_agents,diagnosis\n"
            + f'{CANARY},"'.encode()
            + (text.replace('"', "").encode() + b'",x\n'),
            None,
        )
        yield "a.jsonl", b'{"id": "A", "conditions": [' + cell + b"]}\n", None
    for mapping in (
        "rows: {therapies: {repeat: '" + "#" * 60 + "z', fields: {agents: {column: '*'}}}}",
        "file: {encoding: rot13}", "file: {encoding: punycode}", "file: {delimiter: ab}",
        "facts: {sex: {column: age, split: ''}}", "facts: {age: {column: age, plus: 99999999999999}}",
        "facts: {age: {columns: ['" + "*a" * 500 + "']}}", "facts: [" + CANARY, "a: &a [*a]", CANARY,
    ):  # fmt: skip
        yield "a.csv", rows, f"mapping: x\nid: {{column: patient_id}}\n{mapping}".encode()
    wide = b",".join(b"c%d" % n for n in range(5_000))
    for before in (b"", b"\n", b"sep=,\n", b'"a\nb",'):
        yield "a.csv", before + wide + b"\n" + CANARY.encode() + b"\n", None
    yield "a.json", b'[{"id": "\\ud800"}, {"id": "A"}]', None
    yield "a.parquet", b"PAR1" + rows + b"PAR1", None
    for packed in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        held = BytesIO()
        with zipfile.ZipFile(held, "w", packed) as archive:
            archive.writestr("patients.csv", rows * 500)
        whole = bytearray(held.getvalue())
        yield "a.zip", bytes(whole), None
        whole[60:80] = bytes(20)
        yield "a.zip", bytes(whole), None
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(5_000):
            archive.writestr(f"{number}/", b"")
    yield "a.zip", held.getvalue(), None
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("patients.csv", b"a" * (64 << 20))
    yield "a.zip", held.getvalue(), None


def garbled(chance: random.Random, content: bytes) -> bytes:
    """The same with some bytes changed, left out or said again."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(found) + 1)
        match chance.randrange(3):
            case 0:
                found[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del found[place : place + chance.randint(1, 20)]
            case _:
                found[place:place] = found[place : place + 50] or string.punctuation.encode()
    return bytes(found)
