"""What goes wrong on the way, and what then holds: nothing is stuck without somebody who knows why."""

import pytest
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import User
from sextant.lowcode.actions.definitions import retire
from sextant.lowcode.actions.flow_repair import resume_flow
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.actions.flows import add_approver
from sextant.lowcode.contracts.definitions import DefinitionRefused
from sextant.lowcode.contracts.flows import InstanceState, NewInstance
from sextant.lowcode.models import FlowInstance, FlowStep
from sextant.lowcode.queries.definitions import find_current, find_definition
from sextant.lowcode.tests.flow_makers import (
    HR,
    NOW,
    actor,
    approve,
    end,
    item_of,
    make_flow,
    manager,
    publish_again,
    start,
    waiting,
)
from sextant.lowcode.tests.test_definition_pages import sign_in

pytestmark = pytest.mark.django_db
CLOCK = Actor.system("flow")


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
    fire_timers(actor=CLOCK, now=NOW)
    part = FlowInstance.objects.get(root_id=whole)
    assert (state(part.pk), state(whole)) == (InstanceState.STOPPED, InstanceState.RUNNING)
    assert resume_flow(part.pk, values={"金额": 1}, actor=HR, now=NOW) is InstanceState.ENDED
    assert waiting(whole) == [("approve", 2)]


def test_what_a_running_flow_names_may_go_and_come_back(company):
    inside = make_flow([approve("look", manager()), end()], code="inside")
    make_flow([{"code": "s", "kind": "subflow", "flow": inside, "next": "z"}, end()])
    definition_id = find_definition("flow", inside)
    with pytest.raises(DefinitionRefused) as refused:
        retire(definition_id, is_retired=True, actor=HR, now=NOW)
    assert [one.code for one in refused.value.problems] == ["definition.in_use"]

    # the outer flow's next version does without it, so it may go; the run that began before stops there, visibly
    run_id = start()
    publish_again("adjust", [approve("ask", manager()), end()])
    retire(definition_id, is_retired=True, actor=HR, now=NOW)
    fire_timers(actor=CLOCK, now=NOW)
    assert (state(run_id), waiting(run_id)) == (InstanceState.STOPPED, [("repair", 8), ("repair", 9)])
    problem = FlowStep.objects.get(instance_id=run_id, closed_at=None).problem
    assert (problem["code"], problem["params"]["flow"]) == ("flow.not_published", inside)
    retire(definition_id, is_retired=False, actor=HR, now=NOW)
    assert resume_flow(run_id, values={}, actor=HR, now=NOW) is InstanceState.RUNNING
    fire_timers(actor=CLOCK, now=NOW)
    assert waiting(FlowInstance.objects.get(root_id=run_id).pk) == [("approve", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 600 + "1" + ")" * 600 + " > 0",
        "[金额] > " + "9" * 5000,
        "__import__('os').system('id') > 0",
        "[金额].__class__ = 1",
        "REPEAT('x', 1000000000) = 'x'",
        "[金额] > 0; DROP TABLE lowcode_flowlog",
    ],
    ids=("deep", "long", "python", "attribute", "bomb", "sql"),
)
def test_a_hostile_condition_is_refused_and_never_run(company, text):
    by = {"code": "by", "kind": "branch", "arms": [{"when": text, "next": "ask"}, {"next": "z"}]}
    with pytest.raises(DefinitionRefused):
        make_flow([by, approve("ask", manager()), end()], fields=[("金额", "number")])
    assert find_current("flow", "adjust", on=NOW) is None


EVIL = "<script>alert(1)</script><svg onload=alert(1)>'\"><img src=x onerror=alert(1)>"


def test_markup_in_titles_answers_and_notes_is_text(company, monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    make_flow([approve("ask", manager(), name=EVIL[:100]), end()], fields=[("原因", "text")])
    new = NewInstance(title=EVIL, about_id=1, values={"原因": EVIL})
    run_id = start_flow("adjust", new, actor=actor(1), now=NOW)
    add_approver(item_of(2, run_id), person_id=5, note=EVIL, actor=actor(2), now=NOW)
    hr = sign_in("唐予安", Role.HR)
    for address in (reverse("lowcode:flow_run", args=[run_id]), reverse("lowcode:flow_evidence", args=[run_id])):
        answer = hr.get(address)
        assert answer.status_code == 200 and "alert(1)" in answer.content.decode()
        if answer["Content-Type"].startswith("text/html"):
            assert EVIL not in answer.content.decode() and "<script>alert" not in answer.content.decode()
            assert "&lt;script&gt;alert(1)" in answer.content.decode()
        else:
            assert answer["Content-Disposition"].startswith("attachment")


class Untouched:
    """A request's body that nobody may read."""

    def read(self, *asked):
        raise AssertionError("it was read")

    readline = read


def test_a_form_of_twenty_megabytes_is_refused_in_words_before_it_is_read(db, monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(User.objects.create(username="big", name="大", password="!", created_at=NOW))
    client.cookies["csrftoken"] = "a" * 32
    address = reverse("lowcode:work_batch")
    sent = {"CONTENT_LENGTH": str(20 * 1024 * 1024), "wsgi.input": Untouched()}
    answer = client.post(address, b"a-why=x", content_type="application/x-www-form-urlencoded", **sent)
    assert answer.status_code == 413 and "内容太大" in answer.content.decode()
    sent["headers"] = {"HX-Request": "true"}
    part = client.post(address, b"a-why=x", content_type="application/x-www-form-urlencoded", **sent).content.decode()
    assert 'role="alert"' in part and "分几次填写" in part
    # one field of a form with files is no way round it
    assert client.post(address, {"why": "x" * (6 * 1024 * 1024)}).status_code == 413
