"""The strip of figures of a goal: actual, against base and stretch, against time, score."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from sextant.engines.evaluation import (
    DEFAULT_THRESHOLDS,
    Aggregation,
    Direction,
    GoalSpec,
    MetricSpec,
    case_of,
    check_goal,
)
from sextant.engines.evaluation.progress import Course
from sextant.engines.schedule import Elapsed
from sextant.goals.contracts import GoalRow
from sextant.metrics.contracts import MetricRow, StandingRow
from sextant.ui.formats import write_change, write_number, write_percent


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: label above, value with its unit, note below; `opens` names the tab of the explanation."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A goal with everything its figures need."""

    goal: GoalRow
    spec: GoalSpec
    metric: MetricRow
    standing: StandingRow

    @property
    def metric_spec(self) -> MetricSpec:
        """The metric in the words of the engine."""
        return MetricSpec(self.metric.id, Aggregation(self.metric.aggregation), Direction(self.metric.direction))


def make_figures(judged: Judged) -> list[Figure]:
    """The figures of a goal that a run has looked at; what cannot be told is left out or shown as a dash."""
    figures = [_actual(judged), _against_base(judged)]
    if judged.spec.stretch is not None:
        figures.append(_against_stretch(judged))
    return [*figures, _against_time(judged), _score(judged)]


def _actual(judged: Judged) -> Figure:
    goal, standing = judged.goal, judged.standing
    note = ""
    if len(standing.weeks) > 1:
        now, before = standing.weeks[-1].value, standing.weeks[-2].value
        if now is not None and before is not None:
            note = _("本周 %(change)s") % {"change": write_change(now - before, goal.decimals)}
    return Figure(goal.metric_name, write_number(standing.value, goal.decimals), goal.unit_label, note)


def _against_base(judged: Judged) -> Figure:
    goal, spec = judged.goal, judged.spec
    if spec.base is None:
        low, high = (write_number(edge, goal.decimals) for edge in (spec.range_low, spec.range_high))
        label = _("区间 %(low)s 至 %(high)s") % {"low": low, "high": high}
    else:
        label = _("基准 %(target)s") % {"target": write_number(spec.base, goal.decimals)}
    share = judged.standing.attainment
    note = _weight(spec.shares(DEFAULT_THRESHOLDS)[0]) if spec.stretch is not None else ""
    return Figure(label, *_percent(share), note=note)


def _against_stretch(judged: Judged) -> Figure:
    label = _("挑战 %(target)s") % {"target": write_number(judged.spec.stretch, judged.goal.decimals)}
    return Figure(label, *_percent(_share_of_stretch(judged)), note=_weight(judged.spec.shares(DEFAULT_THRESHOLDS)[1]))


def _share_of_stretch(judged: Judged) -> Decimal | None:
    """Progress against the stretch target, by the engine's own rule."""
    spec, value = judged.spec, judged.standing.value
    if value is None or check_goal(spec, judged.metric_spec) or judged.standing.attainment is None:
        return None
    millionths = Elapsed(int(judged.standing.elapsed * 10**6), 10**6)
    course = Course(spec, case_of(spec, judged.metric_spec), millionths)
    share = course.progress(value, target=spec.stretch, best=DEFAULT_THRESHOLDS.stretch_cap)
    return max(Decimal(share.numerator) / Decimal(share.denominator), Decimal(0))


def _against_time(judged: Judged) -> Figure:
    standing = judged.standing
    note = ""
    if standing.attainment is not None and case_of(judged.spec, judged.metric_spec).follows_time:
        points = (standing.attainment - standing.elapsed) * 100
        sentence = _("领先 %(points)s 点") if points >= 0 else _("落后 %(points)s 点")
        note = sentence % {"points": write_number(abs(points), 1)}
    return Figure(_("时间进度"), *_percent(standing.elapsed), note=note)


def _score(judged: Judged) -> Figure:
    score = judged.standing.score
    return Figure(_("当前得分"), write_number(score, 1), opens="score" if score is not None else "")


def _weight(share: Decimal) -> str:
    return _("权重 %(weight)s") % {"weight": write_percent(share)}


def _percent(share: Decimal | None) -> tuple[str, str]:
    text = write_percent(share, 1)
    return (text[:-1], "%") if text.endswith("%") else (text, "")
