"""What formulas over goals may read: the context `goal`."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sextant.engines.formula import FormulaType
from sextant.engines.values import Light
from sextant.foundation import clock
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.goals.access import visible_goals
from sextant.goals.contracts import GoalState
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.queries.cycles import find_current_cycle
from sextant.goals.queries.goal_facts import GoalFacts, WeekFact, goal_facts, looked_at
from sextant.lowcode.queries.custom_fields import formula_names, formula_values
from sextant.lowcode.registry_formulas import NameSpec, Subject, register_context

_NUMBER, _TEXT, _BOOLEAN = FormulaType.NUMBER, FormulaType.TEXT, FormulaType.BOOLEAN
_GOAL, _STAND, _WEEKS, _OWNER = _("目标"), _("进展"), _("连续"), _("负责人")
LIGHT, LIGHT_WEEKS, RED_WEEKS, YELLOW_WEEKS = "灯", "灯的周数", "连续红灯周数", "连续黄灯周数"
VALUE, EXPECTED, COMPLETION, SUSPENDED = "当前值", "应达到", "完成率", "暂缓考核"
WORDS: Mapping[Light, str] = {Light.RED: "红", Light.YELLOW: "黄", Light.GREEN: "绿", Light.NONE: "灰"}
"""What the value of 灯 is: names and values of formulas are Chinese in every language of the interface."""
NAMES = (
    NameSpec("目标", _TEXT, _GOAL, _("目标的标题")),
    NameSpec("指标", _TEXT, _GOAL, _("指标的名称，没有指标时为空")),
    NameSpec("周期", _TEXT, _GOAL, _("周期的编号")),
    NameSpec("权重", _NUMBER, _GOAL, _("在方案里的权重"), "%"),
    NameSpec("目标值", _NUMBER, _GOAL, _("基准目标")),
    NameSpec("剩余天数", _NUMBER, _GOAL, _("到目标结束还有几天"), _("天")),
    NameSpec("单位目标", _BOOLEAN, _GOAL, _("负责人是部门")),
    NameSpec(SUSPENDED, _BOOLEAN, _GOAL, _("现在暂缓考核")),
    NameSpec(LIGHT, _TEXT, _STAND, _("红、黄、绿，或灰（不知道）")),
    NameSpec(VALUE, _NUMBER, _STAND, _("到现在的累计或水平")),
    NameSpec(EXPECTED, _NUMBER, _STAND, _("按时间此时应达到的值")),
    NameSpec("达成率", _NUMBER, _STAND, _("相对整个周期的基准"), is_ratio=True),
    NameSpec(COMPLETION, _NUMBER, _STAND, _("相对此时应达到的"), is_ratio=True),
    NameSpec("得分", _NUMBER, _STAND, _("没有得分时缺失"), _("分")),
    NameSpec("时间进度", _NUMBER, _STAND, _("目标的时间已过去的部分"), is_ratio=True),
    NameSpec("信心", _NUMBER, _STAND, _("负责人说的把握"), is_ratio=True),
    NameSpec(LIGHT_WEEKS, _NUMBER, _WEEKS, _("现在这种灯已连续几周，含本周"), _("周")),
    NameSpec(RED_WEEKS, _NUMBER, _WEEKS, _("已连续几周红灯，现在不是红灯为 0"), _("周")),
    NameSpec(YELLOW_WEEKS, _NUMBER, _WEEKS, _("已连续几周黄灯，现在不是黄灯为 0"), _("周")),
    NameSpec("负责人", _TEXT, _OWNER, _("人的姓名，或部门的名称")),
    NameSpec("部门", _TEXT, _OWNER, _("负责人所在的部门")),
)


class GoalFigures:
    """The context `goal`: goals that run or are suspended on the day, and what is so of them."""

    code = "goal"
    name = _("目标")

    def names(self) -> tuple[NameSpec, ...]:
        """As the protocol, with the custom fields of goals. One query."""
        return (*NAMES, *formula_names(self.code, on=clock.now()))

    def period(self, *, now: datetime) -> str:
        """As the protocol. One query."""
        cycle = find_current_cycle(_day(now))
        return name_of_cycle(cycle.code, cycle.name) if cycle else ""

    def subjects(self, *, actor: Actor, now: datetime, search: str = "", limit: int = 20) -> tuple[Subject, ...]:
        """As the protocol. At most three queries."""
        goals = looked_at(visible_goals(actor, on=_day(now)), on=_day(now)).select_related("owner_person", "owner_unit")
        found = goals.filter(title__icontains=search) if search else goals
        return tuple(
            Subject(one.pk, one.title, str(one.owner_person or one.owner_unit or ""), one.owner_person_id)
            for one in found.order_by("title", "id")[:limit]
        )

    def values(
        self, subject_ids: Collection[int], *, actor: Actor, now: datetime
    ) -> Mapping[int, Mapping[str, object]]:
        """As the protocol. At most thirteen queries, and those for each relation that custom fields name."""
        goals = visible_goals(actor, on=_day(now)).filter(id__in=subject_ids)
        facts = goal_facts(goals, on=_day(now))
        written = formula_values(self.code, list(facts), actor=actor, on=now, day=_day(now))
        return {one: {**values_of(facts[one], on=_day(now)), **written.get(one, {})} for one in facts}


def values_of(facts: GoalFacts, *, on: date) -> dict[str, object]:
    """Facts by the names of the context; what is missing is None."""
    goal = facts.goal
    return {
        "目标": goal.title,
        "指标": goal.metric.name if goal.metric else "",
        "周期": goal.cycle.code,
        "权重": goal.weight,
        "目标值": goal.base,
        "剩余天数": Decimal((goal.until_on - on).days),
        "单位目标": goal.owner_unit_id is not None,
        SUSPENDED: goal.state == GoalState.SUSPENDED,
        VALUE: facts.value,
        EXPECTED: facts.expected,
        "达成率": facts.attainment,
        COMPLETION: facts.completion,
        "得分": facts.score,
        "时间进度": facts.elapsed,
        "信心": goal.confidence,
        "负责人": facts.owner_name,
        "部门": facts.unit_name,
        **_light(facts.light, facts.light_weeks),
    }


def values_of_week(week: WeekFact, facts: GoalFacts) -> dict[str, object]:
    """What was so at the end of a finished week. What a goal is stays; how sure its owner was and what it scored is not
    known any more, and stays out."""
    goal = facts.goal
    return {
        "目标": goal.title,
        "指标": goal.metric.name if goal.metric else "",
        "周期": goal.cycle.code,
        "权重": goal.weight,
        "目标值": goal.base,
        "剩余天数": Decimal((goal.until_on - week.ends_on).days),
        "单位目标": goal.owner_unit_id is not None,
        SUSPENDED: facts.was_suspended(week.ends_on),
        VALUE: week.value,
        EXPECTED: week.expected,
        COMPLETION: week.completion,
        "负责人": facts.owner_name,
        "部门": facts.unit_name,
        **_light(week.light, week.light_weeks),
    }


def _light(light: Light, weeks: int) -> dict[str, object]:
    return {
        LIGHT: WORDS[light],
        LIGHT_WEEKS: Decimal(weeks),
        RED_WEEKS: Decimal(weeks if light is Light.RED else 0),
        YELLOW_WEEKS: Decimal(weeks if light is Light.YELLOW else 0),
    }


def _day(now: datetime) -> date:
    return company_day(now, settings.SEXTANT_ZONE)


register_context(GoalFigures())
