"""Pages of the library: what they show, to whom, and what they cost."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.models import User
from sextant.metrics.actions.derive import derive_stale
from sextant.metrics.actions.metric_versions import save_metric
from sextant.metrics.definition import parse_document
from sextant.metrics.models import Metric, QuarantinedRow
from sextant.metrics.tests.makers import ingest_rows, make_batch, make_metric
from sextant.people.tests.makers import make_person, make_unit

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
SYSTEM = Actor.system("曹砚秋")
MON = date(2026, 2, 2)


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.SEXTANT_HOME = tmp_path
    monkeypatch.setenv("SEXTANT_NOW", "2026-03-05T09:00:00+08:00")
    return tmp_path


def sign_in(client: Client, role: Role) -> Client:
    user_id = create_account(
        role.value, password="correct horse battery", name=role.value, roles=[role], actor=SYSTEM, now=NOW
    )
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.fixture
def hr(client: Client, db: None) -> Client:
    return sign_in(client, Role.HR)


def define(text: str, reason: str = "季度复核") -> Metric:
    save_metric(parse_document(text), reason=reason, actor=SYSTEM, now=NOW)
    return Metric.objects.get(code=parse_document(text).code)


def text_of(client: Client, name: str, *args: object, **query: object) -> str:
    answer = client.get(reverse(f"metrics:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


class TestLibrary:
    def test_it_is_searched_and_filtered_and_shows_how_fresh_each_metric_is(self, hr: Client) -> None:
        owner = make_person("曹砚秋", number="E1")
        fresh = define("{code: s.won, name: 赢单金额, source: CRM, owner: E1, tags: [销售]}")
        define("{code: s.idle, name: 没人报的, source: ERP}")
        ingest_rows(fresh, [(make_person(), date(2026, 3, 4), 1)])
        ingest_rows(define("{code: s.late, name: 早就停了}"), [(make_person(), date(2025, 3, 4), 1)])
        listed = text_of(hr, "library")
        assert all(name in listed for name in ("赢单金额", "没人报的", "早就停了", "曹砚秋", "2026-03-04"))
        for query, found in (
            ({"q": "赢单"}, "赢单金额"),
            ({"q": "销售"}, "赢单金额"),
            ({"owner": owner.pk}, "赢单金额"),
            ({"source": "ERP"}, "没人报的"),
            ({"state": "late"}, "早就停了"),
            ({"state": "silent"}, "没人报的"),
        ):
            narrowed = text_of(hr, "library", **query)
            assert found in narrowed, query
            assert sum(name in narrowed for name in ("赢单金额", "没人报的", "早就停了")) == 1, query

    def test_a_retired_metric_is_shown_only_when_asked_for(self, hr: Client) -> None:
        make_metric("旧指标", code="old", retired_at=NOW)
        assert "旧指标" not in text_of(hr, "library")
        assert "旧指标" in text_of(hr, "library", state="retired")


class TestMetric:
    def test_people_weeks_versions_and_quality_are_on_one_page(self, hr: Client) -> None:
        people = [make_person(name) for name in ("沈亦舟", "许念安", "唐予安")]
        metric = define("{code: s.visits, name: 有效拜访, unit_label: 次}")
        define("{code: s.visits, name: 有效拜访量, unit_label: 次}", reason="与看板同名")
        define("{code: s.double, name: 双倍拜访, kind: derived, formula: '[有效拜访量] * 2'}")
        batch = ingest_rows(metric, [(one, MON, value) for one, value in zip(people, (3, 5, 40), strict=True)])
        QuarantinedRow.objects.create(
            batch=batch, row=2, code="ingest.date_missing", column="日期", value="", params={"metrics": ["s.visits"]}
        )
        page = text_of(hr, "metric", "s.visits")
        assert all(name in page for name in ("沈亦舟", "许念安", "唐予安"))
        assert all(word in page for word in ("与看板同名", "双倍拜访", "缺日期", "第 2 版"))
        assert '"values": [48.0]' in page
        rows = (
            hr.get(reverse("metrics:metric_distribution", args=["s.visits"])).content.decode("utf-8-sig").splitlines()
        )
        assert rows[1] == "0,5,1,沈亦舟" and rows[-1] == "35,40,1,唐予安"
        weeks = hr.get(reverse("metrics:metric_trend", args=["s.visits"])).content.decode("utf-8-sig").splitlines()
        assert weeks[1:] == ["2026-02-02,48.000000,3"]
        assert "name: 有效拜访量" in hr.get(reverse("metrics:metric_definition", args=["s.visits"])).content.decode()

    def test_units_are_rolled_up_and_opened(self, hr: Client) -> None:
        company = make_unit(name="公司")
        east, west = make_unit(name="华东", parent=company), make_unit(name="华西", parent=company)
        metric = define("{code: s.visits, name: 拜访}")
        ingest_rows(metric, [(make_person(unit=east), MON, 3), (make_person(unit=east), MON, 4)])
        make_unit(name="上海", parent=east)
        part = text_of(hr, "metric_units", "s.visits")
        assert "华东" in part and "华西" in part and ">7<" in part and "相加" in part
        assert f"unit={east.pk}" in part and f"unit={west.pk}" not in part
        assert "上海" in text_of(hr, "metric_units", "s.visits", unit=east.pk)

    def test_whoever_may_not_be_seen_is_counted_only_in_a_crowd(self, client: Client, db: None) -> None:
        sign_in(client, Role.DATA_AUDITOR)
        metric = define("{code: s.visits, name: 拜访}")
        ingest_rows(metric, [(make_person(f"某{n}"), MON, n) for n in range(4)])
        page = text_of(client, "metric", "s.visits")
        assert "某1" not in page and "这段时间没有人的数据" in page
        ingest_rows(metric, [(make_person("第五人"), MON, 9)])
        page = text_of(client, "metric", "s.visits")
        assert "第五人" not in page and "其中 5 人只计数" in page

    def test_a_value_that_cannot_be_computed_says_why_and_opens(self, hr: Client) -> None:
        bo = make_person("沈亦舟")
        ingest_rows(define("{code: a.won, name: 赢单}"), [(bo, MON, 3)])
        ingest_rows(define("{code: a.deals, name: 商机}"), [(bo, MON, 0)])
        define("{code: a.rate, name: 每单, kind: derived, aggregation: mean, formula: '[赢单] / [商机]'}")
        derive_stale(actor=SYSTEM, now=NOW)
        page = text_of(hr, "metric", "a.rate")
        assert "沈亦舟" in page and "除数是 0" in page
        opened = text_of(hr, "metric_value", "a.rate", kind=1, subject=bo.pk, on=MON.isoformat())
        assert "除数是 0" in opened and "CRM" in opened
        assert hr.get(reverse("metrics:metric_value", args=["a.rate"]), {"subject": "x"}).status_code == 404

    def test_pages_stay_within_fifteen_queries_and_120_kb(self, hr: Client, django_assert_max_num_queries) -> None:
        company = make_unit()
        units = [make_unit(parent=company) for _ in range(12)]
        people = [make_person(unit=units[n % 12]) for n in range(60)]
        base = define("{code: s.base, name: 基础, owner: " + people[0].number + "}")
        for n in range(40):
            define(f"{{code: s.m{n}, name: 派生{n}, kind: derived, formula: '[基础] * {n + 2}'}}")
        for n in range(20):
            define(f"{{code: s.base, name: 基础, description: 第{n}次, owner: {people[0].number}}}")
        for n in range(3):
            ingest_rows(base, [(one, MON + timedelta(days=n), index) for index, one in enumerate(people)])
        make_batch()
        for name, args in (
            ("library", ()),
            ("metric", ("s.base",)),
            ("metric", ("s.m3",)),
            ("metric_units", ("s.base",)),
            ("metric_edit", ("s.base",)),
            ("metric_version", ("s.base", 2)),
        ):
            with django_assert_max_num_queries(15):
                answer = hr.get(reverse(f"metrics:{name}", args=args))
            assert answer.status_code == 200 and len(answer.content) < 120_000, name


class TestEditing:
    FORM = {
        "code": "s.rate",
        "name": "赢单率",
        "kind": "derived",
        "formula": "[赢单] / [商机]",
        "decimals": "1",
        "direction": "higher",
        "aggregation": "ratio",
        "grain": "week",
        "freshness_days": "14",
        "tags": "销售，过程",
        "version": "0",
    }

    def test_the_formula_is_checked_while_it_is_typed(self, hr: Client) -> None:
        define("{code: s.won, name: 赢单}")
        check = reverse("metrics:metric_formula")
        assert "公式可用" in hr.post(check, {"formula": "[赢单] * 2"}).content.decode()
        wrong = hr.post(check, {"formula": "[赢单额] * 2"}).content.decode()
        assert "第 1 个字符" in wrong and "赢单" in wrong
        assert "最外层要是除法" in hr.post(check, {"formula": "[赢单]", "aggregation": "ratio"}).content.decode()
        assert "给出默认值" in hr.post(check, {"formula": "COALESCE([赢单], 0)"}).content.decode()

    def test_a_metric_is_made_changed_and_brought_back(self, hr: Client) -> None:
        define("{code: s.won, name: 赢单}")
        define("{code: s.deals, name: 商机}")
        assert hr.post(reverse("metrics:metric_new"), self.FORM).url == reverse("metrics:metric", args=["s.rate"])
        metric = Metric.objects.get(code="s.rate")
        assert (metric.version, metric.tags, metric.inputs) == (
            1,
            ["销售", "过程"],
            {"赢单": "s.won", "商机": "s.deals"},
        )
        edit = reverse("metrics:metric_edit", args=["s.rate"])
        changed = {**self.FORM, "name": "转化率", "version": "1"}
        without = hr.post(edit, changed)
        assert without.status_code == 422 and "请写明为什么改" in without.content.decode()
        assert hr.post(edit, {**changed, "reason": "改名"}).status_code == 302
        stale = hr.post(edit, {**changed, "name": "x", "reason": "又改"})
        assert stale.status_code == 422 and "别人刚把定义改到第 2 版" in stale.content.decode()
        back = reverse("metrics:metric_version", args=["s.rate", 1])
        assert "转化率" in hr.get(back).content.decode()
        assert hr.post(back, {"reason": "改错了"}).status_code == 302
        metric.refresh_from_db()
        assert (metric.version, metric.name) == (3, "赢单率")

    def test_retiring_names_who_uses_it(self, hr: Client) -> None:
        define("{code: s.won, name: 赢单}")
        define("{code: s.double, name: 双倍赢单, kind: derived, formula: '[赢单] * 2'}")
        answer = hr.post(reverse("metrics:metric_retire", args=["s.won"]), {"reason": "停"}, follow=True)
        assert "还在使用，不能停用" in answer.content.decode() and "双倍赢单" in answer.content.decode()
        hr.post(reverse("metrics:metric_retire", args=["s.double"]), {"reason": "停"})
        assert Metric.objects.get(code="s.double").retired_at is not None

    def test_who_may_only_read_finds_no_way_to_change(self, client: Client, db: None) -> None:
        sign_in(client, Role.AUDITOR)
        define("{code: s.won, name: 赢单}")
        define("{code: s.won, name: 赢单额}")
        assert "编辑定义" not in text_of(client, "metric", "s.won")
        assert client.get(reverse("metrics:metric_edit", args=["s.won"])).status_code == 403
        assert client.post(reverse("metrics:metric_version", args=["s.won", 1]), {"reason": "x"}).status_code == 404
