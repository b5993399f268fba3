"""Scales: scores by steps, by a table or by a formula, where base and stretch are not enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from sextant.engines.evaluation.exact import exactly, six_places
from sextant.engines.formula import Formula, FormulaType, parse
from sextant.engines.values import Outcome, Problem, round_half_up

MOST_POINTS = Decimal(1000)
"""No score is above; a formula's own result is cut here and at 0."""

FORMULA_NAMES: Mapping[str, str] = {
    "实际值": "actual",
    "基准": "base",
    "挑战": "stretch",
    "起点": "start",
    "下限": "range_low",
    "上限": "range_high",
    "容差": "tolerance",
    "权重": "weight",
    "达成率": "progress",
    "完成率": "completion",
    "时间进度": "elapsed",
}
"""What a score formula may read, under its Chinese name and its English one. All are numbers."""


class ScaleInput(StrEnum):
    """What a table is entered with: 达成率 p as it is shown, or the value itself."""

    PROGRESS = "progress"
    VALUE = "value"


class Scale(Protocol):
    """How some goals are scored."""

    @property
    def curve(self) -> str:
        """The curve of the goals it is for."""

    def score(self, facts: Mapping[str, Decimal | None]) -> Outcome[Decimal]:
        """Points at six places for the facts of `FORMULA_NAMES` (English); None with the problem that forbids it."""


@dataclass(frozen=True, slots=True)
class TableScale:
    """A table of (from, points), ascending and not empty.

    `step`: the points of the last row reached, 0 below the first. `lookup`: straight lines between rows, flat beyond
    the ends.

    >>> rows = ((Decimal("0.8"), Decimal(60)), (Decimal(1), Decimal(100)))
    >>> at = {"progress": Decimal("0.9")}
    >>> TableScale("step", rows).score(at).value, TableScale("lookup", rows).score(at).value
    (Decimal('60.000000'), Decimal('80.000000'))
    """

    curve: str
    rows: tuple[tuple[Decimal, Decimal], ...]
    of: ScaleInput = ScaleInput.PROGRESS

    def score(self, facts: Mapping[str, Decimal | None]) -> Outcome[Decimal]:
        """Points of the row, or between two rows."""
        at = facts["actual" if self.of is ScaleInput.VALUE else "progress"]
        assert at is not None  # a goal without a value is not scored
        return Outcome(six_places(self._at(exactly(at))))

    def _at(self, at: Fraction) -> Fraction:
        rows = [(exactly(start), exactly(points)) for start, points in self.rows]
        if at < rows[0][0]:
            return Fraction(0) if self.curve == "step" else rows[0][1]
        reached = max(place for place, (start, _) in enumerate(rows) if start <= at)
        if self.curve == "step" or reached == len(rows) - 1:
            return rows[reached][1]
        for (start, points), (end, more) in pairwise(rows[reached : reached + 2]):
            return points + (more - points) * (at - start) / (end - start)
        raise AssertionError("a row follows the one reached")


@dataclass(frozen=True, slots=True)
class FormulaScale:
    """A formula over `FORMULA_NAMES`, cut at 0 and 1,000.

    Who cannot be computed (a division by zero, an input that is not there) has no score and the reason, nobody else.

    >>> by_gap = FormulaScale("100 * [实际值] / [基准]")
    >>> by_gap.score({"actual": Decimal(3), "base": Decimal(4)}).value
    Decimal('75.000000')
    >>> by_gap.score({"actual": Decimal(3), "base": Decimal(0)}).problems[0].code
    'formula.division_by_zero'
    """

    text: str

    @property
    def curve(self) -> str:
        """`formula`."""
        return "formula"

    @property
    def formula(self) -> Formula:
        """The parsed text, which has been checked when the rules were saved."""
        read = read_score_formula(self.text).value
        assert read is not None
        return read

    def score(self, facts: Mapping[str, Decimal | None]) -> Outcome[Decimal]:
        """The formula's number; problems are its own, or `score.unknown` when an input is missing."""
        chinese = {name: facts.get(english) for name, english in FORMULA_NAMES.items()}
        outcome = self.formula.evaluate({**facts, **chinese})
        if not isinstance(outcome.value, Decimal):
            return Outcome(None, outcome.problems or (Problem("score.unknown"),))
        return Outcome(round_half_up(min(max(outcome.value, Decimal(0)), MOST_POINTS)))


@lru_cache(maxsize=256)
def read_score_formula(text: str) -> Outcome[Formula]:
    """A score formula, or its problems: codes of `engines.formula`, `score.needs_group` for a function over others."""
    names = {name: FormulaType.NUMBER for pair in FORMULA_NAMES.items() for name in pair}
    outcome = parse(text, names=names, expects=FormulaType.NUMBER)
    if outcome.value is not None and outcome.value.needs_group:
        return Outcome(None, (Problem("score.needs_group"),))
    return outcome
