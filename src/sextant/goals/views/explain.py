"""How a result came about: from the light or the score down to the rows of the files it was computed from."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sextant.engines.evaluation import GoalSpec
from sextant.engines.values import Light, Step
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.goals.models import Goal
from sextant.goals.queries.specs import spec_on
from sextant.goals.views.asking import ask_goal
from sextant.metrics import queries as metrics
from sextant.metrics.contracts import Explanation, MetricRow, TracedMeasurement
from sextant.ui.formats import write_number, write_percent
from sextant.ui.whole_page import name_part

RULE_LIGHTS = {
    "light.rule_manual": Light.NONE,
    "light.rule_fresh": Light.NONE,
    "light.rule_late": Light.RED,
    "light.rule_red": Light.RED,
    "light.rule_yellow": Light.YELLOW,
    "light.rule_streak": Light.YELLOW,
    "light.rule_green": Light.GREEN,
}
"""Which light a rule gives when it holds; a streak that is long enough gives red, its step says so."""
QUOTIENTS = ("grow", "level")
"""Table rows of the evaluation whose progress is simply value over target, and is drawn as that fraction."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the light: what it would give, its sentence with the numbers, whether it decided."""

    light: Light
    sentence: str
    decided: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A weighted part of the score: `weight` × a fraction `over` / `under`, or × `part` where there is no fraction."""

    weight: str
    weight_name: str
    part: str
    part_name: str
    over: str = ""
    under: str = ""
    under_name: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """The score as terms with their numbers, and the most it can reach."""

    terms: tuple[Term, ...]
    most: str


@needs(Permission.GOAL_READ)
@require_GET
def explain(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The inside of the drawer "how did this come about"."""
    name_part(request, title=_("这个结果怎么来的"), tab="light")
    goal, spec, as_of = _access(request, goal_id)
    if spec is None or as_of is None:
        return render(request, "goals/_explain_nothing.html", {"goal": goal})
    page = request.GET.get("page", "1")
    explanation = metrics.explain(spec, as_of=as_of, page=int(page) if page.isdecimal() and len(page) < 7 else 1)
    metric = metrics.metric_map([spec.metric_id])[spec.metric_id]
    context = {
        "goal": goal,
        "metric": metric,
        "is_ratio": metric.aggregation == "ratio",
        "told": explanation,
        "may_open_batches": may(actor_of(request), Permission.BATCH_READ),
        "value_address": _value_address(request, spec, metric),
        "may_open_runs": may(actor_of(request), Permission.RUN_READ),
        **_in_words(explanation, spec, metric),
    }
    return render(request, "goals/_explain_rows.html" if "page" in request.GET else "goals/_explain.html", context)


