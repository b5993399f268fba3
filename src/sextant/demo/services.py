"""Exports of shared services: the internal service desk, and the log of one-to-one talks."""

from sextant.demo.contracts import Trade
from sextant.demo.stage import Cell, Export, Shift, Stage

DESK_FILE = "共享服务台.csv"
TALKS_FILE = "一对一记录.csv"
TICKETS_WEEKLY = 22
ON_TIME = 0.91
SATISFACTION = 4.5


def services_exports(stage: Stage) -> list[Export]:
    """Two files: tickets closed and closed in time with mean rating, and how many talks a head held in the week."""
    desk = Export(DESK_FILE, ("周五日期", "工号", "姓名", "部门", "中心", "办结", "及时办结", "评分"), [])
    talks = Export(TALKS_FILE, ("周五日期", "工号", "姓名", "一对一次数"), [])
    for shift in stage.shifts(Trade.SERVICES):
        desk.rows.append(_desk_week(stage, shift))
    for shift in stage.heads():
        count = sum(shift.rng.random() < 0.6 * stage.weeks.load(shift.week) for _ in range(6))
        stage.book.add("lead.talks", shift.week, count, subjects=(shift.post.number,))
        friday = stage.weeks.friday(shift.week).isoformat()
        talks.rows.append((friday, shift.post.number, shift.person.name, count))
    return [desk, talks]


def _desk_week(stage: Stage, shift: Shift) -> tuple[Cell, ...]:
    closed = max(4, round(TICKETS_WEEKLY * shift.rng.gauss(1, 0.12) * stage.weeks.load(shift.week)))
    form = 1 + (stage.level(shift, "desk.on_time", spread=0.03) - 1) / 2
    in_time = sum(shift.rng.random() < min(0.99, ON_TIME * form) for _ in range(closed))
    rating = round(min(5.0, SATISFACTION * (1 + (form - 1) / 2) * shift.rng.gauss(1, 0.02)), 2)
    stage.book.add("desk.on_time", shift.week, in_time, subjects=shift.subjects, denominator=closed)
    stage.book.add("desk.satisfaction", shift.week, rating, subjects=shift.subjects)
    friday = stage.weeks.friday(shift.week).isoformat()
    return (friday, shift.post.number, shift.person.name, *shift.places[1:], closed, in_time, rating)
