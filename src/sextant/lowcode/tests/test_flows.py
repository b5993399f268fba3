"""Runs of flows from start to end: who is asked, what an answer does, and what keeps a run from going on."""

import pytest
from django.db import connection

from sextant.foundation.access.contracts import AccessDenied
from sextant.lowcode.actions.definitions import create_definition, publish_definition
from sextant.lowcode.actions.flow_repair import assign_work, remind, replace_who_left, resume_flow
from sextant.lowcode.actions.flows import add_approver, answer_work, pass_on, put_aside, withdraw_flow
from sextant.lowcode.contracts.definitions import DefinitionRefused
from sextant.lowcode.contracts.flows import FlowRefused, InstanceState
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.models import Deputy, FlowInstance, FlowStep, WorkItem
from sextant.lowcode.queries.flows import read_run
from sextant.lowcode.queries.work import list_done
from sextant.lowcode.tests.flow_makers import (
    DAY,
    HR,
    NOW,
    actor,
    approve,
    end,
    item_of,
    make_flow,
    manager,
    persons,
    say,
    start,
    waiting,
)

pytestmark = pytest.mark.django_db


def state(run_id):
    return InstanceState(FlowInstance.objects.get(id=run_id).state)


def codes(refused):
    return [one.code for one in refused.value.problems]


def test_a_run_goes_up_the_line_by_amount_and_tells_everything(company, django_assert_max_num_queries):
    steps = [
        {"code": "fill", "kind": "form", "name": "填写", "assignees": [{"source": "starter"}], "next": "cc"},
        {"code": "cc", "kind": "copy", "assignees": [persons(5)], "next": "by"},
        {"code": "by", "kind": "branch", "arms": [{"when": "[金额] > 50000", "next": "big"}, {"next": "small"}]},
        approve("small", manager()),
        approve("big", manager(9)),
        end(),
    ]
    make_flow(steps, fields=[("金额", "number")])
    run_id = start()
    assert waiting(run_id) == [("fill", 1)]
    say(1, values={"金额": 60000, "别的": 1})
    assert waiting(run_id) == [("approve", 3), ("copy", 5)]
    item_id = item_of(3)
    # two of the queries are the savepoint that a test's own transaction makes of the action's
    with django_assert_max_num_queries(8 + 2):
        say(3, note="可以")
    assert (state(run_id), waiting(run_id)) == (InstanceState.ENDED, [("copy", 5)])
    put_aside(item_of(5), actor=actor(5), now=NOW)
    with pytest.raises(FlowRefused):
        answer_work(item_id, decision=Decision.AGREE, actor=actor(3), now=NOW)

    page = read_run(FlowInstance.objects.select_related("version", "definition").get(id=run_id))
    assert page.is_whole and page.values == {"金额": 60000}
    assert [line.code.rpartition(".")[2] for line in page.log] == ["started", "filled", "branch", "agreed", "ended"]
    assert [(step.node, [one.person_id for one in step.asked]) for step in page.steps] == [
        ("fill", [1]),
        ("cc", [5]),
        ("big", [3]),
    ]
    assert [row.outcome for row in list_done(3)] == ["agreed"]
    with connection.cursor() as cursor, pytest.raises(Exception, match="append-only"):
        cursor.execute("UPDATE lowcode_flowlog SET note = 'x'")


def test_all_any_and_some_agree_and_a_return_goes_where_it_is_sent(company):
    steps = [
        approve("first", manager(), then="all"),
        approve("all", persons(5, 6), then="some"),
        approve("some", persons(3, 4, 5), then="any", quorum="count", count=2),
        approve("any", persons(3, 4), quorum="any"),
        end(),
    ]
    make_flow(steps)
    run_id = start()
    say(2)
    say(5)
    assert waiting(run_id) == [("approve", 6)]
    with pytest.raises(FlowRefused) as refused:
        say(6, "return")
    assert codes(refused) == ["flow.needs_reason"]
    say(6, "return", note="数据不对")
    assert waiting(run_id) == [("approve", 2)]
    for person in (2, 5, 6, 3, 5):
        say(person)
    assert waiting(run_id) == [("approve", 3), ("approve", 4)]
    say(4, "return", note="再看看")  # the other may still agree
    say(3)
    assert state(run_id) is InstanceState.ENDED
    assert set(FlowStep.objects.filter(instance_id=run_id).values_list("state", flat=True)) == {"done", "returned"}

    again = start()
    with pytest.raises(FlowRefused) as refused:
        say(2, "return", note="不行", to="some")
    assert codes(refused) == ["flow.no_way_back"]
    say(2, "return", note="不行")
    assert state(again) is InstanceState.RETURNED


