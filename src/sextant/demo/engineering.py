"""Export of the development tools: one line a person and week."""

from sextant.demo.contracts import Trade
from sextant.demo.stage import Cell, Export, Shift, Stage

ENGINEERING_FILE = "研发效能导出.jsonl"
ON_TIME = 0.87
REVIEWED = 0.9
DEFECTS_WEEKLY = 0.55


def engineering_exports(stage: Stage) -> list[Export]:
    """One file of JSON lines: items due and delivered, reviews asked and done in time, defects found in production."""
    columns = ("week", "employee", "team", "department", "center", "due", "on_time", "reviews", "reviewed", "defects")
    export = Export(ENGINEERING_FILE, columns, [])
    for shift in stage.shifts(Trade.ENGINEERING):
        export.rows.append(_week(stage, shift))
    return [export]


def _week(stage: Stage, shift: Shift) -> tuple[Cell, ...]:
    load = stage.weeks.load(shift.week)
    due = max(1, round(shift.rng.randint(4, 8) * load))
    reviews = max(1, round(shift.rng.randint(6, 11) * load))
    form = 1 + (stage.level(shift, "dev.on_time", spread=0.03) - 1) * 0.6
    on_time = sum(shift.rng.random() < min(0.98, ON_TIME * form) for _ in range(due))
    reviewed = sum(shift.rng.random() < min(0.99, REVIEWED * form) for _ in range(reviews))
    defects = sum(shift.rng.random() < DEFECTS_WEEKLY / 3 / form for _ in range(3))
    for measure, value, denominator in (
        ("dev.on_time", on_time, due),
        ("dev.review", reviewed, reviews),
        ("dev.defects", defects, 1),
    ):
        stage.book.add(measure, shift.week, value, subjects=shift.subjects, denominator=denominator)
    friday = stage.weeks.friday(shift.week).isoformat()
    return (friday, shift.post.number, *shift.places, due, on_time, reviews, reviewed, defects)
