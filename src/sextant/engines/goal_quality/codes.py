"""Every code this engine can emit. Sentences are made in `sextant.goals.messages.quality`; a test walks both."""

from enum import StrEnum
from typing import Any

from sextant.engines.values import Problem, Severity


class Code(StrEnum):
    """What keeps a goal from being decidable. All are warnings: people decide what to make of them."""

    NO_MEASURE = "quality.no_measure"
    NO_NUMBER = "quality.no_number"
    NO_UNIT = "quality.no_unit"
    NO_DATE = "quality.no_date"
    NO_OWNER = "quality.no_owner"
    NO_DELIVERABLE = "quality.no_deliverable"
    NO_RESULTS = "quality.no_results"
    NO_STANDARD = "quality.no_standard"
    VAGUE_VERB = "quality.vague_verb"
    DUPLICATE_METRIC = "quality.duplicate_metric"
    DUPLICATE_TITLE = "quality.duplicate_title"
    BEYOND_LIMIT = "quality.beyond_limit"
    NEVER_REACHED = "quality.never_reached"


FIELDS: dict[Code, tuple[str, ...]] = {
    Code.NO_MEASURE: ("field",),
    Code.NO_NUMBER: ("field",),
    Code.NO_UNIT: ("field",),
    Code.NO_DATE: ("field",),
    Code.NO_OWNER: ("field",),
    Code.NO_DELIVERABLE: ("field",),
    Code.NO_RESULTS: ("field",),
    Code.NO_STANDARD: ("field",),
    Code.VAGUE_VERB: ("field", "word"),
    Code.DUPLICATE_METRIC: ("field", "other", "metric"),
    Code.DUPLICATE_TITLE: ("field", "other"),
    Code.BEYOND_LIMIT: ("field", "target", "limit"),
    Code.NEVER_REACHED: ("field", "target", "best", "own_best", "peers"),
}
"""The parameters a code carries. `field` names the part of the goal to mend; `other` is the key of another goal."""


def finding(code: Code, *, at: int | None = None, **params: Any) -> Problem:
    """A finding that carries exactly the parameters its code promises; `at` is an offset into the title."""
    if set(params) != set(FIELDS[code]):
        raise ValueError(f"{code} carries {FIELDS[code]}, not {tuple(params)}")
    return Problem(code.value, params, Severity.WARNING, at)
