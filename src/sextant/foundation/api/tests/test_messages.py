"""Every code that is raised has its sentence, and every sentence can be filled."""

import re
from pathlib import Path

import pytest

from sextant.foundation.api.contracts import CallRefused, ClientState
from sextant.foundation.api.messages import PROBLEMS
from sextant.foundation.api.problems import problem_document

SOURCES = "".join(
    path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("*.py") if "tests" not in path.parts
)
RAISED = set(re.findall(r'CallRefused\(\s*\d+, "(api\.[a-z_]+)"', SOURCES)) | {
    f"api.client_{state}" for state in ClientState if state is not ClientState.ACTIVE
}


def test_every_code_raised_has_a_sentence_and_every_sentence_is_raised() -> None:
    assert RAISED | {"api.replayed"} == set(PROBLEMS)


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_a_sentence_says_the_parameters_it_is_given(code: str) -> None:
    detail = str(PROBLEMS[code][1])
    params = {name: f"<{name}>" for name in re.findall(r"%\((\w+)\)s", detail)}
    document = problem_document(CallRefused(400, code, **params), request_id="r")
    assert all(value in str(document["detail"]) for value in params.values())
    assert "%(" not in str(document["detail"])
