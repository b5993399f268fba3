"""Export of the business intelligence system: one line a unit and week, everything that units are measured by.

The lines of the plant report for themselves; their output, yield and downtime are therefore not in here.
"""

from sextant.demo.catalogue import MEASURES, UNIT_WEIGHTS
from sextant.demo.contracts import DemoUnit, Trade
from sextant.demo.stage import Cell, Export, Stage
from sextant.demo.weeks import WEEKS

SUMMARY_FILE = "经营分析周报.csv"
MEASURED = tuple(dict.fromkeys(code for weights in UNIT_WEIGHTS.values() for code in weights))


def summary_export(stage: Stage) -> Export:
    """The file; to be made after all other series, since it adds up what they entered in the book."""
    heads: list[str] = []
    for code in MEASURED:
        heads += columns_of(code)
    export = Export(SUMMARY_FILE, ("周五日期", "单位编码", "单位", *heads), [])
    for unit in stage.company.units:
        if not reports_itself(unit):
            for week in range(WEEKS):
                _add_week(stage, unit, week, export)
    return export


def reports_itself(unit: DemoUnit) -> bool:
    """Whether the unit is a line of the plant with a report of its own."""
    return unit.trade is Trade.PRODUCTION and unit.seats > 1


def columns_of(code: str) -> tuple[str, ...]:
    """Columns a measure takes: its name, and for ratios the denominator beside it."""
    measure = MEASURES[code]
    if measure.aggregation == "ratio":
        return (f"{measure.name}分子", f"{measure.name}分母")
    return (measure.name,)


def _add_week(stage: Stage, unit: DemoUnit, week: int, export: Export) -> None:
    wanted = UNIT_WEIGHTS[unit.trade]
    cells: list[Cell] = []
    for code in MEASURED:
        cells += _cells(stage, code, unit.code, week) if code in wanted else [None] * len(columns_of(code))
    if any(cell is not None for cell in cells):
        export.rows.append((stage.weeks.friday(week).isoformat(), unit.code, unit.name, *cells))


def _cells(stage: Stage, code: str, unit: str, week: int) -> list[Cell]:
    value, denominator = stage.book.total(code, unit, [week])
    if not denominator:
        return [None] * len(columns_of(code))
    match MEASURES[code].aggregation:
        case "ratio":
            return [int(value), int(denominator)]
        case "mean":
            return [round(value / denominator, 3)]
        case _:
            return [round(value, 2)]
