"""Drawers of a goal's page besides the explanation: the suggestion and its judgement, and the rules of the light."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from sextant.engines.forecast.codes import STEPS
from sextant.engines.values import Light, Period
from sextant.foundation.access.contracts import Actor
from sextant.foundation.accounts.models import User
from sextant.goals.actions import evaluate_goals, set_manual_light
from sextant.goals.models import Goal
from sextant.goals.queries.suggestion import AskedTarget, suggest_for_person
from sextant.goals.tests.makers import make_goal
from sextant.goals.tests.story import NOW, TODAY, Story, tell
from sextant.goals.tests.test_pages import MOST_QUERIES
from sextant.goals.views.suggestion import REASONS
from sextant.metrics.actions.derive import derive_stale
from sextant.metrics.actions.lights import save_light_rules
from sextant.metrics.actions.metric_versions import save_metric
from sextant.metrics.definition import parse_document
from sextant.metrics.light_rules import load_light_rules
from sextant.metrics.models import Metric, RulesUse
from sextant.metrics.queries import find_metric
from sextant.metrics.tests.makers import ingest_rows, make_metric
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")
MOMENT = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def story(settings, tmp_path, monkeypatch) -> Story:
    monkeypatch.setenv("SEXTANT_NOW", NOW)
    settings.SEXTANT_HOME = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tell(tmp_path)


def _client(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def _url(name: str, goal: Goal) -> str:
    return reverse(f"goals:{name}", args=[goal.pk])


def _earlier(story: Story, weeks: int = 39) -> None:
    """Three quarters of collections before the story's, 30 to 34 a week, of the one who slides and a colleague."""
    first = date(2026, 10, 1) - timedelta(weeks=weeks)
    people = Person.objects.filter(name__in=["沈亦舟", "许念安"])
    rows = [(one, first + timedelta(weeks=week), 30 + week % 5) for one in people for week in range(weeks)]
    ingest_rows(story.metric, rows, source="CRM", filename="往年.csv")


def test_the_suggestion_argues_with_what_was_known_before_the_period(story: Story, django_assert_max_num_queries):
    _earlier(story)
    hr = _client("hr")
    with django_assert_max_num_queries(MOST_QUERIES):
        answer = hr.get(_url("suggestion", story.worst_goal), headers=HTMX)
    page, found = answer.content.decode(), answer.context["found"]
    assert 410 <= found.suggestion.base <= 425
    # thirteen weeks of 416, 417 and 413 as a quarter of 92 days
    assert [one.value for one in found.past] == [Decimal(value) for value in (421, 422, 418)]
    assert found.past[0].until_on <= story.worst_goal.from_on
    assert found.suggestion.low < found.suggestion.base < found.suggestion.high
    assert "建议基准目标" in page
    assert "<rect" in page
    assert "有人达到过" in page  # 420 is what the past quarters were
    kinds = [mark.kind for mark in answer.context["line"].marks]
    assert kinds == ["past"] * 3 + ["suggested", "base", "stretch"]
    places = [Decimal(mark.x) for mark in answer.context["line"].marks]
    assert all(0 < place < 360 for place in places)
    stretch = answer.context["proposals"][1]
    assert stretch.proposed == found.suggestion.high


def test_a_target_nobody_reached_is_warned_about_and_a_wrong_number_is_named(story: Story):
    _earlier(story)
    hr, url = _client("hr"), _url("suggestion", story.worst_goal)
    dream = hr.get(url, {"target": "900", "growth": "8"}, headers=HTMX)
    text = dream.content.decode()
    assert "从未有人达到" in text
    assert "拟定基准" in text
    assert "行业增长 8%" in text
    wrong = hr.get(url, {"target": "很多"}, headers=HTMX)
    assert wrong.context["form"].errors["target"]
    assert "建议基准目标" in wrong.content.decode()


def test_without_history_the_drawer_says_so_instead_of_a_number(story: Story):
    lonely = make_goal(owner=story.company, metric=story.metric, cycle=story.cycle)
    page = _client("hr").get(_url("suggestion", lonely), headers=HTMX).content.decode()
    assert "没有历史，也没有可比的同类，给不出建议。" in page


