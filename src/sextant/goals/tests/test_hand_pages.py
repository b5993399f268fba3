"""A value and a light by hand, over HTTP: who is offered what, what is kept, what is refused and with which words."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings as product
from django.test import Client
from django.urls import reverse

from sextant.engines.values import Light, Problem
from sextant.foundation.clock import company_day, now
from sextant.goals.messages.goals import say
from sextant.goals.models import Cycle, Goal
from sextant.goals.queries.statuses import statuses_of
from sextant.goals.tests.makers import make_goal, make_standing
from sextant.goals.tests.test_pages import MOST_QUERIES
from sextant.metrics.models import ManualLight, ManualMeasurement, Metric
from sextant.metrics.queries import standings_of
from sextant.metrics.queries.light_rules import list_manual_lights
from sextant.people.models import Person
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings, tmp_path) -> Cast:
    settings.SEXTANT_HOME = tmp_path
    return make_cast()


@pytest.fixture
def goal(cast: Cast) -> Goal:
    """The employee's goal, looked at by a run today."""
    found = Goal.objects.get(id=cast.objects["own_goal"])
    make_standing(found, Light.YELLOW)
    return found


def _client(cast: Cast, who: str) -> Client:
    client = Client()
    cast.sign_in(client, who)
    return client


def _today() -> date:
    return company_day(now(), product.SEXTANT_ZONE)


def _url(name: str, goal: Goal) -> str:
    return reverse(f"goals:{name}", args=[goal.id])


def _value(**changes: object) -> dict[str, object]:
    return {"value": "7.5", "day": _today().isoformat(), "note": "补报", **changes}


def _light(**changes: object) -> dict[str, object]:
    return {"light": "red", "reason": "客户停产", "last_on": (_today() + timedelta(days=9)).isoformat(), **changes}


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("employee", {"记一个数"}),
        ("manager", {"记一个数", "调整灯"}),
        ("hr", {"调整灯"}),
        ("executive", set()),
        ("auditor", set()),
    ],
)
def test_buttons_are_offered_to_those_who_may(cast, goal, who, offered, django_assert_max_num_queries):
    client = _client(cast, who)
    with django_assert_max_num_queries(MOST_QUERIES):
        text = client.get(_url("hand", goal)).content.decode()
    assert {name for name in ("记一个数", "调整灯", "撤回人工灯") if name in text} == offered


@pytest.mark.parametrize("changes", [{"aggregation": "ratio"}, {"retired_at": now()}])
def test_a_ratio_and_a_retired_metric_take_no_values_by_hand(cast, goal, changes):
    Metric.objects.filter(id=goal.metric_id).update(**changes)
    client = _client(cast, "employee")
    assert "记一个数" not in client.get(_url("hand", goal)).content.decode()
    answer = client.post(_url("record", goal), _value())
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not ManualMeasurement.objects.exists()


@pytest.mark.parametrize("who", ["employee", "manager"])
def test_a_value_counts_at_once_and_the_page_says_so(cast, goal, who):
    client = _client(cast, who)
    assert 'name="value"' in client.get(_url("record", goal)).content.decode()
    page = client.post(_url("record", goal), _value(), follow=True)
    assert page.redirect_chain == [(_url("detail", goal), 302)]
    assert "已记下，目标已更新。" in page.content.decode()
    kept = ManualMeasurement.objects.get()
    assert (kept.value, kept.day, kept.note) == (Decimal("7.5"), _today(), "补报")
    assert standings_of([goal.id])[goal.id].value == Decimal("7.5")


def test_two_people_record_the_same_day_and_the_later_value_holds(cast, goal):
    for who, value in (("employee", "7"), ("manager", "9")):
        assert _client(cast, who).post(_url("record", goal), _value(value=value)).status_code == 302
    assert standings_of([goal.id])[goal.id].value == Decimal(9)
    assert ManualMeasurement.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"day": "2101-01-01"}, "day", "2101-01-01 还没到。请填写今天或之前的日期。"),
        ({"day": "2001-01-01"}, "day", "2001-01-01 不在目标的周期里。请填写周期内的日期。"),
        ({"value": "9" * 22}, "value", "数值太大或不是数字。请检查位数和单位。"),
        ({"value": "许多"}, "value", None),
    ],
)
def test_a_refused_value_says_why_at_its_field_and_keeps_what_was_typed(cast, goal, changes, field, sentence):
    answer = _client(cast, "employee").post(_url("record", goal), _value(**changes))
    assert answer.status_code == 422
    [said] = answer.context["form"].errors[field]
    assert sentence in (None, said)
    text = answer.content.decode()
    assert said in text
    assert "补报" in text
    assert not ManualMeasurement.objects.exists()


