"""Runs and checks as their makers would tell them."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sextant.engines.flow import Code, Node, Span, StepKind, Unit, check, complete, earlier, go_back, resume, start
from sextant.engines.flow.deadline import deadline
from sextant.engines.flow.model import Assignee, Limit, Quorum, ReactionKind
from sextant.engines.flow.tests.writing import flow_of, nodes_of, open_nodes
from sextant.engines.schedule import WorkCalendar
from sextant.engines.values import Severity

CASES = Path(__file__).parent / "cases"


def read(name):
    return tomllib.loads((CASES / name).read_text(encoding="utf-8"))


def cases(name):
    return read(name)["case"]


def days(first, last):
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    return [first + timedelta(days=more) for more in range((last - first).days + 1)]


def calendar(written):
    off = frozenset(day for pair in written.get("days_off", ()) for day in days(*pair))
    return WorkCalendar(days_off=off, days_on=frozenset(map(date.fromisoformat, written.get("days_on", ()))))


CALENDARS = {name: calendar(written) for name, written in read("deadlines.toml")["calendars"].items()}


@pytest.mark.parametrize("case", cases("runs.toml"), ids=lambda case: case["name"])
def test_a_run_stands_where_it_should(case):
    flow = flow_of(case["flow"])
    values = {name: Decimal(value) for name, value in case.get("values", {}).items()}
    state, visits = None, []
    for told, expected in case["events"]:
        verb, *words = told.split()
        at = None if state is None else next((token for token in state.tokens if token.node == words[0]), None)
        if verb == "start":
            moves = start(flow, values)
        elif verb == "done":
            moves = complete(flow, state, at.serial, values)
        elif verb == "back":
            (to,) = [visit for visit in earlier(tuple(visits), at.scope) if visit.node == words[1]]
            moves = go_back(flow, state, at.serial, to, values)
        else:
            values[words[1]] = Decimal(words[2])
            moves = resume(flow, state, at.serial, values)
        state = moves.state
        visits += [one.token for one in moves.opened]
        assert open_nodes(state) == expected, told
        assert moves.has_ended == (expected == [])


@pytest.mark.parametrize("case", cases("checks.toml"), ids=lambda case: case["name"])
def test_a_definition_is_told_what_is_wrong_with_it(case):
    found = [one for one in check(nodes_of(case["flow"])) if one.code != Code.NO_LIMIT]
    assert [one.code for one in found] == case["codes"]


@pytest.mark.parametrize("case", cases("deadlines.toml"), ids=lambda case: case["name"])
def test_a_limit_ends_when_the_company_says(case):
    zone, calendar = ZoneInfo(case.get("zone", "Asia/Shanghai")), CALENDARS[case.get("calendar", "china")]
    opens, ends = (datetime.fromisoformat(case[key]).replace(tzinfo=zone).astimezone(UTC) for key in ("opens", "ends"))
    amount, unit = case["span"].split()
    assert deadline(opens, Span(int(amount), Unit(unit)), calendar=calendar, zone=zone) == ends


def test_each_kind_of_step_needs_what_it_works_with():
    hour, none = Span(1, Unit.HOUR), Span(0, Unit.HOUR)
    who = (Assignee("people.unit_head"),)
    ladder = (
        Limit("late", Span(3, Unit.HOUR), ReactionKind.NOTIFY),
        Limit("later", hour, ReactionKind.ESCALATE),
        Limit("later", Span(4, Unit.HOUR), ReactionKind.START),
    )
    nodes = (
        Node("a", StepKind.APPROVE, next="b", quorum=Quorum.COUNT, count=0, limits=ladder),
        Node("b", StepKind.WAIT, next="c"),
        Node("c", StepKind.CALL, next="d"),
        Node("d", StepKind.SUBFLOW, next="e"),
        Node("e", StepKind.WAIT, next="f", span=none),
        Node("f", StepKind.FORM, next="z", assignees=who),
        Node("z", StepKind.END),
    )
    problems = check(nodes)
    assert [one.code for one in problems if one.severity is Severity.ERROR] == [
        Code.NO_ASSIGNEE,
        Code.BAD_COUNT,
        Code.LIMIT_TWICE,
        Code.NO_FLOW,
        Code.NO_ASSIGNEE,
        Code.NO_SPAN,
        Code.NO_ACTION,
        Code.NO_FLOW,
        Code.BAD_SPAN,
    ]
    assert {one.code for one in problems if one.severity is Severity.WARNING} == {
        Code.LIMITS_NOT_RISING,
        Code.NO_LIMIT,
    }
