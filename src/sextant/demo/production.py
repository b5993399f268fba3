"""Exports of the manufacturing system: the daily report of each line and the weekly piece count of each person."""

from datetime import timedelta
from random import Random

from sextant.demo.contracts import DemoUnit, Trade
from sextant.demo.stage import Cell, Export, Shift, Stage
from sextant.demo.weeks import HOLIDAY_FLOOR, WEEKS, is_holiday

LINES_FILE = "MES 班组日报.csv"
PIECES_FILE = "MES 个人计件周报.csv"
SLIPPED_FILE = "MES 班组日报（周一补报）.csv"
SLIPPING = "XC-M-A3"
"""装配三线, whose clerk typed one zero too many."""
_LINE_COLUMNS = ("日期", "班组", "部门", "中心", "产量", "良品数", "停机分钟")
PIECES_DAILY = 46
YIELD = 0.984
DOWNTIME_DAILY = 24
HOURS_WEEKLY = 42


def production_exports(stage: Stage) -> list[Export]:
    """Two files. The lines' figures are the line's own report, not the sum of its people's pieces."""
    lines = Export(LINES_FILE, _LINE_COLUMNS, [])
    pieces = Export(PIECES_FILE, ("周五日期", "工号", "姓名", "班组", "完成件数", "合格件数", "工时"), [])
    for unit in stage.company.units:
        if unit.trade is Trade.PRODUCTION and unit.seats > 1:
            _report_line(stage, unit, lines)
    for shift in stage.shifts(Trade.PRODUCTION):
        pieces.rows.append(_count_pieces(stage, shift))
    return [lines, pieces]


def slipped_export(stage: Stage) -> Export:
    """The lines' report of the Monday after the last finished week, with an output ten times too high.

    Not in the book: it is to be held, and whatever is decided about it belongs to the running week.
    """
    rng = Random(f"{stage.seed}:slipped")
    monday = stage.weeks.last_sunday + timedelta(days=1)
    export = Export(SLIPPED_FILE, _LINE_COLUMNS, [])
    for unit in stage.company.units:
        if unit.trade is Trade.PRODUCTION and unit.seats > 1:
            output = round(PIECES_DAILY * unit.seats * rng.gauss(1, 0.03))
            good = round(output * YIELD)
            typed = output * 10 if unit.code == SLIPPING else output
            day = f"{monday.year}/{monday.month}/{monday.day}"
            export.rows.append((day, *stage.places_of(unit.code), typed, good, DOWNTIME_DAILY))
    return export


def _report_line(stage: Stage, unit: DemoUnit, export: Export) -> None:
    rng = Random(f"{stage.seed}:line:{unit.code}")
    subjects, places = stage.chains[unit.code], stage.places_of(unit.code)
    for week in range(WEEKS):
        story = stage.stories.of_unit("prod.output", unit.code, week)
        for day in stage.weeks.weekdays(week):
            # the plant does not stop on a holiday: a skeleton shift keeps it warm
            staffed = HOLIDAY_FLOOR if is_holiday(day) else 1
            output = round(PIECES_DAILY * unit.seats * staffed * story * rng.gauss(1, 0.05))
            good = min(output, round(output * min(0.999, rng.gauss(YIELD, 0.004))))
            stopped = max(0, round(DOWNTIME_DAILY * rng.gauss(1, 0.25) * (2 - min(1.0, story))))
            stage.book.add("prod.output", week, output, subjects=subjects)
            stage.book.add("prod.yield", week, good, subjects=subjects, denominator=output)
            stage.book.add("prod.downtime", week, stopped, subjects=subjects)
            # this system writes dates as 2026/3/9
            export.rows.append((f"{day.year}/{day.month}/{day.day}", *places, output, good, stopped))


def _count_pieces(stage: Stage, shift: Shift) -> tuple[Cell, ...]:
    load = stage.weeks.load(shift.week)
    pieces = round(PIECES_DAILY * 5 * load * stage.level(shift, "prod.output", spread=0.07))
    good = min(pieces, round(pieces * min(0.999, shift.rng.gauss(YIELD, 0.005))))
    hours = round(HOURS_WEEKLY * shift.rng.gauss(1, 0.05), 1)
    own = (shift.post.number,)
    stage.book.add("prod.output", shift.week, pieces, subjects=own)
    stage.book.add("prod.yield", shift.week, good, subjects=own, denominator=max(1, pieces))
    stage.book.add("prod.hours", shift.week, hours, subjects=own)
    friday = stage.weeks.friday(shift.week).isoformat()
    return (friday, shift.post.number, shift.person.name, shift.places[0], pieces, good, hours)
