"""Where a goal would stand with other targets: judged as a run would judge it, and not kept.

The caller has checked that the reader may see the goal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.evaluation import NO_BARS, GoalSpec, evaluate
from sextant.engines.evaluation import Standing as EngineStanding
from sextant.engines.values import Light
from sextant.metrics.evaluation_inputs import bars_in, judging_of, metric_specs
from sextant.metrics.ledger import store as ledger
from sextant.metrics.manual import measurements_of, waiting_values
from sextant.metrics.messages.metrics import say_reason
from sextant.metrics.models import Standing
from sextant.metrics.rulebook import read_rulebook


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where a goal would stand: as `StandingRow`, `reason` in the active language."""

    as_of: date
    value: Decimal | None
    expected: Decimal | None
    attainment: Decimal | None
    completion: Decimal | None
    score: Decimal | None
    light: Light
    reason: str


def judge_goals(asked: Sequence[tuple[GoalSpec, date]]) -> list[Judgement]:
    """Where each goal stands on its day, as the newest ledger has it; in the order asked. All are versions of one goal:
    one metric, one subject, one period's beginning. One reading of the ledger for all of them; [] for a metric that is
    not in the library."""
    if not asked:
        return []
    first = asked[0][0]
    metrics = metric_specs([first.metric_id])
    if not metrics:
        return []
    version, last = ledger.current_version(), max(day for _, day in asked)
    widest = max((goal for goal, _ in asked), key=lambda goal: goal.until_on)
    waiting = waiting_values(widest, as_of=last, version=version)
    measurements = measurements_of(widest, as_of=last, version=version, waiting=waiting)
    stored = Standing.objects.filter(goal_id=first.goal_id).first()
    bars = bars_in(stored.reason_params) if stored else NO_BARS
    rulebook, found = read_rulebook(), []
    for goal, day in asked:
        judged, terms = judging_of(goal, as_of=day, rulebook=rulebook)
        standing = evaluate(
            judged,
            measurements,
            metric=metrics[0],
            on=day,
            calendar=terms.calendar,
            thresholds=terms.thresholds,
            bars=bars,
        ).value
        assert standing is not None  # evaluate always says where a goal stands, if only in grey
        found.append(_judgement(standing))
    return found


def _judgement(standing: EngineStanding) -> Judgement:
    return Judgement(
        as_of=standing.on,
        value=standing.value,
        expected=standing.expected,
        attainment=standing.progress,
        completion=standing.completion,
        score=standing.score,
        light=standing.light,
        reason=say_reason(standing.reason.code, standing.reason.params),
    )
