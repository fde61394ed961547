"""Compiled rulebooks that are kept on disk: read back when nothing changed, and never otherwise."""

import os
import pickle
from pathlib import Path

import pytest

from matcher.errors import RuleError
from matcher.rulebook import compiled, load
from matcher.rulebook.load import load_rulebook
from matcher.rules.rulebook import Rulebook
from tests.small_rulebook import write_rulebook


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small rulebook that is worth keeping."""
    monkeypatch.setattr(load, "FEW", 1)
    return write_rulebook(tmp_path / "rules")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def kept(cache: Path) -> Path:
    (path,) = cache.iterdir()
    return path


def compilations(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every time a rulebook is compiled from its files."""
    seen: list[Path] = []
    check = load.check_rulebook

    def noting(root: Path) -> load.Loaded:
        seen.append(root)
        return check(root)

    monkeypatch.setattr(load, "check_rulebook", noting)
    return seen


def same(one: Rulebook, other: Rulebook) -> bool:
    return (one.graph, one.candidates, one.derivations, one.version) == (
        other.graph,
        other.candidates,
        other.derivations,
        other.version,
    )


def test_a_kept_rulebook_is_the_one_that_was_compiled(
    rules: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = compilations(monkeypatch)
    first, second = load_rulebook(rules, cache), load_rulebook(rules, cache)
    assert seen == [rules]
    assert same(first, second)
    assert first.formulary.classes == second.formulary.classes


def test_one_byte_of_one_file_is_noticed(rules: Path, cache: Path) -> None:
    before = load_rulebook(rules, cache)
    trial = next(path for path in sorted((rules / "trials").glob("*.yaml")) if "cases" not in path.name)
    trial.write_bytes(trial.read_bytes() + b"\n")
    after = load_rulebook(rules, cache)
    assert before.version != after.version
    assert same(load_rulebook(rules, cache), after)


def test_a_misnamed_file_is_an_error_beside_a_kept_rulebook_too(rules: Path, cache: Path) -> None:
    load_rulebook(rules, cache)
    (rules / "trials" / "NCT00000099.yml").write_text("trial: NCT00000099\n", encoding="utf-8")
    with pytest.raises(RuleError, match="R040"):
        load_rulebook(rules, cache)


@pytest.mark.parametrize("damage", ["cut short", "one byte", "empty", "other program"])
def test_what_is_damaged_or_of_another_program_is_compiled_and_kept_anew(
    rules: Path, cache: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_rulebook(rules, cache)
    content = bytearray(kept(cache).read_bytes())
    if damage == "cut short":
        content = content[: len(content) // 2]
    elif damage == "one byte":
        content[len(content) // 2] ^= 1
    elif damage == "empty":
        content = bytearray()
    else:
        monkeypatch.setattr(compiled, "_program", lambda: "a later version")
    kept(cache).write_bytes(content)
    seen = compilations(monkeypatch)
    assert same(load_rulebook(rules, cache), first)
    assert same(load_rulebook(rules, cache), first)
    assert len(seen) == 1


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owner here")
def test_what_others_could_have_written_is_not_read(
    rules: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_rulebook(rules, cache)
    kept(cache).chmod(0o666)
    seen = compilations(monkeypatch)
    load_rulebook(rules, cache)
    assert len(seen) == 1
    assert not kept(cache).stat().st_mode & 0o022


def test_nothing_is_made_from_a_kept_file_but_parts_of_a_rulebook(cache: Path, rules: Path) -> None:
    load_rulebook(rules, cache)
    place = compiled.Kept(kept(cache), compiled.Kept.of(rules, "", cache).key)

    class Intruder:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, ("exit 1",)

    for intruder in (Intruder(), pickle.PickleBuffer, {"formulary": open}):
        place.write(intruder)  # type: ignore[arg-type]
        assert place.read() is None


def test_a_cache_that_cannot_be_written_is_done_without(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert load_rulebook(rules, tmp_path / "file" / "cache").candidates


def test_a_few_files_are_not_kept(tmp_path: Path, cache: Path) -> None:
    load_rulebook(write_rulebook(tmp_path / "rules"), cache)
    assert not cache.exists()
