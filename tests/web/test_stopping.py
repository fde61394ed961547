"""A server that is told to stop does so within ten seconds, whatever it is at and however often it is told."""

from __future__ import annotations

import io
import json
import signal
import socket
import sqlite3
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest

from matcher.api.settings import Settings
from tests.small_rulebook import write_rulebook
from tests.web.live import Live, free_port
from tests.web.waiting import PATIENCE
from tests.whole import WHOLE, one_of

_PROMISED = 10.0
CANARY = "Zyxwvut-Quastel"
STOPS = ((signal.SIGTERM,), (signal.SIGINT, signal.SIGTERM))
HASTE = (signal.SIGINT, signal.SIGINT)
Held = ExitStack
FORM = (
    b"POST /v1/match/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
)
FILE = b'Content-Length: 50000000\r\n\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
ROW = f"patient_id,{CANARY}\n".encode()


def line_to(live: Live, held: Held, sent: bytes = b"", buffer: int = 0) -> socket.socket:
    line = socket.socket()
    held.callback(line.close)
    if buffer:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    line.settimeout(30)
    line.connect(("127.0.0.1", live.settings.port))
    line.sendall(sent)
    return line


def again_and_again(held: Held, work: Callable[[], object]) -> None:
    """Somebody who goes on until the server is gone."""
    over = threading.Event()

    def go_on() -> None:
        with suppress(OSError, httpx.HTTPError):
            while not over.is_set():
                work()

    thread = threading.Thread(target=go_on)
    thread.start()
    held.callback(thread.join)
    held.callback(over.set)


def patients(count: int) -> bytes:
    rows = [
        {"id": f"{CANARY}{n}", "age": 18 + n % 60, "ecog": n % 4, "conditions": [CANARY]}
        for n in range(count)
    ]
    return "\n".join(map(json.dumps, rows)).encode()


def tables(count: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "patients.csv", "patient_id,age\n" + "".join(f"{CANARY}{n},{n % 90}\n" for n in range(count))
        )
        labs = "".join(f"{CANARY}{n},platelets,{n},10*9/L\n" for n in range(count))
        archive.writestr("labs.csv", "patient_id,test,value,unit\n" + labs)
    return packed.getvalue()


def send(live: Live, content: bytes, name: str = "p.jsonl") -> str:
    with live.client() as http:
        answered = http.post(
            "/v1/match/batch", params={"as_of": "2026-01-15"}, files={"file": (name, content)}
        )
        return str(answered.raise_for_status().headers["location"])


def begun(live: Live, job: str) -> None:
    with live.client() as http:
        ends = time.monotonic() + PATIENCE
        while not (shown := http.get(job).json())["done"]:
            assert time.monotonic() < ends, shown
            time.sleep(0.05)


def process_of(live: Live, module: str) -> psutil.Process:
    ends = time.monotonic() + PATIENCE
    while True:
        for each in psutil.Process(live.pid).children(recursive=True):
            with suppress(psutil.Error):
                if module in each.cmdline():
                    return each
        assert time.monotonic() < ends
        time.sleep(0.02)


def hung(live: Live, held: Held, module: str) -> None:
    """A process of the server that does nothing any more, not even hear that it is to stop."""
    found = process_of(live, module)
    found.suspend()

    def let_go() -> None:
        with suppress(psutil.Error):
            found.resume()

    held.callback(let_go)


