"""Several workers at once, and workers that are killed: a rule acts once for a subject and window, each act is done
once."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from sextant.foundation.events.models import Event
from sextant.lowcode import registry_rules
from sextant.lowcode.actions.rule_acts import do_due_acts
from sextant.lowcode.actions.rule_judging import look
from sextant.lowcode.actions.rule_occasions import note_hours
from sextant.lowcode.actions.rules import run_rules
from sextant.lowcode.models import Deputy, RuleAct, RuleFiring, RuleOccasion
from sextant.lowcode.registry_rules import RuleAction
from sextant.lowcode.tests.flow_makers import DAY, NOW
from sextant.lowcode.tests.rule_makers import RED, make_rule, notice, stand_in_goals, turn_red
from tests.at_once import at_once

CHILD = """
import os, signal, django
django.setup()
from sextant.lowcode import registry_formulas, registry_rules
from sextant.lowcode.registry_rules import RuleAction
from sextant.lowcode.tests.flow_makers import NOW
from sextant.lowcode.tests.rule_makers import RED, Goals
from sextant.lowcode.tests.test_rules_at_once import write_once

registry_rules.list_rule_subjects()
goals = Goals()
goals.now = {1: dict(RED)}
registry_rules._SUBJECTS["figures"] = registry_formulas._contexts["figures"] = goals

def die(subject, **told):
    write_once(subject, **told)
    os.kill(os.getpid(), signal.SIGKILL)

registry_rules._ACTIONS["test.write"] = RuleAction("test.write", "写", die, frozenset({"figures"}))
"""
COMMIT_AND_DIE = """
from sextant.lowcode.actions.rule_judging import look
look(now=NOW)
os.kill(os.getpid(), signal.SIGKILL)
"""
ACT_AND_DIE = """
from sextant.lowcode.actions.rules import run_rules
run_rules(now=NOW)
"""


def write_once(subject, **told):
    """What an action of a domain may write: a row is a row."""
    Deputy.objects.create(person_id=subject.id, deputy_id=99, from_on=DAY, until_on=DAY.replace(day=30), made_at=NOW)


@pytest.fixture
def goals(company, monkeypatch):
    made = stand_in_goals(monkeypatch)
    made.now = {one: dict(RED) for one in range(1, 41)}
    return made


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_act_once_for_a_subject_and_window(goals):
    make_rule({"do": "points", "points": 1}, repeat={"kind": "window", "days": 14})
    weekly = {"kind": "schedule", "every": "daily", "hour": 9}
    make_rule({"do": "points", "points": 2}, code="daily", when=weekly)
    for _ in range(2):  # two changes of each light: two occasions, one window
        turn_red(*goals.now)
    assert sum(at_once(*[lambda: note_hours(now=NOW)] * 3)) >= 1
    assert RuleOccasion.objects.filter(subject_id=0).count() == 1, "one hour is one occasion, whoever notices it"
    reports = at_once(*[lambda: look(now=NOW, at_once=7)] * 3)
    assert sum(one.fired for one in reports) == 80
    assert RuleFiring.objects.count() == 80, "forty light changes in one window, forty of the schedule"
    done = at_once(*[lambda: do_due_acts(now=NOW)] * 3)
    assert sum(one.done for one in done) == 80
    assert Event.objects.filter(code="points.earned").count() == 80
    assert run_rules(now=NOW).judged == 0


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_what_it_had_not_done_to_the_next(goals, monkeypatch):
    monkeypatch.setitem(
        registry_rules._ACTIONS, "test.write", RuleAction("test.write", "写", write_once, frozenset({"figures"}))
    )
    goals.now = {1: dict(RED)}
    make_rule(notice(), {"do": "call", "action": "test.write"}, {"do": "points", "points": 1})
    turn_red(1)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        assert look(now=NOW).fired == 1
        raise KeyboardInterrupt
    assert not RuleFiring.objects.exists(), "before its commit nothing was looked at"
    assert kill(COMMIT_AND_DIE) == (1, ["waiting", "waiting", "waiting"], 0), "between the commit and the acts"
    assert kill(ACT_AND_DIE) == (1, ["done", "waiting", "waiting"], 0), "in the second act: the first stays done"
    report = run_rules(now=NOW)
    assert (report.fired, report.done, Deputy.objects.count()) == (0, 2, 1)
    assert set(RuleAct.objects.values_list("state", flat=True)) == {"done"}
    assert Event.objects.filter(code="points.earned").count() == 1


def kill(script):
    """(firings, states of acts, what the action wrote) after a worker that died in the script."""
    known = connection.settings_dict
    url = make_conninfo(
        host=known["HOST"], port=known["PORT"] or None, user=known["USER"] or None, dbname=known["NAME"]
    )
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.run([sys.executable, "-c", CHILD + script], env=environment, timeout=300, check=False)
    assert child.returncode == -signal.SIGKILL
    states = list(RuleAct.objects.order_by("id").values_list("state", flat=True))
    return RuleFiring.objects.count(), states, Deputy.objects.count()
