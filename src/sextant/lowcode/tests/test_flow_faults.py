"""What goes wrong on the way, and what then holds: nothing is stuck without somebody who knows why."""

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.lowcode.actions.flow_repair import resume_flow
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.contracts.flows import InstanceState
from sextant.lowcode.models import FlowInstance, FlowStep
from sextant.lowcode.tests.flow_makers import HR, NOW, approve, end, make_flow, manager, start, waiting

pytestmark = pytest.mark.django_db


def state(run_id):
    return InstanceState(FlowInstance.objects.get(id=run_id).state)


def test_two_arms_that_stopped_go_on_together_and_meet(company):
    arms = [{"when": "[金额] > 5", "next": "m"}, {"next": "m"}]
    left, right = ({"code": code, "kind": "branch", "arms": arms} for code in ("left", "right"))
    fork = {"code": "f", "kind": "fork", "arms": [{"next": "left"}, {"next": "right"}]}
    make_flow([fork, left, right, {"code": "m", "kind": "join", "next": "z"}, end()], fields=[("金额", "number")])
    run_id = start()
    assert state(run_id) is InstanceState.STOPPED
    assert resume_flow(run_id, values={"金额": 9}, actor=HR, now=NOW) is InstanceState.ENDED
    assert not FlowStep.objects.filter(instance_id=run_id, closed_at=None).exists()


def test_a_part_that_was_repaired_and_ends_lets_the_whole_go_on(company):
    by = {"code": "by", "kind": "branch", "arms": [{"when": "[金额] > 5", "next": "z"}, {"next": "z"}]}
    make_flow([by, end()], code="inside", fields=[("金额", "number")])
    make_flow([{"code": "s", "kind": "subflow", "flow": "inside", "next": "ask"}, approve("ask", manager()), end()])
    whole = start()
    fire_timers(actor=Actor.system("flow"), now=NOW)
    part = FlowInstance.objects.get(root_id=whole)
    assert (state(part.pk), state(whole)) == (InstanceState.STOPPED, InstanceState.RUNNING)
    assert resume_flow(part.pk, values={"金额": 1}, actor=HR, now=NOW) is InstanceState.ENDED
    assert waiting(whole) == [("approve", 2)]