@needs(Permission.GOAL_READ)
@require_GET
def measurements(request: HttpRequest, goal_id: int) -> HttpResponseBase:
    """Exactly the rows behind the goal's value, as CSV."""
    goal, spec, as_of = _access(request, goal_id)
    rows = metrics.measurement_rows(spec, as_of=as_of) if spec and as_of else iter(())
    # the ledger is looked at with the first row: afterwards the status could not be changed any more
    first = list(islice(rows, 1))
    answer = StreamingHttpResponse(_csv_lines(chain(first, rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="goal-{goal.id}-{as_of or "none"}.csv"'
    return answer


def _access(request: HttpRequest, goal_id: int) -> tuple[Goal, GoalSpec | None, date | None]:
    """The goal as it was judged, and the day of its stored standing: what is explained is what the page shows."""
    goal = ask_goal(request, goal_id).goal
    standing = metrics.standings_of([goal_id]).get(goal_id) if goal.metric_id else None
    return goal, spec_on(goal, standing.as_of) if standing else None, standing.as_of if standing else None


def _in_words(told: Explanation, spec: GoalSpec, metric: MetricRow) -> dict[str, object]:
    lines = {step.code: line for step, line in zip(told.steps, told.lines, strict=True)}
    steps = {step.code: step for step in told.steps}
    before = steps.get("light.before")
    return {
        "rules": [_rule(step, lines[step.code]) for step in told.steps if _is_shown(step)],
        "before": before.result if before else None,
        "is_held": bool(before and before.params.get("held")),
        "arithmetic": [line for code, line in lines.items() if code.startswith("evaluation.")],
        "formula": _formula(steps, spec, metric),
        "weeks": told.weeks[::-1],
    }


def _value_address(request: HttpRequest, spec: GoalSpec, metric: MetricRow) -> str:
    """Where a derived value opens down to the measurements of its inputs, to be ended by its day; "" for measured
    metrics, whose rows are the measurements, and for readers without the library."""
    if not metric.is_derived or not may(actor_of(request), Permission.METRIC_READ):
        return ""
    query = urlencode({"kind": int(spec.subject_kind), "subject": spec.subject_id})
    return f"{reverse('metrics:metric_value', args=[metric.code])}?{query}"


def _is_shown(step: Step) -> bool:
    """Whether a rule says anything here: a light set by hand and the last "otherwise" only where they decided."""
    if step.code in ("light.rule_manual", "light.rule_green"):
        return step.result is True
    return step.code in RULE_LIGHTS


def _rule(step: Step, sentence: str) -> Rule:
    light = RULE_LIGHTS[step.code]
    if step.code == "light.rule_streak" and step.result is True:
        weeks, red_weeks = int(str(step.params["weeks"])), int(str(step.params["red_weeks"]))
        light = Light.RED if weeks >= red_weeks else Light.YELLOW
    return Rule(light, sentence, step.result is True)


def _formula(steps: dict[str, Step], spec: GoalSpec, metric: MetricRow) -> Formula | None:
    """The score's formula from the step that computed it; None without a score."""
    step = next((step for code, step in steps.items() if code.startswith("evaluation.score_")), None)
    if step is None:
        return None
    progress = steps["evaluation.progress"].params
    case, value = str(progress["case"]), write_number(progress["value"], metric.decimals)  # type: ignore[arg-type]

    def term(name: str, weight: object, part: object, target: object) -> Term:
        over = value if case in QUOTIENTS else ""
        under = write_number(target, metric.decimals) if over else ""  # type: ignore[arg-type]
        return Term(
            weight=write_number(weight * 100),  # type: ignore[operator]
            weight_name=_("%(name)s权重") % {"name": name},
            part=write_percent(part, 1),  # type: ignore[arg-type]
            part_name=_("%(name)s达成") % {"name": name},
            over=over,
            under=under,
            under_name=name,
        )

    if step.code == "evaluation.score_base":
        return Formula((term(_("基准"), 1, step.params["base_part"], spec.base),), "")
    stretch = term(_("挑战"), step.params["stretch_weight"], step.params["stretch_part"], spec.stretch)
    if step.code == "evaluation.score_ladder":
        # on the ladder the second part is the way from base to stretch, no share of the stretch target
        stretch = Term(stretch.weight, stretch.weight_name, stretch.part, _("基准到挑战"))
    base = term(_("基准"), step.params["base_weight"], step.params["base_part"], spec.base)
    params = step.params
    most = 100 * (params["base_weight"] + params["stretch_weight"] * params["stretch_cap"])  # type: ignore[operator]
    return Formula((base, stretch), write_number(most))


class _Line:
    """A file that gives back what is written to it: the csv module then writes into a stream."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(rows: Iterable[TracedMeasurement]) -> Iterator[str]:
    writer = csv.writer(_Line())
    about = (_("来源"), _("文件"), _("行"), _("记录号"), _("维度"), _("批次"), _("到数时间"))
    header = (_("日期"), _("数值"), _("分母"), *about)
    # spreadsheets take a CSV for UTF-8 only when it begins with this mark
    yield "\ufeff" + writer.writerow(header)
    for row in rows:
        yield writer.writerow(
            (
                row.day.isoformat(),
                f"{row.value:f}",
                "" if row.denominator is None else f"{row.denominator:f}",
                _harmless(row.source),
                _harmless(row.filename),
                row.row,
                _harmless(row.record or ""),
                _harmless("; ".join(f"{name}={value}" for name, value in row.dimensions)),
                row.batch,
                row.delivered_at.isoformat() if row.delivered_at else "",
            )
        )


def _harmless(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
