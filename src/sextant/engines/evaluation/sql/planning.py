"""Which arms the goals of `sx_goal` make, and the periods they join."""

from collections.abc import Sequence
from itertools import pairwise

from sextant.engines.evaluation.case import Case
from sextant.engines.evaluation.spec import Aggregation
from sextant.engines.evaluation.sql.arm import Arm
from sextant.engines.evaluation.sql.inputs import (
    FIRST_AND_LAST,
    PART_STARTS,
    Part,
    Setting,
    spans,
    worked_days,
)
from sextant.engines.evaluation.sql.left_over import Connection

LEAST_OF_AN_ARM = 200
"""Goals on special terms for which a statement of their own is worth it; fewer go one by one."""

Surveyed = tuple[int, str, str, list[int], int, int]
"""Terms, aggregation, table row, metrics, most weeks begun, goals."""


def list_parts(connection: Connection, goals_at_once: int) -> list[Part]:
    """The goals of known metrics in parts of ascending ids."""
    starts = [row[0] for row in connection.execute(PART_STARTS.format(goals_at_once=int(goals_at_once))).fetchall()]
    return [Part(low, high) for low, high in pairwise([*starts, None]) if low is not None]


def plan_arms(
    surveyed: Sequence[Surveyed],
    setting: Setting,
    *,
    is_narrow: bool,
    least_of_an_arm: int = LEAST_OF_AN_ARM,
    most_slots: int | None = None,
) -> list[Arm]:
    """The arms of a part, from the rows of its survey. Special terms of few goals get none."""
    slots = {terms: most_slots or setting.under(terms).most_slots for terms, *_ in surveyed}
    return [
        Arm(
            aggregation=Aggregation(aggregation),
            case=Case(case),
            metric_ids=tuple(sorted(metric_ids)),
            slots=min(weeks, slots[terms]),
            has_older=weeks > slots[terms],
            is_narrow=is_narrow,
            terms=terms,
        )
        for terms, aggregation, case, metric_ids, weeks, goals in surveyed
        if terms == 0 or goals >= least_of_an_arm
    ]


def place_periods(connection: Connection, setting: Setting, *, slots: int, arm: Arm) -> None:
    """Every period of `sx_period` in the time of the arm's terms, which `setting` is under."""
    first, last = connection.execute(FIRST_AND_LAST).fetchall()[0]
    worked = f"sx_day_{arm.terms}"
    connection.execute(worked_days(setting.calendar, name=worked, from_on=first, until_on=last))
    connection.execute(spans(setting, slots=slots, name=arm.spans, worked=worked))
