"""Statements that turn goals, metrics and calendars into what the arms join: `sx_span` once for each terms, `sx_goal`
for each part.

They read relations the caller provides: `goal_specs` (columns of the goals file), `metric_specs` (columns of
`METRIC_COLUMNS`), those of `TERMS_COLUMNS` (absent is empty) and later `measurements` (columns of the ledger).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sextant.engines.evaluation.exact import to_micro
from sextant.engines.evaluation.scale import FormulaScale, TableScale
from sextant.engines.evaluation.spec import SHOWN_WEEKS, Curve, Dynamic, Grain, Thresholds
from sextant.engines.evaluation.sql.text import LARGEST_AMOUNT, UNKNOWN, bar_of, to_text, to_whole
from sextant.engines.schedule import Pace, SeasonalCalendar, WorkCalendar

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
    "base_share": "DECIMAL(28, 6)",
    "stretch_share": "DECIMAL(28, 6)",
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


TERMS_COLUMNS = {
    "goal_terms": {"goal_id": "BIGINT", "terms": "INTEGER"},
    "metric_terms": {"metric_id": "INTEGER", "terms": "INTEGER"},
    "manual_lights": {
        "goal_id": "BIGINT",
        "light": "VARCHAR",
        "reason": "VARCHAR",
        "from_on": "DATE",
        "until_on": "DATE",
    },
    "goal_peers": {"goal_id": "BIGINT", "peers": "VARCHAR"},
}
"""Relations beside the goals, each of which may be empty: which goals and metrics have terms of their own (a number in
`Setting.special`, from 1; a goal's word is before its metric's), lights set by hand, and the name of the group whose
goals a goal is compared with, among those of its metric, period and kind of owner."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What some goals of a run are judged by instead of the company's calendar and thresholds."""

    calendar: Pace
    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class Setting:
    """What goals of a run are judged by: the company's calendar and thresholds, and `special` terms by number."""

    on: date
    calendar: Pace
    thresholds: Thresholds
    special: tuple[Terms, ...] = ()

    @property
    def day(self) -> str:
        """The day of evaluation as SQL."""
        return f"DATE '{self.on}'"

    @property
    def most_slots(self) -> int:
        """Weeks an arm looks at: those shown, one before for hysteresis, and a red streak before that."""
        return SHOWN_WEEKS + 1 + max(self.thresholds.streak_red or 0, self.thresholds.streak_yellow or 0)

    @property
    def dynamic(self) -> dict[int, Dynamic]:
        """Dynamic thresholds by number of terms; those under constants are absent."""
        found = {number: self.under(number).thresholds.dynamic for number in range(len(self.special) + 1)}
        return {number: dynamic for number, dynamic in found.items() if dynamic is not None}

    def without_formulas(self) -> "Setting":
        """As if no rules had a formula to score by."""
        return replace(
            self,
            thresholds=_without_formula(self.thresholds),
            special=tuple(replace(one, thresholds=_without_formula(one.thresholds)) for one in self.special),
        )

    def under(self, terms: int) -> "Setting":
        """As if the terms of that number held for everyone; 0 are the company's own."""
        if terms == 0:
            return replace(self, special=())
        chosen = self.special[terms - 1]
        return Setting(self.on, chosen.calendar, chosen.thresholds)


def _without_formula(thresholds: Thresholds) -> Thresholds:
    return replace(thresholds, scale=None) if isinstance(thresholds.scale, FormulaScale) else thresholds


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
    begun = f"SELECT from_on, until_on FROM goal_specs WHERE until_on > from_on AND from_on <= {setting.day}"
    return (_DROP, _STANDINGS, periods(begun, on=setting.day))


_DROP = ";".join(f"DROP TABLE IF EXISTS sx_{name}" for name in ("standing", "goal"))
NO_TERMS = tuple(
    f"CREATE TEMP TABLE IF NOT EXISTS {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
    for table, columns in TERMS_COLUMNS.items()
)
"""Statements that make those of `TERMS_COLUMNS` which the caller did not."""
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

FIRST_AND_LAST = "SELECT min(from_on), max(until_on) FROM sx_period"
"""Days that any period touches, half-open; NULL when no goal has begun."""

SURVEY = """SELECT terms, aggregation, kase, list(DISTINCT metric_id), max(weeks), count(*)
FROM sx_goal WHERE path = 'arm' GROUP BY ALL ORDER BY ALL"""
"""What there is to do in a part: a row per terms, way of aggregating and table row, with its metrics, weeks, goals."""


