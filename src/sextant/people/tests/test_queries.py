"""Who sat where and reported to whom on a day."""

from datetime import date

import pytest

from sextant.people import queries
from sextant.people.contracts import LineKind, PersonRow, UnitRow
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_line, make_person, make_post, make_unit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
MOVED_ON = date(2026, 2, 1)


@pytest.fixture
def company():
    """Company → sales → east, west; Bo heads sales, Cy works in east for Bo, Di in west for Cy."""
    root = make_unit("公司")
    sales = make_unit("销售中心", root)
    east, west = make_unit("华东区", sales), make_unit("华西区", sales)
    bo = make_person("薄经理", sales, is_head=True, title="总监")
    cy = make_person("陈一", east, bo)
    di = make_person("丁二", west, cy)
    return {"root": root, "sales": sales, "east": east, "west": west, "bo": bo, "cy": cy, "di": di}


def test_subtree_holds_the_unit_and_everything_below(company, django_assert_num_queries):
    with django_assert_num_queries(1):
        ids = queries.list_subtree_ids([company["sales"].id], on=TODAY)
    assert ids == tuple(sorted(company[name].id for name in ("sales", "east", "west")))
    assert queries.list_subtree_ids([], on=TODAY) == ()


def test_chain_runs_from_the_root_to_the_unit(company):
    assert [unit.name for unit in queries.list_unit_chain(company["east"].id)] == ["公司", "销售中心", "华东区"]
    assert queries.list_unit_chain(0) == []


def test_units_come_in_tree_order_with_heads(company, django_assert_num_queries):
    with django_assert_num_queries(1):
        units = queries.list_units(on=TODAY)
    assert [(unit.name, unit.depth, unit.head_name) for unit in units] == [
        ("公司", 1, None),
        ("销售中心", 2, "薄经理"),
        ("华东区", 3, None),
        ("华西区", 3, None),
    ]
    sales = company["sales"]
    expected = UnitRow(sales.id, sales.code, "销售中心", company["root"].id, 2, company["bo"].id, "薄经理")
    assert queries.get_unit(sales.id, on=TODAY) == expected
    with pytest.raises(Unit.DoesNotExist):
        queries.get_unit(0, on=TODAY)


def test_closed_unit_is_listed_only_by_id(company):
    closed = make_unit("撤销的部门", company["root"], closed_on=TODAY)
    assert closed.id not in {unit.id for unit in queries.list_units(on=TODAY)}
    assert [unit.id for unit in queries.list_units(on=TODAY, ids=[closed.id])] == [closed.id]


def test_person_is_shown_as_of_the_day(company, django_assert_num_queries):
    mover = make_person("孟三")
    make_post(mover, company["east"], title="助理", valid_until=MOVED_ON)
    make_post(mover, company["west"], title="专员", valid_from=MOVED_ON)
    make_line(mover, company["cy"], valid_until=MOVED_ON)
    make_line(mover, company["di"], valid_from=MOVED_ON)
    with django_assert_num_queries(1):
        before = queries.get_person(mover.id, on=date(2026, 1, 31))
    after = queries.get_person(mover.id, on=MOVED_ON)
    assert (before.title, before.unit_name, before.manager_name) == ("助理", "华东区", "陈一")
    assert (after.title, after.unit_name, after.manager_name) == ("专员", "华西区", "丁二")


def test_person_without_post_or_manager_has_neither():
    person = make_person("孤")
    expected = PersonRow(person.id, person.number, "孤", None, None, None, None, None, None)
    assert queries.get_person(person.id, on=TODAY) == expected
    with pytest.raises(Person.DoesNotExist):
        queries.get_person(0, on=TODAY)


def test_dotted_and_side_posts_do_not_double_a_person(company):
    make_line(company["di"], company["bo"], LineKind.DOTTED)
    make_post(company["di"], company["east"], is_primary=False)
    rows = queries.list_persons(on=TODAY)
    assert [row.name for row in rows] == ["薄经理", "陈一", "丁二"]
    assert queries.count_persons(on=TODAY) == 3


def test_list_is_ordered_by_pinyin_and_paged():
    for name in ("周", "安", "李", "Bob"):
        make_person(name)
    assert [row.name for row in queries.list_persons(on=TODAY)] == ["安", "Bob", "李", "周"]
    assert [row.name for row in queries.list_persons(on=TODAY, limit=2, offset=1)] == ["Bob", "李"]


