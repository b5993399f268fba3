"""C1: 300 representatives of a beverage company. Static targets fail; then three steps: a split by factors, a window in
week 10, and disputes answered in days.

Quarter one: headquarters gives everybody the same number. Quarter two: the same total is split by the allocation
engine (city GDP, customer density, coverage by rivals, last quarter's sales as the engine found them); two of ten
regions are struck in its middle, and in week 10 those of their people who are behind ask for less, within the
elasticity of the rules.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.utils.translation import gettext as _

from sextant.demo.cases.adjusting import adjust
from sextant.demo.cases.company import CaseCompany, CaseGoal
from sextant.demo.cases.contracts import Figure
from sextant.demo.cases.loading import CaseFolder, share_attained, standings, value_of, weeks_of
from sextant.demo.contracts import DemoRefused
from sextant.demo.stage import Cell, Export
from sextant.demo.weeks import Quarter
from sextant.engines.allocation import Factor, Order, Recipient, allocate
from sextant.goals.actions import evaluate_goals

CODE, TITLE = "C1", "星河饮品（案例 C1）"
SALES, DISPUTES, FAIRNESS = "case.c1.sales", "case.c1.dispute_days", "case.c1.fairness"
CITIES = ("上海", "江苏", "浙江", "安徽", "山东", "河南", "湖北", "湖南", "广东", "四川")
STRUCK = ("河南", "四川")
"""Regions in which a rival gives its goods away from the fifth week of the second quarter."""
STRUCK_FROM_WEEK = 4
STRUCK_LEVEL = 0.88
USUAL = 100.0
"""What a representative of a usual territory sells in a quarter, in ten thousands."""
AMBITION = Decimal("0.94")
"""The company's total as a share of what its territories yield: the same in both quarters."""
FACTORS = (("城市 GDP", 30), ("客户密度", 25), ("竞品覆盖", 15), ("上季实际", 30))
RELIEF = Decimal("0.88")
"""What the struck ask for: twelve per cent less, inside the elasticity of fifteen."""
DISPUTE_DAYS = (4.6, 1.8)
FAIRNESS_MARKS = ((2, 5, 10, 9, 4), (0, 1, 3, 12, 14))
"""How many of thirty give 1 … 5, before and after."""


@dataclass(frozen=True, slots=True)
class Territory:
    """What one representative works with. `pull` is how much sells there, 1 being usual."""

    number: str
    city: str
    gdp: float
    density: float
    rivals: float
    pull: float


