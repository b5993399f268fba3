"""C4: the East China team of a software company. Everybody gets the same quota, nobody is coached, few report.

Three quarters: a usual one; then the flat quota, under which who has little to sell gives up and who has much stops at
the quota; then the same team with a split by factors, coaching to the standard, and progress reported.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from django.utils.translation import gettext as _

from sextant.demo.cases.company import CaseCompany, CaseGoal
from sextant.demo.cases.contracts import Figure
from sextant.demo.cases.loading import CaseFolder, share_attained, standings, value_of, weeks_of
from sextant.demo.contracts import DemoRefused
from sextant.demo.stage import Export
from sextant.demo.weeks import Quarter
from sextant.engines.allocation import Factor, Order, Recipient, allocate
from sextant.metrics.contracts import StandingRow

CODE, TEAM, TITLE = "C4", "C4-E", "云帆软件（案例 C4）"
BOOKINGS, COACHING, REPORTING = "case.c4.bookings", "case.c4.coaching", "case.c4.reporting"
MEMBERS = 12
USUAL = 60.0
"""What a member with a usual patch books in a quarter, in ten thousands."""
COACHED = (1.9, 1.2, 3.0)
"""Talks a member has in a month, about, in each quarter; the standard of the source is three."""
STANDARD, FILLED = Decimal(3), Decimal(85)
REPORTED = (0.42, 0.28, 0.87)
"""The chance that a weekly report is filled in."""
GIVE_UP_AT, GIVEN_UP = 1.08, 0.76
"""From a quota so many times what the patch yields nobody tries any more, and books this share of what it yields."""
COASTS_BELOW, COAST_AT = 0.92, 1.03
"""Whose quota is less than so much of what the patch yields stops a little beyond the quota."""
UNCOACHED = 0.93
"""What the others lose without anybody to talk a deal over with."""
FACTORS = (("在约客户", 45), ("行业商机", 35), ("平常季度", 20))


@dataclass(frozen=True, slots=True)
class Patch:
    """What one member sells to. `pull` is how much books there, 1 being usual."""

    number: str
    customers: int
    leads: int
    pull: float


class SoftwareTeam:
    """The case in three quarters."""

    def __init__(self, quarters: tuple[Quarter, Quarter, Quarter]) -> None:
        self.quarters = quarters
        self.rng = Random(CODE)
        self.company = CaseCompany(CODE, self.rng)
        root = (CODE, TITLE)
        chief = self.company.hire("总经理", [root], is_head=True)
        units = [root, (TEAM, "华东销售组")]
        lead = self.company.hire("销售主管", units, manager=chief, is_head=True)
        self.patches = [self._patch(self.company.hire("客户经理", units, manager=lead)) for _one in range(MEMBERS)]

    def _patch(self, number: str) -> Patch:
        pull = self.rng.lognormvariate(-0.08, 0.4)
        customers = max(4, round(40 * pull * self.rng.lognormvariate(0, 0.12)))
        leads = max(6, round(90 * pull * self.rng.lognormvariate(0, 0.15)))
        return Patch(number, customers, leads, pull)

    @property
    def total(self) -> Decimal:
        """What the team is to book in a quarter: what its patches yield."""
        return Decimal(str(sum(one.pull for one in self.patches) * USUAL)).quantize(Decimal(1))

    @property
    def flat(self) -> Decimal:
        """The same for everybody."""
        return (self.total / MEMBERS).quantize(Decimal("0.1"))

    def exports(self) -> dict[str, Export]:
        """What was measured in the three quarters, by the mapping it is read with."""
        people = Export("订阅周报.csv", ("周五日期", "工号", "订阅额"), [])
        team = Export("团队周报.csv", ("周五日期", "单位编码", "订阅额", "已填", "应填"), [])
        talks = Export("辅导记录.csv", ("记录号", "日期", "单位编码", "次数"), [])
        for place, quarter in enumerate(self.quarters):
            sums: dict[date, float] = {}
            for one in self.patches:
                self._book(one, quarter, place, people=people, sums=sums)
                self._coach(one, quarter, place, talks)
            for friday, booked in sums.items():
                filled = sum(self.rng.random() < REPORTED[place] for _one in self.patches)
                for unit in (TEAM, CODE):
                    team.rows.append((friday.isoformat(), unit, round(booked, 1), filled, MEMBERS))
        return {"c4-sales.yaml": people, "c4-team.yaml": team, "c4-coaching.yaml": talks}

    def _book(self, one: Patch, quarter: Quarter, place: int, *, people: Export, sums: dict[date, float]) -> None:
        fridays = weeks_of(quarter)
        quarterly = USUAL * one.pull * self._zeal(one, place)
        for friday in fridays:
            booked = round(quarterly / len(fridays) * self.rng.lognormvariate(0, 0.15), 1)
            people.rows.append((friday.isoformat(), one.number, booked))
            sums[friday] = sums.get(friday, 0.0) + booked

    def _zeal(self, one: Patch, place: int) -> float:
        """What the quota and the lack of coaching make of what the patch yields."""
        if place != 1:
            return self.rng.lognormvariate(0.02, 0.05)
        asked = float(self.flat) / (USUAL * one.pull)
        if asked > GIVE_UP_AT:
            return GIVEN_UP
        return asked * COAST_AT if asked < COASTS_BELOW else UNCOACHED

    def _coach(self, one: Patch, quarter: Quarter, place: int, talks: Export) -> None:
        for month in sorted({(friday.year, friday.month) for friday in weeks_of(quarter)}):
            held = sum(self.rng.random() < COACHED[place] / 4 for _week in range(4))
            day = date(*month, 25).isoformat()
            talks.rows.append((f"{one.number}-{month[0]}-{month[1]:02d}", day, TEAM, held))

    def plan_flat(self) -> None:
        """The same for everybody, in the first two quarters."""
        for quarter in self.quarters[:2]:
            self._plan(quarter, {one.number: self.flat for one in self.patches})

    def plan_split(self) -> None:
        """The same total by factors in the third; what was booked before is what the engine found."""
        self._plan(self.quarters[2], self._split())

    def _plan(self, quarter: Quarter, bases: dict[str, Decimal]) -> None:
        add = self.company.goals.append
        total = sum(bases.values(), Decimal(0))
        whole = CaseGoal(CODE, True, quarter, BOOKINGS, f"{quarter.spoken}新签订阅额", total, 100)
        team = CaseGoal(TEAM, True, quarter, BOOKINGS, f"{quarter.spoken}新签订阅额", total, 60, whole.code)
        add(whole)
        add(team)
        add(CaseGoal(TEAM, True, quarter, COACHING, "人均每月辅导三次", STANDARD, 20, whole.code, has_stretch=False))
        add(
            CaseGoal(TEAM, True, quarter, REPORTING, "进展填报率八成五", Decimal(85), 20, whole.code, has_stretch=False)
        )
        for number, base in bases.items():
            title = f"{quarter.spoken}新签订阅额"
            add(CaseGoal(number, False, quarter, BOOKINGS, title, base, 100, team.code))

    def _split(self) -> dict[str, Decimal]:
        usual = {goal.owner: found.value or Decimal(0) for goal, found in self._known()}
        rows = tuple(
            Recipient(
                one.number,
                {
                    "在约客户": Decimal(one.customers),
                    "行业商机": Decimal(one.leads),
                    "平常季度": usual[one.number],
                },
            )
            for one in self.patches
        )
        factors = tuple(Factor(name, Decimal(weight)) for name, weight in FACTORS)
        outcome = allocate(Order(self.flat * MEMBERS, rows, factors, Decimal("0.1")))
        if outcome.value is None:
            raise DemoRefused(f"the split was refused: {outcome.problems}")
        return {share.key: share.amount for share in outcome.value.shares}

    def _known(self) -> Iterator[tuple[CaseGoal, StandingRow]]:
        goals = self.of_people(0)
        return zip(goals, standings(goals), strict=True)

    def of_team(self, place: int, metric: str) -> CaseGoal:
        """A goal of the team in one of the quarters."""
        wanted = (TEAM, self.quarters[place], metric)
        return next(one for one in self.company.goals if (one.owner, one.quarter, one.metric) == wanted)

    def of_people(self, place: int) -> list[CaseGoal]:
        """The goals of the members in one of the quarters."""
        return [one for one in self.company.goals if one.quarter == self.quarters[place] and not one.is_unit]


def replay(team: SoftwareTeam, folder: CaseFolder, *, say: Callable[[str], None]) -> tuple[Figure, ...]:
    """Load the case, evaluate its three quarters, and read what came of them."""
    say(_("导入组织、订阅额、辅导和填报"))
    folder.take_people(team.company)
    folder.take_measurements(team.exports())
    say(_("三个季度：平常、平均摊派、按因子分摊并辅导"))
    team.plan_flat()
    folder.take_goals(team.company)
    folder.evaluate(team.quarters[:2])
    team.plan_split()
    folder.take_goals(team.company)
    folder.evaluate(team.quarters[2:])
    usual, flat, split = (value_of(team.of_team(place, BOOKINGS)) for place in range(3))
    talks = [value_of(team.of_team(place, COACHING)).quantize(Decimal("0.1")) for place in (1, 2)]
    filled = [value_of(team.of_team(place, REPORTING)).quantize(Decimal(1)) for place in (1, 2)]
    return (
        Figure(_("业绩变化：平均摊派"), ((flat / usual - 1) * 100).quantize(Decimal("0.1")), "%", "-22"),
        Figure(_("业绩变化：按因子分摊并辅导"), ((split / usual - 1) * 100).quantize(Decimal("0.1")), "%"),
        Figure(_("个人达成率：平均摊派"), share_attained(team.of_people(1)), "%"),
        Figure(_("个人达成率：按因子分摊"), share_attained(team.of_people(2)), "%"),
        Figure(_("人均每月辅导（标准三次）：之前"), talks[0], "次", "1.2"),
        Figure(_("人均每月辅导（标准三次）：之后"), talks[1], "次"),
        Figure(_("进展填报率：之前"), filled[0], "%", "31"),
        Figure(_("进展填报率：之后"), filled[1], "%", "89"),
    )
