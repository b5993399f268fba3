"""Splitting a goal's target: what the page begins with, computes and refuses, and what is sent and kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings as product
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.engines.allocation import allocate
from sextant.engines.values import Light
from sextant.foundation.clock import company_day, now
from sextant.goals.messages.quota import SENTENCES, say_quota
from sextant.goals.models import Goal
from sextant.goals.models.quota import QuotaSplit
from sextant.goals.policy.quota import Quota, QuotaFactor, QuotaRow, decide_sending, order_of
from sextant.goals.queries.quota import first_quota, list_sharers
from sextant.goals.tests.makers import make_cycle, make_goal, make_standing
from sextant.goals.tests.plan_makers import make_template
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Unit
from sextant.people.tests.makers import make_person, make_unit
from tests.cast import Cast, make_cast

TODAY = company_day(now(), product.SEXTANT_ZONE)


def test_a_reversed_factor_turns_the_order_round_and_one_without_weight_needs_no_values() -> None:
    factors = (QuotaFactor("竞品覆盖", Decimal(100), is_reversed=True), QuotaFactor("GDP", Decimal(0)))
    rows = (QuotaRow("u1", "上海", (Decimal(75), None)), QuotaRow("u2", "苏北", (Decimal(25), None)))
    split = allocate(order_of(Quota(Decimal(400), Decimal(1), factors, rows))).value
    assert split is not None
    assert [(one.key, one.amount) for one in split.shares] == [("上海", Decimal(100)), ("苏北", Decimal(300))]


def test_weights_that_are_not_100_are_no_reason_to_hide_the_result_but_to_keep_it() -> None:
    quota = Quota(Decimal(1), Decimal(1), (QuotaFactor("GDP", Decimal(60)),), ())
    (problem,) = decide_sending(quota)
    assert say_quota(problem) == "因子权重合计 60%，要等于 100% 才能发出。"
    assert problem.code in SENTENCES


class Region:
    """The cast's company, whose goal of 900 goes to three regions of which two have a finished year behind them."""

    def __init__(self) -> None:
        self.cast: Cast = make_cast()
        self.company = Unit.objects.get(parent=None)
        self.metric = make_metric("回款额")
        earlier = make_cycle("早", from_on=TODAY - timedelta(days=120), until_on=TODAY - timedelta(days=30))
        cycle = make_cycle("now", from_on=TODAY - timedelta(days=30), until_on=TODAY + timedelta(days=60))
        third = make_unit("三组", parent=self.company)
        self.units = [Unit.objects.get(name="一组"), Unit.objects.get(name="二组"), third]
        make_person("三组的人", unit=self.units[2])
        for unit, value in zip(self.units, (200, 100), strict=False):
            make_standing(make_goal(owner=unit, metric=self.metric, cycle=earlier), Light.GREEN, value=Decimal(value))
        self.goal = make_goal(owner=self.company, metric=self.metric, cycle=cycle, base=Decimal(900), title="公司回款")
        make_template()

    def client(self, who: str) -> Client:
        client = Client()
        self.cast.sign_in(client, who)
        return client

    def fields(self, **changes: str) -> dict[str, str]:
        """The form as a browser sends it: history 60, GDP 40, a cap for the first."""
        rows = {
            f"v-u{unit.pk}-{place}": value
            for unit, values in zip(self.units, (("200", "5"), ("100", "3"), ("100", "2")), strict=True)
            for place, value in enumerate(values)
        }
        factors = {"name-0": "上期实际", "weight-0": "60", "name-1": "城市 GDP", "weight-1": "40"}
        return {
            "total": "900",
            "unit": "1",
            "snapshot_on": f"{TODAY - timedelta(days=3)}",
            **factors,
            **rows,
            **changes,
        }


@pytest.mark.django_db
def test_a_split_is_previewed_and_sent_exactly_and_kept_with_the_day_of_its_values(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    told = Region()
    address = reverse("goals:quota", args=[told.goal.pk])
    for who, status in (("anonymous", 302), ("employee", 404), ("manager", 404), ("executive", 404), ("hr", 200)):
        assert told.client(who).get(address).status_code == status, who
    hr = told.client("hr")
    with CaptureQueriesContext(connection) as queries:
        page = hr.get(address)
    assert len(queries) <= 15
    begun = first_quota(told.goal, list_sharers(told.goal, on=TODAY), decimals=0)
    assert [(one.name, one.weight) for one in begun.factors] == [("上期实际", Decimal(0)), ("人数", Decimal(100))]
    assert 'data-may-send="true"' in page.content.decode() and "data-send disabled" not in page.content.decode()

    shown = hr.post(address, told.fields(**{"weight-1": "30", "v-u0-0": "9"}), headers={"HX-Request": "true"})
    text = shown.content.decode()
    assert 'data-may-send="false"' in text and "<html" not in text and "与总额相等" in text
    shown = hr.post(address, told.fields(total="九百"), headers={"HX-Request": "true"}).content.decode()
    assert "“九百”不是数字" in shown and 'data-may-send="false"' in shown
    more = hr.post(address, told.fields(add="客户密度")).content.decode()
    assert 'name="name-2" value="客户密度"' in more

    send = reverse("goals:quota_send", args=[told.goal.pk])
    refused = hr.post(send, told.fields(**{"weight-1": "30"}))
    assert refused.status_code == 422 and "因子权重合计 90%" in refused.content.decode()
    refused = hr.post(send, told.fields(**{f"v-u{told.units[2].pk}-1": ""}))
    assert refused.status_code == 422 and "“三组”没有“城市 GDP”的数值" in refused.content.decode()
    assert not QuotaSplit.objects.exists()

    sent = hr.post(send, told.fields(how="承担本区域", **{f"cap-u{told.units[0].pk}": "400"}))
    assert sent.status_code == 302
    made = Goal.objects.filter(parent=told.goal).order_by("owner_unit_id")
    # 0.6 × history + 0.4 × GDP: 50, 27, 23 %; the cap of 400 sends 50 to the others by 27 : 23
    assert [one.base for one in made] == [Decimal(400), Decimal(270), Decimal(230)]
    assert {one.state for one in made} == {"draft"}
    split = QuotaSplit.objects.get()
    assert (split.snapshot_on, split.total) == (TODAY - timedelta(days=3), Decimal(900))
    assert [row["share"] for row in split.document["rows"]] == ["400", "270", "230"]
    assert split.document["rows"][0]["bound"] == "cap"
