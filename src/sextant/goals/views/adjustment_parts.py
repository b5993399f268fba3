"""What the pages of adjustments share: who asks about which request, the figures of an offer, the suggestion."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.engines.adjustment import is_inside
from sextant.engines.agreement import GoalTerms, read_terms
from sextant.engines.values import Period, Problem
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.access.http import actor_of
from sextant.foundation.clock import company_day, now
from sextant.goals.access import PLAN_PARTS, access_adjustment, reachable_goal, side_in_goal
from sextant.goals.actions.plan_opening import counterpart_for
from sextant.goals.contracts import AdjustmentRow, Side
from sextant.goals.forms.adjustment import NUMBERS, Offered
from sextant.goals.messages.adjustment import WAYS, say, say_step
from sextant.goals.messages.plans import FIELDS
from sextant.goals.models import AdjustmentRequest, Goal, Plan
from sextant.goals.queries.adjustments import adjustment_row, with_steps
from sextant.goals.queries.elasticity import Terms, adjustment_terms
from sextant.goals.views.number_line import Mark, NumberLine, Scale
from sextant.metrics.contracts import MetricRow
from sextant.metrics.queries import metric_map

WIDE, NARROW = 720, 336
NAME_WIDTH = 92
"""Units a name takes above the line: two names nearer than that stand on two rows."""


@dataclass(frozen=True, slots=True)
class AskedAdjustment:
    """Who asks about which goal, its plan and request, for which side they speak (None: they read), and when."""

    actor: Actor
    goal: Goal
    plan: Plan | None
    row: AdjustmentRow | None
    side: Side | None
    moment: datetime
    today: date
    metric: MetricRow | None

    @property
    def terms(self) -> Terms:
        """Windows and elasticity."""
        return adjustment_terms(self.goal.cycle, self.plan)

    @property
    def decimals(self) -> int:
        """Places the goal's numbers are written with."""
        return self.metric.decimals if self.metric else 0

    @property
    def unit(self) -> str:
        """The metric's unit."""
        return self.metric.unit_label if self.metric else ""

    def offered(self, text: GoalTerms) -> Offered:
        """What forms make an offer about."""
        return Offered(text, Period(self.goal.cycle.from_on, self.goal.cycle.until_on), self.unit, self.decimals)

    @property
    def request(self) -> AdjustmentRow:
        """The request; only of pages about one."""
        assert self.row is not None
        return self.row


def ask_goal_to_adjust(request: HttpRequest, goal_id: int) -> AskedAdjustment:
    """A goal as far as the reader sees it. Http404 for one out of sight. At most six queries."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    try:
        goal = reachable_goal(actor, goal_id=goal_id, on=today)
    except AccessDenied as error:
        raise Http404 from error
    plan = Plan.objects.select_related(*PLAN_PARTS).filter(id=goal.plan_id).first() if goal.plan_id else None
    counterpart_id = plan.counterpart_id if plan else _counterpart_of(goal, on=today)
    side = side_in_goal(actor, goal, plan=plan, counterpart_id=counterpart_id, on=today)
    return AskedAdjustment(actor, goal, plan, None, side, moment, today, _metric(goal))


def ask_adjustment_page(request: HttpRequest, request_id: int) -> AskedAdjustment:
    """A request with its steps, as far as the reader sees it. Http404 for one out of sight. At most seven queries."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    try:
        known = access_adjustment(actor, request_id=request_id, on=today)
    except AccessDenied as error:
        raise Http404 from error
    found = with_steps(AdjustmentRequest.objects.filter(id=known.pk)).get()
    plan = Plan.objects.select_related(*PLAN_PARTS).filter(id=found.plan_id).first() if found.plan_id else None
    side = side_in_goal(actor, found.goal, plan=plan, counterpart_id=found.counterpart_id, on=today)
    metric = _metric(found.goal)
    return AskedAdjustment(actor, found.goal, plan, adjustment_row(found), side, moment, today, metric)


def places_of(*values: Decimal | None, decimals: int) -> int:
    """Places with which none of the numbers loses what somebody wrote; at least those of the metric."""
    return max([decimals, *(-int(value.normalize().as_tuple().exponent) for value in values if value is not None)])


@dataclass(frozen=True, slots=True)
class Move:
    """A number on its way: what holds, and what is offered; `change` as a ratio, None where there is none. `places`:
    how it is written."""

    name: str
    old: Decimal | None
    new: Decimal | None
    places: int

    @property
    def difference(self) -> Decimal | None:
        """New less old."""
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def change(self) -> Decimal | None:
        """The difference as a share of what holds."""
        return None if not self.old or self.difference is None else self.difference / abs(self.old)