def test_work_is_handed_on_added_to_delegated_and_reminded_of(company):
    make_flow([approve("ask", manager()), end()])
    Deputy.objects.create(person_id=2, deputy_id=5, from_on=DAY, until_on=DAY.replace(day=30), made_at=NOW)
    run_id = start()
    assert waiting(run_id) == [("approve", 5)]
    with pytest.raises(FlowRefused) as refused:
        pass_on(item_of(5), to_person_id=66, actor=actor(5), now=NOW)
    assert codes(refused) == ["flow.not_at_work"]
    pass_on(item_of(5), to_person_id=6, note="你更熟", actor=actor(5), now=NOW)
    item = WorkItem.objects.get(closed_at=None)
    assert (item.person_id, item.owner_id) == (6, 2)
    add_approver(item.pk, person_id=4, actor=actor(6), now=NOW)
    with pytest.raises(FlowRefused):
        add_approver(item.pk, person_id=4, actor=actor(6), now=NOW)
    assert [remind(run_id, actor=actor(1), now=NOW), remind(run_id, actor=actor(1), now=NOW)] == [2, 0]
    with pytest.raises(AccessDenied):
        remind(run_id, actor=actor(3), now=NOW)
    with pytest.raises(AccessDenied):
        withdraw_flow(run_id, actor=actor(6), now=NOW)
    say(6)
    assert state(run_id) is InstanceState.RUNNING
    say(4)
    assert state(run_id) is InstanceState.ENDED

    other = start()
    withdraw_flow(other, note="不用了", actor=actor(1), now=NOW)
    assert (state(other), waiting(other)) == (InstanceState.WITHDRAWN, [])
    with pytest.raises(FlowRefused):
        withdraw_flow(other, actor=actor(1), now=NOW)


def test_nobody_found_goes_to_hr_and_who_left_is_replaced(company):
    make_flow([approve("ask", manager(20), then="two"), approve("two", manager(), persons(6)), end()])
    run_id = start()
    assert waiting(run_id) == [("assign", 8), ("assign", 9)]
    with pytest.raises(FlowRefused) as refused:
        say(8)
    assert codes(refused) == ["flow.hr_decides"]
    assign_work(item_of(8), person_ids=[4], note="由他看", actor=HR, now=NOW)
    assert waiting(run_id) == [("approve", 4)]
    say(4)
    assert waiting(run_id) == [("approve", 2), ("approve", 6)]
    company.left |= {2}
    assert replace_who_left(actor=HR, now=NOW) == 1
    assert replace_who_left(actor=HR, now=NOW) == 0
    assert waiting(run_id) == [("approve", 3), ("approve", 6)]
    company.left |= {6}
    replace_who_left(actor=HR, now=NOW)
    assert waiting(run_id) == [("approve", 3)] or ("assign", 8) in waiting(run_id)


def test_a_formula_without_its_value_stops_the_run_until_hr_repairs_it(company):
    by = {"code": "by", "kind": "branch", "arms": [{"when": "[金额] / [人数] > 100", "next": "ask"}, {"next": "z"}]}
    fields = [("金额", "number"), ("人数", "number")]
    make_flow([by, approve("ask", manager()), end()], fields=fields)
    run_id = start(values={"金额": 1000})
    assert state(run_id) is InstanceState.STOPPED
    assert waiting(run_id) == [("repair", 8), ("repair", 9)]
    problem = FlowStep.objects.get(instance_id=run_id).problem
    assert (problem["code"], problem["params"]["names"]) == ("flow.condition", ["人数"])
    with pytest.raises(AccessDenied):
        resume_flow(run_id, values={"人数": 2}, actor=actor(1), now=NOW)
    assert resume_flow(run_id, values={"人数": 0}, actor=HR, now=NOW) is InstanceState.STOPPED
    assert resume_flow(run_id, values={"人数": 2}, actor=HR, now=NOW) is InstanceState.RUNNING
    assert waiting(run_id) == [("approve", 2)]
    assert [row.kind for row in list_done(8)] == ["flow.repair", "flow.repair"]


def test_a_flow_that_cannot_run_is_not_published(company):
    steps = [approve("ask", {"source": "people.nobody"}, then="by"), {"code": "by", "kind": "branch", "arms": []}]
    made = create_definition("flow", code="bad", name="坏", document={"steps": steps}, actor=HR, now=NOW)
    with pytest.raises(DefinitionRefused) as refused:
        publish_definition(made.definition_id, revision=1, reason="x", actor=HR, now=NOW)
    assert {"flow.no_default", "flow.no_end", "flow.unknown_source"} <= set(codes(refused))