_SOUND = """until_on > from_on AND CASE
    WHEN direction = 'range'
    THEN range_low <= range_high AND coalesce(tolerance, 0) >= 0 AND stretch IS NULL
    ELSE base IS NOT NULL
      AND CASE WHEN start IS NULL THEN base > 0 OR (base = 0 AND curve IN ('step', 'lookup', 'formula'))
        WHEN direction = 'higher' THEN base > start ELSE base < start END
      AND (stretch IS NULL OR (
        CASE WHEN direction = 'higher' THEN stretch > base ELSE stretch < base END
        AND (stretch > 0 OR start IS NOT NULL OR coalesce(curve, 'parallel') <> 'parallel')))
    END"""

_KASE = """CASE
    WHEN direction = 'range' THEN 'range'
    WHEN start IS NOT NULL THEN 'travel'
    WHEN base = 0 THEN CASE WHEN direction = 'higher' THEN 'not_below' ELSE 'not_above' END
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
    """`sx_goal`: the goals of a part with their metrics, and what dynamic thresholds became for each."""
    goals = goals_on_terms(setting, part.condition)
    if setting.dynamic:
        goals = f"SELECT * FROM ({goals}) LEFT JOIN sx_bar USING (goal_id)"
    return goal_table(goals, setting, on=setting.day, apart=_apart(setting))


def goal_table(goals: str, setting: Setting, *, on: str, apart: str) -> str:
    """`sx_goal` from `goals` (as `goals_on_terms` gives them) with their last day that counts by `on`, their table row
    and the path each takes: `arm` (set arithmetic), `early` (has not begun) or `row` (one by one: not sound, too large
    for an arm, or `apart`, which is a condition)."""
    amounts = ", ".join(f"abs(coalesce({name}, 0))" for name in AMOUNTS)
    wholes = ",\n  ".join(
        f"CASE WHEN path = 'arm' THEN {to_whole(name)} END AS {short}_u" for name, short in AMOUNTS.items()
    )
    return f"""CREATE OR REPLACE TEMP TABLE sx_goal AS SELECT *, {wholes}
FROM (SELECT *,
  CASE WHEN NOT coalesce(sound, FALSE) THEN 'row' WHEN from_on > {on} THEN 'early'
    WHEN largest * CASE WHEN kase = 'budget' THEN {_most_units(setting)} ELSE 1 END >= {LARGEST_AMOUNT} THEN 'row'
    WHEN {apart} THEN 'row' ELSE 'arm' END AS path
FROM (
  SELECT *, {_KASE} AS kase, ({_SOUND}) AS sound,
    greatest({amounts})::DECIMAL(38, 6) AS largest,
    CASE WHEN direction = 'higher' THEN 1 ELSE -1 END::BIGINT AS sg, {_days(on)}
  FROM ({goals})
))"""


def goals_on_terms(setting: Setting, condition: str) -> str:
    """Goals for which a condition holds, joined with their metrics; `terms` is the number of what they are judged by,
    whose line takes the place of the metric's own."""
    metric = "metric_specs.* EXCLUDE (metric_id)"
    if not setting.special and setting.thresholds.line is None:
        return f"""SELECT goal_specs.*, {metric}, 0 AS terms
  FROM goal_specs JOIN metric_specs USING (metric_id) WHERE {condition}"""
    lines = {number: setting.under(number).thresholds.line for number in range(len(setting.special) + 1)}
    drawn = " ".join(f"WHEN {number} THEN {line:f}" for number, line in lines.items() if line is not None)
    baseline = f"CASE terms {drawn} ELSE baseline END" if drawn else "baseline"
    return f"""SELECT * REPLACE (({baseline})::DECIMAL(28, 6) AS baseline) FROM (
    SELECT goal_specs.*, {metric}, coalesce(goal_terms.terms, metric_terms.terms, 0) AS terms
    FROM goal_specs JOIN metric_specs USING (metric_id)
      LEFT JOIN metric_terms USING (metric_id) LEFT JOIN goal_terms USING (goal_id) WHERE {condition})"""


def _most_units(setting: Setting) -> str:
    """How many days a period can count at most, or units of a season. Periods may cut a month at both ends."""
    days = "(until_on - from_on)"
    heavy = ""
    for number in range(len(setting.special) + 1):
        calendar = setting.under(number).calendar
        if isinstance(calendar, SeasonalCalendar):
            heavy += f" WHEN {number} THEN ({days} + 62) * {calendar.season.most_units_a_day}"
    return f"CASE terms{heavy} ELSE {days} END" if heavy else days


