"""Mapping files: what they may say, and how their faults are named."""

from pathlib import Path

import pytest

from sextant.engines.values import Problem
from sextant.foundation.tabular import read_table
from sextant.people.contracts import Code, MappingInvalid
from sextant.people.mapping import UnitStep, check_columns, load_mapping, parse_mapping, read_roster
from sextant.people.messages import SENTENCES, say

EXAMPLES = Path(__file__).parents[4] / "examples"
LEAST = "number: 工号\nname: 姓名\n"


def mapping_of(folder, text):
    path = folder / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def fault_of(folder, text):
    with pytest.raises(MappingInvalid) as caught:
        mapping_of(folder, text)
    return caught.value.problem


def roster_of(folder, mapping, csv):
    path = folder / "people.csv"
    path.write_text(csv, encoding="utf-8")
    return read_roster(read_table(path), mapping_of(folder, mapping))


def faults_of(roster):
    return [(refusal.row, refusal.column, refusal.value, str(refusal.problem.code)) for refusal in roster.refused]


@pytest.mark.parametrize("name", ["people-standard.yaml", "crm/people.yaml"])
def test_examples_load(name):
    assert load_mapping(EXAMPLES / name).number.column


def test_plain_name_is_short_for_a_column(tmp_path):
    short, long = mapping_of(tmp_path, LEAST), mapping_of(tmp_path, "number: {column: 工号}\nname: {column: 姓名}\n")
    assert short == long


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        (LEAST + "titel: 岗位\n", Code.MAPPING_UNKNOWN_FIELD_NEAR, {"field": "titel", "near": "title"}),
        (LEAST + "manager: {colunm: 主管}\n", Code.MAPPING_UNKNOWN_FIELD_NEAR, {"near": "column"}),
        (LEAST + "unit: [{column: 部门, haed: manager}]\n", Code.MAPPING_UNKNOWN_FIELD_NEAR, {"near": "head"}),
        (LEAST + "qqqqq: 1\n", Code.MAPPING_UNKNOWN_FIELD, {"field": "qqqqq"}),
        ("name: 姓名\n", Code.MAPPING_INVALID, {"place": "number"}),
        (LEAST + "title: {column: a, constant: b}\n", Code.MAPPING_INVALID, {"place": "title"}),
        (LEAST + "manager: {column: a, by: phone}\n", Code.MAPPING_INVALID, {"place": "manager.by"}),
        (LEAST + "unit: []\n", Code.MAPPING_INVALID, {"place": "unit"}),
        (LEAST + "unit: {column: a, name: 组}\n", Code.MAPPING_INVALID, {"place": "unit.0"}),
        (LEAST + "unit: {column: a, head: manager}\n", Code.MAPPING_INVALID, {"place": "-"}),
        (LEAST + "name: 名字\n", Code.MAPPING_TWICE, {"key": "name", "line": 3}),
        ("number: [工号\nname: x: y\n", Code.MAPPING_NOT_YAML, {"path": "map.yaml"}),
        ("just text", Code.MAPPING_INVALID, {}),
        ("", Code.MAPPING_INVALID, {}),
    ],
)
def test_fault_names_its_place_and_a_near_word(tmp_path, text, code, params):
    problem = fault_of(tmp_path, text)
    assert problem.code == code
    assert {key: problem.params[key] for key in params} == params
    assert say(problem)


def test_missing_and_undecodable_mapping_files_are_named(tmp_path):
    with pytest.raises(MappingInvalid) as caught:
        load_mapping(tmp_path / "none.yaml")
    assert caught.value.problem.code == Code.MAPPING_MISSING
    (tmp_path / "gbk.yaml").write_bytes(LEAST.encode("gb18030"))
    with pytest.raises(MappingInvalid) as caught:
        load_mapping(tmp_path / "gbk.yaml")
    assert caught.value.problem.code == Code.MAPPING_NOT_YAML


def test_yes_and_days_stay_text(tmp_path):
    mapping = mapping_of(
        tmp_path,
        LEAST + "is_head: {column: 负责人, values: {Yes: true, Off: false}}\neffective_on: {constant: 2026-01-31}\n",
    )
    assert mapping.is_head.values == {"Yes": True, "Off": False}
    assert mapping.effective_on.constant == "2026-01-31"


def test_unknown_column_is_named_with_the_nearest_one():
    mapping = parse_mapping({"number": "工号", "name": "姓名", "unit": [{"column": "部门", "code_column": "部门编号"}]})
    with pytest.raises(MappingInvalid) as caught:
        check_columns(mapping, ("工号", "姓名", "部门", "部门编码"))
    assert caught.value.problem == Problem(
        Code.UNKNOWN_COLUMN_NEAR,
        {"field": "unit", "column": "部门编号", "near": "部门编码", "columns": "工号, 姓名, 部门, 部门编码"},
    )
    with pytest.raises(MappingInvalid) as caught:
        check_columns(mapping, ("a", "b"))
    assert caught.value.problem.code == Code.UNKNOWN_COLUMN


