"""The client itself: one method an operation, answers as typed records."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from matcher.api.shapes import (
    CandidateInSession,
    CandidatePage,
    CandidateShownWhole,
    FeaturePage,
    FormShown,
    JobPage,
    JobShown,
    ProblemDetail,
    RulebookShown,
)
from matcher.explanation.answer import CandidateShown
from matcher.service.answer import MatchAnswer
from matcher.service.catalogue import CandidateListed, FeatureListed
from matcher.service.intake.state import IntakeState

_ANSWER = TypeAdapter(MatchAnswer)
_STATE = TypeAdapter(IntakeState)
_PIECE = 500
_OVER = frozenset({"done", "failed", "cancelled"})


class ProblemError(Exception):
    """The server refused; ``problem`` says with which code, where and what to do."""

    def __init__(self, problem: ProblemDetail) -> None:
        super().__init__(f"{problem.code} {problem.detail} ({problem.status})\n    {problem.remedy}")
        self.problem = problem


class MatcherClient:
    """Speaks to one server. A context manager; not to be shared between threads that close it.

    A server that cannot be reached raises what ``httpx`` raises; one that refuses raises ``ProblemError``.
    """

    def __init__(self, address: str, token: str | None = None, *, timeout: float = 60.0) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # --- one patient ---

    def match(
        self,
        profile: Mapping[str, Any],
        *,
        as_of: date | None = None,
        top: int | None = None,
        include_closed: bool = False,
        include_deceased: bool = False,
        report_unknown: bool = False,
    ) -> MatchAnswer:
        """Ranked and explained candidates for one patient.

        Fields that do not exist are a ``ProblemError`` that names them all; with ``report_unknown`` they come back
        among the issues, and the rest is read.
        """
        asked = _asked(as_of, top, include_closed, include_deceased) | _unknown(report_unknown)
        return _ANSWER.validate_json(self._send("POST", "/v1/match", params=asked, json=profile).content)

    # --- an intake, answer by answer ---

    def form(self) -> FormShown:
        """Sections and fields, and what each may be answered with."""
        return FormShown.model_validate_json(self._send("GET", "/v1/form").content)

    def begin_intake(
        self,
        *,
        as_of: date | None = None,
        patient: str = "",
        profile: Mapping[str, Any] | None = None,
        answers: Mapping[str, Any] | None = None,
        include_closed: bool = False,
        report_unknown: bool = False,
    ) -> IntakeState:
        """A session, begun with nothing, with answers by the name of their field, or with a known profile."""
        asked = {
            "as_of": as_of and as_of.isoformat(),
            "patient": patient,
            "profile": profile and dict(profile),
            "answers": dict(answers or {}),
            "include_closed": include_closed,
        }
        params = _unknown(report_unknown)
        return _STATE.validate_json(self._send("POST", "/v1/sessions", params=params, json=asked).content)

    def answer(
        self,
        session: str,
        answers: Mapping[str, Any],
        *,
        as_of: date | None = None,
        include_closed: bool | None = None,
        report_unknown: bool = False,
    ) -> IntakeState:
        """Answers that are new or corrected; ``None`` takes one back, ``"unknown"`` is an answer.

        The state names what they changed, which of them could not be read, and what to ask next.
        """
        asked = {
            "answers": dict(answers),
            "as_of": as_of and as_of.isoformat(),
            "include_closed": include_closed,
        }
        path, params = f"/v1/sessions/{_part(session)}/answers", _unknown(report_unknown)
        answered = self._send("PUT", path, params=params, json=asked)
        return _STATE.validate_json(answered.content)

    def intake(self, session: str) -> IntakeState:
        """Where an intake stands."""
        return _STATE.validate_json(self._send("GET", f"/v1/sessions/{_part(session)}").content)

    def explain(self, session: str, candidate: str) -> CandidateShown:
        """One candidate of an intake, criterion by criterion."""
        path = f"/v1/sessions/{_part(session)}/candidates/{_part(candidate)}"
        return CandidateInSession.model_validate_json(self._send("GET", path).content).candidate

    def end_intake(self, session: str) -> None:
        """Forgets everything that was answered."""
        self._send("DELETE", f"/v1/sessions/{_part(session)}")

    # --- a file of patients ---

    def begin(
        self,
        patients: Path,
        mapping: Path | None = None,
        *,
        as_of: date | None = None,
        top: int | None = None,
        include_closed: bool = False,
        include_deceased: bool = False,
    ) -> JobShown:
        """A job for a CSV, JSON, JSON Lines or Parquet file, or a zip of tables."""
        asked = _asked(as_of, top, include_closed, include_deceased)
        with ExitStack() as opened:
            files = {"file": (f"patients{patients.suffix}", opened.enter_context(patients.open("rb")))}
            if mapping is not None:
                files["mapping"] = ("mapping.yaml", opened.enter_context(mapping.open("rb")))
            answered = self._send("POST", "/v1/match/batch", params=asked, files=files)
        return JobShown.model_validate_json(answered.content)

    def job(self, identifier: str) -> JobShown:
        return JobShown.model_validate_json(self._send("GET", f"/v1/jobs/{identifier}").content)

    def jobs(self) -> Iterator[JobShown]:
        """One's own jobs, newest first."""
        offset = 0
        while True:
            asked = {"limit": _PIECE, "offset": offset}
            items = JobPage.model_validate_json(self._send("GET", "/v1/jobs", params=asked).content).items
            yield from items
            offset += len(items)
            if len(items) < _PIECE:
                return

    def wait(self, identifier: str, *, timeout: float | None = None, every: float = 1.0) -> JobShown:
        """The job when it is over; ``TimeoutError`` where that takes longer than ``timeout`` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while (job := self.job(identifier)).state.value not in _OVER:
            if end is not None and time.monotonic() > end:
                raise TimeoutError(f"job {identifier} is still {job.state.value}")
            time.sleep(every)
        return job

    def cancel(self, identifier: str) -> JobShown:
        return JobShown.model_validate_json(self._send("POST", f"/v1/jobs/{identifier}/cancel").content)

    def delete(self, identifier: str) -> None:
        self._send("DELETE", f"/v1/jobs/{identifier}")

    def save(self, job: JobShown, folder: Path) -> list[Path]:
        """The files of a finished job, written to a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for each in job.files:
            path = folder / Path(each.name).name
            with self._http.stream("GET", each.href) as answered:
                if answered.is_error:
                    answered.read()
                _raise_for(answered)
                with path.open("wb") as file:
                    for piece in answered.iter_bytes():
                        file.write(piece)
            written.append(path)
        return written

    # --- the rulebook ---

    def rulebook(self) -> RulebookShown:
        return RulebookShown.model_validate_json(self._send("GET", "/v1/rulebook").content)

    def candidates(self, **wanted: str) -> Iterator[CandidateListed]:
        """Trials and regimens; ``kind`` and ``availability`` choose among them."""
        yield from self._listed("/v1/candidates", CandidatePage, wanted)

    def candidate(self, identifier: str) -> CandidateShownWhole:
        answered = self._send("GET", f"/v1/candidates/{_part(identifier)}")
        return CandidateShownWhole.model_validate_json(answered.content)

    def features(self, **wanted: str) -> Iterator[FeatureListed]:
        """What is asked of every patient; ``topic`` chooses."""
        yield from self._listed("/v1/features", FeaturePage, wanted)

    def _listed(self, path: str, shape: Any, wanted: Mapping[str, str]) -> Iterator[Any]:
        offset = 0
        while True:
            asked = {**wanted, "limit": str(_PIECE), "offset": str(offset)}
            page = shape.model_validate_json(self._send("GET", path, params=asked).content)
            yield from page.items
            offset += len(page.items)
            if offset >= page.total or not page.items:
                return

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        answered = self._http.request(method, path, **request)
        _raise_for(answered)
        return answered


def _part(name: str) -> str:
    """A name as one part of a path."""
    return quote(name, safe="")


def _asked(
    as_of: date | None, top: int | None, include_closed: bool, include_deceased: bool
) -> dict[str, str]:
    given: dict[str, str] = {}
    if as_of is not None:
        given["as_of"] = as_of.isoformat()
    if top is not None:
        given["top"] = str(top)
    if include_closed:
        given["include_closed"] = "true"
    if include_deceased:
        given["include_deceased"] = "true"
    return given


def _unknown(report: bool) -> dict[str, str]:
    return {"unknown": "report"} if report else {}


def _raise_for(answered: httpx.Response) -> None:
    if not answered.is_error:
        return
    try:
        problem = ProblemDetail.model_validate_json(answered.content)
    except ValidationError:
        answered.raise_for_status()
        raise
    raise ProblemError(problem)