def _apart(setting: Setting) -> str:
    """The condition on goals that no arm knows how to judge."""
    conditions = ["goal_id IN (SELECT goal_id FROM manual_lights)"]
    scored = ["curve IN ('step', 'lookup', 'formula')"]
    for number in range(len(setting.special) + 1):
        thresholds = setting.under(number).thresholds
        if thresholds.streak_grain is not Grain.WEEK:
            conditions.append(f"terms = {number}")
        if isinstance(thresholds.scale, TableScale | FormulaScale):
            scored.append(f"NOT (terms = {number} AND curve = '{Curve(thresholds.scale.curve).value}')")
    return " OR ".join([*conditions, f"({' AND '.join(scored)})"])


def _days(on: str) -> str:
    """The last day that counts, the Sunday after it, and the weeks begun by then."""
    tau = f"least({on}, (until_on - 1)::DATE)"
    sunday = f"({tau} + (7 - isodow({tau}))::INTEGER)"
    weeks = f"(({sunday} - from_on + isodow(from_on) - 7) // 7 + 1)::INTEGER"
    return f"{tau} AS tau, {sunday} AS sunday, {weeks} AS weeks"


def periods(begun: str, *, on: str) -> str:
    """`sx_period`: every period of the relation `begun`, with its days as of `on`."""
    return f"CREATE OR REPLACE TEMP TABLE sx_period AS SELECT DISTINCT from_on, until_on, {_days(on)} FROM ({begun})"


def worked_days(calendar: Pace, *, name: str, from_on: date, until_on: date) -> str:
    """The table `name`: what has been worked (days, or units of a season) through each day from the one before
    `from_on` up to `until_on`."""
    if isinstance(calendar, WorkCalendar):
        return f"CREATE OR REPLACE TEMP TABLE {name} AS {_worked_by_pattern(calendar, from_on, until_on)}"
    days = (from_on + timedelta(days=offset) for offset in range(-1, (until_on - from_on).days))
    first = from_on - timedelta(days=1)
    rows = ", ".join(f"(DATE '{day}', {calendar.count(first, day + timedelta(days=1))})" for day in days)
    return f"""CREATE OR REPLACE TEMP TABLE {name} AS
SELECT day, worked::BIGINT AS worked FROM (VALUES {rows}) AS counted(day, worked)"""


def _worked_by_pattern(calendar: WorkCalendar, from_on: date, until_on: date) -> str:
    weekdays = ", ".join(str(number) for number in sorted(calendar.weekdays)) or "NULL"
    return f"""SELECT day, sum(CASE WHEN {_listed(calendar.days_on)} THEN 1 WHEN {_listed(calendar.days_off)} THEN 0
    WHEN isodow(day) IN ({weekdays}) THEN 1 ELSE 0 END) OVER (ORDER BY day) AS worked
FROM (SELECT unnest(range(
  DATE '{from_on}' - INTERVAL 1 DAY, DATE '{until_on}'::TIMESTAMP, INTERVAL 1 DAY))::DATE AS day)"""


def _listed(days: frozenset[date]) -> str:
    named = ", ".join(f"DATE '{day}'" for day in sorted(days))
    return f"day IN ({named})" if days else "FALSE"


def spans(setting: Setting, *, slots: int, name: str, worked: str) -> str:
    """The table `name`: one row a period and last day that counts, from the table `worked` of `worked_days`. `n` days
    that count in all, `n2` 2·10⁶ times that; per slot (a week, 0 the newest) `k` days elapsed at the slot's end, `red`,
    `yellow` and `late` what c, c and p are compared with as whole numbers, `days_in` days of the week, `whole` whether
    it has ended and lies wholly inside, `gap` the text of an unknown value, `comma` what stands before the week in an
    array. NULL before the period. `week_ends` is the array of the weeks shown.
    """
    # a case inside and not a filter beside the aggregate: the engine plans a hundred filters in twice to four times
    # as long, which counts in a run over few goals
    wide = ",\n  ".join(
        f"max(CASE WHEN j = {slot} THEN {name} END) AS {name}{slot}"
        for name in ("k", "red", "yellow", "late", "days_in", "whole", "gap", "comma")
        for slot in range(slots)
    )
    return f"""CREATE OR REPLACE TEMP TABLE {name} AS
SELECT from_on, until_on, tau, any_value(n)::BIGINT AS n, any_value(n)::HUGEINT * 2000000 AS n2,
  max(late_k) FILTER (WHERE j = 0) AS late_k,
  {to_text("max((2000000 * k + n) // (2 * n)) FILTER (WHERE j = 0)")} AS elapsed_text,
  '{{' || string_agg(week_end::VARCHAR, ',' ORDER BY j DESC) FILTER (WHERE j < {SHOWN_WEEKS}) || '}}' AS week_ends,
  {wide}
FROM ({_slots(setting, slots=slots, worked=worked)}) GROUP BY from_on, until_on, tau"""


