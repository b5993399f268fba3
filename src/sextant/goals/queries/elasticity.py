"""When the targets of a goal may move, and how far: from the template its plan stands on."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.adjustment import Budget, list_windows, quarter_of, use_of, window_at, window_from
from sextant.engines.agreement import GoalTerms
from sextant.engines.values import Period
from sextant.goals.models import Cycle, Goal, Plan
from sextant.goals.plan_definition import PlanDefinition, Window
from sextant.goals.policy.adjustment import target_of
from sextant.goals.queries.plans import definition_in_force
from sextant.goals.queries.targets import elasticity_used, first_target

LIMIT = Decimal(str(PlanDefinition.model_fields["elasticity"].default))
"""Share of a goal that belongs to no plan; its window is the default one, too."""


@dataclass(frozen=True, slots=True)
class Terms:
    """When and how far: `windows` of the cycle, `limit` as a share of what was first signed, per quarter."""

    cycle: Period
    windows: tuple[Period, ...]
    limit: Decimal

    def quarter(self, day: date) -> Period:
        """The quarter whose elasticity a change that comes into force on `day` uses."""
        return quarter_of(self.cycle, day)

    def window_at(self, day: date) -> Period | None:
        """The window open on `day`, or None."""
        return window_at(self.windows, day)

    def window_from(self, day: date) -> Period | None:
        """The window open on `day`, else the next; None after the last."""
        return window_from(self.windows, day)


def adjustment_terms(cycle: Cycle, plan: Plan | None) -> Terms:
    """What holds for the goals of a plan read with its parts, or for those without one. No query."""
    definition = definition_in_force(plan) if plan is not None else None
    return terms_in(cycle, definition)


def terms_in(cycle: Cycle, definition: PlanDefinition | None) -> Terms:
    """What a template says of a cycle; None: what holds without one."""
    window = definition.window if definition is not None else Window()
    period = Period(cycle.from_on, cycle.until_on)
    windows = list_windows(period, week=window.week, days=window.days)
    return Terms(period, windows, definition.elasticity if definition is not None else LIMIT)


def budget_of(goal: Goal, terms: Terms, *, before: GoalTerms, after: GoalTerms, on: date) -> Budget:
    """The elasticity of the goal in the quarter that holds `on`, and what going from one text to the other would take
    of it. Two queries."""
    used = elasticity_used([goal.pk], quarter=terms.quarter(on)).get(goal.pk, Decimal(0))
    one, other = (target_of(text, period=terms.cycle, from_on=goal.from_on) for text in (before, after))
    return Budget(terms.limit, used, use_of(one, other, signed=first_target(goal)))
