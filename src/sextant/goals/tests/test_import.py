"""Goals from files: what is taken, what is refused with which remedy, and that a second time changes nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.audit.models import AuditEntry
from sextant.foundation.tabular import TableUnreadable
from sextant.goals.actions import import_goals
from sextant.goals.models import Cycle, Goal
from sextant.metrics.models import Metric
from sextant.metrics.tests.makers import make_metric
from sextant.people.contracts import ImportReport
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_person, make_unit

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
HEADER = "owner,metric,base,stretch,weight,period"


@pytest.fixture
def anna() -> Person:
    return make_person("Anna Snelling", number="A1")


@pytest.fixture
def won(anna: Person) -> Metric:
    return make_metric("成交额", code="won_value")


def _import(folder: Path, text: str, **options: object) -> ImportReport:
    file = folder / "goals.csv"
    file.write_text(text, encoding="utf-8")
    return import_goals(file, actor=SYSTEM, now=NOW, **options)


def _rejected(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.value) for one in report.rejected]


def test_a_goal_is_created_with_its_cycle(tmp_path: Path, won: Metric, anna: Person) -> None:
    report = _import(tmp_path, f'{HEADER}\nA1,won_value,"1,200.5",1500,35%,2017Q2\n')
    assert report == ImportReport(1, 0, 0, ())
    goal = Goal.objects.get()
    assert (goal.owner_person, goal.metric, goal.kind, goal.title) == (anna, won, "kpi", "成交额")
    assert (goal.base, goal.stretch, goal.weight) == (Decimal("1200.5"), Decimal(1500), Decimal(35))
    assert (goal.from_on, goal.until_on) == (date(2017, 4, 1), date(2017, 7, 1))
    assert (goal.code, goal.cycle.code) == ("2017Q2-A1-won_value", "2017Q2")
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"open_cycle", "import_goals"}


def test_the_same_file_twice_changes_nothing(tmp_path: Path, won: Metric) -> None:
    text = f"{HEADER}\nA1,won_value,1200,1500,35,2017Q2\nA1,won_value,900,,65,2017Q3\n"
    _import(tmp_path, text)
    before = list(Goal.objects.order_by("id").values())
    assert _import(tmp_path, text) == ImportReport(0, 0, 2, ())
    assert list(Goal.objects.order_by("id").values()) == before


def test_a_changed_row_updates_its_goal_and_leaves_before_and_after(tmp_path: Path, won: Metric) -> None:
    _import(tmp_path, f"{HEADER}\nA1,won_value,1200,1500,35,2017Q2\n")
    assert _import(tmp_path, f"{HEADER}\nA1,won_value,1300,,35,2017Q2\n") == ImportReport(0, 1, 0, ())
    goal = Goal.objects.get()
    assert (goal.base, goal.stretch) == (Decimal(1300), None)
    changes = AuditEntry.objects.filter(verb="import_goals").latest("id").changes
    assert changes[str(goal.id)] == {"base": ["1200", "1300"], "stretch": ["1500", None]}


def test_a_column_that_is_absent_leaves_its_field_alone(tmp_path: Path, won: Metric) -> None:
    _import(tmp_path, f"{HEADER}\nA1,won_value,1200,1500,35,2017Q2\n")
    report = _import(tmp_path, "owner,metric,base,period\nA1,won_value,1300,2017Q2\n")
    assert (report.updated, Goal.objects.get().stretch) == (1, Decimal(1500))


def test_chinese_headers_and_names_in_gb18030_are_read(tmp_path: Path, won: Metric) -> None:
    make_person("王芳", number="A2")
    file = tmp_path / "目标.csv"
    file.write_bytes("负责人,指标,基准,挑战,权重,周期\n王芳,成交额,１００,130,50,2017年第二季度\n".encode("gb18030"))
    assert import_goals(file, actor=SYSTEM, now=NOW).created == 1
    assert Goal.objects.get().owner_person.number == "A2"


def test_a_workbook_is_read(tmp_path: Path, won: Metric) -> None:
    file = tmp_path / "goals.xlsx"
    with xlsxwriter.Workbook(str(file)) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, ["A1", "won_value", 1200, 1500, 35, 2017])
    assert import_goals(file, actor=SYSTEM, now=NOW).created == 1
    assert Goal.objects.get().cycle.code == "2017"


def test_units_own_goals_by_prefix_or_by_column(tmp_path: Path, won: Metric) -> None:
    east: Unit = make_unit("华东大区", code="EAST")
    text = "owner,owner_unit,metric,base,period\nunit:EAST,,won_value,10,2017Q2\n,华东大区,won_value,20,2017Q3\n"
    assert _import(tmp_path, text).created == 2
    assert set(Goal.objects.values_list("owner_unit_id", flat=True)) == {east.id}


def test_an_objective_needs_no_metric_and_carries_others(tmp_path: Path, won: Metric) -> None:
    text = (
        "owner,metric,base,period,title,kind,code,parent\n"
        "A1,won_value,10,2017Q2,回款,KR,KR1,O1\n"
        "A1,,,2017,成为首选,objective,O1,\n"
    )
    assert _import(tmp_path, text) == ImportReport(2, 0, 0, ())
    assert Goal.objects.get(code="KR1").parent.code == "O1"
    assert _import(tmp_path, text) == ImportReport(0, 0, 2, ())


@pytest.mark.parametrize(
    ("line", "column", "value", "remedy"),
    [
        ("A1,won_value,abc,1500,35,2017Q2", "base", "abc", "不是数字"),
        ("A1,won_value,0,1500,35,2017Q2", "base", "0", "请填写起点"),
        ("A1,won_value,,1500,35,2017Q2", "base", "", "请填写一个数字"),
        ("A1,won_value,1200,1000,35,2017Q2", "stretch", "1000", "应高于基准 1200"),
        ("A1,won_value,1200,1500,135,2017Q2", "weight", "135", "0 到 100"),
        ("A1,won_value,1200,1500,35,spring", "period", "spring", "2017Q2"),
        ("A1,won_value,1200,1500,35,", "period", "", "没有周期"),
        ("A9,won_value,1200,1500,35,2017Q2", "owner", "A9", "请检查工号"),
        (",won_value,1200,1500,35,2017Q2", "owner", "", "没有负责人"),
        ("unit:WEST,won_value,1200,1500,35,2017Q2", "owner", "WEST", "请检查单位编码"),
        ("A1,won_valeu,1200,1500,35,2017Q2", "metric", "won_valeu", "是不是“won_value”"),
        ("A1,温度,1200,1500,35,2017Q2", "metric", "温度", "请先建立指标"),
        ("A1,,1200,1500,35,2017Q2", "metric", "", "请填写指标编码"),
    ],
)
def test_a_bad_row_is_refused_with_its_remedy_and_the_others_are_taken(
    tmp_path: Path, won: Metric, line: str, column: str, value: str, remedy: str
) -> None:
    report = _import(tmp_path, f"{HEADER}\n{line}\nA1,won_value,7,,1,2018\n")
    assert (report.created, _rejected(report)) == (1, [(2, column, value)])
    assert remedy in report.rejected[0].message


def test_every_fault_of_a_row_is_told_at_once(tmp_path: Path, won: Metric) -> None:
    report = _import(tmp_path, f"{HEADER}\nA1,won_value,abc,x,35,spring\n")
    assert [one.column for one in report.rejected] == ["period", "base", "stretch"]


def test_an_ambiguous_name_asks_for_the_number(tmp_path: Path, won: Metric) -> None:
    make_person("王芳")
    make_person("王芳")
    report = _import(tmp_path, f"{HEADER}\n王芳,won_value,1200,,35,2017Q2\n")
    assert _rejected(report) == [(2, "owner", "王芳")]
    assert "请改填工号" in report.rejected[0].message


def test_the_same_goal_twice_in_a_file_keeps_the_first(tmp_path: Path, won: Metric) -> None:
    report = _import(tmp_path, f"{HEADER}\nA1,won_value,1200,,35,2017Q2\nA1,成交额,900,,35,2017年第2季度\n")
    assert (report.created, _rejected(report)) == (1, [(3, "metric", "成交额")])
    assert "第 2 行" in report.rejected[0].message
    assert Goal.objects.get().base == 1200


def test_a_code_that_is_in_use_is_refused(tmp_path: Path, won: Metric) -> None:
    header = f"{HEADER},code\n"
    _import(tmp_path, f"{header}A1,won_value,1,,1,2017Q1,G1\n")
    report = _import(
        tmp_path, f"{header}A1,won_value,1,,1,2017Q2,G1\nA1,won_value,1,,1,2017Q3,G3\nA1,won_value,1,,1,2017Q4,G3\n"
    )
    assert (report.created, _rejected(report)) == (1, [(2, "code", "G1"), (4, "code", "G3")])


def test_a_child_of_a_refused_row_is_refused_with_it(tmp_path: Path, won: Metric) -> None:
    header = f"{HEADER},code,parent\n"
    rows = "A1,won_value,0,,1,2017,TOP,\nA1,won_value,1,,1,2017Q1,MID,TOP\nA1,won_value,1,,1,2017-01,LOW,MID\n"
    report = _import(tmp_path, header + rows)
    assert (report.created, _rejected(report)) == (0, [(2, "base", "0"), (3, "parent", "TOP"), (4, "parent", "MID")])


def test_a_goal_never_supports_itself_not_even_through_goals_that_are_there(tmp_path: Path, won: Metric) -> None:
    header = f"{HEADER},code,parent\n"
    _import(tmp_path, f"{header}A1,won_value,1,,1,2017,TOP,\nA1,won_value,1,,1,2017Q1,LOW,TOP\n")
    report = _import(tmp_path, f"{header}A1,won_value,1,,1,2017,TOP,LOW\n")
    assert _rejected(report) == [(2, "parent", "LOW")]
    assert Goal.objects.get(code="TOP").parent is None


def test_a_dry_run_reports_and_keeps_nothing(tmp_path: Path, won: Metric) -> None:
    report = _import(tmp_path, f"{HEADER}\nA1,won_value,1200,,35,2017Q2\nA9,won_value,1,,1,2017Q2\n", dry_run=True)
    assert (report.created, len(report.rejected)) == (1, 1)
    assert (Goal.objects.count(), Cycle.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_an_unknown_column_is_named_and_the_rest_is_read(tmp_path: Path, won: Metric) -> None:
    report = _import(tmp_path, "owner,metric,base,strech,period\nA1,won_value,1200,1500,2017Q2\n")
    assert (report.created, _rejected(report)) == (1, [(1, "strech", "")])
    assert "stretch" in report.rejected[0].message


def test_a_file_without_a_period_is_refused_whole(tmp_path: Path, won: Metric) -> None:
    report = _import(tmp_path, "owner,metric,base\nA1,won_value,1200\n")
    assert (report.created, _rejected(report)) == (0, [(1, "period", "")])


def test_a_broken_file_is_a_sentence_and_not_a_crash(tmp_path: Path, won: Metric) -> None:
    with pytest.raises(TableUnreadable):
        _import(tmp_path, "")


def test_an_employee_may_not_import(tmp_path: Path, won: Metric) -> None:
    employee = Actor(1, 1, frozenset({Role.EMPLOYEE}), "员工")
    with pytest.raises(AccessDenied):
        import_goals(tmp_path / "goals.csv", actor=employee, now=NOW)


def test_a_thousand_rows_take_few_statements(tmp_path: Path, won: Metric, django_assert_max_num_queries) -> None:
    for number in range(100):
        make_person(f"P{number}", number=f"B{number}")
    rows = "".join(f"B{n},won_value,{n + 1},,1,2017-{month:02}\n" for n in range(100) for month in range(1, 11))
    with django_assert_max_num_queries(70):
        assert _import(tmp_path, f"{HEADER}\n{rows}").created == 1000
