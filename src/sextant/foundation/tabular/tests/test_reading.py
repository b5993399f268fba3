"""Files of every kind, good and broken."""

import gzip
from datetime import date
from decimal import Decimal

import pyarrow
import pyarrow.parquet
import pytest
import xlsxwriter

from sextant.foundation.tabular import Code, TableKind, TableUnreadable, read_table, write_table
from sextant.foundation.tabular.messages import SENTENCES, say

PEOPLE = "工号,姓名,部门\n1001,张伟,华东区\n1002,王芳,华南区\n"


def file_of(folder, content, name="people.csv"):
    path = folder / name
    path.write_bytes(content)
    return path


def problem_of(path, **options):
    with pytest.raises(TableUnreadable) as caught:
        list(read_table(path, **options).rows())
    # every way in which a file fails can be said, whatever its parameters
    assert say(caught.value.problem)
    return caught.value.problem


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
    ],
)
def test_chinese_text_reads_the_same_in_every_encoding(tmp_path, encoding, found):
    table = read_table(file_of(tmp_path, PEOPLE.encode(encoding)))
    assert table.encoding == found
    assert table.columns == ("工号", "姓名", "部门")
    assert [(row.row, dict(row.cells)) for row in table.rows()] == [
        (2, {"工号": "1001", "姓名": "张伟", "部门": "华东区"}),
        (3, {"工号": "1002", "姓名": "王芳", "部门": "华南区"}),
    ]


def test_bytes_of_no_encoding_are_refused_with_row_and_byte(tmp_path):
    content = b"name,city\nA,B\n" + b"C,\xff\xff\n"
    problem = problem_of(file_of(tmp_path, content))
    assert problem.code == Code.ENCODING
    assert problem.params["row"] == 3
    assert problem.params["byte"] == content.index(b"\xff") + 1


def test_bad_byte_beyond_the_first_chunk_is_still_placed(tmp_path):
    content = b"a,b\n" + "中,1\n".encode() * 300_000 + b"\xff\xff\n"
    problem = problem_of(file_of(tmp_path, content))
    assert (problem.params["row"], problem.params["byte"]) == (300_002, content.index(b"\xff") + 1)


def test_damaged_utf8_is_not_taken_for_gb18030(tmp_path):
    # one byte of 王 is wrong; as GB18030 every byte still has a meaning, and every name is another
    content = "工号,姓名\n1,张伟\n2,王芳\n".encode().replace("王".encode()[:1], b"\xb0")
    assert "寮犱紵" in content.decode("gb18030")
    problem = problem_of(file_of(tmp_path, content))
    assert (problem.code, problem.params["encoding"], problem.params["row"]) == (Code.ENCODING, "utf-8", 3)


def test_declared_encoding_that_does_not_fit_or_exist_is_refused(tmp_path):
    path = file_of(tmp_path, PEOPLE.encode("gb18030"))
    assert problem_of(path, encoding="utf-8").code == Code.ENCODING
    assert problem_of(path, encoding="klingon").code == Code.UNKNOWN_ENCODING


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiter_is_found_in_the_header_even_if_cells_hold_others(tmp_path, mark):
    lines = [mark.join(["no", "name", "amount"]), mark.join(["1", '"a,b;c"', '"1,234.5"'])]
    table = read_table(file_of(tmp_path, "\n".join(lines).encode()))
    assert table.delimiter == mark
    assert dict(next(table.rows()).cells) == {"no": "1", "name": "a,b;c", "amount": "1,234.5"}


def test_given_delimiter_wins(tmp_path):
    table = read_table(file_of(tmp_path, b"a,b;c\n1,2;3\n"), delimiter=";")
    assert table.columns == ("a,b", "c")


def test_blanks_around_names_and_cells_are_trimmed_and_blank_rows_counted(tmp_path):
    content = "\n 部门 ,人数\u3000\nfinishing ,\u00a08\n , \n\nsewing,59\n".encode()
    table = read_table(file_of(tmp_path, content))
    assert table.columns == ("部门", "人数")
    assert [(row.row, *row.cells.values()) for row in table.rows()] == [(3, "finishing", "8"), (6, "sewing", "59")]


def test_line_breaks_inside_quotes_stay_one_row(tmp_path):
    table = read_table(file_of(tmp_path, b'id,note\n1,"two\nlines"\n2,x\n'))
    assert [(row.row, row.cells["note"]) for row in table.rows()] == [(2, "two\nlines"), (3, "x")]


def test_row_with_more_cells_than_columns_carries_a_problem_and_others_go_on(tmp_path):
    rows = list(read_table(file_of(tmp_path, b"id,name\n1,Smith, John\n2,Ann,,\n3\n")).rows())
    assert [problem.code for problem in rows[0].problems] == [Code.TOO_MANY_CELLS]
    assert rows[0].problems[0].params == {"columns": 2, "cells": 3, "value": "John"}
    assert rows[1].problems == ()
    assert dict(rows[2].cells) == {"id": "3", "name": None}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.EMPTY),
        (b"\n \n,,\n", Code.EMPTY),
        (b"id,name\n", Code.NO_ROWS),
        (b"id,name,id \n1,2,3\n", Code.DUPLICATE_COLUMN),
        (b'id,name\n1,"open\n2,x\n', Code.BROKEN_TEXT),
    ],
)
def test_text_without_a_usable_table_is_refused(tmp_path, content, code):
    assert problem_of(file_of(tmp_path, content)).code == code


