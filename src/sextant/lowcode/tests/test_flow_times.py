"""How long flows take: what counts, from when on, and that what is settled never changes its day."""

from datetime import timedelta
from decimal import Decimal

import pytest

from sextant.lowcode.actions.flows import withdraw_flow
from sextant.lowcode.contracts.flow_times import TimesOf
from sextant.lowcode.queries.definitions import find_definition
from sextant.lowcode.queries.flow_times import count_times, list_times, nodes_of
from sextant.lowcode.tests.flow_makers import (
    HR,
    NOW,
    approve,
    end,
    limit,
    make_flow,
    manager,
    persons,
    publish_again,
    say,
    start,
)

pytestmark = pytest.mark.django_db


def at(hours):
    return NOW + timedelta(hours=hours)


def times(of, *, from_hours=0, until_hours=100, now=48, **more):
    found = list_times(
        find_definition("flow", "adjust"), of=of, from_at=at(from_hours), until_at=at(until_hours), now=at(now), **more
    )
    return [(one.step, one.person_id, one.state.value, one.is_late, one.hours, one.counted_at) for one in found]


def counted(of, *, now=48, **more):
    found = count_times(find_definition("flow", "adjust"), of=of, from_at=at(0), until_at=at(100), now=at(now), **more)
    return {
        row.key: (row.left, row.median_hours, row.p90_hours, row.limited, row.late, row.open, row.open_late)
        for row in found
    }


def test_answers_steps_and_runs_are_timed_and_late_is_settled_by_the_limit(company):
    copy = {"code": "cc", "kind": "copy", "assignees": [persons(4)], "next": "ask"}
    ladder = [limit("late", 4), limit("later", 30)]
    make_flow([copy, approve("ask", manager(), limits=ladder, then="two"), approve("two", persons(5, 6)), end()])
    quick, slow, _never, back = (start() for _ in range(4))
    say(2, run_id=quick, now=at(1))
    say(5, run_id=quick, now=at(3))
    say(6, run_id=quick, now=at(4))
    assert [row[3:] for row in times(TimesOf.STEPS, now=3, steps=("ask",))] == [(False, Decimal("1.0000"), at(1))]
    assert [row[2:] for row in times(TimesOf.STEPS, from_hours=4, now=6, steps=("ask",))] == [
        ("open", True, None, at(4))
    ] * 3
    say(2, run_id=slow, now=at(20))
    withdraw_flow(back, actor=HR, now=at(10))  # late already, and taken back before anybody answered

    hours = Decimal
    assert sorted(times(TimesOf.ANSWERS), key=str) == sorted(
        [
            ("ask", 2, "left", False, hours("1.0000"), at(1)),
            ("two", 5, "left", False, hours("2.0000"), at(3)),
            ("two", 6, "left", False, hours("3.0000"), at(4)),
            ("ask", 2, "left", True, hours("20.0000"), at(4)),
            ("ask", 2, "open", True, None, at(4)),
            ("ask", 2, "void", True, None, at(4)),
        ],
        key=str,
    )
    assert times(TimesOf.STEPS, from_hours=50) == []
    assert times(TimesOf.RUNS) == [("", 1, "left", False, hours("4.0000"), at(4))]

    assert counted(TimesOf.STEPS) == {
        "ask": (2, hours("10.50"), hours("18.10"), 4, 3, 1, 1),
        "two": (1, hours("3.00"), hours("3.00"), 0, 0, 1, 0),
    }
    assert counted(TimesOf.ANSWERS)[2] == (2, hours("10.50"), hours("18.10"), 4, 3, 1, 1)
    assert counted(TimesOf.ANSWERS, groups={2: 70, 5: 71, 6: 71}) == {
        70: (2, hours("10.50"), hours("18.10"), 4, 3, 1, 1),
        71: (2, hours("2.50"), hours("2.90"), 0, 0, 2, 0),
    }
    assert counted(TimesOf.RUNS)[""][:1] == (1,)

    # a step that only an older version has is still known by its name, and comes last
    publish_again("adjust", [approve("other", manager()), end()])
    assert list(nodes_of(find_definition("flow", "adjust"))) == ["other", "ask", "two"]
