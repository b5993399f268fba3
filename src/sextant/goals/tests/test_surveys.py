"""共识调查 from publication to what is shown, with real rows: who is asked, what the tables keep, what pages show."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from sextant.foundation.access.contracts import AccessDenied, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.foundation.notices.models import Notice
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.surveys import answer_survey, close_due_surveys, open_survey
from sextant.goals.messages.surveys import SENTENCES, say_survey
from sextant.goals.models import Survey, SurveyAnswer, SurveyGroup, SurveyInvitation, SurveyResult
from sextant.goals.queries.surveys import find_unit_voice, list_open_invitations, list_results, list_surveys
from sextant.goals.tests.talk_makers import HR, NOW, Region, as_actor, make_region, sign_in
from sextant.lowcode.queries.work import count_open
from sextant.people.models import Person

LATER = NOW + timedelta(hours=73)


@pytest.fixture
def region(db) -> Region:
    return make_region()


def publish(region: Region, unit=None) -> int:
    return open_survey(cycle_id=region.cycle.pk, unit_id=(unit or region.region).pk, actor=HR, now=NOW)


def answer(survey_id: int, person: Person, score: int, comment: str = "", *, now=NOW) -> None:
    answer_survey(survey_id, score=score, comment=comment, actor=as_actor(person), now=now)


def close() -> int:
    return close_due_surveys(actor=HR, now=LATER)


def codes(refused: pytest.ExceptionInfo[GoalRefused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_publishing_asks_everyone_below_once_and_heads_with_the_unit_above(region: Region) -> None:
    survey_id = publish(region)
    asked = {group.unit_id: group.asked for group in SurveyGroup.objects.filter(survey=survey_id)}
    # the region's head stays at the top of the survey; both heads of teams are asked with the region
    assert asked == {region.region.pk: 3, region.one.pk: 5, region.two.pk: 2}
    assert count_open(region.ones[1].pk) == 1
    assert [one.survey_id for one in list_open_invitations(region.head.pk, now=NOW)] == [survey_id]
    with pytest.raises(GoalRefused) as refused:
        publish(region)
    assert codes(refused) == ["survey.nobody"]
    # the whole company: only who was not asked yet, and that is the boss alone
    with pytest.raises(GoalRefused) as refused:
        publish(region, region.company)
    assert codes(refused) == ["survey.too_few"] and "1" in say_survey(refused.value.problems[0])
    with pytest.raises(AccessDenied):
        open_survey(cycle_id=region.cycle.pk, unit_id=region.region.pk, actor=as_actor(region.head), now=NOW)


def test_an_answer_is_refused_twice_late_from_strangers_and_without_a_mark(region: Region) -> None:
    survey_id = publish(region)
    answer(survey_id, region.ones[1], 4)
    with pytest.raises(GoalRefused) as refused:
        answer(survey_id, region.ones[1], 5)
    assert codes(refused) == ["survey.answered"]
    for score, now, code in ((None, NOW, "survey.score"), (6, NOW, "survey.score"), (5, LATER, "survey.over")):
        with pytest.raises(GoalRefused) as refused:
            answer(survey_id, region.ones[2], score, now=now)
        assert codes(refused) == [code]
    with pytest.raises(GoalRefused) as refused:
        answer(survey_id, region.ones[2], 5, "字" * 501)
    assert codes(refused) == ["survey.comment_long"]
    for stranger in (region.outsider, region.boss):
        with pytest.raises(AccessDenied):
            answer(survey_id, stranger, 5)
    assert SurveyAnswer.objects.count() == 1 and count_open(region.ones[1].pk) == 0


def test_nothing_in_the_tables_tells_whose_an_answer_is(region: Region) -> None:
    survey_id = publish(region)
    for place, person in enumerate(region.ones[1:]):
        answer(survey_id, person, place % 5 + 1, f"第 {place} 个说的")
    columns = {field.attname for field in SurveyAnswer._meta.get_fields()}
    assert columns == {"id", "survey_id", "unit_id", "score", "comment"}
    with connection.cursor() as cursor:
        # one transaction wrote all rows of the group, so none can be joined by it
        cursor.execute("select distinct xmin::text from goals_surveyanswer")
        written = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "select distinct xmin::text from goals_surveyinvitation where group_id = %s",
            [SurveyGroup.objects.get(survey=survey_id, unit=region.one).pk],
        )
        invited = {row[0] for row in cursor.fetchall()}
    assert len(written) == len(invited) == 1
    assert not AuditEntry.objects.filter(verb__contains="answer").exists()
    before = set(SurveyAnswer.objects.values_list("id", flat=True))
    close()
    assert not before & set(SurveyAnswer.objects.values_list("id", flat=True))


def test_rows_lie_in_random_order(region: Region) -> None:
    """With five rows the order of writing comes up by chance once in 120: three groups of five never agree."""
    survey_id = publish(region)
    seen = []
    for place, person in enumerate([*region.ones[1:], region.head, region.ones[0], region.twos[0]]):
        answer(survey_id, person, 5, f"{place}")
        with connection.cursor() as cursor:
            cursor.execute("select comment from goals_surveyanswer where unit_id = %s order by ctid", [region.one.pk])
            seen.append([row[0] for row in cursor.fetchall()])
    assert any(order != sorted(order) for order in seen)


def test_closing_shows_five_and_counts_fewer_with_the_unit_above(region: Region) -> None:
    survey_id = publish(region)
    for person in region.ones[1:]:
        answer(survey_id, person, 4, "客户名单没有")
    for person in (*region.twos, region.head, region.ones[0]):
        answer(survey_id, person, 5, "还行")
    assert find_unit_voice([region.company.pk, region.region.pk], reads_comments=True).result is None
    assert close() == 1 and close() == 0
    assert {one.unit_name: (one.answers, str(one.mean)) for one in list_results(survey_id)} == {
        "苏南区": (10, "4.50"),
        "一组": (5, "4.00"),
    }
    # counts of single marks for the topmost unit alone: two of them could be subtracted
    assert [one.spread for one in list_results(survey_id)] == [(0, 0, 0, 5, 5), None]
    two = find_unit_voice([region.company.pk, region.region.pk, region.two.pk], reads_comments=True)
    assert (two.result.unit_name, two.is_own, two.comments) == ("苏南区", False, ())
    one = find_unit_voice([region.company.pk, region.region.pk, region.one.pk], reads_comments=True)
    assert one.is_own and one.comments == ("客户名单没有",) * 5 and one.result.spread is None
    # the small team is gone from the tables, too
    assert not SurveyAnswer.objects.filter(unit=region.two).exists()
    assert find_unit_voice([region.company.pk], reads_comments=True) is None
    row = list_surveys()[0]
    assert (row.asked, row.answered, str(row.mean), row.unshown) == (10, 10, "4.50", 0)
    # the head of the team hears of 4.00, the head of the region not of 4.50
    assert list(Notice.objects.values_list("person_id", flat=True)) == [region.ones[0].pk]
    with pytest.raises(GoalRefused) as refused:
        answer(survey_id, region.ones[1], 5)
    assert codes(refused) == ["survey.over"]


def test_too_few_everywhere_shows_nothing(region: Region) -> None:
    survey_id = publish(region)
    for person in region.ones[1:5]:
        answer(survey_id, person, 1, "难")
    close()
    assert not SurveyResult.objects.exists() and Survey.objects.get().unshown == 4
    assert not SurveyAnswer.objects.filter(unit__isnull=False).exists()
    assert list_surveys()[0].mean is None and not Notice.objects.exists()
    assert SurveyInvitation.objects.filter(has_answered=True).count() == 4


def test_the_question_says_who_reads_it_and_is_answered_with_one_form(
    region: Region, monkeypatch, django_assert_max_num_queries
) -> None:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    survey_id = publish(region)
    address = reverse("goals:survey", args=[survey_id])
    client = sign_in(region.ones[1], Client())
    page = client.get(address).content.decode()
    assert "一组0" in page and "满 5 份" in page and "并入苏南区" in page and "一组1的回款" in page
    assert page.index("匿名") < page.index("<textarea")
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"score": "5", "comment": "好"}, follow=True).status_code == 200
    assert "你已经答过" in client.get(address).content.decode()
    assert client.post(address, {"score": "1"}).status_code == 422
    assert sign_in(region.outsider, Client()).get(address).status_code == 404
    other = sign_in(region.ones[2], Client())
    with django_assert_max_num_queries(15):
        assert address in other.get(reverse("web:workbench")).content.decode()


def test_hr_publishes_and_reads_at_a_fixed_cost(region: Region, monkeypatch, django_assert_max_num_queries) -> None:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    hr = sign_in(region.boss, Client(), roles=[Role.HR])
    chosen = {"cycle": region.cycle.pk, "unit": region.region.pk}
    page = hr.get(reverse("goals:surveys"), chosen).content.decode()
    assert "会问 10 人" in page
    assert "请 10 人作答" in hr.post(reverse("goals:surveys"), chosen, follow=True).content.decode()
    survey_id = Survey.objects.get().pk
    for person in (*region.ones, *region.twos, region.head):
        answer(survey_id, person, 5 if person.pk % 2 else 3, f"{person.name}的话")
    with django_assert_max_num_queries(15):
        assert "100%" in hr.get(reverse("goals:surveys")).content.decode()
    results = reverse("goals:survey_results", args=[survey_id])
    assert "的话" not in hr.get(results).content.decode()
    close()
    with django_assert_max_num_queries(15):
        page = hr.get(results, {"unit": region.one.pk}).content.decode()
    assert "一组1的话" in page and "二组1的话" not in page
    head = sign_in(region.head, Client())
    assert head.get(results).status_code == head.get(reverse("goals:surveys")).status_code == 403


def test_the_unit_page_shows_the_mean_to_its_people_and_words_to_its_head(
    region: Region, monkeypatch, django_assert_max_num_queries
) -> None:
    monkeypatch.setenv("SEXTANT_NOW", (NOW + timedelta(days=4)).isoformat())
    survey_id = publish(region)
    for person in (*region.ones, *region.twos, region.head):
        answer(survey_id, person, 4, "缺客户名单")
    close()
    page = reverse("goals:unit_voice", args=[region.one.pk])
    as_member, as_head = sign_in(region.ones[1], Client()), sign_in(region.head, Client())
    with django_assert_max_num_queries(15):
        member = as_member.get(page).content.decode()
    assert "4.00" in member and "缺客户名单" not in member
    with django_assert_max_num_queries(15):
        head = as_head.get(page).content.decode()
    assert "4.00" in head and "缺客户名单" in head
    assert page in as_member.get(reverse("web:unit", args=[region.one.pk])).content.decode()
    assert sign_in(region.outsider, Client()).get(page).status_code == 404
    two = sign_in(region.twos[1], Client()).get(reverse("goals:unit_voice", args=[region.two.pk])).content.decode()
    assert "并入" in two and "4.00" in two and "缺客户名单" not in two


def test_every_code_has_a_sentence() -> None:
    assert set(SENTENCES) == {
        "survey.cycle_over",
        "survey.nobody",
        "survey.too_few",
        "survey.over",
        "survey.answered",
        "survey.score",
        "survey.comment_long",
    }
