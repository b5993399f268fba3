"""Rows as real systems deliver them: an unknown person, a bad date, a line twice, an amount in words, a day to come."""

from datetime import timedelta

from sextant.demo.sales import COLLECTIONS_FILE
from sextant.demo.stage import Cell, Export, Stage
from sextant.demo.support import SUPPORT_FILE


def soil(stage: Stage, exports: list[Export]) -> None:
    """Add the faulty rows to two of the exports. None of them is in the book: they are to be caught."""
    by_name = {export.name: export for export in exports}
    _soil_collections(stage, by_name[COLLECTIONS_FILE])
    _soil_support(by_name[SUPPORT_FILE])


def _soil_collections(stage: Stage, export: Export) -> None:
    spot = export.columns.index
    last = export.rows[-1]
    to_come = (stage.weeks.last_sunday + timedelta(days=75)).isoformat()
    for document, changes in (
        ("HK-离职-001", {spot("工号"): "XC0099", spot("姓名"): "已调出"}),
        ("HK-离职-002", {spot("工号"): "XC0100", spot("姓名"): "已调出"}),
        ("HK-日期-001", {spot("回款日期"): "2026-13-07"}),
        ("HK-日期-002", {spot("回款日期"): "下周三"}),
        ("HK-金额-001", {spot("回款金额"): "十二万"}),
        ("HK-金额-002", {spot("回款金额"): "12.5.0"}),
        ("HK-未来-001", {spot("回款日期"): to_come}),
        ("HK-空号-001", {spot("工号"): None, spot("姓名"): None}),
    ):
        export.rows.append(_changed(last, {0: document, **changes}))
    # the same payment delivered once more, as happens when somebody exports twice and pastes
    export.rows.append(export.rows[40])


def _soil_support(export: Export) -> None:
    spot = export.columns.index
    last = export.rows[-1]
    export.rows.append(_changed(last, {spot("工号"): "XC7777", spot("姓名"): "外包坐席"}))
    export.rows.append(_changed(last, {spot("周五日期"): "11月第二周"}))
    export.rows.append(_changed(last, {spot("满意度"): "很满意"}))


def _changed(row: tuple[Cell, ...], changes: dict[int, Cell]) -> tuple[Cell, ...]:
    return tuple(changes.get(place, cell) for place, cell in enumerate(row))
