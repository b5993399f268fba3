"""Goals of the demo: who promises what, argued from what the same subject did in the quarter before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sextant.demo import units
from sextant.demo.catalogue import MEASURES, PERSON_WEIGHTS, UNIT_WEIGHTS, Measure
from sextant.demo.contracts import DemoPost
from sextant.demo.stage import Stage
from sextant.demo.weeks import WEEKS, Quarter
from sextant.engines.values import round_half_up

CEILING = {"ratio": Decimal("99.6"), "mean": Decimal("4.95")}
"""No stretch target promises what cannot be: more than all, or more than the best mark."""
OBJECTIVES = {
    "O1": "成为精密制造客户首选的检测伙伴",
    "O2": "让交付又快又稳",
    "O3": "把辅导做在平时",
}
SUPPORTS = {
    "sales.collections": "O1",
    "sales.contracts": "O1",
    "support.satisfaction": "O1",
    "dev.on_time": "O2",
    "prod.yield": "O2",
    "prod.output": "O2",
    "sales.visits": "sales.collections",
    "sales.cycle": "sales.contracts",
    "support.first_fix": "support.satisfaction",
    "support.response": "support.satisfaction",
    "dev.review": "dev.on_time",
    "dev.defects": "dev.on_time",
    "prod.downtime": "prod.yield",
    "prod.hours": "prod.output",
    "desk.on_time": "O3",
    "desk.satisfaction": "O3",
    "lead.talks": "O3",
}
"""What a goal supports when the unit above has none of the same measure: another measure there, or an objective."""


@dataclass(frozen=True, slots=True)
class PlannedGoal:
    """One row of the goals file. Exactly one of `person` (a number) and `unit` (a code) owns it."""

    code: str
    title: str
    kind: str
    quarter: Quarter
    person: str
    unit: str
    measure: str
    base: Decimal | None
    stretch: Decimal | None
    low: Decimal | None
    high: Decimal | None
    tolerance: Decimal | None
    weight: int
    parent: str


def plan_goals(stage: Stage) -> list[PlannedGoal]:
    """Goals of the last four quarters, parents before children. Units have all four; people have the running one, and
    in the region the tour visits the three before it too. Weights of one owner and quarter sum to 100."""
    goals: list[PlannedGoal] = []
    quarters = stage.weeks.quarters()
    for quarter in quarters:
        plan = _QuarterPlan(stage, quarter)
        goals += plan.objectives()
        goals += plan.unit_goals()
        goals += plan.person_goals(everyone=quarter == quarters[-1])
    return goals


def code_of(quarter: Quarter, owner: str, measure: str) -> str:
    """Code of a goal: quarter, owner, measure."""
    return f"{quarter.year}Q{quarter.number}-{owner}-{measure}"


class _QuarterPlan:
    def __init__(self, stage: Stage, quarter: Quarter) -> None:
        self.stage = stage
        self.quarter = quarter
        first = stage.weeks.index_of(quarter.period.from_on)
        self.own = [week for week in range(first - 1, first + 15) if self._is_in(week, quarter)]
        earlier = [week for week in range(WEEKS) if self._is_in(week, quarter.before)]
        # nothing is older than a year: the first quarter told is argued from its own first month
        self.earlier = earlier or [week for week in self.own if week >= 0][:4]

    def _is_in(self, week: int, quarter: Quarter) -> bool:
        return self.stage.weeks.friday(week) in quarter.period

    def objectives(self) -> Iterator[PlannedGoal]:
        for key, title in OBJECTIVES.items():
            code = code_of(self.quarter, units.ROOT, key)
            yield PlannedGoal(
                code, title, "objective", self.quarter, "", units.ROOT, "", None, None, None, None, None, 0, ""
            )

    def unit_goals(self) -> Iterator[PlannedGoal]:
        for unit in self.stage.company.units:
            for code, weight in UNIT_WEIGHTS[unit.trade].items():
                kind = "key_result" if unit.level < 3 else "kpi"
                title = f"{self.quarter.spoken}{MEASURES[code].name}"
                parent = self._support(code, unit.parent)
                yield self._goal(MEASURES[code], title, kind, weight, parent, unit=unit.code)

    def person_goals(self, *, everyone: bool) -> Iterator[PlannedGoal]:
        for post in self._holders():
            if everyone or units.SLIDING in self.stage.chains[post.unit]:
                unit = self.stage.units[post.unit]
                weights = PERSON_WEIGHTS[unit.trade] if unit.seats > 1 else {"lead.talks": 100}
                for code, weight in weights.items():
                    title = f"{self.quarter.spoken}{MEASURES[code].name}"
                    parent = self._support(code, post.unit)
                    yield self._goal(MEASURES[code], title, "kpi", weight, parent, post=post)

    def _holders(self) -> Iterator[DemoPost]:
        """Those in their seats at the quarter's last told week."""
        day = self.stage.weeks.friday(min(self.own[-1], WEEKS - 1))
        for post in self.stage.company.posts:
            if post.from_on <= day and (post.until_on is None or day < post.until_on):
                yield post

    def _support(self, measure: str, unit: str) -> str:
        """Code of the goal that one on `measure` below `unit` supports."""
        if unit and measure in UNIT_WEIGHTS[self.stage.units[unit].trade]:
            return code_of(self.quarter, unit, measure)
        support = SUPPORTS[measure]
        if support in OBJECTIVES:
            return code_of(self.quarter, units.ROOT, support)
        return self._support(support, unit)

    def _goal(
        self,
        measure: Measure,
        title: str,
        kind: str,
        weight: int,
        parent: str,
        *,
        unit: str = "",
        post: DemoPost | None = None,
    ) -> PlannedGoal:
        owner = post.number if post else unit
        low = high = tolerance = base = stretch = None
        if measure.band:
            low, high = Decimal(42) - Decimal(measure.band), Decimal(42) + Decimal(measure.band)
            tolerance = Decimal(measure.band) * 2
        else:
            base = self._base(measure, owner, post)
            stretch = _stretch(measure, base)
        person = post.number if post else ""
        code = code_of(self.quarter, owner, measure.code)
        return PlannedGoal(
            code,
            title,
            kind,
            self.quarter,
            person,
            unit,
            measure.code,
            base,
            stretch,
            low,
            high,
            tolerance,
            weight,
            parent,
        )

    def _base(self, measure: Measure, owner: str, post: DemoPost | None) -> Decimal:
        found = self._usual(measure, owner)
        if found is None and post is not None:
            # somebody new has no quarter behind them: what the colleagues of the unit usually do
            peers = [p.number for p in self._holders() if p.unit == post.unit and p.number != owner]
            usual = [value for value in (self._usual(measure, peer) for peer in peers) if value is not None]
            found = sum(usual) / len(usual) if usual else None
        if found is None:
            raise ValueError(f"nobody was ever measured by {measure.code} in {owner} before {self.quarter.code}")
        base = round_half_up(Decimal(str(found)) * Decimal(measure.ambition), measure.places)
        ceiling = CEILING.get(measure.aggregation) if measure.direction == "higher" else None
        return base if ceiling is None else min(base, ceiling)

    def _usual(self, measure: Measure, owner: str) -> float | None:
        """The owner's value of the quarter before; amounts per unit of working time, so that a quarter with a long
        holiday does not make the next target easy."""
        book = self.stage.book
        measured = [week for week in self.earlier if book.total(measure.code, owner, [week])[1] > 0]
        value, denominator = book.total(measure.code, owner, measured)
        if not denominator:
            return None
        if measure.is_cumulative:
            return value / self._load(measured) * self._load(self.own)
        return value / denominator * measure.scale

    def _load(self, weeks: Sequence[int]) -> float:
        return sum(self.stage.weeks.load(week) for week in weeks)


def _stretch(measure: Measure, base: Decimal) -> Decimal | None:
    """The stretch target beyond `base`, or None when nothing lies beyond it."""
    if measure.stretch is None:
        return None
    stretch = round_half_up(base * Decimal(measure.stretch), measure.places)
    if measure.direction == "higher":
        ceiling = CEILING.get(measure.aggregation)
        stretch = stretch if ceiling is None else min(stretch, ceiling)
        return stretch if stretch > base else None
    return stretch if 0 < stretch < base else None