def idle(live: Live, held: Held) -> None:
    line = line_to(live, held, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert line.recv(65_536)


def slow_connections(live: Live, held: Held) -> None:
    half = b"POST /v1/match HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    for _ in range(70):
        for sent in (b"", b"GET / HT", half):
            line_to(live, held, sent)


def stalled_upload(live: Live, held: Held) -> None:
    line_to(live, held, FORM + FILE + ROW * 200_000)


def upload_on_its_way(live: Live, held: Held) -> None:
    line = line_to(live, held, FORM + FILE)

    def more() -> None:
        line.sendall(ROW * 100)
        time.sleep(0.005)

    again_and_again(held, more)
    time.sleep(0.3)


def job_one_by_one(live: Live, held: Held) -> None:
    begun(live, send(live, patients(190)))


def job_in_columns(live: Live, held: Held) -> None:
    begun(live, send(live, patients(4_000)))


def job_of_tables(live: Live, held: Held) -> None:
    begun(live, send(live, tables(6_000), "a.zip"))


def queued_jobs(live: Live, held: Held) -> None:
    jobs = [send(live, patients(4_000)) for _ in range(5)]
    begun(live, jobs[0])


def hung_job(live: Live, held: Held) -> None:
    job_in_columns(live, held)
    hung(live, held, "matcher.api.runner")


def hung_check(live: Live, held: Held) -> None:
    """Somebody's file is looked through, and that takes for ever."""
    send(live, b"patient_id,age\nA,61\n", "a.csv")
    hung(live, held, "matcher.api.checking")
    again_and_again(held, lambda: send(live, ROW + b"A,61\n", "a.csv"))
    time.sleep(0.3)


def sessions_answered(live: Live, held: Held) -> None:
    with live.client() as http:
        places = [
            str(http.post("/v1/sessions", json={"patient": CANARY}).headers["location"]) for _ in range(4)
        ]
    asked = {"answers": {"age": 61, "ecog": 1}}

    def answer(http: httpx.Client, place: str) -> None:
        http.put(f"{place}/answers", json=asked).raise_for_status()

    for place in places:
        again_and_again(held, partial(answer, held.enter_context(live.client()), place))
    time.sleep(0.3)


def large_patients_matched(live: Live, held: Held) -> None:
    """What computes for seconds in a thread, which nothing can end but the end of the process."""
    names = [f"{CANARY} {n}" for n in range(1_990)]
    body = {"id": CANARY, "therapies": names, "conditions": names, "medications": names}

    def match(http: httpx.Client) -> None:
        http.post("/v1/match", params={"unknown": "report"}, json=body).raise_for_status()

    for _ in range(4):
        again_and_again(held, partial(match, held.enter_context(live.client())))
    time.sleep(1)


def slow_reader(live: Live, held: Held) -> None:
    job = send(live, patients(1_000))
    with live.client() as http:
        ends = time.monotonic() + PATIENCE
        while not (files := http.get(job).json()["files"]):
            assert time.monotonic() < ends
            time.sleep(0.1)
    place = max(files, key=lambda each: each["bytes"])["href"].encode()
    for _ in range(3):
        line_to(live, held, b"GET " + place + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", buffer=4_096)
    time.sleep(0.3)


def store_held_by_another(live: Live, held: Held) -> None:
    """Another program writes to the store and does not come to an end; a job runs, and answers are sent."""
    job_in_columns(live, held)
    store = sqlite3.connect(live.settings.store_url.removeprefix("sqlite:///"), isolation_level=None)
    held.callback(store.close)
    store.execute("BEGIN IMMEDIATE")
    http = held.enter_context(live.client())
    again_and_again(held, lambda: http.post("/v1/sessions", json={"patient": CANARY}))
    time.sleep(0.5)


STATES = (
    idle, slow_connections, stalled_upload, upload_on_its_way, job_one_by_one, job_in_columns, job_of_tables,
    queued_jobs, hung_job, hung_check, sessions_answered, large_patients_matched, slow_reader, store_held_by_another,
)  # fmt: skip


@contextmanager
def server(folder: Path, workers: int = 1, waits: bool = True) -> Iterator[Live]:
    """As users start it, with a folder of its own for temporary files."""
    folder.mkdir()
    (folder / "temporary").mkdir()
    settings = Settings(
        port=free_port(),
        rules=str(write_rulebook(folder / "rules")),
        store=f"sqlite:///{folder / 'store.sqlite'}",
        data=str(folder / "data"),
        workers=workers,
    )
    named = {name: getattr(settings, name) for name in ("port", "rules", "store", "data", "workers")}
    words = [f"--{name}={value}" for name, value in named.items()]
    live = Live(
        settings,
        folder / "log.txt",
        ("-m", "matcher.cli", "serve", *words),
        {"TMPDIR": str(folder / "temporary")},
    )
    (live.start if waits else live.spawn)()
    try:
        yield live
    finally:
        live.tell(signal.SIGKILL)
        live.wait()


def stopped(
    folder: Path, bring_about: Callable[[Live, Held], None], told: tuple[int, ...], workers: int = 1
) -> None:
    """Brings a server into the state and ends it; what has to be true of it then."""
    with server(folder, workers) as live, ExitStack() as held:
        bring_about(live, held)
        family = psutil.Process(live.pid).children(recursive=True)
        began = time.monotonic()
        for number in told:
            live.tell(number)
            time.sleep(0.5)
        live.wait()
        took = time.monotonic() - began
        _, alive = psutil.wait_procs(family, timeout=_PROMISED)
        assert not alive, [each.cmdline() for each in alive]
        # A promise to users, with room of its own; not how fast this machine is.
        assert took < _PROMISED, live.said()
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", live.settings.port))
    said = live.said()
    for word in ("Traceback", "defect", "Zyxwvut"):
        assert word not in said, said
    assert list((folder / "temporary").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "state"), tuple(enumerate(STATES)), ids=lambda each: getattr(each, "__name__", "")
)
def test_a_stop_ends_the_server_in_every_state(
    tmp_path: Path, number: int, state: Callable[[Live, Held], None]
) -> None:
    """Told once as by a supervisor, or by hand and then once more; in a part of the states but for `make whole`."""
    if not WHOLE and number % 4:
        pytest.skip("one state of four: the others with make whole")
    ways = STOPS if WHOLE else STOPS[number % 2 : number % 2 + 1]
    with ThreadPoolExecutor(len(STOPS)) as at_once:
        runs = [at_once.submit(stopped, tmp_path / str(n), state, told) for n, told in enumerate(ways)]
    for each in runs:
        each.result()


@pytest.mark.parametrize(
    "state", one_of(3, [hung_job, stalled_upload, large_patients_matched]), ids=lambda each: each.__name__
)
def test_who_is_in_haste_leaves_nothing_either(tmp_path: Path, state: Callable[[Live, Held], None]) -> None:
    """A second interrupt does not wait for answers; jobs are given back all the same."""
    stopped(tmp_path / "server", state, HASTE)


@pytest.mark.parametrize("told", one_of(2, STOPS), ids=str)
def test_processes_that_serve_together_end_together(tmp_path: Path, told: tuple[int, ...]) -> None:
    def at_work(live: Live, held: Held) -> None:
        slow_connections(live, held)
        stalled_upload(live, held)
        job_in_columns(live, held)

    stopped(tmp_path / "server", at_work, told, workers=2)


def test_a_server_that_is_only_starting_ends_too(tmp_path: Path) -> None:
    for pause in (0.1, 0.5, 1.0, 1.5, 2.0):
        with server(tmp_path / str(pause), waits=False) as live:
            time.sleep(pause)
            began = time.monotonic()
            live.tell(signal.SIGTERM)
            assert live.wait() in (-signal.SIGTERM, 128 + signal.SIGTERM)
            assert time.monotonic() - began < _PROMISED
        assert "Traceback" not in live.said()
        assert list((tmp_path / str(pause) / "temporary").iterdir()) == []