@pytest.mark.parametrize(("colleagues", "seen", "peers"), [(6, 0, 6), (3, 0, 0), (3, 1, 1), (5, 1, 1), (3, None, 3)])
def test_colleagues_out_of_sight_enter_the_mean_only_in_a_crowd(settings, tmp_path, colleagues, seen, peers):
    settings.SEXTANT_HOME = tmp_path
    unit, metric = make_unit("一组"), make_metric()
    own, *others = (make_person(unit=unit) for _ in range(colleagues + 1))
    monday = date(2026, 6, 29)
    ingest_rows(metric, [(one, monday + timedelta(weeks=week), 10) for one in (own, *others) for week in range(13)])
    asked = AskedTarget(find_metric(metric.code), Period(date(2026, 10, 1), date(2027, 1, 1)), TODAY)
    sight = None if seen is None else frozenset({own.pk, *(one.pk for one in others[:seen])})
    (told,) = suggest_for_person(own.pk, asked, seen=sight)
    assert told.found.peers == peers


def test_every_step_of_the_engine_has_its_name():
    assert REASONS.keys() == set(STEPS)


def test_hr_chooses_rules_for_one_goal_and_everyone_sees_which_hold(story: Story, django_assert_max_num_queries):
    mild = load_light_rules(
        "code: mild\nname: 宽\nred_below: 0.01\nyellow_below: 0.02\nlate_days: off\nstreak: {yellow: off, red: off}\n"
    )
    save_light_rules(mild, reason="", actor=SYSTEM, now=MOMENT)
    hr, url = _client("hr"), _url("rules", story.worst_goal)
    with django_assert_max_num_queries(MOST_QUERIES):
        asked = hr.get(url, {"rules": "mild"})
    assert asked.context["preview"].judged == 1
    assert "1</b> 个目标换灯" in asked.content.decode()
    assert hr.post(url, {"rules": "nothing"}).status_code == 422
    assert hr.post(url, {"rules": "mild"}).status_code == 302
    assert RulesUse.objects.get(until_at=None).object_id == story.worst_goal.pk
    lead = _client("lead")
    page = lead.get(url).content.decode()
    assert "宽 第 1 版" in page
    assert "选用规则" not in page
    assert lead.post(url, {"rules": ""}).status_code == 403
    assert hr.get(_url("rules", Goal.objects.get(code="O1"))).status_code == 404


def test_a_light_set_for_later_is_shown_as_such(story: Story):
    last = TODAY + timedelta(days=20)
    set_manual_light(
        goal_id=story.worst_goal.pk,
        light=Light.GREEN,
        reason="年底集中回款",
        from_on=TODAY + timedelta(days=7),
        until_on=last,
        actor=SYSTEM,
        now=MOMENT,
        today=TODAY,
    )
    page = _client("lead").get(_url("hand", story.worst_goal), headers=HTMX).content.decode()
    assert "尚未开始" in page
    assert "从 2026-12-06 起，到 2026-12-18 为止" in page
    assert "撤回人工灯" in page


def test_the_rows_of_a_derived_metric_open_down_to_their_inputs(story: Story):
    save_metric(
        parse_document("{code: sales.k, name: 折算, kind: derived, grain: week, formula: '[collections] * 2'}"),
        reason="",
        actor=SYSTEM,
        now=MOMENT,
    )
    derive_stale(actor=SYSTEM, now=MOMENT)
    goal = make_goal(
        owner=Person.objects.get(name="沈亦舟"),
        metric=Metric.objects.get(code="sales.k"),
        cycle=story.cycle,
        base=Decimal(99),
    )
    evaluate_goals(actor=SYSTEM, now=MOMENT, as_of=TODAY)
    page = _client("hr").get(_url("explain", goal), headers=HTMX).content.decode()
    link = page.split('href="/metrics/metric/sales.k/value/', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    assert "沈亦舟" in _client("hr").get(f"/metrics/metric/sales.k/value/{link}").content.decode()
    assert "/value/" not in _client("lead").get(_url("explain", goal), headers=HTMX).content.decode()


def test_drawers_opened_by_their_address_are_pages(story: Story):
    lead = _client("lead")
    for name in ("explain", "suggestion", "hand", "record"):
        page = lead.get(_url(name, story.worst_goal)).content.decode()
        assert page.lstrip().lower().startswith("<!doctype html>"), name
        assert f'href="/goals/{story.worst_goal.pk}/"' in page, name
