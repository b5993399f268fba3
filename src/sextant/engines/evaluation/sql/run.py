"""Runs a set evaluation on a connection the caller opened: part by part, arms first, then what is left one by one.

The caller has made the relations `goal_specs`, `metric_specs` and `measurements` visible on the connection, and where
there are any those of `TERMS_COLUMNS`. Where thresholds look back, `measurements` begins on `first_day`.
"""

from collections.abc import Iterator
from dataclasses import replace

from sextant.engines.evaluation.dynamic import NO_BARS, Bars
from sextant.engines.evaluation.evaluate import evaluate
from sextant.engines.evaluation.exact import from_micro
from sextant.engines.evaluation.spec import ManualLight
from sextant.engines.evaluation.sql.arm import arm_statement
from sextant.engines.evaluation.sql.dynamic import learn_bars
from sextant.engines.evaluation.sql.inputs import (
    IS_NARROW,
    LONGEST,
    NO_TERMS,
    SURVEY,
    Part,
    Setting,
    early,
    part_goals,
    prepare,
)
from sextant.engines.evaluation.sql.left_over import Connection, LeftOver, left_over
from sextant.engines.evaluation.sql.planning import LEAST_OF_AN_ARM, list_parts, place_periods, plan_arms
from sextant.engines.values import Light

GOALS_AT_ONCE = 250_000
"""Goals of one part: bounds memory to some hundreds of mebibytes, however many goals a run has."""


LINES = "SELECT line FROM sx_standing ORDER BY goal_id"
"""After a part: its canonical rows in order of goal."""


def evaluate_set(
    connection: Connection,
    setting: Setting,
    *,
    goals_at_once: int = GOALS_AT_ONCE,
    least_of_an_arm: int = LEAST_OF_AN_ARM,
    formulas_one_by_one: bool = False,
) -> Iterator[Part]:
    """Evaluate every goal of `goal_specs` whose metric is in `metric_specs`, in parts of ascending ids.

    After each yield the table `sx_standing` (goal_id, light, line) holds the standings of that part, and of no other;
    `line` is the canonical row. `formulas_one_by_one` is for a connection that does not read the SQL of formulas, which
    is DuckDB's own.
    """
    armed = setting.without_formulas() if formulas_one_by_one else setting
    for statement in NO_TERMS:
        connection.execute(statement)
    is_narrow = bool(connection.execute(IS_NARROW).fetchall()[0][0])
    if setting.dynamic:
        learn_bars(
            connection, setting, is_narrow=is_narrow, goals_at_once=goals_at_once, least_of_an_arm=least_of_an_arm
        )
    for statement in prepare(setting):
        connection.execute(statement)
    placed: set[int] = set()
    for part in list_parts(connection, goals_at_once):
        connection.execute("TRUNCATE sx_standing")
        connection.execute(part_goals(armed, part))
        surveyed = connection.execute(SURVEY).fetchall()
        for arm in plan_arms(surveyed, armed, is_narrow=is_narrow, least_of_an_arm=least_of_an_arm):
            under = armed.under(arm.terms)
            if arm.terms not in placed:
                longest = connection.execute(LONGEST).fetchall()[0][0]
                place_periods(connection, under, slots=min(longest, under.most_slots), arm=arm)
                placed.add(arm.terms)
            connection.execute(arm_statement(arm, under))
        connection.execute(early(setting))
        _one_by_one(connection, setting)
        yield part


def _one_by_one(connection: Connection, setting: Setting) -> None:
    """The row path for what the arms left."""
    found = connection.execute("SELECT * FROM manual_lights").fetchall()
    manual = {
        goal_id: ManualLight(Light(light), reason, from_on, until_on)
        for goal_id, light, reason, from_on, until_on in found
    }
    extras = ("bar_seen", "bar_red", "bar_yellow") if setting.dynamic else ()
    for rows in left_over(connection, done="sx_standing", extras=extras):
        standings = [_stand(row, setting, manual.get(row.goal.goal_id)) for row in rows]
        connection.executemany("INSERT INTO sx_standing VALUES (?, ?, ?)", standings)


def _stand(row: LeftOver, setting: Setting, manual: ManualLight | None) -> tuple[int, str, str]:
    """Goal, light and canonical row of one goal."""
    under = setting.under(row.terms)
    standing = evaluate(
        replace(row.goal, manual=manual),
        row.measurements,
        metric=row.metric,
        on=setting.on,
        calendar=under.calendar,
        thresholds=under.thresholds,
        bars=_bars(*row.extras) if row.extras else NO_BARS,
    ).value
    assert standing is not None
    return standing.goal_id, standing.light.value, standing.canonical_row()


def _bars(observed: int | None, red: int | None, yellow: int | None) -> Bars:
    if red is None or yellow is None:
        return Bars(observed or 0)
    return Bars(observed or 0, from_micro(red), from_micro(yellow))
