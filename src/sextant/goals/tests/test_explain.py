"""The drawer and its CSV: from the light down to exactly the rows it was computed from."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import User
from sextant.goals.actions import evaluate_goals
from sextant.goals.models import Goal
from sextant.goals.tests.makers import make_goal
from sextant.goals.tests.story import NOW, TODAY, Story, make_account, tell
from sextant.goals.views import runs
from sextant.goals.views.explain import RULE_LIGHTS
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(settings, tmp_path, monkeypatch) -> Story:
    monkeypatch.setenv("SEXTANT_NOW", NOW)
    settings.SEXTANT_HOME = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tell(tmp_path)


@pytest.fixture
def lead(story: Story) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="lead"))
    return client


def _explain(client: Client, goal: Goal, **query: object):
    return client.get(reverse("goals:explain", kwargs={"goal_id": goal.id}), query)


def _rows(client: Client, goal: Goal) -> list[dict[str, str]]:
    answer = client.get(reverse("goals:measurements", kwargs={"goal_id": goal.id}))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_drawer_shows_answer_rules_weeks_batches_rows_and_proof(story: Story, lead: Client) -> None:
    page = _explain(lead, story.district_goal).content.decode()
    for words in (
        "风险",
        "落后 14 天以上",
        "2,139",
        "2026-11-29",
        "用友 U8 应收",
        "回款 2026Q4.csv",
        "和保存的结果一致",
    ):
        assert words in page, words
    assert page.count("data-on") == 1


def test_the_csv_holds_exactly_the_rows_of_the_value(story: Story, lead: Client) -> None:
    rows = _rows(lead, story.district_goal)
    assert sum(Decimal(row["数值"]) for row in rows) == 778
    assert [row["日期"] for row in rows] == sorted(row["日期"] for row in rows)
    assert {(row["来源"], row["文件"]) for row in rows} == {("用友 U8 应收", "回款 2026Q4.csv")}
    shown = _explain(lead, story.district_goal).context["told"].measurements
    assert [row["行"] for row in rows] == [str(one.row) for one in shown]


def test_text_that_a_spreadsheet_would_run_is_made_harmless(story: Story, lead: Client) -> None:
    ingest_rows(story.metric, [(story.district, TODAY, 1)], source="=cmd()", filename="+a.csv", record="@x")
    evaluate_goals(actor=Actor.system("test"), now=datetime(2026, 11, 29, 2, tzinfo=UTC), as_of=TODAY)
    last = _rows(lead, story.district_goal)[-1]
    assert (last["来源"], last["文件"], last["记录号"]) == ("'=cmd()", "'+a.csv", "'@x")


def test_measurements_come_in_pages(story: Story, lead: Client) -> None:
    days = [(story.district, TODAY - timedelta(days=day % 50), 1) for day in range(60)]
    ingest_rows(story.metric, days)
    evaluate_goals(actor=Actor.system("test"), now=datetime(2026, 11, 29, 2, tzinfo=UTC), as_of=TODAY)
    page = _explain(lead, story.district_goal, page=2)
    assert "第 2 / 2 页，共 69 条" in page.content.decode()
    assert len(page.context["told"].measurements) == 19
    assert _explain(lead, story.district_goal, page="x").status_code == 200


def test_a_goal_changed_after_its_run_says_so(story: Story, lead: Client) -> None:
    Goal.objects.filter(id=story.district_goal.id).update(base=Decimal(900))
    assert "和保存的结果不一致" in _explain(lead, story.district_goal).content.decode()


def test_a_goal_without_a_run_or_a_metric_has_nothing_to_trace(story: Story, lead: Client) -> None:
    fresh = make_goal(owner=story.head, metric=make_metric(), cycle=story.cycle)
    bare = make_goal(owner=story.head, metric=None, cycle=story.cycle)
    assert "还没有评估过" in _explain(lead, fresh).content.decode()
    assert "没有指标" in _explain(lead, bare).content.decode()
    assert _rows(lead, fresh) == []


def test_every_rule_of_the_engine_is_known_here(story: Story, lead: Client) -> None:
    told = _explain(lead, story.district_goal).context["told"]
    assert {step.code for step in told.steps if step.code.startswith("light.rule_")} <= RULE_LIGHTS.keys()


@pytest.mark.parametrize("curve", ["parallel", "ladder"])
def test_the_formula_adds_up_to_the_score(story: Story, lead: Client, curve: str) -> None:
    Goal.objects.filter(id=story.district_goal.id).update(curve=curve)
    evaluate_goals(actor=Actor.system("test"), now=datetime(2026, 11, 29, 2, tzinfo=UTC), as_of=TODAY)
    context = _explain(lead, story.district_goal).context
    formula = context["formula"]
    total = sum(Decimal(term.weight) * Decimal(term.part.rstrip("%")) / 100 for term in formula.terms)
    assert abs(total - context["told"].score) < Decimal("0.1")
    assert bool(formula.terms[1].over) is (curve == "parallel")


def test_a_colleague_out_of_sight_opens_nothing(story: Story) -> None:
    stranger = Person.objects.get(name="许念安")
    user = make_account("rep", Role.EMPLOYEE)
    Person.objects.filter(id=stranger.id).update(user=user)
    client = Client()
    client.force_login(user)
    assert _explain(client, story.worst_goal).status_code == 404
    answer = client.get(reverse("goals:measurements", kwargs={"goal_id": story.worst_goal.id}))
    assert answer.status_code == 404


def test_hr_starts_an_evaluation_and_is_led_to_the_runs(story: Story) -> None:
    client = Client()
    client.force_login(User.objects.get(username="hr"))
    answer = client.post(reverse("goals:evaluate"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("metrics:runs"))


def test_a_large_evaluation_is_queued_once(story: Story, monkeypatch) -> None:
    monkeypatch.setattr(runs, "SMALL", 1)
    client = Client()
    client.force_login(User.objects.get(username="hr"))
    for _ in range(2):
        assert client.post(reverse("goals:evaluate")).status_code == 302
    jobs = ProcrastinateJob.objects.filter(task_name="sextant.goals.evaluate_goals")
    assert [job.args["as_of"] for job in jobs] == [TODAY.isoformat()]


def test_a_damaged_ledger_is_said_and_no_number_is_shown(story: Story, lead: Client, tmp_path) -> None:
    files = list(tmp_path.rglob("*.parquet"))
    assert files
    for file in files:
        file.unlink()
    for name in ("explain", "measurements"):
        answer = lead.get(reverse(f"goals:{name}", kwargs={"goal_id": story.district_goal.id}))
        assert answer.status_code == 503
        assert "数据账本有文件损坏" in answer.content.decode()
        assert str(tmp_path) not in answer.content.decode()
