"""A roster goes in: who is created, moved, refused; what stays of the past; what a second run does."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.foundation.tabular import TableUnreadable, read_table, write_table
from sextant.people.actions import import_people
from sextant.people.contracts import ImportReport, MappingInvalid
from sextant.people.mapping import parse_mapping
from sextant.people.models import Person, Post, ReportingLine, Unit
from sextant.people.queries import get_person, list_managers, list_unit_chain, list_units
from sextant.people.refusals import write_refusals

pytestmark = pytest.mark.django_db
OPERATOR = Actor.system("test")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
COLUMNS = ("工号", "姓名", "部门", "编码", "岗位", "负责人", "主管", "虚线", "入职", "离职")
MAPPING = {
    "number": "工号",
    "name": "姓名",
    "unit": {"column": "部门", "separator": "/", "code_column": "编码"},
    "title": "岗位",
    "is_head": "负责人",
    "manager": "主管",
    "dotted": {"column": "虚线", "separator": "、"},
    "hired_on": "入职",
    "left_on": "离职",
}
BOSS = {"工号": "1", "姓名": "总经理", "部门": "公司", "岗位": "总经理", "负责人": "是"}
ANNA = {"工号": "2", "姓名": "安娜", "部门": "公司/销售", "岗位": "专员", "主管": "1"}
BORIS = {"工号": "3", "姓名": "鲍里斯", "部门": "公司/研发", "岗位": "工程师", "主管": "1"}


@pytest.fixture
def take_in(tmp_path):
    """Write rows to a CSV file and import it."""

    def run(*rows, on=MARCH, mapping=MAPPING, dry_run=False, actor=OPERATOR) -> ImportReport:
        path = write_rows(tmp_path / "people.csv", rows)
        return import_people(
            path, mapping=parse_mapping(mapping), actor=actor, now=NOW, dry_run=dry_run, effective_on=on
        )

    return run


def write_rows(path: Path, rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def counts(report):
    return report.created, report.updated, report.unchanged, len(report.rejected)


def person(number):
    return Person.objects.get(number=number)


def posts_of(number):
    rows = Post.objects.filter(person__number=number, is_primary=True).order_by("valid_from")
    return [(post.unit.name, post.title, post.valid_from, post.valid_until) for post in rows.select_related("unit")]


def lines_of(number, kind="solid"):
    rows = ReportingLine.objects.filter(person__number=number, kind=kind).order_by("valid_from", "manager__number")
    return [(line.manager.number, line.valid_from, line.valid_until) for line in rows.select_related("manager")]


def refusals(report):
    return [(rejection.row, rejection.column, rejection.value) for rejection in report.rejected]


def test_first_import_makes_persons_units_posts_and_lines(take_in):
    report = take_in(BOSS, ANNA, {**BORIS, "虚线": "2", "入职": "2020-05-04"})
    assert counts(report) == (3, 0, 0, 0)
    assert [(unit.name, unit.depth, unit.head_name) for unit in list_units(on=MARCH)] == [
        ("公司", 1, "总经理"),
        ("销售", 2, None),
        ("研发", 2, None),
    ]
    row = get_person(person("2").id, on=MARCH)
    assert (row.name, row.title, row.unit_name, row.manager_name) == ("安娜", "专员", "销售", "总经理")
    assert [(kind.value, who.name) for kind, who in list_managers(person("3").id, on=MARCH)] == [
        ("solid", "总经理"),
        ("dotted", "安娜"),
    ]
    # somebody new holds their post since they joined, or since the import when that is unknown
    assert posts_of("3") == [("研发", "工程师", date(2020, 5, 4), None)]
    assert posts_of("2") == [("销售", "专员", MARCH, None)]
    assert person("2").name_sort == "an na"


@pytest.mark.parametrize("later", [MARCH, APRIL])
def test_same_file_again_changes_nothing(take_in, later):
    rows = (BOSS, {**ANNA, "离职": "2026-06-01"}, {**BORIS, "虚线": "2、1", "入职": "2026-05-20"})
    take_in(*rows)
    before = everything()
    assert counts(take_in(*rows, on=later)) == (0, 0, 3, 0)
    assert everything() == before


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Unit, Person, Post, ReportingLine)]


def test_mover_keeps_the_old_post_and_line_until_the_effective_day(take_in):
    take_in(BOSS, ANNA, BORIS)
    report = take_in({**ANNA, "部门": "公司/研发", "岗位": "主管", "主管": "3"}, on=APRIL)
    assert counts(report) == (0, 1, 0, 0)
    assert posts_of("2") == [("销售", "专员", MARCH, APRIL), ("研发", "主管", APRIL, None)]
    assert lines_of("2") == [("1", MARCH, APRIL), ("3", APRIL, None)]


def test_second_change_on_one_day_corrects_the_first(take_in):
    take_in(BOSS, ANNA, BORIS)
    take_in({**ANNA, "部门": "公司/错误", "主管": "3"}, on=APRIL)
    take_in({**ANNA, "部门": "公司/研发"}, on=APRIL)
    assert posts_of("2") == [("销售", "专员", MARCH, APRIL), ("研发", "专员", APRIL, None)]
    assert lines_of("2") == [("1", MARCH, None)]


def test_blank_manager_ends_the_line(take_in):
    take_in(BOSS, {**ANNA, "虚线": "1"})
    take_in({**ANNA, "主管": ""}, on=APRIL)
    assert lines_of("2") == [("1", MARCH, APRIL)]
    assert lines_of("2", "dotted") == [("1", MARCH, APRIL)]


def test_field_that_is_not_mapped_stays_as_it_is(take_in):
    take_in(BOSS, {**ANNA, "虚线": "1", "入职": "2020-01-01"})
    take_in({"工号": "2", "姓名": "安娜 新名"}, mapping={"number": "工号", "name": "姓名"}, on=APRIL)
    assert posts_of("2") == [("销售", "专员", date(2020, 1, 1), None)]
    assert lines_of("2") == [("1", date(2020, 1, 1), None)]
    assert (person("2").name, person("2").name_sort, person("2").hired_on) == (
        "安娜 新名",
        "an na xin ming",
        date(2020, 1, 1),
    )


def test_leaver_closes_post_and_lines_on_the_leaving_day(take_in):
    take_in(BOSS, {**ANNA, "虚线": "1"}, {**BORIS, "主管": "2"})
    report = take_in({**ANNA, "虚线": "1", "部门": "", "离职": "2026-04-15"}, on=APRIL)
    assert counts(report) == (0, 1, 0, 0)
    left = date(2026, 4, 15)
    assert person("2").left_on == left
    assert posts_of("2") == [("销售", "专员", MARCH, left)]
    assert lines_of("2") == [("1", MARCH, left)]
    assert lines_of("2", "dotted") == [("1", MARCH, left)]
    # who reported to the leaver still does, until a file says to whom instead
    assert lines_of("3") == [("2", MARCH, None)]


def test_leaver_who_comes_back_keeps_the_gap(take_in):
    take_in(BOSS, ANNA)
    take_in({**ANNA, "离职": "2026-04-01"}, on=APRIL)
    report = take_in({**ANNA, "部门": "公司/研发", "入职": "2026-05-01"}, on=date(2026, 5, 4))
    assert counts(report) == (0, 1, 0, 0)
    assert person("2").left_on is None
    assert posts_of("2") == [("销售", "专员", MARCH, APRIL), ("研发", "专员", MAY, None)]
    assert lines_of("2") == [("1", MARCH, APRIL), ("1", MAY, None)]


def test_leaving_that_is_withdrawn_or_corrected_leaves_no_scar(take_in):
    take_in(BOSS, ANNA)
    take_in({**ANNA, "离职": "2026-06-01"}, on=APRIL)
    take_in({**ANNA, "离职": "2026-07-01"}, on=APRIL)
    assert posts_of("2") == [("销售", "专员", MARCH, date(2026, 7, 1))]
    take_in(ANNA, on=MAY)
    assert posts_of("2") == [("销售", "专员", MARCH, None)]
    assert lines_of("2") == [("1", MARCH, None)]


def test_leaver_in_a_file_without_leaving_days_is_refused(take_in):
    take_in(BOSS, {**ANNA, "离职": "2026-03-15"})
    mapping = {key: value for key, value in MAPPING.items() if key != "left_on"}
    report = take_in(ANNA, mapping=mapping, on=APRIL)
    assert refusals(report) == [(2, "工号", "2")]
    assert "2026-03-15" in report.rejected[0].message
    assert person("2").left_on == date(2026, 3, 15)


def test_bad_rows_are_listed_and_good_ones_taken(take_in):
    report = take_in(
        BOSS,
        {**ANNA, "入职": "2026-02-30"},
        {**ANNA, "工号": ""},
        BORIS,
        {**BORIS, "姓名": "另一个"},
    )
    assert counts(report) == (2, 0, 0, 3)
    assert refusals(report) == [(3, "入职", "2026-02-30"), (4, "工号", ""), (6, "工号", "3")]
    assert report.rejected[0].message == "“2026-02-30”不是日期。请写成 2026-01-31，或在映射文件中声明日期格式。"
    assert report.rejected[2].message == "“3”已在第 5 行出现。一个人只能有一行，请删去多余的行。"
    assert set(Person.objects.values_list("name", flat=True)) == {"总经理", "鲍里斯"}


def test_unknown_manager_refuses_the_line_and_keeps_the_person_and_old_line(take_in):
    take_in(BOSS, ANNA)
    report = take_in({**ANNA, "主管": "99", "岗位": "主管"}, {**BORIS, "主管": "98", "虚线": "1、97"}, on=APRIL)
    assert counts(report) == (1, 1, 0, 3)
    assert refusals(report) == [(2, "主管", "99"), (3, "主管", "98"), (3, "虚线", "97")]
    assert lines_of("2") == [("1", MARCH, None)]
    assert lines_of("3") == []
    assert lines_of("3", "dotted") == [("1", APRIL, None)]


def test_own_manager_is_refused(take_in):
    report = take_in({**ANNA, "主管": "2"})
    assert refusals(report) == [(2, "主管", "2")]
    assert lines_of("2") == []


def test_circle_of_managers_is_refused_for_all_in_it(take_in):
    report = take_in(BOSS, {**ANNA, "主管": "3"}, {**BORIS, "主管": "2"})
    assert counts(report) == (3, 0, 0, 2)
    assert refusals(report) == [(3, "主管", "3"), (4, "主管", "2")]
    assert "安娜 → 鲍里斯 → 安娜" in report.rejected[0].message
    assert ReportingLine.objects.count() == 0


def test_circle_with_people_outside_the_file_is_refused(take_in):
    take_in(BOSS, ANNA, {**BORIS, "主管": "2"})
    report = take_in({**BOSS, "主管": "3"}, on=APRIL)
    assert refusals(report) == [(2, "主管", "3")]
    assert lines_of("1") == []


def test_swap_of_manager_and_report_in_one_file_is_taken(take_in):
    take_in(BOSS, ANNA, {**BORIS, "主管": "2"})
    report = take_in({**ANNA, "主管": "3"}, {**BORIS, "主管": "1"}, on=APRIL)
    assert counts(report) == (0, 2, 0, 0)
    assert lines_of("2") == [("1", MARCH, APRIL), ("3", APRIL, None)]


BY_NAME = {**MAPPING, "manager": {"column": "主管", "by": "name"}}


def test_manager_by_name_is_found_in_file_and_store(take_in):
    take_in(BOSS)
    report = take_in({**ANNA, "主管": "总经理"}, {**BORIS, "主管": "安娜"}, mapping=BY_NAME)
    assert counts(report) == (2, 0, 0, 0)
    assert [lines_of(number)[0][0] for number in ("2", "3")] == ["1", "2"]


def test_namesakes_as_managers_are_refused_unless_only_one_is_still_here(take_in):
    take_in(BOSS, {**ANNA, "离职": "2026-03-20"}, {**ANNA, "工号": "4"})
    assert refusals(take_in({**BORIS, "主管": "安娜"}, mapping=BY_NAME, on=date(2026, 3, 10))) == [(2, "主管", "安娜")]
    assert counts(take_in({**BORIS, "主管": "安娜"}, mapping=BY_NAME, on=APRIL)) == (0, 1, 0, 0)
    assert lines_of("3") == [("4", APRIL, None)]


CREATING = {
    "number": "姓名",
    "name": "姓名",
    "unit": [{"constant": "公司"}, {"column": "主管", "name": "{value}组", "code": "组-{value}", "head": "manager"}],
    "manager": {"column": "主管", "by": "name", "create": True},
    "manager_title": "组长",
}


def test_managers_known_only_from_their_column_become_persons_and_heads(take_in):
    rows = [{"姓名": "甲", "主管": "丙"}, {"姓名": "乙", "主管": "丙"}]
    assert counts(take_in(*rows, mapping=CREATING)) == (3, 0, 0, 0)
    manager = get_person(person("丙").id, on=MARCH)
    assert (manager.title, manager.unit_name) == ("组长", "丙组")
    assert [unit.head_name for unit in list_units(on=MARCH)] == [None, "丙"]
    assert counts(take_in(*rows, mapping=CREATING, on=APRIL)) == (0, 0, 3, 0)


def test_manager_of_two_units_heads_the_second_beside_the_first(take_in):
    mapping = {**CREATING, "unit": [{"column": "部门", "code_column": "编码", "head": "manager"}]}
    rows = [
        {"姓名": "甲", "主管": "丙", "部门": "一组", "编码": "G1"},
        {"姓名": "乙", "主管": "丙", "部门": "二组", "编码": "G2"},
    ]
    take_in(*rows, mapping=mapping)
    assert [unit.head_name for unit in list_units(on=MARCH)] == ["丙", "丙"]
    assert Post.objects.filter(person__number="丙").count() == 2
    # a new head takes over: the former one, who is not in the file, keeps the post without the headship
    report = take_in(rows[0], {**rows[1], "主管": "丁"}, mapping=mapping, on=APRIL)
    assert [unit.head_name for unit in list_units(on=APRIL)] == ["丙", "丁"]
    assert [unit.head_name for unit in list_units(on=MARCH)] == ["丙", "丙"]
    assert counts(report) == (1, 2, 1, 0)


def test_unit_is_renamed_and_moved_by_code_and_takes_its_subtree_along(take_in):
    team = {**BORIS, "工号": "4", "部门": "公司/销售/一组", "编码": "T1"}
    take_in(BOSS, {**ANNA, "编码": "S"}, team)
    unit_id = Unit.objects.get(code="S").id
    take_in({**BORIS, "部门": "公司/大客户部"}, {**ANNA, "部门": "公司/大客户部/营销", "编码": "S"}, on=APRIL)
    assert Unit.objects.get(code="S").id == unit_id
    chain = list_unit_chain(Unit.objects.get(code="T1").id)
    assert [unit.name for unit in chain] == ["公司", "大客户部", "营销", "一组"]
    # a move of a unit is no move of its people
    assert posts_of("2") == [("营销", "专员", MARCH, None)]


def test_one_unit_code_in_two_places_is_refused(take_in):
    report = take_in(BOSS, {**ANNA, "编码": "X"}, {**BORIS, "编码": "X"})
    assert refusals(report) == [(4, "部门", "X")]
    assert not Person.objects.filter(number="3").exists()
    assert not Unit.objects.filter(name="研发").exists()


def test_row_states_its_own_effective_day(take_in):
    take_in(BOSS, ANNA)
    mapping = {**MAPPING, "effective_on": "入职"}
    mapping.pop("hired_on")
    take_in({**ANNA, "部门": "公司/研发", "入职": "2026-04-10"}, mapping=mapping, on=MAY)
    assert posts_of("2") == [("销售", "专员", MARCH, date(2026, 4, 10)), ("研发", "专员", date(2026, 4, 10), None)]


def test_head_who_moves_does_not_stay_head(take_in):
    mapping = {key: value for key, value in MAPPING.items() if key != "is_head"}
    take_in(BOSS)
    take_in({**BOSS, "部门": "公司/顾问"}, mapping=mapping, on=APRIL)
    assert [unit.head_name for unit in list_units(on=APRIL)] == [None, None]


def test_dry_run_reports_the_same_and_changes_nothing(take_in):
    rows = (BOSS, ANNA, {**BORIS, "主管": "99"})
    tried = take_in(*rows, dry_run=True)
    assert everything() == [[], [], [], []]
    assert AuditEntry.objects.count() == 0
    assert take_in(*rows) == tried


def test_import_leaves_one_audit_entry_with_counts(take_in):
    take_in(BOSS, {**ANNA, "主管": "99"})
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_label, entry.at, entry.object_id) == ("import_people", "test", NOW, "people.csv")
    assert entry.changes == {
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
        "effective_on": "2026-03-01",
    }


def test_without_an_effective_day_the_company_day_counts(take_in):
    # 1 March, 20:00 UTC is already 2 March in Shanghai
    take_in(ANNA, on=None)
    assert posts_of("2")[0][2] == date(2026, 3, 2)


def test_only_those_who_may_can_import(take_in):
    for role in (Role.EMPLOYEE, Role.EXECUTIVE, Role.AUDITOR, Role.ADMIN):
        with pytest.raises(AccessDenied):
            take_in(BOSS, actor=Actor(1, None, frozenset({role})))
    assert counts(take_in(BOSS, actor=Actor(1, None, frozenset({Role.HR})))) == (1, 0, 0, 0)


def test_unknown_column_is_refused_before_any_row_is_read(take_in):
    with pytest.raises(MappingInvalid):
        take_in({**BOSS, "姓名": ""}, mapping={**MAPPING, "title": "职位"})
    assert everything() == [[], [], [], []]


def test_file_that_breaks_off_leaves_nothing(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text('工号,姓名\n1,甲\n2,"乙\n3,丙\n', encoding="utf-8")
    mapping = parse_mapping({"number": "工号", "name": "姓名"})
    with pytest.raises(TableUnreadable):
        import_people(path, mapping=mapping, actor=OPERATOR, now=NOW)
    assert Person.objects.count() == 0


@pytest.mark.parametrize("name", ["refused.csv", "refused.xlsx"])
def test_refused_rows_are_written_with_reasons_and_import_after_correction(tmp_path, name):
    rows = [BOSS, {**ANNA, "入职": "昨天", "姓名": ""}, {**BORIS, "主管": "99"}]
    source = write_rows(tmp_path / "people.csv", rows)
    mapping = parse_mapping(MAPPING)
    report = import_people(source, mapping=mapping, actor=OPERATOR, now=NOW, effective_on=MARCH)
    path = tmp_path / name
    assert write_refusals(path, source=source, mapping=mapping, rejected=report.rejected) == 2
    table = read_table(path)
    assert table.columns == (*COLUMNS, "拒绝原因")
    written = list(table.rows())
    assert [row.cells["工号"] for row in written] == ["2", "3"]
    assert "昨天" in written[0].cells["拒绝原因"]
    assert "姓名" in written[0].cells["拒绝原因"]
    again = import_people(path, mapping=mapping, actor=OPERATOR, now=NOW, effective_on=MARCH)
    assert refusals(again) == [(2, "姓名", ""), (2, "入职", "昨天"), (3, "主管", "99")]


def test_workbook_gives_numbers_as_text_and_days_as_days(tmp_path):
    path = tmp_path / "people.xlsx"
    rows = [[7, "安娜", "公司", date(2020, 5, 4)], [8, "鲍里斯", "公司", "2021年6月1日"]]
    write_table(path, columns=["工号", "姓名", "部门", "入职"], rows=rows)
    mapping = {"number": {"column": "工号", "pad": 4}, "name": "姓名", "unit": "部门", "hired_on": "入职"}
    report = import_people(path, mapping=parse_mapping(mapping), actor=OPERATOR, now=NOW)
    assert counts(report) == (2, 0, 0, 0)
    found = Person.objects.order_by("number").values_list("number", "hired_on")
    assert list(found) == [("0007", date(2020, 5, 4)), ("0008", date(2021, 6, 1))]


def roster_rows(size):
    for number in range(1, size + 1):
        manager, unit = str(number // 8), f"公司/中心{number % 4}/部门{number % 12}"
        yield {**ANNA, "工号": str(number), "姓名": f"张{number}", "部门": unit, "主管": "" if number < 8 else manager}


def test_number_of_queries_does_not_grow_with_the_file(take_in):
    def queries(size, on):
        with CaptureQueriesContext(connection) as captured:
            report = take_in(*roster_rows(size), on=on)
        assert report.rejected == ()
        return len(captured)

    small = [queries(40, MARCH), queries(40, MARCH)]
    for model in (ReportingLine, Post, Person, Unit):
        model.objects.all()._raw_delete("default")
    large = [queries(400, MARCH), queries(400, MARCH)]
    assert large == small
    assert max(large) <= 25
