"""Target suggestions from the ledger: histories of everyone asked about in one pass, then the forecast engine.

A history is cut into weeks (into four weeks where the period is longer than a quarter), counted backwards from the
last day that has data before the period begins. For sums and counts, somebody without a row in a week for which the
metric has rows of others did nothing that week: zero. For means, ratios and states, and in weeks without any row of
the metric, nothing is known. Nobody has a history before their own first row. The reader's right to the subjects has
been checked before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from sextant.engines.evaluation import Aggregation, Direction
from sextant.engines.forecast import Combine, History, Peers, Question, Reached, Suggestion, judge_target, suggest
from sextant.engines.values import Period, Problem, round_half_up
from sextant.metrics.contracts import MetricRow, PastPeriod, SubjectKind, TargetSuggestion
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.messages.suggestion import Form, say_step, say_warning
from sextant.metrics.models import Metric

DAYS_A_QUARTER = 100
"""Up to here a period is asked as weeks, beyond as four weeks at a time."""
MOST_STEPS = 156
_DAYS_A_YEAR = 364
_COMBINE = {
    Aggregation.SUM: Combine.SUM,
    Aggregation.COUNT: Combine.SUM,
    Aggregation.MEAN: Combine.MEAN,
    Aggregation.RATIO: Combine.MEAN,
    Aggregation.LAST: Combine.LAST,
}
_STEP_VALUE = {
    Aggregation.SUM: "total",
    Aggregation.COUNT: "rows",
    Aggregation.MEAN: "total / nullif(rows, 0)",
    Aggregation.RATIO: "total / nullif(parts, 0)",
    Aggregation.LAST: "latest",
}
_WINDOW_VALUE = {
    Aggregation.SUM: "sum(total) OVER ahead",
    Aggregation.COUNT: "sum(rows) OVER ahead",
    Aggregation.MEAN: "sum(total) OVER ahead / nullif(sum(rows) OVER ahead, 0)",
    Aggregation.RATIO: "sum(total) OVER ahead / nullif(sum(parts) OVER ahead, 0)",
    Aggregation.LAST: "latest",
}
_SQL = """
WITH asked AS MATERIALIZED (SELECT * FROM measurements WHERE subject_kind = {kind}),
final AS (SELECT max(day) AS day FROM asked),
stepped AS MATERIALIZED (
    SELECT subject_id, (final.day - asked.day) // {days} AS step, sum(value)::DOUBLE AS total,
           sum(denominator)::DOUBLE AS parts, count(*) AS rows,
           arg_max(value, (asked.day, batch, row))::DOUBLE AS latest
      FROM asked, final GROUP BY ALL),
spoken AS (SELECT DISTINCT step FROM stepped),
lives AS (SELECT subject_id, max(step) AS oldest FROM stepped SEMI JOIN chosen USING (subject_id) GROUP BY ALL),
filled AS (
    SELECT subject_id, step, oldest, {zero_filled}, parts, latest
      FROM lives JOIN spoken ON step <= oldest LEFT JOIN stepped USING (subject_id, step)),
valued AS (
    SELECT *, {step_value} AS value, {window_value} AS stretch, count({measured}) OVER ahead AS measured
      FROM filled
    WINDOW ahead AS (PARTITION BY subject_id ORDER BY step RANGE BETWEEN CURRENT ROW AND {horizon} - 1 FOLLOWING))
SELECT subject_id, max(oldest) + 1 AS steps, list(step), list(value),
       {best}(stretch) FILTER (step + {horizon} - 1 <= oldest AND 2 * measured >= {horizon}) AS best,
       list({{'step': step, 'value': stretch}} ORDER BY step) FILTER
         (step % {horizon} = 0 AND step + {horizon} - 1 <= oldest AND 2 * measured >= {horizon}) AS stretches,
       (SELECT day FROM final) AS final
  FROM valued GROUP BY subject_id