class SalesForce:
    """The case: `teams` regions of `each` representatives, in two quarters."""

    def __init__(self, quarters: tuple[Quarter, Quarter], *, teams: int = 10, each: int = 30) -> None:
        self.first, self.second = quarters
        self.rng = Random(f"{CODE}:{teams}:{each}")
        self.company = CaseCompany(CODE, self.rng)
        self.root = (CODE, TITLE)
        head = self.company.hire("销售总监", [self.root], is_head=True)
        self.heads: dict[str, str] = {}
        self.territories: list[Territory] = []
        # the struck come last in the list of cities and must be among fewer teams, too
        for city in (*STRUCK, *(one for one in CITIES if one not in STRUCK))[:teams]:
            self._open_region(city, each, manager=head)

    def _open_region(self, city: str, each: int, *, manager: str) -> None:
        units = [self.root, (self.region_code(city), f"{city}大区")]
        self.heads[city] = self.company.hire("大区经理", units, manager=manager, is_head=True)
        for _place in range(each):
            number = self.company.hire("销售代表", units, manager=self.heads[city])
            gdp, density = (self.rng.lognormvariate(0, 0.45) for _factor in range(2))
            rivals = self.rng.uniform(0.15, 0.85)
            drawn = 0.5 * gdp + 0.3 * density + 0.4 * (1 - rivals)
            pull = drawn * self.rng.lognormvariate(0, 0.10)
            self.territories.append(Territory(number, city, round(gdp, 3), round(density, 3), round(rivals, 3), pull))

    def region_code(self, city: str) -> str:
        """The code of a region's unit."""
        return f"{CODE}-R{CITIES.index(city) + 1:02d}"

    @property
    def total(self) -> Decimal:
        """What headquarters wants of everybody together, in whole ten thousands."""
        expected = sum(one.pull for one in self.territories) * USUAL
        return (Decimal(str(expected)) * AMBITION).quantize(Decimal(1))

    def exports(self) -> dict[str, Export]:
        """What was measured in both quarters, by the mapping it is read with."""
        people = Export("进货周报.csv", ("周五日期", "工号", "铺货额"), [])
        sums: dict[tuple[date, str], float] = {}
        for quarter in (self.first, self.second):
            fridays = weeks_of(quarter)
            for one in self.territories:
                form = self.rng.lognormvariate(0, 0.07)
                for week, friday in enumerate(fridays):
                    struck = quarter == self.second and one.city in STRUCK and week >= STRUCK_FROM_WEEK
                    level = one.pull * form * (STRUCK_LEVEL if struck else 1) * self.rng.lognormvariate(0, 0.12)
                    sold = round(USUAL * level / len(fridays), 1)
                    people.rows.append((friday.isoformat(), one.number, sold))
                    for unit in (CODE, self.region_code(one.city)):
                        sums[friday, unit] = sums.get((friday, unit), 0.0) + sold
        rows: list[tuple[Cell, ...]] = [(day.isoformat(), unit, round(sold, 1)) for (day, unit), sold in sums.items()]
        units = Export("进货汇总.csv", ("周五日期", "单位编码", "铺货额"), rows)
        return {
            "c1-sales.yaml": people,
            "c1-units.yaml": units,
            "c1-disputes.yaml": self._disputes(),
            "c1-fairness.yaml": self._marks(),
        }

    def _disputes(self) -> Export:
        export = Export("争议登记.csv", ("登记号", "办结日期", "单位编码", "天数"), [])
        for quarter, usual in zip((self.first, self.second), DISPUTE_DAYS, strict=True):
            for place, friday in enumerate(weeks_of(quarter) * 3):
                days = max(0.2, round(self.rng.gauss(usual, usual / 4), 1))
                export.rows.append((f"{quarter.code}-{place:03d}", friday.isoformat(), CODE, days))
        return export

    def _marks(self) -> Export:
        export = Export("公平感调查.csv", ("答卷号", "日期", "单位编码", "分数"), [])
        for quarter, counts in zip((self.first, self.second), FAIRNESS_MARKS, strict=True):
            marks = [mark for mark, count in enumerate(counts, start=1) for _one in range(count)]
            day = weeks_of(quarter)[-1].isoformat()
            rows = ((f"{quarter.code}-{place:03d}", day, CODE, mark) for place, mark in enumerate(marks))
            export.rows.extend(rows)
        return export

    def plan_flat(self) -> None:
        """The same for everybody."""
        even = (self.total / len(self.territories)).quantize(Decimal("0.1"))
        self._plan(self.first, {one.number: even for one in self.territories})

    def plan_split(self) -> None:
        """The same total by factors; what was sold before is what the engine found."""
        known = standings(self.of_people(self.first))
        rows = [
            Recipient(
                one.number,
                {
                    "城市 GDP": Decimal(str(one.gdp)),
                    "客户密度": Decimal(str(one.density)),
                    "竞品覆盖": 1 - Decimal(str(one.rivals)),
                    "上季实际": before.value or Decimal(0),
                },
            )
            for one, before in zip(self.territories, known, strict=True)
        ]
        factors = tuple(Factor(name, Decimal(weight)) for name, weight in FACTORS)
        outcome = allocate(Order(self.total, tuple(rows), factors, Decimal("0.1")))
        if outcome.value is None:
            raise DemoRefused(f"the split was refused: {outcome.problems}")
        self._plan(self.second, {share.key: share.amount for share in outcome.value.shares})

    def _plan(self, quarter: Quarter, bases: dict[str, Decimal]) -> None:
        """Goals of a quarter from the company down, with what disputes and fairness are held against."""
        add = self.company.goals.append
        whole = CaseGoal(CODE, True, quarter, SALES, f"{quarter.spoken}铺货额", sum(bases.values(), Decimal(0)), 60)
        add(whole)
        add(CaseGoal(CODE, True, quarter, DISPUTES, "争议三天内办结", Decimal(3), 20, has_stretch=False))
        add(CaseGoal(CODE, True, quarter, FAIRNESS, "公平感四分以上", Decimal(4), 20, has_stretch=False))
        for city in self.heads:
            mine = [one for one in self.territories if one.city == city]
            base = sum((bases[one.number] for one in mine), Decimal(0))
            title = f"{quarter.spoken}铺货额"
            region = CaseGoal(self.region_code(city), True, quarter, SALES, title, base, 100, whole.code)
            add(region)
            for one in mine:
                add(CaseGoal(one.number, False, quarter, SALES, title, bases[one.number], 100, region.code))

    def of_people(self, quarter: Quarter) -> list[CaseGoal]:
        """The goals of the representatives in a quarter, in the order of their territories."""
        by_owner = {one.owner: one for one in self.company.goals if one.quarter == quarter and not one.is_unit}
        return [by_owner[one.number] for one in self.territories]

    def of_company(self, quarter: Quarter, metric: str) -> CaseGoal:
        """A goal of the company."""
        goals = self.company.goals
        return next(one for one in goals if (one.owner, one.quarter, one.metric) == (CODE, quarter, metric))

    def behind(self, on: date, folder: CaseFolder) -> list[tuple[CaseGoal, str]]:
        """The goals of those who were struck and are behind on the day `on`, each with the number of who leads them."""
        evaluate_goals(actor=folder.actor, now=folder.now, as_of=on)
        goals = self.of_people(self.second)
        told = zip(self.territories, goals, standings(goals), strict=True)
        return [
            (goal, self.heads[one.city])
            for one, goal, found in told
            if one.city in STRUCK and found.completion is not None and found.completion < 1
        ]