def _slots(setting: Setting, *, slots: int, worked: str) -> str:
    """One row a period and slot. A comparison of rounded quotients, c6 < T, becomes one of whole numbers:
    2·10⁶·P·n < (2T − 1)·Q·k, where c = P·n / (Q·k) and T counts millionths; in the same way p6 < E6(τ − late days)."""
    thresholds = setting.thresholds
    red, yellow = bar_of(to_micro(thresholds.red_below)), bar_of(to_micro(thresholds.yellow_below))
    return f"""
  SELECT *, greatest({red}::HUGEINT * k, late) AS red, {yellow}::HUGEINT * k AS yellow, 'NULL' AS gap,
    CASE WHEN j + 1 < least(weeks, {SHOWN_WEEKS}) THEN ',' ELSE '' END AS comma,
    least((sunday - 7 * j)::DATE, (until_on - 1)::DATE) AS week_end
  FROM (SELECT *, CASE WHEN late_k > 0 THEN n::HUGEINT * (2 * ((2000000 * late_k + n) // (2 * n)) - 1) END AS late
    FROM (SELECT *, CASE WHEN worked > 0 THEN worked ELSE until_on - from_on END AS n,
        {_done("end_on", "at_end")} AS k, {_done("late_on", "at_late")} AS late_k,
        CASE WHEN whole THEN {_done("end_on", "at_end")} - {_done("before_on", "at_before")} END AS days_in
      FROM ({_counted(setting, slots=slots, worked=worked)})))"""


def _done(day: str, worked_at: str) -> str:
    """Days of the period that count through `day`: working days, or calendar days where there is none."""
    return f"CASE WHEN {day} < from_on THEN 0 WHEN worked > 0 THEN {worked_at} - at_start ELSE {day} - from_on + 1 END"


def _counted(setting: Setting, *, slots: int, worked: str) -> str:
    """Periods × slots with the running count of working days at the days that matter."""
    late_days = setting.thresholds.late_days
    late_on = "NULL::DATE" if late_days is None else f"(end_on - {int(late_days)})::DATE"
    return f"""
  SELECT slot.*, whole_end.worked - start.worked AS worked, start.worked AS at_start, ended.worked AS at_end,
    late.worked AS at_late, before.worked AS at_before
  FROM (
    SELECT *, {late_on} AS late_on, (end_on - 7)::DATE AS before_on,
      isodow(end_on) = 7 AND (end_on - 6)::DATE >= from_on AS whole
    FROM (SELECT *, CASE WHEN j = 0 THEN tau ELSE (sunday - 7 * j)::DATE END AS end_on
      FROM sx_period CROSS JOIN (SELECT unnest(range({slots}))::INTEGER AS j))
    WHERE end_on >= from_on
  ) AS slot
  JOIN {worked} AS start ON start.day = (from_on - 1)::DATE
  JOIN {worked} AS whole_end ON whole_end.day = (until_on - 1)::DATE
  JOIN {worked} AS ended ON ended.day = end_on
  LEFT JOIN {worked} AS late ON late.day = late_on
  LEFT JOIN {worked} AS before ON before.day = before_on"""


def early(setting: Setting) -> str:
    """Standings of goals that have not begun: grey, with the day they begin."""
    numbers = (*[UNKNOWN] * 2, "0.000000", *[UNKNOWN] * 3)
    fields = ", ".join(f"'{field}'" for field in (*numbers, "none", "light.not_started"))
    return f"""INSERT INTO sx_standing SELECT goal_id, 'none',
  concat_ws(chr(9), goal_id, '{setting.on}', {fields}, '{{"from_on":"' || from_on || '"}}', '{{}}', '{{}}', '{{}}', '')
    || chr(10)
FROM sx_goal WHERE path = 'early'"""
