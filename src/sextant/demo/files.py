"""Writing the exports as their systems would: encodings, workbooks, JSON lines. Same company, same bytes."""

import csv
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from sextant.demo.roster import ROSTER_FILE
from sextant.demo.sales import COLLECTIONS_FILE, CONTRACTS_FILE
from sextant.demo.stage import Export
from sextant.demo.targets import PlannedGoal

GOALS_FILE = "绩效目标.csv"
GOAL_COLUMNS = (
    "编号",
    "标题",
    "类型",
    "周期",
    "负责人工号",
    "负责单位",
    "指标",
    "基准目标",
    "挑战目标",
    "下限",
    "上限",
    "容差",
    "权重",
    "上级目标",
)
ENCODINGS = {ROSTER_FILE: "gb18030", COLLECTIONS_FILE: "gb18030", CONTRACTS_FILE: "utf-8-sig"}
"""Old systems write GB18030, spreadsheets UTF-8 with a mark; the others plain UTF-8."""
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - a workbook holds no zone; pinned so that the bytes do not change


def write_export(folder: Path, export: Export) -> Path:
    """Write one export into `folder` and return where."""
    path = folder / export.name
    if path.suffix == ".xlsx":
        _write_workbook(path, export)
    elif path.suffix == ".jsonl":
        _write_lines(path, export)
    else:
        _write_csv(path, export)
    return path


def goals_export(goals: list[PlannedGoal]) -> Export:
    """The goals as the file HR would import."""
    return Export(GOALS_FILE, GOAL_COLUMNS, [_goal_row(goal) for goal in goals])


def _goal_row(goal: PlannedGoal) -> tuple[str, ...]:
    cells = (
        goal.code,
        goal.title,
        goal.kind,
        f"{goal.quarter.year}Q{goal.quarter.number}",
        goal.person,
        goal.unit,
        goal.measure,
        goal.base,
        goal.stretch,
        goal.low,
        goal.high,
        goal.tolerance,
        goal.weight,
        goal.parent,
    )
    return tuple("" if cell is None else str(cell) for cell in cells)


def _write_csv(path: Path, export: Export) -> None:
    with path.open("w", encoding=ENCODINGS.get(export.name, "utf-8"), newline="") as file:
        writer = csv.writer(file)
        writer.writerow(export.columns)
        writer.writerows(export.rows)


def _write_lines(path: Path, export: Export) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in export.rows:
            record = dict(zip(export.columns, row, strict=True))
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


def _write_workbook(path: Path, export: Export) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet("导出")
        for place, row in enumerate((export.columns, *export.rows)):
            for column, cell in enumerate(row):
                if isinstance(cell, int | float | Decimal):
                    sheet.write_number(place, column, cell)
                elif cell is not None:
                    sheet.write_string(place, column, str(cell))
