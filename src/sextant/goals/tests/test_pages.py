"""Pages of goals over HTTP: what they show, to whom, and at what cost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings as product
from django.db import connection
from django.test import Client
from django.urls import reverse

from sextant.engines.values import Light
from sextant.foundation.clock import company_day, now
from sextant.goals.contracts import GoalKind
from sextant.goals.models import Cycle, Goal
from sextant.goals.tests.makers import make_cycle, make_goal, make_standing
from sextant.goals.tests.plan_makers import make_template
from sextant.metrics.models import Metric
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_person, make_unit
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

MOST_QUERIES = 15
MOST_BYTES = 120 * 1024


@pytest.fixture
def cast(settings) -> Cast:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # seven accounts a test
    return make_cast()


@pytest.fixture
def cycle() -> Cycle:
    today = company_day(now(), product.SEXTANT_ZONE)
    return make_cycle("now", from_on=today - timedelta(days=30), until_on=today + timedelta(days=60))


def _signed_in(cast: Cast, who: str) -> Client:
    client = Client()
    cast.sign_in(client, who)
    return client


def _company(cycle: Cycle, size: int) -> Unit:
    """A company whose goals support each other in four levels: one objective, 5 departments, `size` people."""
    metric = make_metric("回款额", source="CRM")
    top_unit = make_unit("公司")
    top = make_goal(owner=top_unit, metric=None, cycle=cycle, title="成为首选")
    for number in range(5):
        department = make_unit(f"部门{number}", parent=top_unit)
        carried = make_goal(owner=department, metric=metric, cycle=cycle, parent=top, title=f"部门{number}回款")
        for place in range(size // 5):
            person = make_person(f"员工{number}{place}", unit=department)
            goal = make_goal(owner=person, metric=metric, cycle=cycle, parent=carried, title=f"个人回款{number}{place}")
            if place % 3:
                make_standing(goal, Light.RED if place % 2 else Light.GREEN)
    return top_unit


@pytest.mark.parametrize("who", ["hr", "manager", "employee"])
@pytest.mark.parametrize("size", [10, 500])
def test_a_map_costs_the_same_whatever_its_size(
    cast: Cast, cycle: Cycle, who: str, size: int, django_assert_max_num_queries
) -> None:
    _company(cycle, size)
    _make_team_of_the_manager(cast, cycle, size)
    client = _signed_in(cast, who)
    for query in ("", "?view=list", "?light=red", "?person=员工01", "?aligned=no"):
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = client.get(reverse("goals:map") + query)
        assert answer.status_code == 200, query
        assert len(answer.content) < MOST_BYTES, query


def _make_team_of_the_manager(cast: Cast, cycle: Cycle, size: int) -> None:
    team = Unit.objects.get(id=cast.objects["own_unit"])
    manager = Person.objects.get(id=cast.objects["manager_person"])
    metric = make_metric("拜访量")
    above = make_goal(owner=manager, metric=metric, cycle=cycle)
    for number in range(size // 5):
        person = make_person(f"组员{number}", unit=team, manager=manager)
        make_goal(owner=person, metric=metric, cycle=cycle, parent=above)


@pytest.mark.parametrize("size", [10, 500])
def test_a_goal_costs_the_same_however_many_support_it(
    cast: Cast, cycle: Cycle, size: int, django_assert_max_num_queries
) -> None:
    _make_team_of_the_manager(cast, cycle, size)
    goal = Goal.objects.get(owner_person_id=cast.objects["manager_person"])
    make_standing(goal, Light.YELLOW)
    client = _signed_in(cast, "manager")
    with django_assert_max_num_queries(MOST_QUERIES):
        answer = client.get(reverse("goals:detail", kwargs={"goal_id": goal.id}))
    assert answer.status_code == 200
    assert len(answer.content) < MOST_BYTES


def test_the_companys_goals_and_a_push_to_everyone_stay_within_the_limit(
    cast: Cast, cycle: Cycle, django_assert_max_num_queries
) -> None:
    """The dearest pages: everything below the company, a trend, and who would get the goal."""
    make_template()
    top_unit = _company(cycle, 60)
    objective = Goal.objects.get(owner_unit=top_unit)
    measured = make_goal(owner=top_unit, metric=make_metric("收入"), cycle=cycle, title="公司收入", parent=objective)
    make_standing(measured, Light.YELLOW)
    Goal.objects.filter(parent=objective, owner_unit__parent=top_unit).update(parent=measured)
    for who in ("hr", "executive"):
        client = _signed_in(cast, who)
        for goal in (objective, measured):
            with django_assert_max_num_queries(MOST_QUERIES):
                assert client.get(reverse("goals:detail", args=[goal.pk])).status_code == 200
    hr = _signed_in(cast, "hr")
    fields = {"title": "收入", "base": "30", "role": "", "people": "", "preview": "1"}
    for changes in ({}, {"to_units": "on"}, {"people": "员工00、员工01、没有人"}):
        for goal in (objective, measured):
            with django_assert_max_num_queries(MOST_QUERIES):
                answer = hr.post(reverse("goals:push", args=[goal.pk]), {**fields, **changes})
            assert answer.status_code == 200 and answer.context["lines"], answer.context["said"]


def test_ten_thousand_goals_stay_usable(cast: Cast, cycle: Cycle, django_assert_max_num_queries) -> None:
    metric = make_metric()
    unit = make_unit("公司")
    top = make_goal(owner=unit, metric=None, cycle=cycle, title="总目标")
    people = Person.objects.bulk_create(
        Person(number=f"N{number}", name=f"员工{number}", name_sort=f"{number}") for number in range(10_000)
    )
    template = make_goal(owner=people[0], metric=metric, cycle=cycle, parent=top)
    fields = {f.attname: getattr(template, f.attname) for f in Goal._meta.fields if f.attname not in {"id", "code"}}
    Goal.objects.bulk_create(
        Goal(**{**fields, "owner_person_id": person.id, "code": f"G{person.number}"}) for person in people[1:]
    )
    client = _signed_in(cast, "hr")
    for query in ("", "?view=list", "?view=list&page=200", "?light=none", "?person=员工777"):
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = client.get(reverse("goals:map") + query)
        assert answer.status_code == 200
        assert len(answer.content) < MOST_BYTES
    # the branch arrives in pages, never whole
    with django_assert_max_num_queries(MOST_QUERIES):
        branch = client.get(reverse("goals:children", kwargs={"goal_id": top.id}), headers={"HX-Request": "true"})
    assert 0 < branch.content.decode().count("<li") < 20


def test_the_map_shows_the_tree_with_counts_by_light(cast: Cast, cycle: Cycle) -> None:
    _company(cycle, 10)
    page = _signed_in(cast, "hr").get(reverse("goals:map")).content.decode()
    assert page.index("成为首选") < page.index("部门0回款") < page.index("个人回款00")
    red = Goal.objects.filter(id__in=_with_light(Light.RED)).count()
    assert f"风险</span>{red}" in page


def _with_light(light: Light) -> list[int]:
    from sextant.metrics.models import Standing

    return list(Standing.objects.filter(light=light.value).values_list("goal_id", flat=True))


def test_filters_narrow_the_list(cast: Cast, cycle: Cycle) -> None:
    _company(cycle, 20)
    client = _signed_in(cast, "hr")

    def titles(**query: object) -> set[str]:
        answer = client.get(reverse("goals:map"), {"view": "list", **query})
        return {card.goal.title for card in answer.context["cards"]}

    department = Unit.objects.get(name="部门1")
    assert titles(unit=department.id) == {"部门1回款", *(f"个人回款1{place}" for place in range(4))}
    assert titles(person="员工23") == {"个人回款23"}
    assert titles(person="员工23", unit=department.id) == set()
    assert titles(light="red", unit=department.id) == {"个人回款11"}
    assert titles(light="none", unit=department.id) == {"部门1回款", "个人回款10", "个人回款13"}
    assert titles(aligned="no") == set()
    make_goal(owner=department, metric=make_metric(), cycle=cycle, title="悬空目标")
    assert titles(aligned="no") == {"悬空目标"}


def test_a_quarter_shows_the_years_objective_above_its_goals_and_no_other_quarter(cast: Cast) -> None:
    metric = make_metric()
    unit = make_unit("公司")
    year = make_cycle("2017", from_on=date(2017, 1, 1), until_on=date(2018, 1, 1))
    spring = make_cycle("2017Q2", from_on=date(2017, 4, 1), until_on=date(2017, 7, 1))
    summer = make_cycle("2017Q3", from_on=date(2017, 7, 1), until_on=date(2017, 10, 1))
    objective = make_goal(owner=unit, metric=None, cycle=year, title="全年目标")
    make_goal(owner=unit, metric=metric, cycle=spring, parent=objective, title="二季度回款")
    make_goal(owner=unit, metric=metric, cycle=summer, parent=objective, title="三季度回款")
    page = _signed_in(cast, "hr").get(reverse("goals:map"), {"cycle": "2017Q2"}).content.decode()
    assert page.index("全年目标") < page.index("二季度回款")
    assert "三季度回款" not in page


def test_a_hidden_parent_holds_its_place_without_its_name(cast: Cast, cycle: Cycle) -> None:
    stranger = Person.objects.get(id=cast.objects["other_person"])
    employee = Person.objects.get(id=cast.objects["own_person"])
    metric: Metric = make_metric()
    secret = make_goal(owner=stranger, metric=metric, cycle=cycle, title="别人的目标")
    own = make_goal(owner=employee, metric=metric, cycle=cycle, parent=secret, title="我的目标")
    client = _signed_in(cast, "employee")
    for address in (reverse("goals:map"), reverse("goals:detail", kwargs={"goal_id": own.id})):
        page = client.get(address).content.decode()
        assert "我的目标" in page
        assert "受限目标" in page
        assert "别人的目标" not in page
        assert f"/goals/{secret.id}/" not in page


def test_colleagues_goals_do_not_exist_for_an_employee(cast: Cast) -> None:
    client = _signed_in(cast, "employee")
    for name in ("detail", "children", "explain", "measurements"):
        address = reverse(f"goals:{name}", kwargs={"goal_id": cast.objects["other_goal"]})
        missing = reverse(f"goals:{name}", kwargs={"goal_id": 999_999})
        assert (client.get(address).status_code, client.get(missing).status_code) == (404, 404), name


def test_children_out_of_sight_are_neither_shown_nor_counted(cast: Cast, cycle: Cycle) -> None:
    employee = Person.objects.get(id=cast.objects["own_person"])
    stranger = Person.objects.get(id=cast.objects["other_person"])
    metric = make_metric()
    own = make_goal(owner=employee, metric=metric, cycle=cycle, title="我的目标")
    make_goal(owner=stranger, metric=metric, cycle=cycle, parent=own, title="别人的下级")
    client = _signed_in(cast, "employee")
    page = client.get(reverse("goals:detail", kwargs={"goal_id": own.id})).content.decode()
    assert "没有下级目标" in page
    assert "别人的下级" not in page
    branch = client.get(reverse("goals:children", kwargs={"goal_id": own.id})).content.decode()
    assert "别人的下级" not in branch


def test_a_goal_shows_light_figures_trend_and_chain(cast: Cast, cycle: Cycle) -> None:
    employee = Person.objects.get(id=cast.objects["own_person"])
    team = Unit.objects.get(id=cast.objects["own_unit"])
    metric = make_metric("回款额", unit_label="万元", source="CRM")
    above = make_goal(owner=team, metric=metric, cycle=cycle, title="一组回款")
    own = make_goal(owner=employee, metric=metric, cycle=cycle, parent=above, title="我的回款", weight=Decimal(40))
    make_goal(owner=employee, metric=make_metric(), cycle=cycle, weight=Decimal(50))
    make_standing(own, Light.YELLOW, value=Decimal(26), attainment=Decimal("0.26"), score=Decimal("23.6"))
    page = _signed_in(cast, "employee").get(reverse("goals:detail", kwargs={"goal_id": own.id})).content.decode()
    for words in (
        "关注",
        "一组回款",
        "基准 100",
        "26.0",
        "挑战 130",
        "20.0",
        "23.6",
        "每周的灯",
        "权重合计 90%",
        "CRM",
    ):
        assert words in page, words
    assert '"actual": [' in page


def test_an_objective_without_a_metric_has_a_page(cast: Cast, cycle: Cycle) -> None:
    team = Unit.objects.get(id=cast.objects["own_unit"])
    goal = make_goal(owner=team, metric=None, cycle=cycle, kind=GoalKind.OBJECTIVE, title="把辅导做在平时")
    page = _signed_in(cast, "employee").get(reverse("goals:detail", kwargs={"goal_id": goal.id})).content.decode()
    assert "看进展" in page
    told = _signed_in(cast, "employee").get(reverse("goals:statuses"), {"id": goal.id, "why": goal.id})
    assert "没有执行中的下级目标" in told.content.decode()


def test_empty_states_speak(cast: Cast) -> None:
    client, far = _signed_in(cast, "hr"), make_cycle("2044Q1", from_on=date(2044, 1, 1), until_on=date(2044, 4, 1))
    empty = {"cycle": far.code}
    assert "这个周期还没有目标" in client.get(reverse("goals:map"), empty).content.decode()
    assert "没有符合条件的目标" in client.get(reverse("goals:map"), {**empty, "light": "red"}).content.decode()
    with connection.cursor() as cursor:  # contracts refuse to be deleted, and hold their cycle
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE goals_cycle CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert "还没有目标周期" in client.get(reverse("goals:map")).content.decode()


@pytest.mark.parametrize(
    "query", ["cycle=nowhere", "unit=abc", "unit=99999999999999", "light=purple", "from=-1", "page=x", "from=100000"]
)
def test_a_strange_address_is_no_error(cast: Cast, query: str) -> None:
    client = _signed_in(cast, "hr")
    for view in ("", "&view=list"):
        assert client.get(f"{reverse('goals:map')}?{query}{view}").status_code == 200
