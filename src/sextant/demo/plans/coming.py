"""Plans of the quarter to come, on every step before the contract: drafted, argued about, proposed, signed by one."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.conf import settings

from sextant.demo import units
from sextant.demo.plans.players import head_of, seat, unit_id
from sextant.demo.plans.table import Table
from sextant.demo.plans.texts import Texts, behaviour, extra, kpi, objective
from sextant.engines.agreement import GoalTerms
from sextant.engines.values import round_half_up
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.goals.access import access_goal
from sextant.goals.actions.quota import send_split
from sextant.goals.contracts import CycleRow, GoalRow, SupportKind
from sextant.goals.policy.quota import Quota, QuotaFactor, QuotaRow
from sextant.goals.queries import list_goals_of_person, list_goals_of_unit
from sextant.goals.queries.quota import list_sharers
from sextant.metrics.queries import metric_map

OFFICE_HOUR = time(10)
FACTORS = (
    QuotaFactor("上期实际", Decimal(50)),
    QuotaFactor("目标客户数", Decimal(30)),
    QuotaFactor("竞品覆盖率", Decimal(20), is_reversed=True),
)
CUSTOMERS = {"XC-S-E": (1240, 62), "XC-S-S": (1010, 55), "XC-S-N": (860, 48), "XC-S-W": (520, 35)}
"""Of each region: customers worth a visit, and per cent of them where a competitor is in already."""


class ComingPlans:
    """The plans of the cycle after `running`, as far as they are on the day of the start."""

    def __init__(self, running: CycleRow, coming: CycleRow, *, now: datetime) -> None:
        self.running = running
        self.cycle = coming
        self.on = company_day(now, settings.SEXTANT_ZONE) - timedelta(days=2)
        self.now = datetime.combine(self.on, OFFICE_HOUR, tzinfo=settings.SEXTANT_ZONE)
        self.texts = Texts(coming.until_on - timedelta(days=1))

    def seller(self) -> None:
        """沈亦舟 writes less than the leader of the team has in mind."""
        table = self._table(seat("XC-S-E1", 1, on=self.on), seat("XC-S-E1", 0, on=self.on))
        money = self._sales(table.owner)
        table.write(*self._whole(money))
        wish = table.ask(SupportKind.TRAINING, "再上一次谈判课，带着真实的报价单去")
        table.start()
        wanted = table.goal("回款")
        table.comment("拜访刚恢复，回款还要慢两个月，这个数是按现在的在谈商机算的。", by=table.owner, goal=wanted)
        table.change(wanted, by=table.other, **_raised(money[0], "1.08"))
        table.accept(but=[wanted])
        table.comment("去年同期做到过，试着往上提一点，谈判课我来安排。", by=table.other, goal=wanted)
        table.promise(wish, "一月第二周", due_on=self.cycle.from_on + timedelta(days=11))

    def leader(self) -> None:
        """陈嘉禾 with the head of the region: the answer of 林清越 is still open."""
        table = self._table(seat("XC-S-E1", 0, on=self.on), seat(units.SLIDING, 0, on=self.on))
        money = self._sales(table.owner)
        table.write(*self._whole(money))
        table.ask(SupportKind.PEOPLE, "补一名客户经理，三月前到岗")
        table.start()
        wanted = table.goal("周期")
        table.accept(but=[wanted])
        table.change(wanted, by=table.other, weight=Decimal(15))
        table.change(table.goal("回款"), by=table.other, weight=Decimal(35))
        table.comment("周期这项去年没人管，权重先提上来。", by=table.other, goal=wanted)

    def star(self) -> None:
        """许念安 has signed; the leader of the team has not."""
        table = self._table(seat("XC-S-E1", 2, on=self.on), seat("XC-S-E1", 0, on=self.on))
        table.write(*self._whole(self._sales(table.owner)))
        table.start()
        table.accept()
        table.propose()
        table.sign(table.owner)

    def director(self) -> None:
        """林清越 has begun to write."""
        table = self._table(seat(units.SLIDING, 0, on=self.on), head_of("XC-S", on=self.on))
        talks = kpi("一对一沟通 60 次", "lead.talks", 70, "60", "72")
        table.write(talks, self.texts.task("拜访量回到三季度水平的改进方案", 20, "每组一页方案，三月底复盘一次"))

    def centre(self) -> None:
        """营销中心: 石静姝 has signed and shared the money out; the general manager finds it waiting."""
        table = self._table(head_of("XC-S", on=self.on), seat("XC", 0, on=self.on), unit="XC-S")
        money = self._next(self._of_unit("XC-S", "sales.collections"), "1.05", 50, kind="key_result")
        deals = self._next(self._of_unit("XC-S", "sales.contracts"), "1.04", 40, kind="key_result")
        table.write(
            objective("老客户复购过半，新行业打开两个口子", 10), money, deals, extra("veto", "红线：不得商业贿赂", 60)
        )
        table.start()
        table.comment("回款按四个大区的客户数和竞品情况分，不再平均摊。", by=table.owner, goal=table.goal("回款"))
        table.accept()
        table.propose()
        table.sign(table.owner)
        self._split(table.goal("回款").id, by=table.owner)

    def engineering(self) -> None:
        """研发中心 and the general manager are 4 points apart."""
        table = self._table(head_of("XC-R", on=self.on), seat("XC", 0, on=self.on), unit="XC-R")
        table.write(
            objective("让交付可以预期", 10),
            kpi("需求按期交付率 86%", "dev.on_time", 50, "86", "90", kind="key_result"),
            kpi("线上缺陷不超过 450 个", "dev.defects", 40, "450", "400", kind="key_result"),
        )
        people = table.ask(SupportKind.PEOPLE, "质量部增加两名自动化测试")
        table.start()
        wanted = table.goal("交付率")
        table.change(wanted, by=table.other, title="需求按期交付率 90%", base=Decimal(90), stretch=Decimal(93))
        table.accept(but=[wanted])
        table.comment("客户合同里写的是九成，低于这个数要赔钱。", by=table.other, goal=wanted)
        table.comment("网关组的数据断了三周，先把来源修好再定。", by=table.owner, goal=wanted)
        table.refuse(people, "上半年不加编制，可以从应用研发部借调")

    def staff(self) -> None:
        """梁静姝 still argues; 魏明远 finds his plan ready to be signed; 马永康 has a first line."""
        chief = head_of("XC-F", on=self.on)
        people = self._table(seat("XC-F-H", 0, on=self.on), chief)
        people.write(*self._office("招聘周期缩短", "一线岗位三十天内到岗，每月一张进度表"))
        people.start()
        wanted = people.goal("满意度")
        people.change(wanted, by=chief, title="内部满意度 4.60", base=Decimal("4.6"), stretch=Decimal("4.75"))
        people.accept(by=chief, but=[wanted])
        audit = self._table(seat("XC-F-A", 0, on=self.on), chief)
        audit.write(*self._office("合同抽查", "每月三十份，问题清单当月关闭"))
        audit.start()
        audit.accept()
        audit.propose()
        money = self._table(seat("XC-F-C", 0, on=self.on), chief)
        money.write(self._office("月结提前两天", "每月第三个工作日出报表")[0])

    def _whole(self, measured: list[GoalTerms]) -> list[GoalTerms]:
        """A sales plan around what is measured."""
        steps = [("定下二十家名单", 30, 70), ("做完样机演示", 40, 35), ("签下三家试用", 30, 5)]
        return [
            *measured,
            self.texts.milestone("把轴承客户群做成样板", 12, "三份试用协议和一份客户自己写的评价", steps),
            self.texts.task("和技术服务部共用装机排期表", 8, "六家客户的排期表，延期不超过两次"),
            behaviour("拜访当天写完客户记录"),
            extra("bonus", "带出一名能独立报价的新人", 5),
        ]

    def _office(self, task: str, deliverable: str) -> list[GoalTerms]:
        return [
            kpi("工单及时办结率 90%", "desk.on_time", 30, "90", "94"),
            kpi("内部满意度 4.50", "desk.satisfaction", 20, "4.5", "4.7"),
            self.texts.task(task, 25, deliverable),
            self.texts.actions("把常问的问题写成说明", 15, [("列出前二十个问题", 60), ("每题一页", 20)]),
            behaviour("当天回复同事的疑问"),
        ]

    def _sales(self, owner: Actor) -> list[GoalTerms]:
        """The three measures of a seller, a step beyond what is promised in the running quarter."""
        assert owner.person_id is not None  # everyone of the cast is a person
        rows = list_goals_of_person(owner.person_id, cycle_id=self.running.id)
        factors = {"sales.collections": ("1.04", 40), "sales.visits": ("1.05", 20), "sales.cycle": ("0.97", 10)}
        return [self._next(_measured(rows, code), factor, weight) for code, (factor, weight) in factors.items()]

    def _of_unit(self, code: str, metric: str) -> GoalRow:
        return _measured(list_goals_of_unit(unit_id(code), cycle_id=self.running.id), metric)

    def _next(self, row: GoalRow, factor: str, weight: int, *, kind: str = "kpi") -> GoalTerms:
        """What `row` promises, moved by `factor`; amounts of a unit in tens."""
        assert row.base is not None  # the measures chosen here have one
        assert row.metric_id is not None
        metric = metric_map([row.metric_id])[row.metric_id]
        places = 0 if row.base >= 10 and metric.code != "sales.cycle" else 1
        base = round_half_up(row.base * Decimal(factor), places)
        if row.owner_unit_id is not None:
            base = round_half_up(base / 10, 0) * 10
        stretch = round_half_up(base * (Decimal("0.9") if metric.direction == "lower" else Decimal("1.15")), places)
        title = f"{metric.name} {base:,f} {metric.unit_label}"
        return kpi(title, metric.code, weight, f"{base:f}", f"{stretch:f}", kind=kind)

    def _split(self, goal_id: int, *, by: Actor) -> None:
        """The money of the centre over its regions, by three factors; one region has a floor."""
        goal = access_goal(by, goal_id=goal_id, on=self.on)
        rows = tuple(
            QuotaRow(one.key, one.name, (one.reached, *map(Decimal, CUSTOMERS[one.code])))
            for one in list_sharers(goal, on=self.on)
        )
        rows = tuple(replace(row, floor=Decimal(2000)) if row.name.startswith("西部") else row for row in rows)
        quota = Quota(goal.base or Decimal(0), Decimal(10), FACTORS, rows)
        how = "按上期实际、目标客户数和竞品覆盖分摊"
        send_split(goal_id, quota, how=how, snapshot_on=self.on, actor=by, now=self.now, today=self.on)

    def _table(self, owner: Actor, other: Actor, *, unit: str = "") -> Table:
        return Table(self.cycle.id, owner, other, unit_id=unit_id(unit) if unit else None, now=self.now)


def _measured(rows: list[GoalRow], code: str) -> GoalRow:
    """The goal that is measured by this metric."""
    metrics = metric_map([one.metric_id for one in rows if one.metric_id is not None])
    return next(one for one in rows if one.metric_id is not None and metrics[one.metric_id].code == code)


def load_coming_plans(running: CycleRow, coming: CycleRow, *, now: datetime) -> None:
    """Write plans into the cycle `coming`, as the people themselves."""
    plans = ComingPlans(running, coming, now=now)
    for make in (
        plans.centre,
        plans.engineering,
        plans.director,
        plans.leader,
        plans.seller,
        plans.star,
        plans.staff,
    ):
        make()


def _raised(terms: GoalTerms, factor: str) -> dict[str, object]:
    """A higher amount, with the title that says it."""
    assert terms.base is not None
    assert terms.stretch is not None
    base, stretch = (round_half_up(value * Decimal(factor), 0) for value in (terms.base, terms.stretch))
    return {"base": base, "stretch": stretch, "title": terms.title.replace(f"{terms.base:,f}", f"{base:,f}")}
