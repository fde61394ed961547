"""``matcher serve`` refuses strangers; ``matcher tokens`` makes, lists and revokes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.cli import main


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


def run(capture: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capture.readouterr()
    code = main(arguments)
    said = capture.readouterr()
    return code, said.out, said.err


def test_a_token_is_shown_once_and_kept_as_a_hash(
    capsys: pytest.CaptureFixture[str], store: str, tmp_path: Path
) -> None:
    code, out, _ = run(capsys, "tokens", "create", "--role", "intake", "--name", "ward 3", "--store", store)
    secret = out.splitlines()[0]
    assert code == 0
    assert secret.startswith("mt_")
    _, listed, _ = run(capsys, "tokens", "list", "--store", store)
    assert "ward 3" in listed
    assert secret not in listed
    assert not any(secret.encode() in each.read_bytes() for each in tmp_path.iterdir())


def test_a_token_is_revoked(capsys: pytest.CaptureFixture[str], store: str) -> None:
    _, made, _ = run(
        capsys, "tokens", "create", "--role", "viewer", "--days", "3", "--json", "--store", store
    )
    identifier = json.loads(made)["id"]
    assert run(capsys, "tokens", "revoke", identifier, "--store", store)[0] == 0
    _, listed, _ = run(capsys, "tokens", "list", "--json", "--store", store)
    (token,) = json.loads(listed)["tokens"]
    assert (token["id"], token["state"]) == (identifier, "revoked")
    code, _, wrong = run(capsys, "tokens", "revoke", identifier, "--store", store)
    assert (code, wrong[:4]) == (2, "U066")


def test_a_role_that_does_not_exist_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str], store: str
) -> None:
    code, _, wrong = run(capsys, "tokens", "create", "--role", "intak", "--store", store)
    assert code == 2
    assert "did you mean 'intake'?" in wrong


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])  # noqa: S104
def test_others_may_call_only_where_there_are_tokens(
    capsys: pytest.CaptureFixture[str], store: str, host: str
) -> None:
    code, _, wrong = run(capsys, "serve", "--host", host, "--store", store)
    assert (code, wrong[:4]) == (2, "U065")


def test_a_proxy_makes_others_able_to_call(capsys: pytest.CaptureFixture[str], store: str) -> None:
    code, _, wrong = run(capsys, "serve", "--public-name", "matcher.example.org", "--store", store)
    assert (code, wrong[:4]) == (2, "U065")


def test_a_revoked_token_is_none(capsys: pytest.CaptureFixture[str], store: str) -> None:
    _, made, _ = run(capsys, "tokens", "create", "--role", "viewer", "--json", "--store", store)
    run(capsys, "tokens", "revoke", json.loads(made)["id"], "--store", store)
    code, _, wrong = run(capsys, "serve", "--host", "0.0.0.0", "--store", store)  # noqa: S104
    assert (code, wrong[:4]) == (2, "U065")


def test_what_is_wrong_is_said_before_anything_listens(
    capsys: pytest.CaptureFixture[str], store: str, tmp_path: Path
) -> None:
    code, _, wrong = run(capsys, "serve", "--rules", str(tmp_path / "none"), "--store", store)
    assert code == 2
    assert wrong.startswith("U0")
    code, _, wrong = run(capsys, "serve", "--store", "nosuch://x")
    assert (code, wrong[:4]) == (2, "U055")
