"""Recording one value by hand: kept, and the standings that depend on it brought up to date, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from sextant.engines.evaluation import Aggregation, GoalSpec, MetricSpec, evaluate
from sextant.engines.evaluation import Standing as EngineStanding
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.metrics.contracts import StandingRow
from sextant.metrics.evaluation_inputs import bars_in, judging_of, metric_specs
from sextant.metrics.ledger import store as ledger
from sextant.metrics.manual import flush, measurements_of, waiting_values
from sextant.metrics.models import LightChange, ManualMeasurement, Standing
from sextant.metrics.queries.standings import standings_of
from sextant.metrics.rulebook import Rulebook, read_rulebook
from sextant.metrics.runs.lock import LOCK_KEY

LARGEST = Decimal(10) ** 21


class MeasurementRefused(Exception):
    """The value cannot be recorded; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Recorded:
    """A value that was kept. `standings` are those it brought up to date, by goal; empty while an evaluation is under
    way, which a job follows up, or where nothing was evaluated yet."""

    measurement_id: int
    standings: dict[int, StandingRow]


def record_value(
    goals: Sequence[GoalSpec], *, day: date, value: Decimal, note: str = "", as_of: date, actor: Actor, now: datetime
) -> Recorded:
    """Keep the value of a metric for a day, and say where the goals stand with it as of `as_of`.

    `goals` are all of one metric and subject, at least one; the value of a day that has one takes its place. The caller
    has decided that the actor may record for them. Raises AccessDenied, MeasurementRefused (codes record.ratio,
    record.day_outside, record.day_ahead, record.too_large, record.metric_unknown).
    """
    require(actor, Permission.MEASUREMENT_RECORD)
    metric = _metric_for(goals[0], day=day, value=value, as_of=as_of, goals=goals)
    with transaction.atomic():
        is_free = _evaluations_wait()
        kept = ManualMeasurement.objects.create(
            metric_id=metric.metric_id,
            subject_kind=int(goals[0].subject_kind),
            subject_id=goals[0].subject_id,
            day=day,
            value=value,
            note=note,
            recorded_at=now,
            recorded_by=actor.label,
        )
        rulebook = read_rulebook()
        changed = [
            goal.goal_id
            for goal in goals
            if is_free and _bring_up_to_date(goal, metric, rulebook=rulebook, as_of=as_of, now=now)
        ]
        record(
            "record_measurement",
            actor=actor,
            now=now,
            object_kind="manual_measurement",
            object_id=kept.pk,
            changes={"metric": metric.metric_id, "day": day.isoformat(), "value": str(value), "note": note},
        )
    return Recorded(kept.pk, standings_of(changed))


def refresh_standings(goals: Sequence[GoalSpec], *, as_of: date, now: datetime) -> dict[int, StandingRow]:
    """Judge goals anew after what they promise has changed, as a value recorded by hand does; where they stand then.

    For the action that changed them, inside its transaction: nobody's right is asked. A goal no run has looked at has
    no standing to bring up to date; nothing is done while an evaluation is under way: the next run takes the change.
    """
    with transaction.atomic():
        if not goals or not _evaluations_wait():
            return {}
        known = {one.metric_id: one for one in metric_specs(sorted({goal.metric_id for goal in goals}))}
        rulebook = read_rulebook()
        changed = [
            goal.goal_id
            for goal in goals
            if goal.metric_id in known
            and _bring_up_to_date(goal, known[goal.metric_id], rulebook=rulebook, as_of=as_of, now=now)
        ]
    return standings_of(changed)


def flush_values(*, now: datetime) -> int:
    """Move values recorded by hand into the ledger; how many rows it got. For a job: nobody's right is asked."""
    return flush(now=now)


def _evaluations_wait() -> bool:
    """Hold off evaluation runs until this transaction ends; False when one is under way, which would overwrite us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [LOCK_KEY])
        return bool(cursor.fetchone()[0])


def _metric_for(goal: GoalSpec, *, day: date, value: Decimal, as_of: date, goals: Sequence[GoalSpec]) -> MetricSpec:
    found = metric_specs([goal.metric_id])
    if not found:
        raise MeasurementRefused(Problem("record.metric_unknown"))
    if found[0].aggregation is Aggregation.RATIO:
        raise MeasurementRefused(Problem("record.ratio"))
    if day > as_of:
        raise MeasurementRefused(Problem("record.day_ahead", {"day": day.isoformat()}))
    if not any(one.from_on <= day < one.until_on for one in goals):
        raise MeasurementRefused(Problem("record.day_outside", {"day": day.isoformat()}))
    if not value.is_finite() or abs(value) >= LARGEST:
        raise MeasurementRefused(Problem("record.too_large"))
    return found[0]


def _bring_up_to_date(goal: GoalSpec, metric: MetricSpec, *, rulebook: Rulebook, as_of: date, now: datetime) -> bool:
    """Compute the goal's standing anew; False when no run has looked at it yet: the next one will."""
    stored = Standing.objects.select_for_update().filter(goal_id=goal.goal_id).first()
    if stored is None:
        return False
    on, version = max(stored.as_of, as_of), ledger.current_version()
    waiting = waiting_values(goal, as_of=on, version=version)
    judged, terms = judging_of(goal, as_of=on, rulebook=rulebook)
    standing = evaluate(
        judged,
        measurements_of(goal, as_of=on, version=version, waiting=waiting),
        metric=metric,
        on=on,
        calendar=terms.calendar,
        thresholds=terms.thresholds,
        bars=bars_in(stored.reason_params),
    ).value
    assert standing is not None  # evaluate always says where a goal stands, if only in grey
    if stored.light != standing.light.value:
        LightChange.objects.create(
            goal_id=goal.goal_id,
            run_id=stored.run_id,
            as_of=on,
            from_light=stored.light,
            to_light=standing.light.value,
            reason_code=standing.reason.code,
            reason_params=dict(standing.reason.params),
            rule_version=standing.reason.params.get("rules") or str(terms.thresholds.version),
            at=now,
        )
    _save(stored, standing, version=version, through=waiting[-1].pk if waiting else None)
    return True


def _save(stored: Standing, standing: EngineStanding, *, version: int, through: int | None) -> None:
    stored.as_of = standing.on
    stored.value, stored.expected, stored.elapsed = standing.value, standing.expected, standing.elapsed
    stored.attainment, stored.completion, stored.score = standing.progress, standing.completion, standing.score
    stored.light, stored.reason_code = standing.light.value, standing.reason.code
    stored.reason_params = dict(standing.reason.params)
    stored.week_ends = [week.ends_on for week in standing.weeks]
    stored.week_values = [week.value for week in standing.weeks]
    stored.week_expected = [week.expected for week in standing.weeks]
    stored.week_lights = "".join(week.light.value[0] for week in standing.weeks)
    stored.ledger_version, stored.manual_through = version, through
    stored.save()
