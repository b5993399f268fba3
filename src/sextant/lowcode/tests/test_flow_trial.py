"""试跑: a rehearsal says what the real run then does, writes nothing, and works for drafts that cannot be published."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.engines.flow import Answer, How, Reply, Result, Span, Unit
from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.lowcode.actions.definitions import create_definition
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.models import Deputy, FlowInstance, FlowTimer
from sextant.lowcode.queries.definitions import find_definition
from sextant.lowcode.queries.flow_trial import Cast, try_flow
from sextant.lowcode.queries.flows import read_run
from sextant.lowcode.queries.trial_fields import list_trial_fields
from sextant.lowcode.tests.flow_makers import (
    DAY,
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
from sextant.lowcode.tests.form_makers import make_form

pytestmark = pytest.mark.django_db

LADDER = [limit("soon", 30, "minute"), limit("late", 1, "workday", do="escalate", to=[manager(10)])]
STEPS = [
    {
        "code": "fill", "kind": "form", "name": "填写", "form": "claim", "assignees": [{"source": "starter"}],
        "next": "by",
    },
    {
        "code": "by",
        "kind": "branch",
        "name": "看金额",
        "arms": [{"when": "[金额] > 50000", "next": "f", "name": "大额"}, {"next": "cc"}],
    },
    {"code": "f", "kind": "fork", "arms": [{"next": "boss"}, {"next": "money"}]},
    approve("boss", manager(9), then="m", limits=LADDER),
    approve("money", persons(5, 6, 66), then="m", quorum="any"),
    {"code": "m", "kind": "join", "next": "cc"},
    {"code": "cc", "kind": "copy", "name": "抄送", "assignees": [persons(4)], "next": "pause"},
    {"code": "pause", "kind": "wait", "name": "等三天", "span": {"amount": 3, "unit": "workday"}, "next": "last"},
    approve("last", manager(20), manager()),
    end(),
]  # fmt: skip
FIELDS = [{"name": "金额", "type": "number"}]


@pytest.fixture
def claim(company):
    """A flow whose form brings the amount that its branch reads."""
    make_form("claim", document={"fields": [{"name": "amount", "label": "金额", "kind": "money", "unit": "元"}]})
    make_flow(STEPS, fields=[("金额", "number")])
    return FlowDocument.model_validate({"fields": FIELDS, "steps": STEPS})


def played(document, *, amount=60000, replies=None, cast=None):
    fields = list_trial_fields(document, on=NOW)
    return try_flow(
        document,
        cast=cast or Cast(1, 1),
        fields=fields,
        values={"金额": amount},
        replies={step: (reply,) for step, reply in (replies or {}).items()},
        start_at=NOW,
    )


def asked(trial):
    return [
        (stop.node, sorted(person for person, _ in stop.called.asked)) for stop in trial.played.stops if stop.serial
    ]


def test_a_rehearsal_is_what_the_real_run_then_does(claim):
    Deputy.objects.create(person_id=5, deputy_id=2, from_on=DAY, until_on=DAY + timedelta(days=9), made_at=NOW)
    trial = played(claim)
    assert trial.played.result is Result.ENDED
    run_id = start()
    say(1, values={"金额": "60000"})
    timers = dict(FlowTimer.objects.filter(instance_id=run_id).values_list("code", "due_at"))
    say(3)
    say(2, run_id=run_id)
    waits = FlowTimer.objects.get(instance_id=run_id)
    fire_timers(actor=HR, now=waits.due_at)
    say(2, run_id=run_id, now=waits.due_at)
    page = read_run(FlowInstance.objects.select_related("version", "definition").get(id=run_id))
    assert page.run.state == "ended"
    done = [(step.node, sorted(one.person_id for one in step.asked)) for step in page.steps]
    assert asked(trial) == done
    assert [stop.at for stop in trial.played.stops if stop.serial] == [step.opened_at for step in page.steps]
    boss = next(stop for stop in trial.played.stops if stop.node == "boss")
    assert {rung.limit.code: rung.at for rung in boss.rungs} == timers
    assert [rung.called.asked for rung in boss.rungs] == [((3, None),), ((4, None),)]
    money = next(stop for stop in trial.played.stops if stop.node == "money")
    assert (money.called.asked, money.called.left) == (((2, 5), (6, None)), (66,))


def test_a_return_goes_where_the_real_one_goes(claim):
    trial = played(claim, replies={"money": Reply(Answer.RETURN, to="fill"), "boss": Reply(after=Span(4, Unit.HOUR))})
    nodes = [stop.node for stop in trial.played.stops if stop.serial]
    run_id = start()
    say(1, run_id=run_id, values={"金额": "60000"})
    say(5, "return", run_id=run_id, note="不对", to="fill")
    say(6, "return", run_id=run_id, note="不对", to="fill")
    page = read_run(FlowInstance.objects.select_related("version", "definition").get(id=run_id))
    assert [step.node for step in page.steps] == nodes[: len(page.steps)]
    assert [stop.how for stop in trial.played.stops if stop.node == "boss"] == [How.VOID, How.DONE]


def test_who_will_have_left_is_told_at_the_step_that_comes_later(claim, company, monkeypatch):
    monkeypatch.setattr(company, "gone", lambda ids, *, on: frozenset(ids) & ({2, 66} if on > DAY else {66}))
    trial = played(claim, amount=10)
    last = next(stop for stop in trial.played.stops if stop.node == "last")
    assert trial.leaving == {last.serial: frozenset({2})}


@pytest.fixture
def reader(monkeypatch):
    """A browser of a reader with that role."""
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())

    def make(role):
        user = User.objects.create_user(f"r-{role}", "sextant-demo-2026", name="读者", created_at=NOW)
        RoleGrant.objects.create(user=user, role=role, granted_at=NOW)
        client = Client(headers={"HX-Request": "true"})
        client.force_login(user)
        return client

    return make


def test_the_panel_plays_the_draft_and_writes_nothing(claim, reader):
    address = reverse("lowcode:flow_trial", args=[find_definition("flow", "adjust")])
    client = reader(Role.AUDITOR)
    empty = client.get(address).content.decode()
    assert 'id="flow-trial" data-path=""' in empty and "元" in empty and "<html" not in empty
    sent = {"starter": "1", "start_at": "2026-11-23T09:00", "v-0": "68,000", "a-boss": "silent", "n-fill": "4"}
    client.post(address, sent)
    with CaptureQueriesContext(connection) as captured:
        text = client.post(address, sent).content.decode()
    statements = [one["sql"].strip() for one in captured]
    assert [sql for sql in statements if not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE"))] == []
    assert len(captured) <= 15
    assert 'data-path="fill by f boss money m"' in text
    for told in ("停在“审批boss”", "[金额] &gt; 50000", "68,000", "旧人已离职", "升级给沈亦舟", "没走到"):
        assert told in text, told
    assert FlowInstance.objects.count() == 0
    wrong = client.post(address, {**sent, "starter": "66", "v-0": "x", "n-boss": "-1"})
    assert wrong.status_code == 422 and wrong.content.decode().count("sx-error") == 3
    page = client.get(f"{address}?page").content.decode()
    assert "<html" in page and 'id="flow-trial"' in page


def test_a_draft_that_cannot_be_published_says_where_it_stops(company, reader):
    steps = [
        approve("ask", manager(), then="by"),
        {"code": "by", "kind": "branch", "arms": [{"when": "[没有] > 1", "next": "z"}, {"next": "z"}]},
        end(),
    ]
    client = reader(Role.HR)
    made = create_definition("flow", code="draft", name="草稿", document={"steps": steps}, actor=HR, now=NOW)
    address = reverse("lowcode:flow_trial", args=[made.definition_id])
    text = client.post(address, {"starter": "1"}).content.decode()
    assert 'data-path="ask by"' in text and "走不下去" in text and "没有" in text
    bare = create_definition("flow", code="bare", name="空", actor=HR, now=NOW)
    assert "加一步就能试跑" in client.get(reverse("lowcode:flow_trial", args=[bare.definition_id])).content.decode()
    other = create_definition("formula", code="f", name="公式", actor=HR, now=NOW)
    assert client.get(reverse("lowcode:flow_trial", args=[other.definition_id])).status_code == 404
