"""What flows tell: each event with exactly the params it declares, in the order things happened, once."""

from datetime import timedelta

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.foundation.events import registry
from sextant.foundation.events.actions import tell_waiting
from sextant.foundation.events.contracts import Subscription
from sextant.foundation.events.models import Event, Telling
from sextant.lowcode.actions.flow_starting import start_flows
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.actions.flows import withdraw_flow
from sextant.lowcode.contracts.flow_events import EVENT_FIELDS, RUN_SUBJECT
from sextant.lowcode.contracts.flows import NewInstance
from sextant.lowcode.models import FlowStep
from sextant.lowcode.tests.flow_makers import (
    HR,
    NOW,
    approve,
    end,
    limit,
    make_flow,
    manager,
    persons,
    say,
    start,
)

pytestmark = pytest.mark.django_db
HEARD = []
SUBSCRIPTIONS = (
    Subscription("test.flows", f"{__name__}.hear"),
    Subscription("test.ends", f"{__name__}.hear", frozenset({"flow.ended"})),
)


def hear(event, *, now):
    HEARD.append((event.code, event.params.get("step", ""), event.params.get("state", "")))


@pytest.fixture(autouse=True)
def listeners(settings):
    settings.SEXTANT_SUBSCRIPTIONS = f"{__name__}.SUBSCRIPTIONS"
    HEARD.clear()


def test_a_run_tells_every_step_it_enters_and_leaves(company):
    copy = {"code": "cc", "kind": "copy", "assignees": [persons(5)], "next": "ask"}
    make_flow([copy, approve("ask", manager(), limits=[limit("late", 1)]), end()])
    run_id = start()
    assert fire_timers(actor=Actor.system("flow"), now=NOW + timedelta(hours=2)) == 1
    say(2, now=NOW + timedelta(hours=3))
    told = list(Event.objects.filter(subject_kind=RUN_SUBJECT, subject_id=run_id).order_by("id"))
    for event in told:
        assert sorted(event.params) == sorted(EVENT_FIELDS[event.code]) == sorted(registry.get_event(event.code).fields)
    seen = [(one.code.partition(".")[2], one.params.get("step", ""), one.params.get("state", "")) for one in told]
    assert seen == [
        ("started", "", ""),
        ("step_entered", "cc", "open"),
        ("step_left", "cc", "done"),
        ("step_entered", "ask", "open"),
        ("limit_passed", "ask", ""),
        ("step_left", "ask", "done"),
        ("ended", "", "ended"),
    ]
    ask = FlowStep.objects.get(instance_id=run_id, node="ask")
    assert ask.due_at == NOW + timedelta(hours=1)
    left = told[-2]
    assert (left.params["step_id"], left.params["entered_at"][:19]) == (ask.pk, "2026-11-23T01:00:00")
    assert (left.actor_person_id, left.at, told[-3].actor_label) == (2, NOW + timedelta(hours=3), "flow")
    assert told[0].params | {"flow": "adjust", "about_id": 1, "starter_id": 1, "version": 1} == told[0].params

    assert Telling.objects.filter(subscriber="test.ends").count() == 1
    tell_waiting(now=NOW + timedelta(hours=4))
    assert [code for code, *_ in HEARD].count("flow.ended") == 2
    assert [one for one in HEARD if one[0] != "flow.ended"] == [("flow." + one[0], *one[1:]) for one in seen[:-1]]


def test_many_started_together_tell_nothing_of_their_start_and_everything_afterwards(company):
    make_flow([approve("ask", manager()), end()])
    new = [NewInstance(title=str(number), about_id=1, key=str(number)) for number in range(3)]
    start_flows("adjust", new, actor=HR, now=NOW)
    assert Event.objects.count() == Telling.objects.count() == 0
    first, second, _ = FlowStep.objects.order_by("id").values_list("instance_id", flat=True)
    say(2, run_id=first)
    withdraw_flow(second, actor=HR, now=NOW)
    told = Event.objects.order_by("id").values_list("subject_id", "code", "params__state")
    assert list(told) == [
        (first, "flow.step_left", "done"),
        (first, "flow.ended", "ended"),
        (second, "flow.step_left", "void"),
        (second, "flow.ended", "withdrawn"),
    ]