"""


@dataclass(frozen=True, slots=True)
class _Steps:
    """How a period is cut: `horizon` steps of `days`; `length` is the period's days over theirs."""

    days: int
    horizon: int
    length: Decimal

    @classmethod
    def of(cls, period: Period) -> "_Steps":
        days = 7 if period.days <= DAYS_A_QUARTER else 28
        horizon = max(period.days // days, 1)
        return cls(days, horizon, Decimal(period.days) / (horizon * days))


@dataclass(frozen=True, slots=True)
class _Past:
    """One subject's past: values oldest first, the best stretch of the period's length, and stretches that do not
    overlap, the latest first."""

    values: tuple[Decimal | None, ...]
    best: Decimal | None
    periods: tuple[PastPeriod, ...]
    latest: Decimal | None


def suggest_targets(
    metric: MetricRow,
    *,
    kind: SubjectKind,
    subject_ids: Sequence[int],
    period: Period,
    on: date,
    peer_ids: Sequence[int] | None = None,
    growth: Decimal | None = None,
    coverage: Decimal = Decimal("0.8"),
    targets: Mapping[int, Decimal] | None = None,
) -> list[TargetSuggestion]:
    """A suggested base target of `metric` for each of `subject_ids` over `period`, from what the ledger knew up to
    the day `on` and before the period began; in the order asked.

    `peer_ids` are those compared with, oneself left out; None means the subjects asked about are each other's peers.
    `growth` is the industry's over the period, as a ratio. `targets` are proposals to be warned about, by subject. The
    stated limit is the metric's own. One query to PostgreSQL for it, one to DuckDB for everyone's history.
    """
    steps = _Steps.of(period)
    chosen = sorted({*subject_ids, *(subject_ids if peer_ids is None else peer_ids)})
    pasts = _read(metric, kind=kind, chosen=chosen, until_on=min(period.from_on, on + timedelta(days=1)), steps=steps)
    asking = _Asking(
        metric=metric,
        steps=steps,
        limit=Metric.objects.filter(id=metric.id).values_list("limit", flat=True).first(),
        growth=growth,
        coverage=coverage,
        peers={peer: pasts[peer] for peer in (chosen if peer_ids is None else peer_ids) if peer in pasts},
        pasts=pasts,
    )
    return [asking.answer(subject, target=(targets or {}).get(subject)) for subject in subject_ids]


def past_periods(
    metric: MetricRow, *, kind: SubjectKind, subject_ids: Sequence[int], period: Period, on: date
) -> dict[int, tuple[PastPeriod, ...]]:
    """What each of `subject_ids` did in earlier stretches of the period's length, the latest first, as in
    `TargetSuggestion.past`; who was never measured is absent. The first of a tuple may lie further back than that of
    another. One query to DuckDB."""
    until_on = min(period.from_on, on + timedelta(days=1))
    pasts = _read(metric, kind=kind, chosen=sorted(set(subject_ids)), until_on=until_on, steps=_Steps.of(period))
    return {subject: past.periods for subject, past in pasts.items()}


@dataclass(frozen=True, slots=True)
class _Asking:
    metric: MetricRow
    steps: _Steps
    limit: Decimal | None
    growth: Decimal | None
    coverage: Decimal
    peers: Mapping[int, _Past]
    pasts: Mapping[int, _Past]

    def answer(self, subject: int, *, target: Decimal | None) -> TargetSuggestion:
        past = self.pasts.get(subject, _Past((), None, (), None))
        history = History(past.values, season=_DAYS_A_YEAR // self.steps.days)
        outcome = suggest(history, self._question(subject))
        reached = self._reached(subject, past)
        warnings = () if target is None else self._judge(target, outcome.value, reached)
        problems = (*outcome.problems, *warnings)
        form = Form(self.metric.unit_label, self.metric.decimals, self.steps.days)
        return TargetSuggestion(
            subject_id=subject,
            suggestion=outcome.value,
            target=target,
            own_best=reached.own,
            best=reached.best,
            peers=reached.peers,
            problems=problems,
            steps=outcome.trace,
            lines=tuple(say_step(step, form=form) for step in outcome.trace),
            warnings=tuple(say_warning(problem, form=form) for problem in problems),
            past=past.periods,
        )

    def _question(self, subject: int) -> Question:
        aggregation = Aggregation(self.metric.aggregation)
        recent = [past.latest for peer, past in self.peers.items() if peer != subject and past.latest is not None]
        mean = round_half_up(sum(recent, Decimal(0)) / len(recent)) if recent else Decimal(0)
        return Question(
            horizon=self.steps.horizon,
            combine=_COMBINE[aggregation],
            decimals=self.metric.decimals,
            coverage=self.coverage,
            direction=Direction(self.metric.direction),
            length=self.steps.length,
            peers=Peers(round_half_up(mean, self.metric.decimals), len(recent)) if recent else None,
            growth=self.growth,
            limit=self.limit,
        )

    def _reached(self, subject: int, past: _Past) -> Reached:
        others = [other.best for peer, other in self.peers.items() if peer != subject and other.best is not None]
        known = others if past.best is None else [*others, past.best]
        better = min if self.metric.direction == Direction.LOWER else max
        return Reached(past.best, better(known, default=None), len(others))

    def _judge(self, target: Decimal, suggestion: Suggestion | None, reached: Reached) -> tuple[Problem, ...]:
        direction = Direction(self.metric.direction)
        return judge_target(target, direction=direction, suggestion=suggestion, reached=reached, limit=self.limit)


def _read(
    metric: MetricRow, *, kind: SubjectKind, chosen: Sequence[int], until_on: date, steps: _Steps
) -> dict[int, _Past]:
    """The pasts of `chosen`, by subject; who has no row is absent."""
    aggregation = Aggregation(metric.aggregation)
    is_amount = _COMBINE[aggregation] is Combine.SUM
    query = _SQL.format(
        kind=int(kind),
        days=steps.days,
        horizon=steps.horizon,
        zero_filled="coalesce(total, 0) AS total, coalesce(rows, 0) AS rows" if is_amount else "total, rows",
        measured="*" if is_amount else "rows",
        step_value=_STEP_VALUE[aggregation],
        window_value=_WINDOW_VALUE[aggregation],
        best="min" if metric.direction == Direction.LOWER else "max",
    )
    from_on = until_on - timedelta(days=MOST_STEPS * steps.days)
    with open_engine() as connection:
        connection.register("chosen", pa.table({"subject_id": pa.array(chosen, pa.int64())}))
        found = ledger.relation(connection, metric_ids=[metric.id], from_on=from_on, until_on=until_on)
        found.create_view("measurements")
        rows = connection.execute(query).fetchall()
    whole = _Whole(steps, metric.decimals, steps.length if is_amount else Decimal(1))
    return {row[0]: _past(*row[1:], whole=whole) for row in rows}


@dataclass(frozen=True, slots=True)
class _Whole:
    """How a stretch of steps becomes an amount of the period."""

    steps: _Steps
    decimals: int
    length: Decimal

    def amount(self, stretch: float) -> Decimal:
        return round_half_up(Decimal(repr(stretch)) * self.length, self.decimals)

    def period(self, stretch: Mapping[str, Any], *, final: date) -> PastPeriod:
        """A stretch that ended `step` steps before the last day with data."""
        until_on = final + timedelta(days=1 - stretch["step"] * self.steps.days)
        from_on = until_on - timedelta(days=self.steps.horizon * self.steps.days)
        return PastPeriod(from_on, until_on, self.amount(stretch["value"]))


def _past(
    steps: int,
    places: list[int],
    values: list[float | None],
    best: float | None,
    stretches: list[Mapping[str, Any]] | None,
    final: date,
    *,
    whole: _Whole,
) -> _Past:
    line: list[Decimal | None] = [None] * steps
    for place, value in zip(places, values, strict=True):
        line[steps - 1 - place] = None if value is None else Decimal(repr(value))
    known = [one for one in stretches or () if one["value"] is not None]
    periods = tuple(whole.period(one, final=final) for one in known)
    latest = periods[0].value if known and known[0]["step"] == 0 else None
    return _Past(tuple(line), None if best is None else whole.amount(best), periods, latest)
