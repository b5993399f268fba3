"""What time does to runs: ladders, waits, calls, other flows; and moving what runs to another version."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.notices.models import Notice
from sextant.lowcode import registry_flows
from sextant.lowcode.actions.flow_repair import resume_flow
from sextant.lowcode.actions.flow_starting import start_flow, start_flows
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.actions.flow_upgrading import move_instances
from sextant.lowcode.actions.flows import answer_work, put_aside, withdraw_flow
from sextant.lowcode.contracts.flows import FlowRefused, InstanceState, NewInstance
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.models import FlowInstance, FlowStep, FlowTimer
from sextant.lowcode.registry_flows import FlowAction
from sextant.lowcode.tests.flow_makers import (
    HR,
    NOW,
    actor,
    approve,
    end,
    item_of,
    limit,
    make_flow,
    manager,
    persons,
    publish_again,
    say,
    start,
    waiting,
)

pytestmark = pytest.mark.django_db
CLOCK = Actor.system("flow")


def after(**span):
    return NOW + timedelta(**span)


def fire(**span):
    return fire_timers(actor=CLOCK, now=after(**span))


def state(run_id):
    return InstanceState(FlowInstance.objects.get(id=run_id).state)


def lines(run_id):
    return [
        code.rpartition(".")[2]
        for code in FlowInstance.objects.get(id=run_id).log.order_by("number").values_list("code", flat=True)
    ]


LADDER = [
    limit("first", 30, "minute"),
    limit("second", 4, do="escalate", to=[manager(9)]),
    limit("third", 72, do="start", flow="review"),
]


def test_a_ladder_reminds_escalates_and_opens_another_flow_each_once(company):
    make_flow([approve("look", manager()), end()], code="review")
    make_flow([approve("ask", manager(), limits=LADDER), end()])
    run_id = start()
    assert FlowTimer.objects.count() == 3
    assert fire(minutes=29) == 0
    assert fire(minutes=31) == 1 and fire(minutes=31) == 0
    # the machine's clock was set back: what has fired does not fire again
    assert fire(minutes=5) == 0
    assert fire(hours=5) == 1
    assert waiting(run_id) == [("approve", 2), ("escalation", 3)]
    put_aside(item_of(3, run_id), actor=actor(3), now=NOW)
    assert state(run_id) is InstanceState.RUNNING  # an escalation is no consent
    assert fire(hours=73) == 1
    other = FlowInstance.objects.exclude(id=run_id).get()
    assert (other.key, waiting(other.pk)) == (
        f"step:{FlowStep.objects.get(instance_id=run_id).pk}:third",
        [("approve", 2)],
    )
    assert lines(run_id) == ["started", "notified", "escalated", "spawned"]
    say(2, run_id=run_id)
    assert (state(run_id), state(other.pk)) == (InstanceState.ENDED, InstanceState.RUNNING)
    assert FlowTimer.objects.filter(instance_id=run_id).count() == 0


def test_a_wait_a_call_and_another_flow_go_on_by_themselves(company, monkeypatch):
    called = []

    def run(about_id, *, params, values, actor, now):
        called.append((about_id, dict(params), values["金额"]))
        if values["金额"] is None:
            raise ValueError("no amount")
        return {"金额": values["金额"] * 2}

    monkeypatch.setattr(registry_flows, "_ACTIONS", {"test.double": FlowAction("test.double", "翻倍", run, ("by",))})
    make_flow([approve("inner", manager()), end()], code="inside", fields=[("金额", "number")])
    steps = [
        {"code": "w", "kind": "wait", "span": {"amount": 1, "unit": "workday"}, "next": "c"},
        {"code": "c", "kind": "call", "action": "test.double", "params": {"by": 2}, "next": "s"},
        {"code": "s", "kind": "subflow", "flow": "inside", "next": "last"},
        approve("last", persons(6)),
        end(),
    ]
    make_flow(steps, fields=[("金额", "number")])
    run_id = start()
    assert fire(hours=23) == 0
    fire(hours=24)
    assert state(run_id) is InstanceState.STOPPED and waiting(run_id) == [("repair", 8), ("repair", 9)]
    resume_flow(run_id, values={"金额": 5}, actor=HR, now=after(hours=25))
    fire(hours=25)
    assert called == [(1, {"by": 2}, None), (1, {"by": 2}, 5)]
    part = FlowInstance.objects.get(root_id=run_id)
    assert part.values == {"金额": "10"} and waiting(part.pk) == [("approve", 2)]
    with pytest.raises(FlowRefused):
        withdraw_flow(part.pk, actor=actor(1), now=NOW)
    answer_work(item_of(2), decision=Decision.AGREE, actor=actor(2), now=NOW)
    assert waiting(run_id) == [("approve", 6)]
    say(6)
    assert state(run_id) is InstanceState.ENDED

    # a part that is returned leaves the whole stopped, and a whole that is withdrawn takes its part along
    make_flow([steps[2], approve("last", persons(6)), end()], code="outer", fields=[("金额", "number")])
    whole = start("outer")
    fire()
    answer_work(item_of(2), decision=Decision.RETURN, note="不对", actor=actor(2), now=NOW)
    assert state(whole) is InstanceState.STOPPED
    resume_flow(whole, values={}, actor=HR, now=NOW)
    fire()
    withdraw_flow(whole, actor=actor(1), now=NOW)
    states = FlowInstance.objects.filter(root_id=whole).order_by("id").values_list("state", flat=True)
    assert [*states, state(whole)] == ["returned", "withdrawn", "withdrawn"]


def test_a_worker_that_dies_in_a_step_leaves_it_as_it_was(company, monkeypatch):
    runs = []

    def run(about_id, **told):
        runs.append(about_id)
        if len(runs) == 1:
            raise OperationalError("the server went away")

    monkeypatch.setattr(registry_flows, "_ACTIONS", {"test.once": FlowAction("test.once", "一次", run)})
    make_flow([{"code": "c", "kind": "call", "action": "test.once", "next": "z"}, end()])
    run_id = start()
    with pytest.raises(OperationalError):
        fire()
    assert (state(run_id), lines(run_id), FlowTimer.objects.count()) == (InstanceState.RUNNING, ["started"], 1)
    assert fire() == 1 and fire() == 0
    assert (state(run_id), lines(run_id)) == (InstanceState.ENDED, ["started", "called", "ended"])


def test_many_are_started_once_and_moved_to_a_new_version_where_they_can_go_on(company):
    make_flow([approve("one", manager(), then="two"), approve("two", persons(6)), end()])
    new = [NewInstance(title=f"第 {n} 个", about_id=1, key=f"2026:{n}") for n in range(4)]
    report = start_flows("adjust", [*new, new[0]], actor=HR, now=NOW)
    assert (report.started, report.present) == (4, 1)
    assert start_flows("adjust", new, actor=HR, now=NOW).present == 4
    with pytest.raises(AccessDenied):
        start_flows("adjust", new, actor=actor(1), now=NOW)
    with pytest.raises(AccessDenied):
        start_flow("adjust", new[0], actor=actor(5), now=NOW)
    runs = list(FlowInstance.objects.order_by("id"))
    say(2, run_id=runs[0].pk)

    fork = {"code": "f", "kind": "fork", "arms": [{"next": "two"}, {"next": "three"}]}
    join = {"code": "m", "kind": "join", "next": "z"}
    steps = [approve("lead", manager(), then="f"), fork, approve("two", persons(6), then="m")]
    publish_again("adjust", [*steps, approve("three", persons(5), then="m"), join, end()])
    move = {"from_number": 1, "to_number": 2, "actor": HR, "now": NOW}
    tried = move_instances("adjust", mapping={"one": "lead"}, dry_run=True, **move)
    assert (tried.moved, tried.staying) == (3, {"two": 1})
    assert FlowInstance.objects.filter(version__number=2).count() == 0
    assert move_instances("adjust", **move).staying == {"one": 3, "two": 1}
    assert move_instances("adjust", mapping={"one": "lead"}, **move) == tried
    assert lines(runs[1].pk) == ["started", "moved"]
    say(2, run_id=runs[1].pk)
    assert waiting(runs[1].pk) == [("approve", 5), ("approve", 6)]
    say(6, run_id=runs[0].pk)  # who stayed finishes on the version it began with
    assert state(runs[0].pk) is InstanceState.ENDED
    with pytest.raises(FlowRefused):
        move_instances("adjust", from_number=1, to_number=9, actor=HR, now=NOW)
    assert Notice.objects.count() == 0
