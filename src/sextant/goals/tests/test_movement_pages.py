"""Pages of movements: the list, the guided step, the addendum and the trace, and what they cost."""

import pytest
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import Role
from sextant.goals.actions.movement_work import open_movement_work
from sextant.goals.models import Goal, MovedGoal, Movement, Plan
from sextant.goals.tests.agreement_makers import make_signed
from sextant.goals.tests.makers import make_goal
from sextant.goals.tests.plan_makers import Pair
from sextant.goals.tests.test_movement import LATER, ON, move_to
from sextant.goals.tests.test_plan_pages import read, sign_in
from sextant.lowcode.models import WorkItem
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person


@pytest.fixture
def pair(db, monkeypatch) -> Pair:
    monkeypatch.setenv("SEXTANT_NOW", LATER.isoformat())
    return make_signed()


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def test_from_the_list_through_the_step_to_the_trace(pair: Pair) -> None:
    figure, work = Goal.objects.filter(plan=pair.plan).order_by("id")
    heir, north = make_person("周接手", unit=pair.unit, manager=pair.manager), make_person("赵新任", unit=pair.unit)
    for number in range(9):
        make_goal(owner=pair.owner, metric=make_metric(f"指标{number}"), title=f"第 {number} 个目标 <b>")
    move_to(pair.owner, pair.unit.parent, north)
    assert open_movement_work(now=LATER) == 2 and open_movement_work(now=LATER) == 0
    hr, old, new = sign_in(None, Role.HR), as_person(pair.manager), sign_in(north)
    for client in (hr, old, new):
        assert "沈亦舟" in read(client, "goals:movements") and "调动部门" in read(client, "goals:movements")
    assert "没有等待办理的异动" in read(sign_in(heir), "goals:movements")
    begun = old.get(reverse("goals:move", args=[pair.owner.pk]))
    assert begun.headers["Location"].endswith(f"?cause=unit&on={ON.isoformat()}")

    page = read(old, "goals:move", pair.owner.pk, cause="unit", on=ON.isoformat())
    assert "两段都够长，各按天数考核" in page and "<b>144</b>" not in page and ">144</b>" in page and ">276</b>" in page
    assert "第 3 个目标 &lt;b&gt;" in page and "对方由 林清越 换成 赵新任" in page
    form = old.get(begun.headers["Location"]).context
    sent = {"cause": "unit", "on": ON.isoformat(), "fingerprint": form["case"].fingerprint, "last": "0"}
    sent |= {f"decision-{goal.pk}": "keep" for goal in Goal.objects.filter(owner_person=pair.owner)}
    url = reverse("goals:move", args=[pair.owner.pk])
    refused = old.post(url, sent | {f"decision-{figure.pk}": "split"})
    assert refused.status_code == 422 and "没有选接手人" in refused.content.decode()
    sent |= {f"decision-{figure.pk}": "split", f"successor-{figure.pk}": str(heir.pk), "note": "转到总部"}
    done = old.post(url, sent)
    movement = Movement.objects.get()
    assert done.headers["Location"] == reverse("goals:movement", args=[movement.pk])
    assert "林清越 刚刚处理过" in hr.post(url, sent).content.decode()
    assert not WorkItem.objects.filter(closed_at=None).exists()

    rest = MovedGoal.objects.exclude(successor=None).get().successor
    whole = read(hr, "goals:movement", movement.pk)
    assert "SX-2026Q1-0001" in whole and "转到总部" in whole and work.title in whole
    theirs = read(as_person(Person.objects.get(pk=heir.pk)), "goals:movement", movement.pk)
    assert figure.title in theirs and work.title not in theirs and "SX-2026Q1" not in theirs
    assert "接自" in read(hr, "goals:trace", rest.pk) and "移交给" in read(hr, "goals:trace", figure.pk)
    assert read(hr, "goals:trace", work.pk).strip() == ""
    assert Plan.objects.get(id=pair.plan.pk).counterpart_id == north.pk