@pytest.mark.parametrize("search", ["小明", "xiao ming", "ouyang xiao", "E77", "e77", " 欧阳 "])
def test_search_finds_by_name_pinyin_and_number(search):
    make_person("欧阳小明", number="E777")
    make_person("别人", number="X1")
    assert [row.name for row in queries.list_persons(on=TODAY, search=search)] == ["欧阳小明"]
    assert queries.count_persons(on=TODAY, search=search) == 1


def test_search_takes_wildcards_literally():
    make_person("甲")
    assert queries.list_persons(on=TODAY, search="%") == []


def test_members_of_units_are_those_of_the_day(company):
    ids = [company["east"].id, company["west"].id]
    assert [row.name for row in queries.list_persons(on=TODAY, unit_ids=ids)] == ["陈一", "丁二"]
    assert queries.list_persons(on=TODAY, unit_ids=[]) == []


def test_leaver_is_listed_only_by_id_or_on_a_day_before():
    person = make_person("离", left_on=TODAY)
    assert queries.list_persons(on=TODAY) == []
    assert [row.id for row in queries.list_persons(on=date(2026, 3, 1))] == [person.id]
    assert [row.id for row in queries.list_persons(on=TODAY, ids=[person.id])] == [person.id]


def test_reports_follow_solid_lines_down(company, django_assert_num_queries):
    bo, cy, di = (company[name].id for name in ("bo", "cy", "di"))
    with django_assert_num_queries(1):
        assert queries.list_report_ids(bo, on=TODAY) == (cy, di)
    assert queries.list_report_ids(bo, on=TODAY, deep=False) == (cy,)
    assert queries.list_report_ids(di, on=TODAY) == ()


def test_dotted_reports_are_found_on_request_even_in_a_circle(company):
    bo, cy, di = company["bo"], company["cy"], company["di"]
    make_line(bo, di, LineKind.DOTTED)
    assert queries.list_report_ids(di.id, on=TODAY) == ()
    assert queries.list_report_ids(di.id, on=TODAY, deep=False, kinds=("dotted",)) == (bo.id,)
    both = (LineKind.SOLID, LineKind.DOTTED)
    assert queries.list_report_ids(di.id, on=TODAY, kinds=both) == tuple(sorted((bo.id, cy.id)))


def test_line_counts_from_its_first_day_to_the_day_before_its_end(company):
    late = make_person("后来")
    make_line(late, company["di"], valid_from=MOVED_ON, valid_until=TODAY)
    for day, there in [(date(2026, 1, 31), False), (MOVED_ON, True), (date(2026, 3, 1), True), (TODAY, False)]:
        assert (late.id in queries.list_report_ids(company["di"].id, on=day)) is there


def test_managers_are_solid_first_then_dotted_by_name(company, django_assert_num_queries):
    an = make_person("安")
    make_line(company["di"], company["bo"], LineKind.DOTTED)
    make_line(company["di"], an, LineKind.DOTTED)
    with django_assert_num_queries(2):
        managers = queries.list_managers(company["di"].id, on=TODAY)
    assert [(kind.value, row.name) for kind, row in managers] == [
        ("solid", "陈一"),
        ("dotted", "安"),
        ("dotted", "薄经理"),
    ]


def test_keys_resolve_to_ids_unknown_are_absent_ambiguous_none(company, django_assert_num_queries):
    one = make_person("王伟", number="1", email="Wang@example.com")
    make_person("王伟", number="2", left_on=TODAY)
    with django_assert_num_queries(1):
        assert queries.resolve_persons(["1", "9"], by="number") == {"1": one.id}
    assert queries.resolve_persons(["王伟", "陈一"], by="name") == {"王伟": None, "陈一": company["cy"].id}
    emails = queries.resolve_persons(["wang@EXAMPLE.com", "Wang@example.com", "x@y.z"], by="email")
    assert emails == {"wang@EXAMPLE.com": one.id, "Wang@example.com": one.id}


def test_units_resolve_by_code_and_name(company):
    make_unit("华东区", company["root"])
    east = company["east"]
    assert queries.resolve_units([east.code, "?"], by="code") == {east.code: east.id}
    assert queries.resolve_units(["华东区", "华西区"], by="name") == {"华东区": None, "华西区": company["west"].id}


def test_names_by_id(company):
    assert queries.names_of_persons([company["cy"].id, 0]) == {company["cy"].id: "陈一"}
    assert queries.names_of_units([company["east"].id]) == {company["east"].id: "华东区"}
