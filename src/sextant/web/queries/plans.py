"""One owner's goals of a cycle as a whole: lights, the most urgent, the plan score, what the week changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.evaluation import PlanScore
from sextant.engines.values import Light, Period
from sextant.goals.contracts import CycleRow, LightCounts
from sextant.goals.queries.plan_score import score_of_goals
from sextant.web.contracts import GoalLine
from sextant.web.queries.goals import heaviest_first


@dataclass(frozen=True, slots=True)
class Plan:
    """`points` is the plan score, None when too little of the weight has a score; `coverage` is that share, 0…1. Both
    None where the page shows no score."""

    lines: tuple[GoalLine, ...]
    counts: LightCounts
    points: Decimal | None
    coverage: Decimal | None

    @property
    def worst(self) -> GoalLine | None:
        """The goal to look at first; None when no light glows red or yellow."""
        for light in (Light.RED, Light.YELLOW):
            if found := [line for line in self.lines if line.light is light]:
                return found[0]
        return None

    @property
    def turned(self) -> tuple[GoalLine, ...]:
        """Goals whose light the last finished week turned."""
        return tuple(line for line in self.lines if line.change and line.change.is_turn)

    @property
    def moved(self) -> tuple[GoalLine, ...]:
        """Goals the last finished week moved or turned, turned ones first."""
        still = tuple(
            line
            for line in self.lines
            if line.change and not line.change.is_turn and line.change.difference is not None
        )
        return (*self.turned, *still)

    @property
    def missing(self) -> tuple[GoalLine, ...]:
        """Measured goals without a light."""
        return tuple(line for line in self.lines if line.is_missing)


def plan_of(lines: Sequence[GoalLine], score: PlanScore | None = None) -> Plan:
    """The plan that `lines` (goals of one owner in one cycle) make up, with its score where the page shows it. No
    query."""
    return Plan(
        lines=tuple(heaviest_first(lines)),
        counts=count_lines(lines),
        points=score.points if score else None,
        coverage=score.coverage if score else None,
    )


def score_lines(lines: Sequence[GoalLine], cycle: CycleRow) -> PlanScore | None:
    """The score of these goals of one owner: the same as on the page of the plan. Two queries."""
    found = score_of_goals([line.id for line in lines], cycle=Period(cycle.from_on, cycle.until_on))
    return found.score if found else None


def count_lines(lines: Sequence[GoalLine]) -> LightCounts:
    """Lights of the measured ones among `lines`."""
    lights = [line.light for line in lines if line.metric_id is not None]
    return LightCounts(*(lights.count(light) for light in (Light.GREEN, Light.YELLOW, Light.RED, Light.NONE)))
