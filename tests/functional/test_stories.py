"""Patient stories from end to end: the order of the candidates, and the reasons in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize(
    "told",
    [
        {"diagnosis": "PLMESO", "therapies": []},
        {"diagnosis": "PEMESO", "therapies": []},
        {"diagnosis": "PLMESO", "course_of_disease": "recurrent", "therapies": ["carboplatin", "pemetrexed"]},
        {"diagnosis": "PLMESO", "course_of_disease": "recurrent", "therapies": ["cisplatin", "raltitrexed"]},
    ],
    ids=["untreated", "peritoneal", "relapsed", "relapsed without pemetrexed"],
)
def test_nothing_given_into_a_vein_is_silent_about_ecog_four(
    told: dict[str, Any], rulebook: Rulebook
) -> None:
    facts = {"id": "p", "ecog": 4, "resectability": "unresectable", "complete": ["therapies"], **told}
    profile = assemble(facts, as_of=date(2026, 1, 15), formulary=rulebook.formulary).profile
    assert profile is not None
    into_a_cavity = {"cytoreduction_hipec", "intracavitary_chemotherapy"}
    silent = [
        each.id
        for each in Matcher(rulebook, MatchOptions()).match_one(profile).regimens
        if rulebook.by_id[each.id].agents and each.id not in into_a_cavity and each.standing != "ineligible"
        if not any(caution.verdict == "applies" and "ECOG" in caution.text for caution in each.cautions)
    ]
    assert silent == []
