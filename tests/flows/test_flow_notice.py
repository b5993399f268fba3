"""A worker that is killed right after its commit: the notice it owed stands in the same commit and goes out once."""

import signal
from datetime import timedelta

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.foundation.notices.models import Notice
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.contracts.flows import NewInstance
from sextant.lowcode.models import FlowTimer
from sextant.lowcode.tests.flow_makers import NOW, approve, end, limit, make_flow, manager
from sextant.lowcode.tests.test_flow_processes import run_and_kill
from sextant.people.tests.makers import make_person

CLOCK = Actor.system("flow")
CHILD = """
import os, signal, django
django.setup()
from datetime import timedelta
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.tests.flow_makers import NOW

fire_timers(actor=Actor.system("flow"), now=NOW + timedelta(hours=2))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_between_commit_and_notice_the_notice_still_goes_out_once() -> None:
    boss = make_person("何书瑶")
    clerk = make_person("许念安", manager=boss)
    make_flow([approve("ask", manager(), limits=[limit("late", 1)]), end()])
    start_flow("adjust", NewInstance(title="推迟两周", about_id=clerk.pk), actor=CLOCK, now=NOW)
    assert run_and_kill(CHILD) == -signal.SIGKILL
    told = [(one.code, one.person_id) for one in Notice.objects.all()]
    assert (told, FlowTimer.objects.count()) == ([("lowcode.flow_late", boss.pk)], 0)
    assert fire_timers(actor=CLOCK, now=NOW + timedelta(hours=3)) == 0
    assert Notice.objects.count() == 1
