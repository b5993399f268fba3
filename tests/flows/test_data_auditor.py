"""数据稽核岗: looks after numbers, and reads no goal but what everyone may."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person

MOMENT = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)


@pytest.fixture
def auditor(client: Client, db: None, settings, tmp_path: Path) -> Client:
    settings.SEXTANT_HOME = tmp_path
    fields = {"password": "correct horse battery", "actor": Actor.system("test"), "now": MOMENT}
    user = User.objects.get(pk=create_account("audit", name="稽核员", roles=[Role.DATA_AUDITOR], **fields))
    make_person(name="稽核员", number="A1", user=user)
    client.force_login(user)
    return client


def test_goals_of_others_are_not_there(auditor: Client) -> None:
    person = make_person(name="沈亦舟")
    cycle = make_cycle(from_on=date(2026, 1, 1), until_on=date(2027, 1, 1))
    goal = make_goal(owner=person, cycle=cycle, metric=make_metric(), title="沈亦舟的目标")
    assert auditor.get(reverse("goals:detail", kwargs={"goal_id": goal.pk})).status_code == 404
    assert "沈亦舟的目标" not in auditor.get(reverse("goals:map")).content.decode()


def test_one_s_own_goal_is_there(auditor: Client) -> None:
    cycle = make_cycle(from_on=date(2026, 1, 1), until_on=date(2027, 1, 1))
    goal = make_goal(owner=Person.objects.get(number="A1"), cycle=cycle, metric=make_metric())
    assert auditor.get(reverse("goals:detail", kwargs={"goal_id": goal.pk})).status_code == 200


def test_the_navigation_holds_the_desk_and_not_what_belongs_to_hr(auditor: Client) -> None:
    shown = auditor.get(reverse("metrics:audit_desk")).content.decode()
    assert reverse("metrics:batches") in shown and reverse("metrics:runs") not in shown
    for name in ("metrics:ingest", "metrics:runs"):
        assert auditor.get(reverse(name)).status_code == 403