@pytest.mark.parametrize("code", ["ratio", "metric_unknown", "metric_retired", "day_ahead", "day_outside", "too_large"])
def test_every_refusal_of_a_value_has_a_sentence(code):
    assert say(Problem(f"record.{code}", {"day": "2026-01-01"})).endswith("。")


def test_a_light_by_hand_is_shown_with_who_why_and_until_when_and_taken_back(cast, goal, django_assert_max_num_queries):
    manager = _client(cast, "manager")
    said = manager.post(_url("light", goal), _light(), follow=True).content.decode()
    assert "已设定，下次评估后生效。" in said
    row = list_manual_lights([goal.id])[goal.id]
    assert (row.light, row.from_on, row.until_on) == (Light.RED, _today(), _today() + timedelta(days=10))
    for who in ("employee", "manager"):
        client = _client(cast, who)
        assert f'hx-get="{_url("hand", goal)}"' in client.get(_url("detail", goal)).content.decode()
        with django_assert_max_num_queries(MOST_QUERIES):
            text = client.get(_url("hand", goal)).content.decode()
        assert "客户停产" in text
        assert f"{row.set_by} 设于" in text
        assert "下次评估后生效" in text
        assert ("撤回人工灯" in text) is (who == "manager")
    assert "客户停产" in manager.get(_url("light", goal)).content.decode()
    assert "已撤回" in manager.post(_url("clear_light", goal), follow=True).content.decode()
    assert "已经撤回过" in _client(cast, "hr").post(_url("clear_light", goal), follow=True).content.decode()
    assert "客户停产" not in manager.get(_url("hand", goal)).content.decode()


def test_two_people_set_a_light_and_the_later_one_holds(cast, goal):
    for who, colour in (("manager", "red"), ("hr", "yellow")):
        answer = _client(cast, who).post(_url("light", goal), _light(light=colour), headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, _url("detail", goal))
    assert list_manual_lights([goal.id])[goal.id].light is Light.YELLOW
    assert ManualLight.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"reason": " "}, "reason", "没有写原因"),
        ({"reason": "长" * 501}, "reason", "原因超过 500 个字"),
        ({"last_on": "9999-12-31"}, "last_on", "最长 92 天"),
        ({"last_on": "2001-01-01"}, "last_on", "最长 92 天"),
        ({"light": "none"}, "light", ""),
    ],
)
def test_a_refused_light_says_why_at_its_field(cast, goal, changes, field, sentence):
    answer = _client(cast, "manager").post(_url("light", goal), _light(**changes))
    assert answer.status_code == 422
    [said] = answer.context["form"].errors[field]
    assert sentence in said
    assert said in answer.content.decode()
    assert not ManualLight.objects.exists()


def test_a_goal_led_by_nobody_here_takes_nothing(cast, goal):
    other = Goal.objects.get(id=cast.objects["other_goal"])
    assert other.owner_person_id != Person.objects.get(user__username="manager").pk
    manager = _client(cast, "manager")
    assert manager.post(_url("record", other), _value()).status_code == 404
    assert manager.post(_url("light", other), _light()).status_code == 404
    assert _client(cast, "hr").post(_url("record", goal), _value()).status_code == 403
    assert _client(cast, "employee").post(_url("light", goal), _light()).status_code == 403
    assert not ManualMeasurement.objects.exists()
    assert not ManualLight.objects.exists()


def test_a_goal_without_a_metric_takes_a_light_by_hand_and_shows_it_at_once(cast):
    owner = Person.objects.get(id=Goal.objects.get(id=cast.objects["own_goal"]).owner_person_id)
    told = make_goal(owner=owner, metric=None, cycle=Cycle.objects.get(id=cast.objects["cycle"]))
    manager = _client(cast, "manager")
    assert "调整灯" in manager.get(_url("hand", told)).content.decode()
    assert 'id="adjust"' in manager.get(_url("detail", told)).content.decode()
    said = manager.post(_url("light", told), _light(), follow=True).content.decode()
    assert "已设定，立即生效。" in said
    assert statuses_of([told.id], on=_today())[told.id].light is Light.RED
    text = manager.get(_url("hand", told)).content.decode()
    assert "客户停产" in text and "下次评估后生效" not in text
    assert "已撤回，现在照规则评判。" in manager.post(_url("clear_light", told), follow=True).content.decode()
    assert _client(cast, "employee").post(_url("light", told), _light()).status_code == 403
