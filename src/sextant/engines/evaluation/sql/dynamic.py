"""Before the parts: what dynamic thresholds become for every goal, as the table `sx_bar`.

Completions that a goal is compared with are those of goals: of its peers on the day, or of itself moved back into
earlier periods. So they come from the arms' own arithmetic, asked for the last day alone. What arms cannot hold goes
one by one, as it does later. The Python twin is `engines.evaluation.dynamic`.
"""

from collections.abc import Callable
from datetime import date

from sextant.engines.evaluation.dynamic import HIGHEST_BAR, completion_on, list_moments
from sextant.engines.evaluation.exact import MICRO, to_micro
from sextant.engines.evaluation.spec import Comparison, Dynamic
from sextant.engines.evaluation.sql.arm import completion_statement
from sextant.engines.evaluation.sql.inputs import SURVEY, Setting, goal_table, goals_on_terms, periods
from sextant.engines.evaluation.sql.left_over import Connection, left_over
from sextant.engines.evaluation.sql.planning import list_parts, place_periods, plan_arms
from sextant.engines.values import Period

MOST_MOMENTS = 64
"""A goal as of a moment is known by its id times this, plus the moment's number."""

_BEGUN = "until_on > from_on AND from_on <= {day}"


def first_day(connection: Connection, setting: Setting) -> date | None:
    """The first day whose measurements any goal of `goal_specs` asks for, earlier periods included; None without a
    goal."""
    first: date | None = connection.execute("SELECT min(from_on) FROM goal_specs").fetchall()[0][0]
    looked_back = [moment[4] for moment in _moments(connection, setting)]
    return min([first, *looked_back]) if first is not None else None


