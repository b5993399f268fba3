"""Splitting a goal's target: what the page begins with, computes and refuses, and what is sent and kept."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as product
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.engines.allocation import allocate
from sextant.engines.values import Light
from sextant.foundation.clock import company_day, now
from sextant.goals.factor_file import Known, read_factor_file
from sextant.goals.messages.quota import SENTENCES, say_quota
from sextant.goals.models import Goal
from sextant.goals.models.quota import QuotaScheme, QuotaSplit
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


def test_a_file_of_factors_is_read_as_far_as_it_is_sound_and_says_what_is_not(tmp_path: Path) -> None:
    path = tmp_path / "因子.csv"
    path.write_text(
        "片区,城市 GDP,客户密度\n上海,5.6,38\nSB,2.2,\n苏中,1,1\n浙江,3,2\n上海,1,1\n安徽,很多,24\n", encoding="utf-8"
    )
    known = [
        Known("u1", "SH", "上海"),
        Known("u2", "SB", "苏北"),
        Known("u3", "ZB", "浙江"),
        Known("u4", "ZN", "浙江"),
        Known("u5", "AH", "安徽"),
    ]
    found = read_factor_file(path, known)
    assert found.factors == ("城市 GDP", "客户密度")
    assert found.values == {
        "u1": {"城市 GDP": Decimal("5.6"), "客户密度": Decimal(38)},
        "u2": {"城市 GDP": Decimal("2.2")},
        "u5": {"客户密度": Decimal(24)},
    }
    assert [say_quota(one) for one in found.problems] == [
        "第 4 行“片区”：分摊对象里没有“苏中”。请改成下面表里的名称或编码。",
        "第 5 行“片区”：叫“浙江”的不止一个。请改填编码或工号。",
        "第 6 行“片区”：“上海”前面已有一行，这一行没有读。请合并成一行。",
        "第 7 行“城市 GDP”：“很多”不是数字。请写成 1234.5 或 87% 的样子，没有数据则留空。",
    ]
    path.write_text("编码,单位名称\nSH,上海\n", encoding="utf-8")
    assert read_factor_file(path, known).problems[0].code == "quota.file_no_factor"


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
    lacking = hr.post(address, told.fields(**{f"v-u{told.units[2].pk}-1": ""}), headers={"HX-Request": "true"})
    text = lacking.content.decode()
    assert "“城市 GDP”缺数值，没有参加分摊：三组。" in text and 'data-may-send="true"' in text
    assert 'id="quota-bars" hx-swap-oob' in text and text.count("sx-minibar") == 2
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


@pytest.mark.django_db
def test_a_file_fills_the_factors_and_a_scheme_brings_them_back_next_time(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    told = Region()
    address, hr = reverse("goals:quota", args=[told.goal.pk]), told.client("hr")
    lines = "".join(f"{unit.name},{value}\n" for unit, value in zip(told.units, (7, 4, 2), strict=True))
    file = SimpleUploadedFile("因子.csv", f"单位,客户密度\n{lines}四组,9\n".encode())
    read = hr.post(address, {**told.fields(), "act": "upload", "file": file})
    text = read.content.decode()
    assert read.status_code == 200 and "第 5 行“单位”：分摊对象里没有“四组”" in text
    assert 'name="name-2" value="客户密度"' in text and f'name="v-u{told.units[0].pk}-2" value="7"' in text
    broken = hr.post(address, {**told.fields(), "act": "upload", "file": SimpleUploadedFile("a.csv", b"")})
    assert broken.status_code == 422

    assert "给方案起个名字再存" in hr.post(address, told.fields(act="save")).content.decode()
    kept = told.fields(act="save", scheme_name="看增长", **{f"cap-u{told.units[0].pk}": "400", "weight-1": "40"})
    for _again in range(2):
        saved = hr.post(address, kept)
    assert saved.status_code == 200 and "看增长" in saved.content.decode()
    scheme = QuotaScheme.objects.get()
    assert told.client("manager").post(address, {"forget": scheme.pk}).status_code == 404

    with CaptureQueriesContext(connection) as queries:
        used = hr.post(address, {"scheme": scheme.pk}).content.decode()
    assert len(queries) <= 15
    # GDP was typed in then: its values and their day come back, what the company knows is as it is now
    assert 'name="name-1" value="城市 GDP"' in used and f'name="v-u{told.units[0].pk}-1" value="5"' in used
    assert f'name="cap-u{told.units[0].pk}" value="400"' in used and f'value="{TODAY - timedelta(days=3)}"' in used
    assert "已删除方案“看增长”" in hr.post(address, {"forget": scheme.pk}).content.decode()
    assert not QuotaScheme.objects.exists()
