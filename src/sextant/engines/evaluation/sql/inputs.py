"""Statements that turn goals, metrics and calendar into what the arms join: `sx_span` once, `sx_goal` for each part.

They read three relations the caller provides: `goal_specs` (columns of the goals file), `metric_specs` (columns of
`METRIC_COLUMNS`) and later `measurements` (columns of the ledger).
"""

from dataclasses import dataclass
from datetime import date

from sextant.engines.evaluation.exact import to_micro
from sextant.engines.evaluation.spec import SHOWN_WEEKS, Thresholds
from sextant.engines.evaluation.sql.text import LARGEST_AMOUNT, UNKNOWN, to_text, to_whole
from sextant.engines.schedule import WorkCalendar

GOAL_COLUMNS = {
    "goal_id": "BIGINT",
    "metric_id": "INTEGER",
    "subject_kind": "TINYINT",
    "subject_id": "BIGINT",
    "from_on": "DATE",
    "until_on": "DATE",
    "base": "DECIMAL(28, 6)",
    "stretch": "DECIMAL(28, 6)",
    "start": "DECIMAL(28, 6)",
    "range_low": "DECIMAL(28, 6)",
    "range_high": "DECIMAL(28, 6)",
    "tolerance": "DECIMAL(28, 6)",
    "weight": "DECIMAL(28, 6)",
    "curve": "VARCHAR",
}
"""The goals file of a run: header and types, in this order."""

METRIC_COLUMNS = {
    "metric_id": "INTEGER",
    "aggregation": "VARCHAR",
    "direction": "VARCHAR",
    "freshness_days": "INTEGER",
    "baseline": "DECIMAL(28, 6)",
    "lower_curve": "VARCHAR",
    "unit_json": "VARCHAR",
    "decimals": "INTEGER",
}
"""`unit_json` is the unit label as a JSON string, quotes included."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for every goal of a run."""

    on: date
    calendar: WorkCalendar
    thresholds: Thresholds

    @property
    def most_slots(self) -> int:
        """Weeks an arm looks at: those shown, one before for hysteresis, and a red streak before that."""
        return SHOWN_WEEKS + 1 + self.thresholds.streak_red


@dataclass(frozen=True, slots=True)
class Part:
    """The goals with ids [low, high): what is evaluated at once. None leaves the end open."""

    low: int
    high: int | None

    @property
    def condition(self) -> str:
        """As SQL on `goal_id`."""
        return f"goal_id >= {self.low}" + ("" if self.high is None else f" AND goal_id < {self.high}")


def prepare(setting: Setting) -> tuple[str, ...]:
    """Statements before the parts, in order."""
    return (_DROP, _STANDINGS, _periods(setting), _worked_days(setting.calendar))


_DROP = ";".join(f"DROP TABLE IF EXISTS sx_{name}" for name in ("standing", "period", "day", "span", "goal"))
_STANDINGS = "CREATE TEMP TABLE sx_standing (goal_id BIGINT, light VARCHAR, line VARCHAR)"

PART_STARTS = """SELECT goal_id FROM (
  SELECT goal_id, row_number() OVER (ORDER BY goal_id) - 1 AS place
  FROM goal_specs SEMI JOIN metric_specs USING (metric_id))
WHERE place % {goals_at_once} = 0 ORDER BY goal_id"""

IS_NARROW = f"""SELECT coalesce(greatest(max(abs(value)), max(abs(denominator))) < {LARGEST_AMOUNT}, TRUE)
FROM measurements"""
"""Whether every number of the ledger can be read in 64 bits."""

LONGEST = "SELECT max(weeks) FROM sx_period"
"""The most weeks any goal has begun; NULL when none has."""

SURVEY = """SELECT aggregation, kase, list(DISTINCT metric_id), max(weeks)
FROM sx_goal WHERE path = 'arm' GROUP BY ALL ORDER BY ALL"""
"""What there is to do in a part: one row per way of aggregating and table row, with its metrics and weeks."""


_SOUND = """until_on > from_on AND CASE
    WHEN direction = 'range'
    THEN range_low <= range_high AND coalesce(tolerance, 0) >= 0 AND stretch IS NULL
    ELSE base IS NOT NULL
      AND CASE WHEN start IS NULL THEN base > 0 WHEN direction = 'higher' THEN base > start ELSE base < start END
      AND (stretch IS NULL OR (
        CASE WHEN direction = 'higher' THEN stretch > base ELSE stretch < base END
        AND (stretch > 0 OR start IS NOT NULL OR curve = 'ladder')))
    END"""