def test_missing_file_and_folder_are_refused(tmp_path):
    assert problem_of(tmp_path / "no.csv").code == Code.MISSING
    assert problem_of(tmp_path).code == Code.MISSING


def workbook_of(folder, name="people.xlsx"):
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet("说明")
        sheet = book.add_worksheet("花名册")
        sheet.write_row(1, 1, ["工号", "姓名 ", "入职", "完成率"])
        sheet.write_row(2, 1, [10023, " 张伟"])
        sheet.write_datetime(2, 3, date(2020, 1, 2), day)
        sheet.write(2, 4, 0.1 + 0.2)
        sheet.write_string(4, 1, "007")
        other = book.add_worksheet("另一张")
        other.write_row(0, 0, ["x"])
        other.write_row(1, 0, [1])
    return path


def test_workbook_reads_the_first_sheet_that_holds_something(tmp_path):
    table = read_table(workbook_of(tmp_path))
    assert (table.kind, table.sheet) == (TableKind.WORKBOOK, "花名册")
    assert table.columns == ("工号", "姓名", "入职", "完成率")
    assert [(row.row, *row.cells.values()) for row in table.rows()] == [
        (3, 10023, "张伟", date(2020, 1, 2), Decimal("0.3")),
        (5, "007", None, None, None),
    ]


def test_workbook_reads_the_named_sheet_and_refuses_an_unknown_one(tmp_path):
    path = workbook_of(tmp_path)
    assert read_table(path, sheet="另一张").columns == ("x",)
    assert problem_of(path, sheet="没有").params["sheets"] == "说明, 花名册, 另一张"
    assert problem_of(path, sheet="说明").code == Code.EMPTY


def test_workbook_named_csv_is_read_as_a_workbook(tmp_path):
    assert read_table(workbook_of(tmp_path, "people.csv")).kind is TableKind.WORKBOOK


@pytest.mark.parametrize("keep", [8, 500, 3000])
def test_broken_workbook_is_refused(tmp_path, keep):
    content = workbook_of(tmp_path).read_bytes()[:keep]
    assert problem_of(file_of(tmp_path, content, "cut.xlsx")).code == Code.BROKEN


def test_text_named_xlsx_is_refused_as_broken(tmp_path):
    assert problem_of(file_of(tmp_path, b"<html></html>", "export.xlsx")).code == Code.BROKEN


def test_parquet_reads_with_decimals_instead_of_floats(tmp_path):
    path = tmp_path / "visits.parquet"
    table = pyarrow.table({"who": ["张伟 ", None], "value": [0.1, None], "day": [date(2026, 1, 2), None]})
    pyarrow.parquet.write_table(table, path)
    rows = list(read_table(path).rows())
    assert [(row.row, *row.cells.values()) for row in rows] == [(2, "张伟", Decimal("0.1"), date(2026, 1, 2))]


def test_broken_parquet_is_refused(tmp_path):
    assert problem_of(file_of(tmp_path, b"PAR1 and no more", "x.parquet")).code == Code.BROKEN


def test_jsonl_takes_the_keys_of_all_lines_and_marks_bad_ones(tmp_path):
    content = '{"who":"张伟","value":1.10}\n\n{"who":"王芳","note":{"a":1}}\n[1]\n{"who":\n'.encode()
    table = read_table(file_of(tmp_path, content, "visits.jsonl"))
    rows = list(table.rows())
    assert table.columns == ("who", "value", "note")
    assert [row.row for row in rows] == [1, 3, 4, 5]
    assert rows[0].cells["value"] == Decimal("1.10")
    assert rows[1].cells["note"] == '{"a": 1}'
    assert [row.problems[0].code for row in rows[2:]] == [Code.BROKEN_LINE, Code.BROKEN_LINE]


@pytest.mark.parametrize(("content", "code"), [(b"\n\n", Code.EMPTY), (b"1\n2\n", Code.BROKEN)])
def test_jsonl_without_objects_is_refused(tmp_path, content, code):
    assert problem_of(file_of(tmp_path, content, "x.jsonl")).code == code


def test_rows_can_be_read_again_from_the_top(tmp_path):
    for path in (file_of(tmp_path, PEOPLE.encode()), workbook_of(tmp_path)):
        table = read_table(path)
        first = next(table.rows())
        assert next(table.rows()) == first
        assert len(list(table.rows())) == 2


def test_gzip_is_not_taken_for_text(tmp_path):
    assert problem_of(file_of(tmp_path, gzip.compress(PEOPLE.encode()), "people.csv.gz")).code in {
        Code.ENCODING,
        Code.BROKEN_TEXT,
        Code.EMPTY,
    }


@pytest.mark.parametrize("name", ["refused.csv", "refused.xlsx"])
def test_written_table_reads_back(tmp_path, name):
    path = tmp_path / name
    rows = [["007", "=1+1", Decimal("1.5"), date(2026, 1, 2), None], ["张伟", "a,b", 3, None, "x"]]
    assert write_table(path, columns=["a", "b", "c", "d", "e"], rows=iter(rows)) == 2
    read = [list(row.cells.values()) for row in read_table(path).rows()]
    shown = [[None if cell is None else str(cell) for cell in row] for row in read]
    assert shown == [["007", "=1+1", "1.5", "2026-01-02", None], ["张伟", "a,b", "3", None, "x"]]


def test_every_code_has_a_sentence():
    assert set(SENTENCES) == set(Code)


def test_sentences_print_a_percent_sign():
    from sextant.engines.values import Problem

    assert "87%" in say(Problem(Code.BAD_NUMBER, {"value": "x"}))
