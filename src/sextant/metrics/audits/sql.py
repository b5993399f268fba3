"""One SELECT per rule, over two views: `arrived`, the rows of the batch being judged, and `known`, what else counts.

Both have the ledger's columns and `number`, the value people think of (of a ratio the quotient). Every SELECT gives
the columns of `FINDING`: whose, which day, where the row stands, the number and what it was held against.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sextant.engines.evaluation.spec import Aggregation
from sextant.metrics.audits.rules import (
    AuditRuleDocument,
    CompletenessCheck,
    DifferenceCheck,
    DuplicateCheck,
    FreshnessCheck,
    JumpCheck,
    RangeCheck,
    TotalCheck,
)
from sextant.metrics.contracts import MetricRow, SubjectKind

FINDING = (
    "subject_kind",
    "subject_id",
    "day",
    "batch",
    "row",
    "record",
    "value",
    "reference",
    "other_batch",
    "other_row",
)
_NOWHERE = "CAST(NULL AS BIGINT) AS batch, CAST(NULL AS INTEGER) AS row, CAST(NULL AS VARCHAR) AS record"
_ALONE = "CAST(NULL AS BIGINT) AS other_batch, CAST(NULL AS INTEGER) AS other_row"
_NOBODY = "CAST(NULL AS TINYINT) AS subject_kind, CAST(NULL AS BIGINT) AS subject_id"
_SUBJECT = "subject_kind, subject_id"
MAD_TO_SIGMA = "1.4826"
"""Median absolute deviation of a normal distribution times this is its standard deviation (Rousseeuw & Croux 1993)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rule needs beside its document. `expected` are persons who should have values, for completeness by unit;
    `batches_of` the batches of each source, for differences between sources; `today` the company's day."""

    metrics: Mapping[str, MetricRow]
    today: date
    expected: Sequence[int] | None = None
    batches_of: Mapping[str, Sequence[int]] | None = None


def compile_rule(rule: AuditRuleDocument, setting: Setting) -> str:
    """The SELECT of what is wrong by this rule, one row a fault, with the columns of `FINDING`.

    Only numbers, days and the fixed words of the document's schema reach the text: no text of a person does.
    """
    metric = setting.metrics[rule.metric]
    match rule.check:
        case RangeCheck() as check:
            return _range(check, metric)
        case JumpCheck() as check:
            return _jump(check, metric)
        case DuplicateCheck() as check:
            return _duplicate(check, metric)
        case DifferenceCheck() as check:
            return _difference(check, metric, setting)
        case TotalCheck() as check:
            return _total(check, metric, setting)
        case FreshnessCheck() as check:
            return _freshness(check, metric, setting.today)
        case CompletenessCheck() as check:
            return _completeness(check, metric, setting)


def _range(check: RangeCheck, metric: MetricRow) -> str:
    limits = [f"number < {_number(check.least)}"] if check.least is not None else []
    limits += [f"number > {_number(check.most)}"] if check.most is not None else []
    return (
        f"SELECT {_SUBJECT}, day, batch, row, record, number AS value, CAST(NULL AS DOUBLE) AS reference, {_ALONE}"
        f" FROM arrived WHERE metric_id = {metric.id} AND ({' OR '.join(limits)}) ORDER BY row"
    )


def _jump(check: JumpCheck, metric: MetricRow) -> str:
    earlier = (
        f"(PARTITION BY {_SUBJECT} ORDER BY day, batch, row ROWS BETWEEN {check.history} PRECEDING AND 1 PRECEDING)"
    )
    return f"""
        WITH ordered AS (
            SELECT {_SUBJECT}, day, batch, row, record, number, is_new, list(number) OVER {earlier} AS before
            FROM (SELECT *, TRUE AS is_new FROM arrived UNION ALL SELECT *, FALSE AS is_new FROM known)
            WHERE metric_id = {metric.id} AND ({_SUBJECT})
                IN (SELECT ({_SUBJECT}) FROM arrived WHERE metric_id = {metric.id})
        ), measured AS (
            SELECT *, list_median(before) AS middle FROM ordered WHERE is_new AND len(before) >= {check.least}
        ), spread AS (
            SELECT *, {MAD_TO_SIGMA} * list_median(list_transform(before, lambda x: abs(x - middle))) AS deviation
            FROM measured
        )
        SELECT {_SUBJECT}, day, batch, row, record, number AS value, middle AS reference, {_ALONE} FROM spread
        WHERE abs(number - middle) > {_number(check.times)} * greatest(deviation, {_number(check.floor)} * abs(middle))
        ORDER BY abs(number - middle) DESC, row
    """


