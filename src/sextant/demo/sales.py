"""Exports of the CRM: collections, contracts, and the weekly activity sheet."""

from random import Random

from sextant.demo.contracts import Trade
from sextant.demo.stage import Cell, Export, Shift, Stage

COLLECTIONS_FILE = "CRM 回款导出.csv"
CONTRACTS_FILE = "CRM 合同导出.csv"
ACTIVITY_FILE = "CRM 销售活动周报.csv"
COLLECTED_WEEKLY = 118_000
SIGNED_WEEKLY = 132_000
VISITS_WEEKLY = 9.5
CYCLE_DAYS = 44
_WHO = ("工号", "姓名", "团队", "大区", "中心")
_CUSTOMERS = tuple(
    f"{place}{trade}"
    for place in ("苏州", "无锡", "宁波", "嘉定", "东莞", "佛山", "泉州", "廊坊", "烟台", "洛阳", "绵阳", "曲靖")
    for trade in ("精工", "光电", "医疗器械", "汽车电子", "新能源", "精密模具")
)


def sales_exports(stage: Stage) -> list[Export]:
    """Three files; amounts in yuan, one line a payment or contract; activity one line a person and week."""
    collections = Export(COLLECTIONS_FILE, ("回款单号", "回款日期", *_WHO, "客户", "回款金额"), [])
    contracts = Export(CONTRACTS_FILE, ("合同编号", "签订日期", *_WHO, "客户", "合同金额"), [])
    activity = Export(ACTIVITY_FILE, ("周五日期", *_WHO, "有效拜访", "商机平均转化天数"), [])
    for shift in stage.shifts(Trade.SALES):
        _collect(stage, shift, collections)
        _sign(stage, shift, contracts)
        _act(stage, shift, activity)
    return [collections, contracts, activity]


def _collect(stage: Stage, shift: Shift, export: Export) -> None:
    level = stage.level(shift, "sales.collections", spread=0.13)
    total = COLLECTED_WEEKLY * level * stage.weeks.load(shift.week)
    for amount in _parts(total, shift.rng):
        export.rows.append(_line("HK", export, stage, shift, _as_exported(amount, shift.rng)))
        stage.book.add("sales.collections", shift.week, amount / 10_000, subjects=shift.subjects)


def _sign(stage: Stage, shift: Shift, export: Export) -> None:
    level = stage.level(shift, "sales.contracts", spread=0.16)
    amount = int(SIGNED_WEEKLY * level * stage.weeks.load(shift.week)) // 100 * 100
    export.rows.append(_line("HT", export, stage, shift, amount))
    stage.book.add("sales.contracts", shift.week, amount / 10_000, subjects=shift.subjects)


def _act(stage: Stage, shift: Shift, export: Export) -> None:
    level = stage.level(shift, "sales.visits", spread=0.12)
    visits = max(0, round(VISITS_WEEKLY * level * stage.weeks.load(shift.week)))
    days = round(CYCLE_DAYS / shift.person.skill**0.5 * max(0.6, shift.rng.gauss(1, 0.06)), 1)
    friday = stage.weeks.friday(shift.week).isoformat()
    export.rows.append((friday, shift.post.number, shift.person.name, *shift.places, visits, days))
    stage.book.add("sales.visits", shift.week, visits, subjects=shift.subjects)
    stage.book.add("sales.cycle", shift.week, days, subjects=shift.subjects)


def _parts(total: float, rng: Random) -> list[int]:
    """One payment or two, in whole hundreds of yuan."""
    if rng.random() < 0.7:
        return [int(total) // 100 * 100]
    first = int(total * rng.uniform(0.3, 0.7)) // 100 * 100
    return [first, int(total - first) // 100 * 100]


def _line(prefix: str, export: Export, stage: Stage, shift: Shift, amount: Cell) -> tuple[Cell, ...]:
    day = shift.rng.choice(stage.weeks.working_days(shift.week))
    document = f"{prefix}{day:%y%m%d}-{len(export.rows) + 1:05d}"
    customer = shift.rng.choice(_CUSTOMERS)
    who = (shift.post.number, shift.person.name, *shift.places)
    return (document, day.isoformat(), *who, customer, amount)


def _as_exported(amount: int, rng: Random) -> int | str:
    """The CRM groups thousands in about one line in ten, as people type them."""
    return f"{amount:,}.00" if rng.random() < 0.1 else amount
