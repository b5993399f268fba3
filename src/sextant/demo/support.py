"""Export of the service desk: one line a person and week."""

from sextant.demo.contracts import Trade
from sextant.demo.stage import Cell, Export, Shift, Stage

SUPPORT_FILE = "客服系统周报.xlsx"
CALLS_WEEKLY = 64
FIRST_FIX = 0.79
RESPONSE_MINUTES = 26.0
SATISFACTION = 4.45


def support_exports(stage: Stage) -> list[Export]:
    """One workbook: calls, calls solved at once, mean minutes to the first answer, mean satisfaction (1–5)."""
    columns = ("周五日期", "工号", "姓名", "团队", "部门", "中心", "受理量", "一次解决", "首响分钟", "满意度")
    export = Export(SUPPORT_FILE, columns, [])
    for shift in stage.shifts(Trade.SUPPORT):
        export.rows.append(_week(stage, shift))
    return [export]


def _week(stage: Stage, shift: Shift) -> tuple[Cell, ...]:
    calls = max(5, round(CALLS_WEEKLY * shift.rng.gauss(1, 0.1) * stage.weeks.load(shift.week)))
    rate = min(0.97, FIRST_FIX * _damped(stage.level(shift, "support.first_fix", spread=0.05)))
    solved = min(calls, round(calls * rate))
    slower = stage.stories.of_unit("support.response", shift.post.unit, shift.week)
    minutes = round(RESPONSE_MINUTES / shift.person.skill**0.5 * slower * max(0.5, shift.rng.gauss(1, 0.07)), 1)
    liked = _damped(_damped(stage.level(shift, "support.satisfaction", spread=0.05)))
    satisfaction = round(min(5.0, SATISFACTION * liked), 2)
    for measure, value, denominator in (
        ("support.first_fix", solved, calls),
        ("support.response", minutes, 1),
        ("support.satisfaction", satisfaction, 1),
    ):
        stage.book.add(measure, shift.week, value, subjects=shift.subjects, denominator=denominator)
    friday = stage.weeks.friday(shift.week).isoformat()
    return (friday, shift.post.number, shift.person.name, *shift.places, calls, solved, minutes, satisfaction)


def _damped(level: float) -> float:
    """Rates and ratings move half as much as amounts do."""
    return 1 + (level - 1) / 2