def _duplicate(check: DuplicateCheck, metric: MetricRow) -> str:
    """Each suspicious row once, beside the nearest row that says the same."""
    near = f"abs(date_diff('day', mine.day, other.day)) <= {check.days}"
    return f"""
        WITH every AS (SELECT * FROM arrived UNION ALL SELECT * FROM known)
        SELECT mine.subject_kind, mine.subject_id, mine.day, mine.batch, mine.row, mine.record, mine.number AS value,
            CAST(NULL AS DOUBLE) AS reference, other.batch AS other_batch, other.row AS other_row
        FROM arrived AS mine JOIN every AS other
            ON other.metric_id = mine.metric_id AND other.subject_kind = mine.subject_kind
            AND other.subject_id = mine.subject_id AND other.number = mine.number AND {near}
            AND (other.batch, other.row) < (mine.batch, mine.row)
        WHERE mine.metric_id = {metric.id}
        QUALIFY row_number() OVER (PARTITION BY mine.batch, mine.row ORDER BY other.batch DESC, other.row DESC) = 1
        ORDER BY mine.row
    """


def _difference(check: DifferenceCheck, metric: MetricRow, setting: Setting) -> str:
    if check.other is not None:
        other = setting.metrics[check.other]
        left, right = _sums(metric, check.period), _sums(other, check.period)
        arrived = f"metric_id IN ({metric.id}, {other.id})"
    else:
        assert check.sources is not None and setting.batches_of is not None
        ours, theirs = (setting.batches_of.get(source, ()) for source in check.sources)
        left = _sums(metric, check.period, where=_in("batch", ours))
        right = _sums(metric, check.period, where=_in("batch", theirs))
        arrived = f"metric_id = {metric.id}"
    return f"""
        WITH every AS (SELECT * FROM arrived UNION ALL SELECT * FROM known),
            touched AS (SELECT DISTINCT {_SUBJECT}, {_period(check.period)} AS day FROM arrived WHERE {arrived}),
            ours AS ({left}), theirs AS ({right})
        SELECT {_SUBJECT}, day, {_NOWHERE}, ours.total AS value, theirs.total AS reference, {_ALONE}
        FROM ours JOIN theirs USING ({_SUBJECT}, day) SEMI JOIN touched USING ({_SUBJECT}, day)
        WHERE {_apart("ours.total", "theirs.total", check.tolerance, check.tolerance_ratio)}
        ORDER BY abs(ours.total - theirs.total) DESC, day
    """


def _total(check: TotalCheck, metric: MetricRow, setting: Setting) -> str:
    kind = int(SubjectKind.PERSON if check.subject == "person" else SubjectKind.UNIT)
    if check.other is not None:
        other = setting.metrics[check.other]
        control = f"SELECT {_period(check.period)} AS day, {_sum(other)} AS total FROM every"
        control += f" WHERE metric_id = {other.id} GROUP BY ALL"
        arrived = f"metric_id IN ({metric.id}, {other.id})"
    else:
        listed = ", ".join(f"(DATE '{day}', {_number(total)})" for day, total in sorted(check.first_days().items()))
        control = f"SELECT day, total FROM (VALUES {listed}) AS written(day, total)"
        arrived = f"metric_id = {metric.id}"
    return f"""
        WITH every AS (SELECT * FROM arrived UNION ALL SELECT * FROM known),
            touched AS (SELECT DISTINCT {_period(check.period)} AS day FROM arrived WHERE {arrived}),
            ours AS (SELECT {_period(check.period)} AS day, {_sum(metric)} AS total FROM every
                WHERE metric_id = {metric.id} AND subject_kind = {kind} GROUP BY ALL),
            control AS ({control})
        SELECT {_NOBODY}, day, {_NOWHERE}, ours.total AS value, CAST(control.total AS DOUBLE) AS reference, {_ALONE}
        FROM ours JOIN control USING (day) SEMI JOIN touched USING (day)
        WHERE {_apart("ours.total", "control.total", check.tolerance, check.tolerance_ratio)} ORDER BY day
    """


