"""What people of the demo write into their plans. Days are counted back from the last day of the cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sextant.engines.agreement import GoalTerms, StepTerms

RESULTS, TASKS, CONDUCT, EXTRAS = "results", "tasks", "conduct", "extras"


@dataclass(frozen=True, slots=True)
class Texts:
    """Goals without a metric, for a cycle that ends on `last_on`."""

    last_on: date

    def before(self, days: int) -> date:
        """So many days before the end."""
        return self.last_on - timedelta(days=days)

    def milestone(self, title: str, weight: int, deliverable: str, steps: Sequence[tuple[str, int, int]]) -> GoalTerms:
        """A milestone goal; each step is (title, points, days before the end)."""
        lines = tuple(StepTerms(step, Decimal(points), self.before(days)) for step, points, days in steps)
        return GoalTerms(
            title,
            "milestone",
            dimension=TASKS,
            weight=Decimal(weight),
            due_on=self.last_on,
            deliverable=deliverable,
            milestones=lines,
        )

    def actions(self, title: str, weight: int, lines: Sequence[tuple[str, int]]) -> GoalTerms:
        """A list of things to do; each line is (title, days before the end)."""
        steps = tuple(StepTerms(line, due_on=self.before(days)) for line, days in lines)
        return GoalTerms(title, "action", dimension=TASKS, weight=Decimal(weight), due_on=self.last_on, actions=steps)

    def task(self, title: str, weight: int, deliverable: str, *, days: int = 14) -> GoalTerms:
        """A goal judged by what is handed over."""
        return GoalTerms(
            title, "gs", dimension=TASKS, weight=Decimal(weight), due_on=self.before(days), deliverable=deliverable
        )


def kpi(title: str, metric: str, weight: int, base: str, stretch: str, *, kind: str = "kpi") -> GoalTerms:
    """A measured goal."""
    return GoalTerms(
        title,
        kind,
        dimension=RESULTS,
        metric=metric,
        base=Decimal(base),
        stretch=Decimal(stretch),
        weight=Decimal(weight),
    )


def objective(title: str, weight: int) -> GoalTerms:
    """What key results add up to."""
    return GoalTerms(title, "objective", dimension=RESULTS, weight=Decimal(weight))


def behaviour(title: str, weight: int = 10) -> GoalTerms:
    """How somebody works."""
    return GoalTerms(title, "behaviour", dimension=CONDUCT, weight=Decimal(weight))


def extra(kind: str, title: str, points: int) -> GoalTerms:
    """A bonus or a penalty of so many points, or a veto that caps the plan at them."""
    return GoalTerms(title, kind, dimension=EXTRAS, base=Decimal(points))
