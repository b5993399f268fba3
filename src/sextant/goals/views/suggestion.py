"""目标建议: what the data would set as the target of a goal, drawn beside what is set, with its reasons."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from sextant.engines.evaluation import Direction
from sextant.engines.values import Period
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.goals.forms.hand import SuggestionForm
from sextant.goals.models import Goal
from sextant.goals.queries.suggestion import AskedTarget, suggest_for_person, suggest_for_unit
from sextant.goals.views.asking import ask_goal
from sextant.goals.views.number_line import Mark, NumberLine, Scale
from sextant.metrics.contracts import MetricRow, TargetSuggestion
from sextant.people.access import visible_person_ids, visible_unit_ids
from sextant.ui.whole_page import name_part

WIDTH = 360
"""The number line in units of its drawing."""
PAST_SHOWN = 8
REASONS = {
    "forecast.history": pgettext_lazy("依据", "历史"),
    "forecast.last": pgettext_lazy("依据", "上期"),
    "forecast.outliers": pgettext_lazy("依据", "异常值"),
    "forecast.shift": pgettext_lazy("依据", "水平变化"),
    "forecast.trend": pgettext_lazy("依据", "趋势"),
    "forecast.no_trend": pgettext_lazy("依据", "趋势"),
    "forecast.season": pgettext_lazy("依据", "季节"),
    "forecast.no_season": pgettext_lazy("依据", "季节"),
    "forecast.method": pgettext_lazy("依据", "方法"),
    "forecast.peers": pgettext_lazy("依据", "同类"),
    "forecast.growth": pgettext_lazy("依据", "行业"),
    "forecast.length": pgettext_lazy("依据", "天数"),
    "forecast.interval": pgettext_lazy("依据", "区间"),
    "forecast.base": pgettext_lazy("依据", "建议"),
}
"""What each step of the engine's argument is about."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A target as it is and as it could be; `change` is the way between as a ratio, None without both."""

    name: str
    now: Decimal | None
    proposed: Decimal | None
    note: str

    @property
    def change(self) -> Decimal | None:
        """By which part of the present target the proposed one differs."""
        if not self.now or self.proposed is None:
            return None
        return (self.proposed - self.now) / abs(self.now)


@needs(Permission.GOAL_READ)
@require_safe
def suggestion(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The inside of the drawer 目标建议. `?target=` is a base target to be judged, `?growth=` the industry's in per
    cent; without a target the one in force is judged."""
    name_part(request, title=_("目标建议"))
    who = ask_goal(request, goal_id)
    actor, goal, today, metric = who.actor, who.goal, who.today, who.read_metric()
    if metric is None:
        raise Http404
    form = SuggestionForm(request.GET)
    typed = form.cleaned_data if form.is_valid() else {}
    growth = typed.get("growth")
    asked = AskedTarget(
        metric,
        Period(goal.from_on, goal.until_on),
        today,
        growth=None if growth is None else growth / 100,
        target=goal.base if typed.get("target") is None else typed["target"],
    )
    if goal.owner_person_id:
        seen = visible_person_ids(actor, on=today)
        (owned,) = suggest_for_person(goal.owner_person_id, asked, seen=seen)
    else:
        assert goal.owner_unit_id is not None  # the database holds exactly one owner
        (owned,) = suggest_for_unit(goal.owner_unit_id, asked, seen=visible_unit_ids(actor, on=today))
    context = _context(goal, metric, owned.found, proposed=typed.get("target"))
    return render(request, "goals/_suggestion.html", {"form": form, **context})


def _context(goal: Goal, metric: MetricRow, found: TargetSuggestion, *, proposed: Decimal | None) -> dict[str, object]:
    steps = zip(found.steps, found.lines, strict=True)
    return {
        "goal": goal,
        "metric": metric,
        "found": found,
        "line": _number_line(goal, metric, found, proposed=proposed),
        "proposals": _proposals(goal, metric, found),
        "reasons": [(REASONS[step.code], line, step.code == "forecast.base") for step, line in steps],
        "judged": proposed if proposed is not None else goal.base,
        "is_proposed": proposed is not None,
        "verdicts": _said(found, of_target=True),
        "doubts": _said(found, of_target=False),
    }


def _said(found: TargetSuggestion, *, of_target: bool) -> list[str]:
    """Warnings about the target that was judged, or about the suggestion itself."""
    told = zip(found.problems, found.warnings, strict=True)
    return [text for problem, text in told if problem.code.startswith("target.") is of_target]


def _proposals(goal: Goal, metric: MetricRow, found: TargetSuggestion) -> list[Proposal]:
    """The base as suggested, and as stretch the better end of the interval: who reaches it does better than the past
    lets expect."""
    suggested = found.suggestion
    better = None if suggested is None else suggested.low if _is_lower(metric) else suggested.high
    note = _("区间里好的一端") if better is not None else ""
    return [
        Proposal(_("基准"), goal.base, suggested.base if suggested else None, ""),
        Proposal(_("挑战"), goal.stretch, better, note),
    ]


def _is_lower(metric: MetricRow) -> bool:
    return Direction(metric.direction) is Direction.LOWER


_NAMES = {
    "past": gettext_lazy("往期"),
    "suggested": gettext_lazy("建议基准"),
    "base": gettext_lazy("现行基准"),
    "stretch": gettext_lazy("现行挑战"),
    "proposed": gettext_lazy("拟定基准"),
}


def _number_line(
    goal: Goal, metric: MetricRow, found: TargetSuggestion, *, proposed: Decimal | None
) -> NumberLine | None:
    """Past periods, the interval, and the targets on one scale; None without any of them."""
    suggested = found.suggestion
    past = found.past[:PAST_SHOWN]
    single = {
        "suggested": suggested.base if suggested else None,
        "base": goal.base,
        "stretch": goal.stretch,
        "proposed": proposed,
    }
    edges = [suggested.low, suggested.high] if suggested and suggested.low is not None else []
    values = [value for value in (*(one.value for one in past), *single.values(), *edges) if value is not None]
    if not values:
        return None
    scale = Scale.of(values, decimals=metric.decimals, width=WIDTH)
    marks = [
        Mark("past", str(_NAMES["past"]), scale.write(one.value), scale.x(one.value), f"{one.from_on:%Y-%m-%d}")
        for one in past
    ]
    marks += [
        Mark(kind, str(_NAMES[kind]), scale.write(value), scale.x(value))
        for kind, value in single.items()
        if value is not None
    ]
    band = scale.band(suggested.low, suggested.high) if suggested else None
    return NumberLine(tuple(marks), band, tuple(scale.ticks()))
