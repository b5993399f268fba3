"""The document of an audit rule: one metric, one check, and whether a finding warns or holds the batch.

docs/data-audit.md explains every key.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from sextant.metrics.documents import Document, DocumentRefused, keys_of, read_yaml, shape_problems

Period = Literal["day", "week", "month"]
Code = Annotated[str, Field(pattern=r"^[\w.-]{1,80}$")]


class Severity(StrEnum):
    """What a finding does: `warn` shows it, `block` keeps the whole batch out until somebody decides."""

    WARN = "warn"
    BLOCK = "block"


class RangeCheck(Document):
    """Every value lies between `least` and `most`, both included. Of a ratio the quotient is looked at."""

    kind: Literal["range"] = "range"
    least: Decimal | None = None
    most: Decimal | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> Self:
        if self.least is None and self.most is None:
            raise ValueError("audit.no_limit")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("audit.limits_reversed")
        return self


class JumpCheck(Document):
    """No value jumps away from the subject's own last `history` values: further from their median than `times` the
    median absolute deviation (scaled by 1.4826, so that it compares to a standard deviation).

    Somebody with fewer than `least` earlier values is not judged. A history that never moves has no deviation; then
    `floor` of the median stands in for it.
    """

    kind: Literal["jump"] = "jump"
    history: Annotated[int, Field(ge=4, le=60)] = 8
    least: Annotated[int, Field(ge=3, le=60)] = 5
    times: Annotated[Decimal, Field(ge=2, le=100)] = Decimal(6)
    floor: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.05")

    @model_validator(mode="after")
    def _enough_history(self) -> Self:
        if self.least > self.history:
            raise ValueError("audit.history_too_short")
        return self


class DuplicateCheck(Document):
    """No two rows of a subject say the same value within `days` of each other: the same sum booked twice, under two
    record numbers."""

    kind: Literal["duplicate"] = "duplicate"
    days: Annotated[int, Field(ge=0, le=31)] = 3


class DifferenceCheck(Document):
    """Two accounts of one number agree: this metric and `other`, or two `sources` of this metric, per subject and
    period. They may differ by `tolerance`, or by `tolerance_ratio` of the larger, whichever allows more. A period that
    only one side speaks of is not judged: that is for completeness."""

    kind: Literal["difference"] = "difference"
    other: Code | None = None
    sources: tuple[str, str] | None = None
    period: Period = "week"
    tolerance: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    tolerance_ratio: Annotated[Decimal, Field(ge=0, le=1)] = Decimal(0)

    @model_validator(mode="after")
    def _one_other(self) -> Self:
        if (self.other is None) == (self.sources is None):
            raise ValueError("audit.other_or_sources")
        return self


class TotalCheck(Document):
    """All subjects of `subject` together reach a control total per period: written down in `totals` ("2026-03": 1200),
    or another metric's own sum. Periods without a control total are not judged."""

    kind: Literal["total"] = "total"
    period: Period = "month"
    subject: Literal["person", "unit"] = "person"
    totals: dict[str, Decimal] = {}
    other: Code | None = None
    tolerance: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    tolerance_ratio: Annotated[Decimal, Field(ge=0, le=1)] = Decimal(0)

    @model_validator(mode="after")
    def _one_control(self) -> Self:
        if bool(self.totals) == (self.other is not None):
            raise ValueError("audit.totals_or_other")
        if self.totals and any(_first_day(name, self.period) is None for name in self.totals):
            raise ValueError("audit.bad_period")
        return self

    def first_days(self) -> dict[str, Decimal]:
        """Control totals by the first day of their period, as ISO text."""
        return {str(_first_day(name, self.period)): total for name, total in self.totals.items()}


class FreshnessCheck(Document):
    """The newest measurement is at most `days` old; None takes the promise of the metric itself."""

    kind: Literal["freshness"] = "freshness"
    days: Annotated[int, Field(ge=1, le=400)] | None = None


class CompletenessCheck(Document):
    """Everyone expected has a value in each of the last `back` finished periods.

    Expected are the persons of `unit` and everything below it (a unit's code), or without one whoever had a value in
    any of the `seen` periods before.
    """

    kind: Literal["completeness"] = "completeness"
    unit: Annotated[str, Field(min_length=1, max_length=600)] | None = None
    period: Literal["week", "month"] = "week"
    back: Annotated[int, Field(ge=1, le=26)] = 1
    seen: Annotated[int, Field(ge=1, le=26)] = 8


Check = Annotated[
    RangeCheck | JumpCheck | DuplicateCheck | DifferenceCheck | TotalCheck | FreshnessCheck | CompletenessCheck,
    Field(discriminator="kind"),
]
NIGHTLY = frozenset({"freshness", "completeness"})
"""Checks of what did not come: no delivery can be asked, so they run every night."""


class AuditRuleDocument(Document):
    """A whole rule. A rule that is not `enabled` keeps its history and judges nothing."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=200)]
    metric: Code
    severity: Severity = Severity.WARN
    enabled: bool = True
    check: Check

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        if self.severity is Severity.BLOCK and self.check.kind in NIGHTLY:
            raise ValueError("audit.nothing_to_hold")
        return self

    def metric_codes(self) -> tuple[str, ...]:
        """Codes of the metrics the rule looks at, its own first."""
        other = getattr(self.check, "other", None)
        return (self.metric, other) if other else (self.metric,)


_KEYS = keys_of(
    AuditRuleDocument,
    RangeCheck,
    JumpCheck,
    DuplicateCheck,
    DifferenceCheck,
    TotalCheck,
    FreshnessCheck,
    CompletenessCheck,
)


class RuleRefused(DocumentRefused):
    """The rule cannot be saved; `problems` say where and why."""


def parse_rule(text: str) -> AuditRuleDocument:
    """The rule in a YAML text; RuleRefused says what is wrong and where (codes `mapping.*`, `audit.*`)."""
    try:
        return build_rule(read_yaml(text))
    except DocumentRefused as error:
        raise RuleRefused(*error.problems) from error


def build_rule(document: Mapping[str, object]) -> AuditRuleDocument:
    """The rule in plain values, as it is stored; RuleRefused as `parse_rule`."""
    try:
        return AuditRuleDocument.model_validate(document)
    except ValidationError as error:
        raise RuleRefused(*shape_problems(error, keys=_KEYS)) from error


def _first_day(name: str, period: str) -> str | None:
    """First day of a period written as 2026-03-02 (day, or any day of a week) or 2026-03 (month); None if neither.

    >>> _first_day("2026-03", "month"), _first_day("2026-03-04", "week"), _first_day("soon", "day")
    ('2026-03-01', '2026-03-02', None)
    """
    try:
        day = date.fromisoformat(f"{name}-01" if period == "month" else name)
    except ValueError:
        return None
    return str(day - timedelta(days=day.weekday()) if period == "week" else day)