_KASE = """CASE
    WHEN direction = 'range' THEN 'range'
    WHEN start IS NOT NULL THEN 'travel'
    WHEN direction = 'higher' THEN CASE WHEN aggregation IN ('sum', 'count') THEN 'grow' ELSE 'level' END
    WHEN aggregation IN ('sum', 'count') THEN 'budget'
    WHEN lower_curve = 'ratio' THEN 'inverse'
    ELSE 'fall' END"""


AMOUNTS = {
    "base": "base",
    "stretch": "stretch",
    "start": "start",
    "range_low": "low",
    "range_high": "high",
    "tolerance": "tolerance",
    "baseline": "line",
}
"""Amounts of a goal and the prefix under which arms know them as whole millionths ("base_u")."""


def part_goals(setting: Setting, part: Part) -> str:
    """`sx_goal`: the goals of a part with their metrics, their last day that counts, their table row and the path each
    takes: `arm` (set arithmetic), `early` (has not begun) or `row` (one by one: not sound, or too large for an arm)."""
    amounts = ", ".join(f"abs(coalesce({name}, 0))" for name in AMOUNTS)
    wholes = ",\n  ".join(
        f"CASE WHEN path = 'arm' THEN {to_whole(name)} END AS {short}_u" for name, short in AMOUNTS.items()
    )
    return f"""CREATE OR REPLACE TEMP TABLE sx_goal AS SELECT *, {wholes}
FROM (SELECT *,
  CASE WHEN NOT coalesce(sound, FALSE) THEN 'row' WHEN from_on > DATE '{setting.on}' THEN 'early'
    WHEN largest * CASE WHEN kase = 'budget' THEN until_on - from_on ELSE 1 END >= {LARGEST_AMOUNT} THEN 'row'
    ELSE 'arm' END AS path
FROM (
  SELECT goal_specs.*, metric_specs.* EXCLUDE (metric_id), {_KASE} AS kase, ({_SOUND}) AS sound,
    greatest({amounts})::DECIMAL(38, 6) AS largest,
    CASE WHEN direction = 'higher' THEN 1 ELSE -1 END::BIGINT AS sg, {_days(setting)}
  FROM goal_specs JOIN metric_specs USING (metric_id) WHERE {part.condition}
))"""


def _days(setting: Setting) -> str:
    """The last day that counts, the Sunday after it, and the weeks begun by then."""
    tau = f"least(DATE '{setting.on}', (until_on - 1)::DATE)"
    sunday = f"({tau} + (7 - isodow({tau}))::INTEGER)"
    weeks = f"(({sunday} - from_on + isodow(from_on) - 7) // 7 + 1)::INTEGER"
    return f"{tau} AS tau, {sunday} AS sunday, {weeks} AS weeks"


def _periods(setting: Setting) -> str:
    """`sx_period`: every period that has begun."""
    return f"""CREATE TEMP TABLE sx_period AS SELECT DISTINCT from_on, until_on, {_days(setting)}
FROM goal_specs WHERE until_on > from_on AND from_on <= DATE '{setting.on}'"""


def _worked_days(calendar: WorkCalendar) -> str:
    """`sx_day`: working days counted through each day that any period touches."""
    weekdays = ", ".join(str(number) for number in sorted(calendar.weekdays)) or "NULL"
    return f"""CREATE TEMP TABLE sx_day AS
SELECT day, sum(CASE WHEN {_listed(calendar.days_on)} THEN 1 WHEN {_listed(calendar.days_off)} THEN 0
    WHEN isodow(day) IN ({weekdays}) THEN 1 ELSE 0 END) OVER (ORDER BY day) AS worked
FROM (SELECT unnest(range(low, high, INTERVAL 1 DAY))::DATE AS day FROM (
  SELECT min(from_on)::TIMESTAMP - INTERVAL 1 DAY AS low, max(until_on)::TIMESTAMP AS high
  FROM sx_period))"""


def _listed(days: frozenset[date]) -> str:
    named = ", ".join(f"DATE '{day}'" for day in sorted(days))
    return f"day IN ({named})" if days else "FALSE"