def moves_of(before: GoalTerms, after: GoalTerms, *, decimals: int = 0) -> list[Move]:
    """The numbers of a goal before and after, base first; those it does not have are left out."""
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in NUMBERS]
    return [
        Move(str(FIELDS[name]), old, new, places_of(old, new, decimals=decimals))
        for name, old, new in pairs
        if old is not None or new is not None
    ]


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a card: where from, how, and the number."""

    name: str | Promise
    how: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class CardShown:
    """A suggestion as the page shows it: as it was computed when somebody asked."""

    base: Decimal
    low: Decimal | None
    high: Decimal | None
    coverage: Decimal | None
    ways: tuple[Way, ...]
    doubts: tuple[str, ...]
    wide: NumberLine
    narrow: NumberLine
    has_interval: bool
    is_inside: bool | None


def show_card(asked: AskedAdjustment) -> CardShown | None:
    """The card of a request; None where nothing could be argued from."""
    row, told = asked.request, asked.request.suggestion
    if not told or told["base"] is None:
        return None
    low, high = _amount(told["low"]), _amount(told["high"])
    ways = tuple(
        Way(WAYS[way["way"]], say_step(step["code"], step["params"], decimals=asked.decimals), Decimal(way["value"]))
        for way, step in zip(told["ways"], told["steps"], strict=False)
    )
    offered = read_terms(row.offer.terms or {}).base
    values = _values_on_line(row, told)
    decimals = places_of(*(value for _kind, value in values), decimals=asked.decimals)
    return CardShown(
        base=Decimal(told["base"]),
        low=low,
        high=high,
        coverage=_amount(told["coverage"]),
        ways=ways,
        doubts=doubts_of(told, decimals=asked.decimals),
        wide=_line(values, low, high, decimals, width=WIDE),
        narrow=_line(values, low, high, decimals, width=NARROW),
        has_interval=low is not None,
        is_inside=is_inside(offered, low=low, high=high),
    )


def doubts_of(told: Mapping[str, Any], *, decimals: int) -> tuple[str, ...]:
    """What a reader must know about a card."""
    return tuple(say(Problem(one["code"], one["params"]), decimals=decimals) for one in told.get("problems", ()))


_NAMES = {
    "asked": pgettext_lazy("数轴", "申请"),
    "offered": pgettext_lazy("数轴", "还价"),
    "suggested": pgettext_lazy("数轴", "建议"),
    "now": pgettext_lazy("数轴", "现行"),
    "past": _("往期"),
}


def _values_on_line(row: AdjustmentRow, told: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    """What stands on the line, kind first: past periods, then what is argued about."""
    asked, offered = (read_terms(one.terms or {}).base for one in (row.steps[0], row.offer))
    single = [
        ("asked", asked),
        ("offered", offered if row.offer.number > 1 else None),
        ("suggested", _amount(told["base"])),
        ("now", read_terms(row.before).base),
    ]
    past = [("past", Decimal(one["value"])) for one in told["past"]]
    return past + [(kind, value) for kind, value in single if value is not None]


def _line(
    values: list[tuple[str, Decimal]], low: Decimal | None, high: Decimal | None, decimals: int, *, width: int
) -> NumberLine:
    edges = [edge for edge in (low, high) if edge is not None]
    scale = Scale.of([*(value for _kind, value in values), *edges], decimals=decimals, width=width)
    marks: list[Mark] = []
    taken: dict[int, Decimal] = {}  # right end of the last name on each row
    for kind, value in sorted(values, key=lambda one: one[1]):
        place = scale.place(value)
        anchor = "start" if place < NAME_WIDTH / 2 else "end" if place > width - NAME_WIDTH / 2 else "middle"
        row = 0
        if kind != "past":
            row = next((one for one in range(3) if taken.get(one, Decimal(-width)) + NAME_WIDTH < place), 3)
            taken[row] = place
        marks.append(Mark(kind, str(_NAMES[kind]), scale.write(value), scale.x(value), row=row, anchor=anchor))
    ticks = tuple((scale.x(edge), scale.write(edge)) for edge in edges) or tuple(scale.ticks())
    return NumberLine(tuple(marks), scale.band(low, high), ticks)


def _counterpart_of(goal: Goal, *, on: date) -> int | None:
    return counterpart_for(person_id=goal.owner_person_id, unit_id=goal.owner_unit_id, on=on)


def _metric(goal: Goal) -> MetricRow | None:
    return metric_map([goal.metric_id]).get(goal.metric_id) if goal.metric_id else None


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
