"""Two at one run in the same instant: one is first, the other is told; no timer fires twice; nobody waits for ever."""

from datetime import timedelta

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.actions.flows import answer_work
from sextant.lowcode.contracts.flows import FlowRefused, NewInstance
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.models import FlowInstance, FlowLog, FlowTimer, WorkItem
from sextant.lowcode.queries.flows import read_run
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
    start,
)
from tests.at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_one_thing_each(company):
    ladder = [limit("late", 1, do="escalate", to=[manager(9)])]
    steps = [approve("any", persons(5, 6), quorum="any", then="all"), approve("all", persons(3, 4), limits=ladder)]
    make_flow([*steps, end()])
    run_id = start()

    def agree(person_id):
        item_id = item_of(person_id, run_id)
        return lambda: answer_work(item_id, decision=Decision.AGREE, actor=actor(person_id), now=NOW)

    # 或签: the first goes on, the second is told
    found = at_once(agree(5), agree(6))
    assert sorted(type(one) for one in found if one is not None) == [FlowRefused]
    # 会签: both count, the step is left once; the timer of the step fires at the same time and waits for nobody
    late = NOW + timedelta(hours=2)
    found = at_once(agree(3), agree(4), lambda: fire_timers(actor=Actor.system("flow"), now=late))
    assert found[:2] == [None, None] and found[2] in {0, 1}
    run = FlowInstance.objects.select_related("version", "definition").get(id=run_id)
    assert run.state == "ended" and read_run(run).is_whole
    assert FlowTimer.objects.count() == 0

    # many timers, two workers: each once
    make_flow([approve("ask", persons(3), limits=ladder), end()], code="many")
    for number in range(30):
        start_flow("many", NewInstance(title=str(number), about_id=1), actor=HR, now=NOW)
    before = WorkItem.objects.filter(kind="flow.escalation").count()
    fired = at_once(*[lambda: fire_timers(actor=Actor.system("flow"), now=late, at_once=5)] * 2)
    assert sum(fired) == 30
    assert WorkItem.objects.filter(kind="flow.escalation").count() - before == 30
    logged = FlowLog.objects.filter(code="flow.line.escalated", instance__definition__code="many")
    assert logged.count() == logged.values("instance").distinct().count() == 30

    # one key, two who start: one run
    keyed = NewInstance(title="一次", about_id=1, key="k")
    begun = at_once(*[lambda: start_flow("many", keyed, actor=HR, now=NOW)] * 2)
    assert sorted(one is None for one in begun) == [False, True]
