"""How goals are written: sentences for every finding, proposals that are sound themselves, the report of a unit."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings as product
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sextant.engines.agreement import GoalTerms
from sextant.engines.goal_quality import HINTS as MEASURES
from sextant.engines.goal_quality import Code, Draft, Pattern, Shape, check_goal
from sextant.engines.values import Light
from sextant.foundation.clock import company_day, now
from sextant.goals.contracts import GoalKind
from sextant.goals.messages.quality import HINTS, REWRITES, SENTENCES, WORDS, write_rewrite
from sextant.goals.models import Goal
from sextant.goals.queries.quality import SHAPES, assess_goals, assess_terms
from sextant.goals.tests.makers import make_cycle, make_goal, make_standing
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_person, make_unit
from tests.cast import make_cast

LAST_ON = date(2026, 12, 31)


def test_every_finding_pattern_hint_and_kind_has_its_words() -> None:
    assert SENTENCES.keys() == WORDS.keys() == set(Code)
    assert REWRITES.keys() == set(Pattern)
    assert {one.measure for one in MEASURES.values()} | {one.unit for one in MEASURES.values()} <= HINTS.keys()
    assert SHAPES.keys() == set(GoalKind)


@pytest.mark.parametrize(
    ("draft", "sentence"),
    [
        (
            Draft(1, Shape.MEASURED, "提升部门协同", owner="林清越", last_on=LAST_ON),
            "2026-12-31前，林清越使【跨部门任务按时完成率】达到 【90】%。",
        ),
        (
            Draft(1, Shape.MEASURED, "缩短审批", metric="审批用时", unit="天", start=Decimal(18), last_on=LAST_ON),
            "2026-12-31前，【负责人】把审批用时从 18 提高到 【数字】 天。",
        ),
        (
            Draft(1, Shape.DELIVERED, "推进上线", owner="林清越", last_on=LAST_ON),
            "2026-12-31前，林清越交付【交付物，如验收单】。",
        ),
    ],
)
def test_a_proposal_is_one_sentence_with_the_goals_own_words_and_brackets_for_the_rest(draft, sentence) -> None:  # type: ignore[no-untyped-def]
    rewrite = check_goal(draft).rewrite
    assert rewrite is not None
    assert write_rewrite(rewrite) == sentence
    # read again as a goal of its own, the sentence promises nothing vague any more
    codes = {one.code for one in check_goal(Draft(2, Shape.MEASURED, sentence, owner="林清越")).findings}
    assert Code.VAGUE_VERB not in codes or "【数字】" in sentence


@pytest.mark.django_db
def test_goals_are_checked_plan_by_plan_with_what_was_reached_before() -> None:
    metric, unit = make_metric("回款额"), make_unit("东区")
    person, other = make_person("沈亦舟", unit=unit), make_person("许念安", unit=unit)
    before = make_cycle("2025Q4", from_on=date(2025, 10, 1), until_on=date(2026, 1, 1))
    for owner, value in ((person, 80), (other, 120)):
        ended = make_goal(owner=owner, metric=metric, cycle=before)
        make_standing(ended, Light.GREEN, value=Decimal(value), elapsed=Decimal(1))
    good = make_goal(owner=other, metric=metric, base=Decimal(110), title="一季度回款")
    high = make_goal(owner=person, metric=metric, base=Decimal(200), title="一季度回款")
    vague = make_goal(owner=person, metric=None, kind=GoalKind.MILESTONE, title="提升部门协同")
    with CaptureQueriesContext(connection) as queries:
        plans = assess_goals(Goal.objects.filter(id__in=[good.pk, high.pk, vague.pk]))
    assert len(queries) <= 5
    assert [(one.name, one.unit_id, one.quality.score) for one in plans] == [
        ("沈亦舟", unit.pk, Decimal("67.5")),  # (90 + 45) / 2: both weigh 50
        ("许念安", unit.pk, Decimal("100.0")),
    ]
    codes = [[one.code for one in goal.findings] for goal in plans[0].quality.goals]
    assert codes == [[Code.NEVER_REACHED], [Code.NO_DELIVERABLE, Code.NO_DATE, Code.VAGUE_VERB]]
    assert plans[0].quality.goals[0].findings[0].params["best"] == 120

    measured = GoalTerms("回款", "kpi", metric=metric.code, base=Decimal(5))
    texts = [(1, measured), (2, GoalTerms("成为首选", "objective"))]
    told = assess_terms(texts, owner="沈亦舟", last_on=LAST_ON, results={2})
    assert [one.findings for one in told] == [(), ()]


@pytest.mark.django_db
def test_the_report_is_for_who_answers_for_the_unit_and_costs_the_same_for_any_number(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cast = make_cast()
    today = company_day(now(), product.SEXTANT_ZONE)
    cycle = make_cycle("now", from_on=today - timedelta(days=30), until_on=today + timedelta(days=60))
    team, metric = Unit.objects.get(id=cast.objects["own_unit"]), make_metric("拜访量")
    for number in range(30):
        owner = make_person(f"员工{number}", unit=team)
        make_goal(owner=owner, metric=metric, cycle=cycle, title="拜访客户")
        make_goal(owner=owner, metric=None, kind=GoalKind.GS, cycle=cycle, title="进一步提升协同")
    make_goal(owner=Person.objects.get(id=cast.objects["other_person"]), metric=metric, cycle=cycle, title="别人的目标")
    for who, status in (("employee", 403), ("hr", 200), ("manager", 200)):
        client = Client()
        cast.sign_in(client, who)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("goals:quality"), {"cycle": "now"})
        assert answer.status_code == status, who
        assert len(queries) <= 15
    page = answer.content.decode()
    assert "一组" in page and "进一步提升协同" in page and "【跨部门任务按时完成率】" not in page
    assert "交付【交付物，如验收单】" in page
    assert "别人的目标" not in page
    assert len(answer.content) < 120 * 1024
