"""A worker killed in a step: nothing of the step happened, and the next worker does it once."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from sextant.foundation.access.contracts import Actor
from sextant.lowcode import registry_flows
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.models import Deputy, FlowInstance, FlowTimer
from sextant.lowcode.registry_flows import FlowAction
from sextant.lowcode.tests.flow_makers import DAY, NOW, end, make_flow, start

CHILD = """
import os, signal, django
django.setup()
from sextant.foundation.access.contracts import Actor
from sextant.lowcode import registry_flows
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.registry_flows import FlowAction
from sextant.lowcode.tests.flow_makers import NOW
from sextant.lowcode.tests.test_flow_processes import write_once

def write_and_die(about_id, **told):
    write_once(about_id, **told)
    os.kill(os.getpid(), signal.SIGKILL)

registry_flows.list_flow_actions()
registry_flows._ACTIONS["test.write"] = FlowAction("test.write", "写", write_and_die)
fire_timers(actor=Actor.system("flow"), now=NOW)
"""


def write_once(about_id, **told):
    """What a step of a flow may do in another app: a row is a row."""
    Deputy.objects.create(person_id=about_id, deputy_id=99, from_on=DAY, until_on=DAY.replace(day=30), made_at=NOW)


def run_and_kill(program):
    """How a process on the test's own database ends."""
    known = connection.settings_dict
    url = make_conninfo(
        host=known["HOST"], port=known["PORT"] or None, user=known["USER"] or None, dbname=known["NAME"]
    )
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, "-c", program], env=environment, timeout=120, check=False).returncode


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_the_step_to_the_next(company, monkeypatch):
    monkeypatch.setitem(registry_flows._ACTIONS, "test.write", FlowAction("test.write", "写", write_once))
    make_flow([{"code": "c", "kind": "call", "action": "test.write", "next": "z"}, end()])
    run_id = start()
    assert run_and_kill(CHILD) == -signal.SIGKILL
    run = FlowInstance.objects.get(id=run_id)
    assert (run.state, run.lines, FlowTimer.objects.count(), Deputy.objects.count()) == ("running", 1, 1, 0)

    assert fire_timers(actor=Actor.system("flow"), now=NOW) == 1
    assert fire_timers(actor=Actor.system("flow"), now=NOW) == 0
    run.refresh_from_db()
    assert (run.state, run.lines, FlowTimer.objects.count(), Deputy.objects.count()) == ("ended", 3, 0, 1)
