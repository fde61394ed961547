"""How many answers change something is counted for many patients at once, however many answers there are."""

from types import SimpleNamespace

import pytest

from matcher.engines.planes.several import Asked
from matcher.explanation import asked_together

PATIENTS, STRIDE = 11, 64


@pytest.mark.parametrize("answers", [255, 256])
def test_no_patients_answers_are_counted_as_anothers(answers: int) -> None:
    first = Asked(0, 1, ((1, (None,) * answers),))  # type: ignore[arg-type]
    second = Asked(1, 1 + answers, ((1, (None,) * 2),))  # type: ignore[arg-type]
    worlds = 3 + answers
    evaluated = SimpleNamespace(
        stride=STRIDE, worlds=worlds, planes=SimpleNamespace(patients=PATIENTS), asked=(first, second)
    )
    everywhere = sum(1 << STRIDE * world for world in range(worlds))
    plane = everywhere << 3 | 1 << STRIDE * (1 + answers) + 4
    counted = asked_together._counted(evaluated, plane)  # type: ignore[arg-type]
    assert counted[:, 3].tolist() == [answers, 2]
    assert counted[:, 4].tolist() == [0, 1]
    assert counted.sum() == answers + 3