def spans(setting: Setting, *, slots: int) -> str:
    """`sx_span`: one row a period. `n` days that count in all, `n2` 2·10⁶ times that; per slot (a week, 0 the newest)
    `k` days elapsed at the slot's end, `red`, `yellow` and `late` what c, c and p are compared with as whole numbers,
    `days_in` days of the week, `whole` whether it has ended and lies wholly inside, `gap` the text of an unknown
    value, `comma` what stands before the week in an array. NULL before the period. `week_ends` is the
    array of the weeks shown.
    """
    wide = ",\n  ".join(
        f"max({name}) FILTER (WHERE j = {slot}) AS {name}{slot}"
        for name in ("k", "red", "yellow", "late", "days_in", "whole", "gap", "comma")
        for slot in range(slots)
    )
    return f"""CREATE TEMP TABLE sx_span AS
SELECT from_on, until_on, any_value(n)::BIGINT AS n, any_value(n)::HUGEINT * 2000000 AS n2,
  max(late_k) FILTER (WHERE j = 0) AS late_k,
  {to_text("max((2000000 * k + n) // (2 * n)) FILTER (WHERE j = 0)")} AS elapsed_text,
  '{{' || string_agg(week_end::VARCHAR, ',' ORDER BY j DESC) FILTER (WHERE j < {SHOWN_WEEKS}) || '}}' AS week_ends,
  {wide}
FROM ({_slots(setting, slots=slots)}) GROUP BY from_on, until_on"""


def _slots(setting: Setting, *, slots: int) -> str:
    """One row a period and slot. A comparison of rounded quotients, c6 < T, becomes one of whole numbers:
    2·10⁶·P·n < (2T − 1)·Q·k, where c = P·n / (Q·k) and T counts millionths; in the same way p6 < E6(τ − late days)."""
    thresholds = setting.thresholds
    red, yellow = 2 * to_micro(thresholds.red_below) - 1, 2 * to_micro(thresholds.yellow_below) - 1
    return f"""
  SELECT *, greatest({red}::HUGEINT * k, late) AS red, {yellow}::HUGEINT * k AS yellow, 'NULL' AS gap,
    CASE WHEN j + 1 < least(weeks, {SHOWN_WEEKS}) THEN ',' ELSE '' END AS comma,
    least((sunday - 7 * j)::DATE, (until_on - 1)::DATE) AS week_end
  FROM (SELECT *, CASE WHEN late_k > 0 THEN n::HUGEINT * (2 * ((2000000 * late_k + n) // (2 * n)) - 1) END AS late
    FROM (SELECT *, CASE WHEN worked > 0 THEN worked ELSE until_on - from_on END AS n,
        {_done("end_on", "at_end")} AS k, {_done("late_on", "at_late")} AS late_k,
        CASE WHEN whole THEN {_done("end_on", "at_end")} - {_done("before_on", "at_before")} END AS days_in
      FROM ({_counted(setting, slots=slots)})))"""


def _done(day: str, worked_at: str) -> str:
    """Days of the period that count through `day`: working days, or calendar days where there is none."""
    return f"CASE WHEN {day} < from_on THEN 0 WHEN worked > 0 THEN {worked_at} - at_start ELSE {day} - from_on + 1 END"


def _counted(setting: Setting, *, slots: int) -> str:
    """Periods × slots with the running count of working days at the days that matter."""
    late_days = setting.thresholds.late_days
    return f"""
  SELECT slot.*, whole_end.worked - start.worked AS worked, start.worked AS at_start, ended.worked AS at_end,
    late.worked AS at_late, before.worked AS at_before
  FROM (
    SELECT *, (end_on - {late_days})::DATE AS late_on, (end_on - 7)::DATE AS before_on,
      isodow(end_on) = 7 AND (end_on - 6)::DATE >= from_on AS whole
    FROM (SELECT *, CASE WHEN j = 0 THEN tau ELSE (sunday - 7 * j)::DATE END AS end_on
      FROM sx_period CROSS JOIN (SELECT unnest(range({slots}))::INTEGER AS j))
    WHERE end_on >= from_on
  ) AS slot
  JOIN sx_day AS start ON start.day = (from_on - 1)::DATE
  JOIN sx_day AS whole_end ON whole_end.day = (until_on - 1)::DATE
  JOIN sx_day AS ended ON ended.day = end_on
  LEFT JOIN sx_day AS late ON late.day = late_on
  LEFT JOIN sx_day AS before ON before.day = before_on"""


def early(setting: Setting) -> str:
    """Standings of goals that have not begun: grey, with the day they begin."""
    numbers = (*[UNKNOWN] * 2, "0.000000", *[UNKNOWN] * 3)
    fields = ", ".join(f"'{field}'" for field in (*numbers, "none", "light.not_started"))
    return f"""INSERT INTO sx_standing SELECT goal_id, 'none',
  concat_ws(chr(9), goal_id, '{setting.on}', {fields}, '{{"from_on":"' || from_on || '"}}', '{{}}', '{{}}', '{{}}', '')
    || chr(10)
FROM sx_goal WHERE path = 'early'"""


LEFT_OVER = "goal_id NOT IN (SELECT goal_id FROM sx_standing)"
"""The condition on `sx_goal` of goals without a standing yet: not sound, or too large for an arm."""