def test_row_is_read_through_the_mapping(tmp_path):
    roster = roster_of(
        tmp_path,
        """
number: {column: 工号, pad: 4}
name: 姓名
title: {column: 岗位, values: {SR: 销售代表}, default: 专员}
hired_on: {column: 入职, formats: ["%d/%m/%Y"]}
left_on: {column: 离职, is_last_day: true}
unit: {column: 部门, separator: /, code_column: 编码}
is_head: 负责人
manager: {column: 主管, pad: 4}
dotted: {column: 虚线, separator: "、", pad: 4}
""",
        "工号,姓名,岗位,入职,离职,部门,编码,负责人,主管,虚线\n"
        "７,张伟,SR,01/02/2026,,公司 / 销售,D1,是,12,8、9、8\n"
        "9,王芳,,,2026-03-31,,,,,\n",
    )
    entry = roster.entries[0]
    assert (entry.row, entry.number, entry.name, entry.title) == (2, "0007", "张伟", "销售代表")
    assert entry.hired_on.isoformat() == "2026-02-01"
    assert entry.unit == (UnitStep("公司"), UnitStep("销售", "D1"))
    assert (entry.is_head, entry.manager, entry.dotted) == (True, "0012", ("0008", "0009"))
    leaver = roster.entries[1]
    assert leaver.left_on.isoformat() == "2026-04-01"
    assert (leaver.title, leaver.is_head, leaver.unit, leaver.manager) == ("专员", False, None, None)
    # not mapped is not the same as blank
    assert leaver.email is None


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",张伟,a@b.cn,,是", (2, "工号", "", "people.blank")),
        ("1,,a@b.cn,,是", (2, "姓名", "", "people.blank")),
        ("1,张伟,not-mail,,是", (2, "邮箱", "not-mail", "people.bad_email")),
        ("1,张伟,,2026-02-30,是", (2, "入职", "2026-02-30", "tabular.bad_date")),
        ("1,张伟,,01/02/2026,是", (2, "入职", "01/02/2026", "tabular.ambiguous_date")),
        ("1,张伟,,,也许", (2, "负责人", "也许", "people.bad_flag")),
        ("1,张伟,,,是,多余", (2, "", "多余", "tabular.too_many_cells")),
        (f"{'1' * 61},张伟,,,是", (2, "工号", "1" * 61, "people.too_long")),
    ],
)
def test_fault_in_a_row_names_row_column_and_value(tmp_path, row, fault):
    mapping = LEAST + "email: 邮箱\nhired_on: 入职\nis_head: 负责人\n"
    roster = roster_of(tmp_path, mapping, f"工号,姓名,邮箱,入职,负责人\n{row}\n2,好人,,,否\n")
    assert faults_of(roster) == [fault]
    assert [entry.number for entry in roster.entries] == ["2"]
    assert all(say(refusal.problem) for refusal in roster.refused)


def test_all_faults_of_a_row_are_listed(tmp_path):
    mapping = LEAST + "hired_on: 入职\nleft_on: 离职\n"
    roster = roster_of(tmp_path, mapping, "工号,姓名,入职,离职\n1,,昨天,明天\n2,乙,2026-03-01,2026-03-01\n")
    assert [fault[1:] for fault in faults_of(roster)] == [
        ("离职", "明天", "tabular.bad_date"),
        ("姓名", "", "people.blank"),
        ("入职", "昨天", "tabular.bad_date"),
        ("离职", "2026-03-01", "people.left_before_hired"),
    ]


def test_second_row_of_a_person_is_refused_with_the_first_rows_number(tmp_path):
    roster = roster_of(tmp_path, LEAST, "工号,姓名\n1,甲\n2,乙\n1,甲\n")
    assert faults_of(roster) == [(4, "工号", "1", "people.twice")]
    assert roster.refused[0].problem.params["row"] == 2


def test_levels_make_a_path_and_blank_ones_are_refused_unless_optional(tmp_path):
    mapping = LEAST + (
        "unit:\n  - {constant: 公司, code: HQ}\n  - {column: 大区, name: '{value}大区', code: 'R-{value}'}\n"
        "  - {column: 组, optional: true, head: manager}\nmanager: {column: 主管, by: name}\n"
    )
    roster = roster_of(tmp_path, mapping, "工号,姓名,大区,组,主管\n1,甲,华东,一组,乙\n2,乙,华东,,\n3,丙,,一组,乙\n")
    assert roster.entries[0].unit == (
        UnitStep("公司", "HQ"),
        UnitStep("华东大区", "R-华东"),
        UnitStep("一组", headed=True),
    )
    assert roster.entries[1].unit == (UnitStep("公司", "HQ"), UnitStep("华东大区", "R-华东"))
    assert faults_of(roster) == [(4, "大区", "", "people.blank")]


def test_every_code_has_a_sentence():
    assert set(SENTENCES) == set(Code)
