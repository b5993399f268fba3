"""Sentences about plans, their templates and their history, in the active language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.goals.contracts import GoalKind, PlanState, Side
from sextant.goals.messages.goals import KINDS, plain
from sextant.goals.messages.goals import say as say_goal

SENTENCES: Mapping[str, Promise | str] = {
    "plan.not_a_side": _("只有负责人和对方可以改这份目标。"),
    "plan.state": _("这份目标%(state)s，不能再这样改。"),
    "plan.start_is_the_owners": _("由负责人发起共商。"),
    "plan.no_counterpart": _("还没有人代表公司签署。请联系人力资源指定。"),
    "plan.own_counterpart": _("不能自己和自己签署。请换一个人。"),
    "plan.no_template": _("%(cycle)s还没有可用的方案模板。请联系人力资源。"),
    "plan.cycle_over": _("%(cycle)s已经结束，不能再起草。"),
    "plan.not_agreed": _("还有 %(n)s 个目标双方写法不同。"),
    "plan.no_goals": _("还没有目标。"),
    "plan.goals_few": _("目标 %(n)s 个，至少 %(least)s 个。"),
    "plan.goals_many": _("目标 %(n)s 个，最多 %(most)s 个。"),
    "plan.dimension_weight": _("“%(dimension)s”合计 %(total)s%%，应为 %(wanted)s%%。"),
    "plan.dimension_few": _("“%(dimension)s”有 %(n)s 个目标，至少 %(least)s 个。"),
    "plan.dimension_many": _("“%(dimension)s”有 %(n)s 个目标，最多 %(most)s 个。"),
    "plan.extra_points": _("%(kind)s合计 %(points)s 分，模板最多 %(most)s 分。"),
    "plan.metric_twice": _("“%(title)s”用了另一个目标的指标。"),
    "plan.metric_promised": _("这个指标在同一周期里已经有一个目标。请改那一个，或换一个指标。"),
    "plan.title_missing": _("目标没有名称。请填写。"),
    "plan.dimension_missing": _("没有选维度。"),
    "plan.kind_not_allowed": _("“%(dimension)s”里不能放%(kind)s。"),
    "plan.metric_missing": _("没有选指标。"),
    "plan.weight_missing": _("没有填权重。"),
    "plan.due_missing": _("没有截止日期。"),
    "plan.deliverable_missing": _("没有写交付物。"),
    "plan.milestones_missing": _("没有里程碑。"),
    "plan.milestones_sum": _("里程碑分值合计 %(total)s，应为 100。"),
    "plan.actions_missing": _("没有行动项。"),
    "plan.points_missing": _("没有填分值。"),
    "plan.points_range": _("分值 %(value)s 应大于 0，最多 %(most)s。"),
    "plan.steps_points": _("里程碑的分值在 0 到 %(most)s 之间。"),
    "plan.person_unknown": _("找不到工号“%(value)s”。请检查。"),
    "plan.progress_range": _("进度在 0%% 到 150%% 之间。"),
    "plan.progress_evidence": _("没有写依据。请写明看得到的结果。"),
    "plan.progress_measured": _("这个目标的进度由数据算出，不手工填写。"),
    "plan.progress_state": _("目标不在执行中，不能更新进展。"),
    "plan.progress_nothing": _("没有可以保存的内容。请更新一项，或写一句进展。"),
    "plan.progress_long": _("说明最多 %(most)s 字。"),
    "plan.coverage_low": _("有得分的权重不到一半，暂不计总分。"),
    "plan.no_weight": _("没有计权重的目标，不计总分。"),
    "closing.too_early": _("%(on)s 起才能结束方案。"),
    "closing.days_range": _("结束期是 1 到 %(most)s 天。请改正。"),
    "template.code_taken": _("编号“%(value)s”已用于另一个模板。请换一个。"),
    "template.shares": _("基准和挑战的占比合计应为 100%%。"),
    "template.weights": _("各维度的权重合计应为 100%%。"),
    "template.extra_weight": _("只放加分、扣分、一票否决的维度权重为 0，其他维度要大于 0。"),
    "template.counts": _("目标个数的上限低于下限。"),
    "template.dimension_twice": _("有两个维度用了同一个编号。"),
    "template.field": _("“%(field)s”填写有误。请检查。"),
}

STATES: Mapping[PlanState, Promise | str] = {
    PlanState.DRAFT: _("起草中"),
    PlanState.DISCUSSION: _("共商中"),
    PlanState.PROPOSED: _("待签署"),
    PlanState.SIGNED: _("已签署"),
    PlanState.RUNNING: _("执行中"),
    PlanState.CLOSED: _("已结束"),
}

SIDES: Mapping[Side, Promise | str] = {Side.OWNER: _("员工稿"), Side.COUNTERPART: _("主管稿")}

FIELDS: Mapping[str, Promise | str] = {
    "title": _("名称"),
    "kind": _("类型"),
    "dimension": _("维度"),
    "description": _("说明"),
    "deliverable": _("交付物"),
    "metric": _("指标"),
    "base": _("基准"),
    "stretch": _("挑战"),
    "start": _("起点"),
    "range_low": _("下限"),
    "range_high": _("上限"),
    "tolerance": _("容差"),
    "curve": _("计分方式"),
    "weight": _("权重"),
    "due_on": _("截止日期"),
    "from_on": _("开始日期"),
    "until_on": _("结束日期"),
    "collaborators": _("协作人"),
    "milestones": _("里程碑"),
    "actions": _("行动项"),
    "state": _("状态"),
    "wants_dropped": _("是否去掉"),
    "accepted": _("同意"),
    "counterpart": _("对方"),
}
"""Fields of terms and of revisions, as people call them."""


def say_plan(problem: Problem) -> str:
    """The sentence of a `plan.*` or `template.*` problem, or of any problem of a goal. KeyError for a code nobody wrote
    down."""
    if problem.code not in SENTENCES:
        return say_goal(problem)
    params = {key: _worded(key, value) for key, value in problem.params.items()}
    return str(SENTENCES[problem.code]) % params


def say_value(value: object) -> str:
    """A value of a term as people read it in a difference; nothing written is "空"."""
    if value in (None, "", [], ()):
        return gettext("空")
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, list | tuple):
        return gettext("、").join(str(one["title"]) if isinstance(one, Mapping) else str(one) for one in value)
    if isinstance(value, date):
        return date_format(value, "Y-m-d")
    return str(plain(value))


def _worded(key: str, value: object) -> object:
    if key == "kind":
        return str(KINDS[GoalKind(str(value))])
    if key == "state":
        return str(STATES[PlanState(str(value))])
    if isinstance(value, date):
        return date_format(value, "Y-m-d")
    return plain(value) if isinstance(value, Decimal) else value