def _freshness(check: FreshnessCheck, metric: MetricRow, today: date) -> str:
    """One row with the newest day and how old it is, when it is too old; nothing ever measured is too old as well."""
    days = check.days or metric.freshness_days
    return (
        f"SELECT {_NOBODY}, max(day) AS day, {_NOWHERE}, CAST(date_diff('day', max(day), DATE '{today}') AS DOUBLE)"
        f" AS value, CAST({days} AS DOUBLE) AS reference, {_ALONE} FROM known WHERE metric_id = {metric.id}"
        f" HAVING max(day) IS NULL OR date_diff('day', max(day), DATE '{today}') > {days}"
    )


def _completeness(check: CompletenessCheck, metric: MetricRow, setting: Setting) -> str:
    """Persons and periods without a value. The running period is not asked: it may still be filled."""
    starts = _finished_periods(check.period, check.back + check.seen, setting.today)
    asked, before = starts[: check.back], starts[check.back :]
    person = int(SubjectKind.PERSON)
    if setting.expected is not None:
        listed = ", ".join(f"({subject})" for subject in setting.expected) or "(NULL)"
        expected = f"SELECT subject_id FROM (VALUES {listed}) AS listed(subject_id) WHERE subject_id IS NOT NULL"
    else:
        expected = f"SELECT DISTINCT subject_id FROM had WHERE day IN ({_days(before)})"
    return f"""
        WITH had AS (SELECT DISTINCT subject_id, {_period(check.period)} AS day FROM known
                WHERE metric_id = {metric.id} AND subject_kind = {person}),
            expected AS ({expected}),
            asked AS (SELECT unnest([{_days(asked)}]) AS day)
        SELECT CAST({person} AS TINYINT) AS subject_kind, subject_id, day, {_NOWHERE}, CAST(NULL AS DOUBLE) AS value,
            CAST(NULL AS DOUBLE) AS reference, {_ALONE}
        FROM expected CROSS JOIN asked ANTI JOIN had USING (subject_id, day) ORDER BY day DESC, subject_id
    """


def _finished_periods(period: str, count: int, today: date) -> list[date]:
    """First days of the last `count` finished periods, the newest first."""
    start = today - timedelta(days=today.weekday()) if period == "week" else today.replace(day=1)
    found = []
    for _ in range(count):
        start = start - timedelta(days=7) if period == "week" else (start - timedelta(days=1)).replace(day=1)
        found.append(start)
    return found


def _sums(metric: MetricRow, period: str, *, where: str = "TRUE") -> str:
    return (
        f"SELECT {_SUBJECT}, {_period(period)} AS day, {_sum(metric)} AS total FROM every"
        f" WHERE metric_id = {metric.id} AND {where} GROUP BY ALL"
    )


def _sum(metric: MetricRow) -> str:
    """A period's value by the metric's own way of adding up."""
    match Aggregation(metric.aggregation):
        case Aggregation.MEAN:
            return "CAST(avg(value) AS DOUBLE)"
        case Aggregation.LAST:
            return "CAST(arg_max(value, (day, batch, row)) AS DOUBLE)"
        case Aggregation.RATIO:
            return "CAST(sum(value) AS DOUBLE) / nullif(CAST(sum(denominator) AS DOUBLE), 0)"
        case _:
            return "CAST(sum(value) AS DOUBLE)"


def _period(period: str) -> str:
    return "day" if period == "day" else f"CAST(date_trunc('{period}', day) AS DATE)"


def _apart(left: str, right: str, tolerance: Decimal, ratio: Decimal) -> str:
    # a millionth is the ledger's last decimal: sums of doubles may differ by less and mean the same
    allowed = f"greatest({_number(tolerance)}, {_number(ratio)} * greatest(abs({left}), abs({right})))"
    return f"abs({left} - {right}) > {allowed} + 0.0000005"


def _number(number: Decimal | None) -> str:
    assert number is not None
    return f"CAST({number:f} AS DOUBLE)"


def _in(column: str, ids: Sequence[int]) -> str:
    return f"{column} IN ({', '.join(map(str, ids)) or 'NULL'})"


def _days(days: Sequence[date]) -> str:
    return ", ".join(f"DATE '{day}'" for day in days)
