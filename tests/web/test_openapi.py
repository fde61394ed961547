"""Everything the OpenAPI document says, asked of a real server by schemathesis: no 5xx, no status it does not name.

`pytest tests/web/test_openapi.py --hypothesis-profile deep` asks for longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.small_rulebook import write_rulebook
from tests.web.live import Live, serving
from tests.whole import one_of

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
_EXAMPLES = 300 if settings.default and settings.default.max_examples > 1_000 else 2


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, rules=str(write_rulebook(folder / "rules")), open_jobs=1_000_000) as started:
        yield started


@pytest.fixture(scope="module")
def document(live: Live) -> schemathesis.schemas.BaseSchema:
    return schemathesis.openapi.from_url(f"{live.base}/openapi.json")


@pytest.mark.parametrize("mode", one_of(2, list(GenerationMode)))
def test_the_server_does_what_its_document_says(
    document: schemathesis.schemas.BaseSchema, mode: GenerationMode
) -> None:
    operations = [each.ok() for each in document.get_all_operations() if isinstance(each, Ok)]
    assert {"/v1/match", "/v1/match/batch", "/v1/candidates/{id}"} <= {each.path for each in operations}
    for operation in operations:
        try:
            _ask(operation.as_strategy(generation_mode=mode))
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # nothing can be wrong where nothing is asked
        except ExceptionGroup as failed:
            pytest.fail(f"{operation.method} {operation.path}: {'; '.join(map(str, failed.exceptions))}")


def _ask(cases: SearchStrategy[schemathesis.Case[Any]]) -> None:
    @given(case=cases)
    @settings(
        max_examples=_EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def run(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=_CHECKS)

    run()