def replay(force: SalesForce, folder: CaseFolder, *, say: Callable[[str], None]) -> tuple[Figure, ...]:
    """Load the case, go the three steps, and read what came of each."""
    say(_("导入组织、铺货额、争议和公平感"))
    folder.take_people(force.company)
    folder.take_measurements(force.exports())
    say(_("第一季度：人人一样的静态目标"))
    force.plan_flat()
    folder.take_goals(force.company)
    folder.evaluate([force.first])
    before = share_attained(force.of_people(force.first))
    say(_("第二季度：按因子分摊同一个总额"))
    force.plan_split()
    folder.take_goals(force.company)
    folder.evaluate([force.second])
    split = share_attained(force.of_people(force.second))
    say(_("第十周：受冲击的大区申请校调，双方签署"))
    asked_on = force.second.period.from_on + timedelta(weeks=9, days=1)
    behind = force.behind(asked_on - timedelta(days=2), folder)
    adjust(behind, folder=folder, share=RELIEF, on=asked_on)
    folder.evaluate([force.second])
    after = share_attained(force.of_people(force.second))
    asked = Figure(_("申请校调的人"), Decimal(len(behind)), "人")
    return (*_attained(before, split, after), asked, *_around(force))


def _attained(before: Decimal, split: Decimal, after: Decimal) -> Sequence[Figure]:
    return (
        Figure(_("达成率：静态目标"), before, "%", "53"),
        Figure(_("达成率：按因子分摊"), split, "%"),
        Figure(_("达成率：再加第十周校调"), after, "%", "76"),
    )


def _around(force: SalesForce) -> Sequence[Figure]:
    days = [value_of(force.of_company(quarter, DISPUTES)) for quarter in (force.first, force.second)]
    marks = [value_of(force.of_company(quarter, FAIRNESS)) for quarter in (force.first, force.second)]
    return (
        Figure(_("争议处理：之前"), days[0].quantize(Decimal("0.1")), "天"),
        Figure(_("争议处理：之后"), days[1].quantize(Decimal("0.1")), "天", "1.8"),
        Figure(_("公平感：之前"), marks[0].quantize(Decimal("0.1")), "分"),
        Figure(_("公平感：之后"), marks[1].quantize(Decimal("0.1")), "分", "4.3"),
    )