def learn_bars(
    connection: Connection, setting: Setting, *, is_narrow: bool, goals_at_once: int, least_of_an_arm: int
) -> None:
    """Fill `sx_bar` (goal_id, bar_seen, bar_red, bar_yellow): how many completions each goal of dynamic terms was
    compared with, and what came of it in millionths, NULL where constants hold."""
    moments = _moments(connection, setting)
    connection.execute(_MOMENTS)
    if moments:
        connection.executemany("INSERT INTO sx_moment VALUES (?, ?, ?, ?, ?, ?, ?)", moments)
    connection.execute(
        periods("SELECT past_from AS from_on, past_until AS until_on, past_on FROM sx_moment", on="past_on")
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE sx_seen (goal_id BIGINT, completion BIGINT)")
    placed: set[int] = set()
    for part in list_parts(connection, max(goals_at_once // _most_moments(setting), 1)):
        connection.execute(goal_table(_asked(setting, part.condition), setting, on="past_on", apart="FALSE"))
        surveyed = connection.execute(SURVEY).fetchall()
        for arm in plan_arms(surveyed, setting, is_narrow=is_narrow, least_of_an_arm=least_of_an_arm, most_slots=1):
            under = setting.under(arm.terms)
            if arm.terms not in placed:
                place_periods(connection, under, slots=1, arm=arm)
                placed.add(arm.terms)
            connection.execute(completion_statement(arm, under))
        _one_by_one(connection, setting)
    connection.execute(_bars(setting))


_MOMENTS = """CREATE OR REPLACE TEMP TABLE sx_moment (
  terms INTEGER, from_on DATE, until_on DATE, moment BIGINT, past_from DATE, past_until DATE, past_on DATE)"""


def _most_moments(setting: Setting) -> int:
    return max(dynamic.periods for dynamic in setting.dynamic.values()) + 1


def _moments(connection: Connection, setting: Setting) -> list[tuple[int, date, date, int, date, date, date]]:
    """Rows of `sx_moment`: as of when the goals of each terms and period are asked about."""
    begun = f"SELECT DISTINCT from_on, until_on FROM goal_specs WHERE {_BEGUN.format(day=setting.day)}"
    found = connection.execute(begun).fetchall() if setting.dynamic else []
    return [
        (terms, from_on, until_on, number, one.period.from_on, one.period.until_on, one.on)
        for terms, dynamic in setting.dynamic.items()
        for from_on, until_on in found
        for number, one in enumerate(list_moments(dynamic, Period(from_on, until_on), on=setting.on))
    ]


def _own(setting: Setting) -> str:
    """The condition on goals that are compared with themselves."""
    own = [str(terms) for terms, dynamic in setting.dynamic.items() if dynamic.of is Comparison.OWN]
    return f"terms IN ({', '.join(own)})" if own else "FALSE"


def _asked(setting: Setting, condition: str) -> str:
    """Goals moved to each of their moments. Earlier periods lie behind a start: see `can_look_back`."""
    return f"""SELECT * REPLACE (goal_id * {MOST_MOMENTS} + moment AS goal_id, past_from AS from_on,
    past_until AS until_on)
  FROM ({goals_on_terms(setting, condition)}) JOIN sx_moment USING (terms, from_on, until_on)
  WHERE NOT ({_own(setting)} AND start IS NOT NULL AND direction <> 'range')"""


def _one_by_one(connection: Connection, setting: Setting) -> None:
    """Completions of goals that are too large for an arm, on terms too rare, or cannot be judged."""
    for rows in left_over(connection, done="sx_seen", extras=["past_on"]):
        completions = []
        for row in rows:
            under = setting.under(row.terms)
            completion = completion_on(
                row.goal,
                row.measurements,
                metric=row.metric,
                on=row.extras[0],
                calendar=under.calendar,
                thresholds=under.thresholds,
            )
            completions.append((row.goal.goal_id, None if completion is None else to_micro(completion)))
        connection.executemany("INSERT INTO sx_seen VALUES (?, ?)", completions)


def _bars(setting: Setting) -> str:
    """Completions in pools, one a goal or one a group of peers; of each pool the number, and the ranks asked for."""
    group = f"metric_id, subject_kind, from_on, until_on, peers, {_own(setting)}"
    return f"""CREATE OR REPLACE TEMP TABLE sx_bar AS
WITH asked AS (
  SELECT goal_id, terms,
    CASE WHEN {_own(setting)} THEN goal_id
      WHEN peers IS NOT NULL THEN min(goal_id) OVER (PARTITION BY {group}) END AS pool
  FROM ({goals_on_terms(setting, _BEGUN.format(day=setting.day))}) LEFT JOIN goal_peers USING (goal_id)
  WHERE terms IN ({", ".join(str(terms) for terms in setting.dynamic)})),
observed AS (
  SELECT pool, completion, row_number() OVER (PARTITION BY pool ORDER BY completion) AS place
  FROM sx_seen JOIN asked ON asked.goal_id = sx_seen.goal_id // {MOST_MOMENTS}
  WHERE completion IS NOT NULL AND pool IS NOT NULL),
counted AS (SELECT pool, count(*) AS seen FROM observed GROUP BY pool),
ranked AS (
  SELECT goal_id, asked.pool, coalesce(seen, 0) AS bar_seen,
    coalesce(seen, 0) >= {_by_terms(setting, _least)} AS is_enough,
    greatest(({_by_terms(setting, _red)} * seen + {MICRO - 1}) // {MICRO}, 1) AS red_place,
    greatest(({_by_terms(setting, _yellow)} * seen + {MICRO - 1}) // {MICRO}, 1) AS yellow_place
  FROM asked LEFT JOIN counted ON counted.pool = asked.pool)
SELECT goal_id, bar_seen, {_bar("red")}, {_bar("yellow")}
FROM ranked LEFT JOIN observed AS red ON red.pool = ranked.pool AND red.place = red_place
  LEFT JOIN observed AS yellow ON yellow.pool = ranked.pool AND yellow.place = yellow_place"""


def _bar(colour: str) -> str:
    return f"CASE WHEN is_enough THEN least({colour}.completion, {to_micro(HIGHEST_BAR)}) END AS bar_{colour}"


def _by_terms(setting: Setting, fact: Callable[[Dynamic], int]) -> str:
    branches = " ".join(f"WHEN {terms} THEN {fact(dynamic)}" for terms, dynamic in setting.dynamic.items())
    return f"CASE terms {branches} END"


def _least(dynamic: Dynamic) -> int:
    return dynamic.least


def _red(dynamic: Dynamic) -> int:
    return to_micro(dynamic.red)


def _yellow(dynamic: Dynamic) -> int:
    return to_micro(dynamic.yellow)
