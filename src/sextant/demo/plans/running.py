"""Plans of the running quarter: agreed in its second week, signed by both, with support asked, promised and judged."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sextant.demo import units
from sextant.demo.plans.players import head_of, seat, unit_id
from sextant.demo.plans.table import Table
from sextant.demo.plans.texts import Texts, behaviour, extra, objective
from sextant.foundation.access.contracts import Actor
from sextant.goals.access import access_goal
from sextant.goals.actions.progress import record_progress
from sextant.goals.contracts import CycleRow, SupportKind
from sextant.goals.policy.progress import ProgressSaid
from sextant.goals.queries.progress import list_steps

TALKED_AFTER = timedelta(days=7, hours=2)
"""How long after the quarter's first day people sat down: Thursday of its second week, in most years."""
JUDGED_AFTER = timedelta(days=30)
TOLD_AFTER = timedelta(days=32)


class RunningPlans:
    """The plans of one cycle, each between two people. `now` is the moment of the start: nothing happens later."""

    def __init__(self, cycle: CycleRow, *, now: datetime) -> None:
        self.cycle = cycle
        self.now = now
        began = datetime.combine(cycle.from_on, datetime.min.time(), tzinfo=now.tzinfo)
        self.talked = min(began + TALKED_AFTER, now - timedelta(hours=3))
        self.on: date = self.talked.date()
        self.texts = Texts(cycle.until_on - timedelta(days=1))

    def seller(self) -> None:
        """沈亦舟 and the leader of the team: every kind of goal, and three wishes with three fates."""
        table = self._table(seat("XC-S-E1", 1, on=self.on), seat("XC-S-E1", 0, on=self.on))
        texts = self.texts
        table.weigh((35, 20, 15))
        table.write(
            texts.milestone(
                "打开精密轴承客户群",
                12,
                "三份试用协议",
                [("名单和联系人核对完", 30, 60), ("完成六家样机演示", 30, 30), ("三家签下试用", 40, 5)],
            ),
            texts.actions(
                "老客户回访", 8, [("列出去年采购超过五十万的客户", 70), ("逐家约访", 45), ("回访纪要归档", 10)]
            ),
            behaviour("拜访当天写完客户记录"),
            extra("bonus", "带出一名能独立报价的新人", 5),
            extra("penalty", "合同信息漏录，每份扣 2 分", 2),
            extra("veto", "红线：不得虚报拜访", 60),
        )
        money = table.goal("回款")
        course = table.ask(SupportKind.TRAINING, "参加一次大客户谈判课", goal=money)
        demo_set = table.ask(SupportKind.BUDGET, "两台演示样机，十月底前到位", goal=table.goal("轴承"))
        authority = table.ask(SupportKind.AUTHORITY, "账期放宽到九十天", goal=money)
        table.start()
        table.comment("轴承厂的采购都在年底定，样机到不了就谈不下去。", by=table.owner, goal=table.goal("轴承"))
        table.comment("样机我来协调。账期的事公司有规定，换个办法：先谈分批付款。", by=table.other)
        table.promise(course, "十月第三周的课，名额已留", due_on=texts.before(70))
        table.promise(demo_set, "从展厅调两台", due_on=texts.before(61))
        table.refuse(authority, "信用政策由财务统一定，单个客户不放宽")
        table.accept()
        table.propose()
        table.sign()
        later = min(table.now + JUDGED_AFTER, self.now)
        table.judge(course, is_kept=True, now=later)
        table.judge(demo_set, is_kept=False, now=later)
        self._tell(table, "轴承", "名单四十二家，联系人都打过一遍电话", steps=1)
        self._tell(table, "老客户", "去年过五十万的十九家都约上了", steps=2)
        self._tell(table, "写完客户记录", "十月漏写两次，第二天补上", ratio="0.8")

    def star(self) -> None:
        """许念安: measures, one task, nothing special."""
        table = self._table(seat("XC-S-E1", 2, on=self.on), seat("XC-S-E1", 0, on=self.on))
        table.weigh((40, 20, 10))
        table.write(
            self.texts.task("整理苏州工业园区客户档案", 20, "四十家客户的联系人、设备清单和下次更换年份"),
            behaviour("每月带一位同事跑一次客户"),
            extra("bonus", "带出一名能独立报价的新人", 5),
        )
        table.conclude()
        self._tell(table, "档案", "四十家里整理完二十四家", ratio="0.6")

    def leader(self) -> None:
        """陈嘉禾, who leads the team, with the head of the region."""
        table = self._table(seat("XC-S-E1", 0, on=self.on), seat(units.SLIDING, 0, on=self.on))
        table.weigh((40, 20, 10))
        table.write(
            self.texts.actions(
                "把新人带上手", 20, [("每人跟访三次", 50), ("每周一次报价演练", 20), ("出一页带教小结", 5)]
            ),
            behaviour("周会先讲客户，再讲数字"),
        )
        table.conclude()
        self._tell(table, "新人", "三位新人各跟访了三次", steps=1)

    def director(self) -> None:
        """林清越: talks with the team leaders, and what no metric tells."""
        table = self._table(seat(units.SLIDING, 0, on=self.on), head_of("XC-S", on=self.on))
        table.weigh((70,))
        table.write(
            self.texts.milestone(
                "和技术服务部共用装机排期",
                12,
                "一张两个部门都在用的排期表",
                [("两部门定下口径", 40, 60), ("三个组开始用", 60, 20)],
            ),
            self.texts.task("摸清拜访量下滑的原因", 8, "一页原因和三条对策", days=40),
            behaviour("每周至少和一位组长单独谈一次"),
        )
        wanted = table.ask(SupportKind.PEOPLE, "借调一名售前工程师到年底")
        table.start()
        table.promise(wanted, "从应用组借，十一月起", due_on=self.texts.before(58))
        table.accept()
        table.propose()
        table.sign()
        self._tell(table, "装机", "口径定了，两边各签了一份", steps=1)
        self._tell(table, "拜访量下滑", "开了诊断会，原因写完，对策还差一条", ratio="0.7")

    def region(self) -> None:
        """华东大区 as a unit: four measures and a line that must not be crossed."""
        table = self._table(seat(units.SLIDING, 0, on=self.on), head_of("XC-S", on=self.on), unit=units.SLIDING)
        table.weigh((40, 30, 20, 10))
        table.write(extra("veto", "红线：不得商业贿赂", 60))
        table.conclude()

    def centre(self) -> None:
        """营销中心: an objective with key results, signed with the general manager."""
        table = self._table(head_of("XC-S", on=self.on), seat("XC", 0, on=self.on), unit="XC-S")
        table.weigh((36, 27, 18, 9))
        table.write(objective("让老客户愿意再买一次", 10))
        table.start()
        table.comment("回款的权重再高一点会逼着大家压货，建议保持。", by=table.owner, goal=table.goal("回款"))
        table.accept()
        table.propose()
        table.sign()

    def staff(self) -> None:
        """梁静姝 and 马永康, who have their own plans like everybody else."""
        chief = head_of("XC-F", on=self.on)
        people = self._table(seat("XC-F-H", 0, on=self.on), chief)
        people.weigh((30, 20))
        people.write(
            self.texts.milestone(
                "绩效数据不再手工汇总",
                25,
                "各部门月报由系统生成",
                [("接通四个来源", 50, 60), ("停用手工台账", 50, 10)],
            ),
            self.texts.task("主管辅导训练两期", 15, "四十八位主管的训练记录和课后反馈"),
            behaviour("当天回复员工的疑问"),
        )
        people.conclude()
        self._tell(people, "手工汇总", "CRM、客服、研发、MES 都接通了", steps=1)
        self._tell(people, "辅导训练", "第一期办完，二十六位主管到课", ratio="0.5")
        money = self._table(seat("XC-F-C", 0, on=self.on), chief)
        money.weigh((30, 20))
        money.write(
            self.texts.task("回款口径对账到单据", 25, "一份各部门签认的口径说明"),
            self.texts.actions("月结提前两天", 15, [("列出卡住的单据", 75), ("和销售运营约定截单日", 60)]),
            behaviour("有疑问的数当面核对"),
        )
        money.conclude()
        self._tell(money, "对账", "五个部门签认了三个", ratio="0.6")
        self._tell(money, "月结", "截单日定在每月二十八日", steps=2)

    def _tell(self, table: Table, title_part: str, words: str, *, steps: int = 0, ratio: str | None = None) -> None:
        """A month later the owner tells how far a goal is: by its first steps, or as a share."""
        later = min(table.now + TOLD_AFTER, self.now)
        goal = access_goal(table.owner, goal_id=table.goal(title_part).id, on=later.date())
        done = frozenset(one.id for one in list_steps(goal)[:steps]) if steps else None
        said = ProgressSaid(ratio=Decimal(ratio) if ratio else None, done=done, evidence=words)
        record_progress(goal.pk, said, number=0, actor=table.owner, now=later)

    def _table(self, owner: Actor, other: Actor, *, unit: str = "") -> Table:
        owner_unit = unit_id(unit) if unit else None
        return Table(self.cycle.id, owner, other, unit_id=owner_unit, now=self.talked)


def load_running_plans(cycle: CycleRow, *, now: datetime) -> None:
    """Have the plans of the running quarter agreed and signed. To be done before it is evaluated: they weigh goals."""
    plans = RunningPlans(cycle, now=now)
    for make in (
        plans.centre,
        plans.region,
        plans.director,
        plans.leader,
        plans.seller,
        plans.star,
        plans.staff,
    ):
        make()
