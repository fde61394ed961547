"""Patient stories from end to end: the order of the candidates, and the reasons in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.readers.assemble import assemble
from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher, MatchOptions, open_rulebook
from tests.functional.stories.story import ALL, differences, read


@pytest.fixture(scope="module")
def rulebook(root: Path) -> Rulebook:
    return open_rulebook(root / "rules")


def test_there_are_at_least_ten_stories() -> None:
    assert len(ALL) >= 10


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_the_patient_is_told_what_the_documents_say(path: Path, rulebook: Rulebook) -> None:
    story = read(path)
    assembled = assemble({"id": path.stem, **story.patient}, as_of=story.as_of, formulary=rulebook.formulary)
    assert assembled.profile is not None, assembled.reject
    assert not assembled.issues, [f"{each.fact}: {each.reason}" for each in assembled.issues]

    found = Matcher(rulebook, MatchOptions(include_closed=story.include_closed)).match_one(assembled.profile)

    wrong = list(differences(story.expect, found))
    assert not wrong, f"{story.story}\n  " + "\n  ".join(wrong)
