"""Rehearsals as their makers would tell them, and what holds for every one of them."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.engines.flow import (
    Answer,
    Called,
    Flow,
    How,
    Limit,
    ReactionKind,
    Reply,
    Result,
    Script,
    Span,
    Unit,
    rehearse,
)
from sextant.engines.flow.tests.test_properties import PARTS, flow_of
from sextant.engines.flow.tests.writing import FIELDS, nodes_of
from sextant.engines.schedule import FIVE_DAY_WEEK
from sextant.engines.values import Problem

CASES = tomllib.loads((Path(__file__).parent / "cases" / "rehearsals.toml").read_text(encoding="utf-8"))["case"]
START = datetime(2026, 11, 20, 9, tzinfo=UTC)


def ask(node, to, values, at):
    return Called(((2, None),))


def nobody(node, to, values, at):
    return Called()


def span(amount, unit):
    return Span(int(amount), Unit(unit))


def reply(told):
    answer, *words = told.split()
    if answer == "return":
        return Reply(Answer.RETURN, to=words[0] if words else "")
    return Reply(Answer(answer), after=span(*words) if words else None)


def limit(told):
    code, amount, unit, reaction = told.split()
    return Limit(code, span(amount, unit), ReactionKind(reaction))


def numbers(values):
    return {name: Decimal(value) for name, value in values.items()}


def played(case):
    rungs = {code: tuple(limit(one) for one in told) for code, told in case.get("limits", {}).items()}
    nodes = tuple(replace(node, limits=rungs.get(node.code, ())) for node in nodes_of(case["flow"]))
    script = Script(
        values=numbers(case.get("values", {})),
        handed_in={code: numbers(values) for code, values in case.get("handed_in", {}).items()},
        replies={code: tuple(reply(one) for one in told) for code, told in case.get("replies", {}).items()},
        faults={code: (Problem(told),) for code, told in case.get("faults", {}).items()},
    )
    who = nobody if case.get("nobody") else ask
    zone = ZoneInfo("Asia/Shanghai")
    flow = Flow.of(nodes, FIELDS)
    return rehearse(flow, script, ask=who, start_at=START, calendar=FIVE_DAY_WEEK, zone=zone)


def hours(moment):
    return f"{(moment - START).total_seconds() / 3600:g}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_rehearsal_tells_what_would_happen(case):
    found = played(case)
    stops = found.stops
    if "stops" in case:
        assert [f"{one.node} {one.how.value} {hours(one.at)}" for one in stops] == case["stops"]
        assert list(found.unseen) == case.get("unseen", [])
    assert found.result.value == case["result"]
    told = [f"{stop.node} {one.limit.code} {hours(one.at)}" for stop in stops for one in stop.rungs]
    marks = [" reached" if one.is_reached else " open" for stop in stops for one in stop.rungs]
    assert [text + mark for text, mark in zip(told, marks, strict=True)] == case.get("rungs", [])
    ways = [way for stop in stops for way in stop.ways]
    written = [f"{one.text} {' '.join(f'{name}={value}' for name, value in one.reads)} {one.holds}" for one in ways]
    if "ways" in case:
        assert written == case["ways"]
    assert [problem.code for stop in stops for problem in stop.problems] == case.get("problems", [])


def test_a_step_that_is_nowhere_names_the_one_before():
    found = played({"flow": ["ask approve"]})
    assert found.stops[-1].problems[0].params["step"] == "ask"
    assert found.path == ("ask", "")


@given(PARTS, st.lists(st.sampled_from(["agree", "agree 3 hour", "agree 1 workday", "silent", "return"]), max_size=12))
def test_every_rehearsal_adds_up(part, answers):
    flow = flow_of(part)
    script = Script(replies={code: (reply(told),) for code, told in zip(flow.nodes, answers, strict=False)})
    found = rehearse(flow, script, ask=ask, start_at=START, calendar=FIVE_DAY_WEEK, zone=ZoneInfo("Asia/Shanghai"))
    moments = [stop.at for stop in found.stops]
    assert moments == sorted(moments) and found.at == moments[-1]
    assert found.path[0] == flow.first and {*found.path, *found.unseen} == set(flow.nodes)
    assert all(stop.until is None or stop.until >= stop.at for stop in found.stops)
    is_silent = any(stop.how is How.WAITING for stop in found.stops)
    assert (found.result is Result.WAITING) == is_silent
    assert is_silent or all(stop.until is not None for stop in found.stops)
