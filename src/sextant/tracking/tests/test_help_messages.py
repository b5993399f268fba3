"""Every code of help has its sentence, every value its word."""

import re
from pathlib import Path

import pytest

from sextant.engines.similar import Feature
from sextant.tracking.contracts.help import ActKind, ActState, Cause, PackOutcome, PackState
from sextant.tracking.messages.help import ACT_STATES, CAUSES, FEATURES, KINDS, OUTCOMES, SENTENCES, STATES

SOURCE = Path(__file__).parents[1]
FIELDS = ("text", "title", "reason")


def test_every_code_that_is_raised_has_a_sentence_and_none_is_left_over() -> None:
    raised = {f"help.{field}_missing" for field in FIELDS}
    for path in SOURCE.rglob("*.py"):
        if path.parent.name not in ("tests", "messages"):
            raised |= set(re.findall(r'Problem\("(help\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    assert raised == set(SENTENCES)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (Cause, CAUSES),
        (PackState, STATES),
        (PackOutcome, OUTCOMES),
        (ActKind, KINDS),
        (ActState, ACT_STATES),
        (Feature, FEATURES),
    ],
)
def test_every_value_has_a_word(values: type, words: dict) -> None:  # type: ignore[type-arg]
    assert set(values) == set(words)  # type: ignore[call-overload]
