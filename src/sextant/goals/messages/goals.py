"""Problem codes of goals, and the words for kinds and cycles, as sentences in the active language."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation.notices.contracts import Phrase
from sextant.foundation.tabular import messages as tabular
from sextant.goals.contracts import GoalKind, GoalRow
from sextant.goals.policy import period_from_code

REASON_MISSING = _("没有写原因。人工灯一定要有原因，所有能看到这个目标的人都会看到。")

SENTENCES: Mapping[str, Promise | str] = {
    "goal.base_missing": _("没有基准目标。请填写一个数字。"),
    "goal.base_zero": _("基准为 0 时无法计算完成比例。请填写起点，改用不为 0 的基准，或按分档、查表、公式计分。"),
    "goal.base_negative": _("基准为负数（%(base)s）时必须有起点，完成比例才有方向。请填写起点。"),
    "goal.base_not_beyond_start.higher": _("起点 %(start)s 应低于基准 %(base)s。请检查这两个数。"),
    "goal.base_not_beyond_start.lower": _("起点 %(start)s 应高于基准 %(base)s，因为这个指标越低越好。请检查这两个数。"),
    "goal.stretch_not_beyond_base.higher": _("挑战目标 %(stretch)s 应高于基准 %(base)s。没有挑战目标时请留空。"),
    "goal.stretch_not_beyond_base.lower": _(
        "挑战目标 %(stretch)s 应低于基准 %(base)s，因为这个指标越低越好。没有挑战目标时请留空。"
    ),
    "goal.stretch_not_positive": _("挑战目标 %(stretch)s 不大于 0 时，请填写起点，或把计分方式改为 ladder。"),
    "goal.stretch_with_range": _("这个指标以区间为准，没有挑战目标。请留空。"),
    "goal.range_incomplete": _("这个指标以区间为准。请填写下限和上限。"),
    "goal.range_reversed": _("下限 %(low)s 高于上限 %(high)s。请对调。"),
    "goal.tolerance_negative": _("容差 %(tolerance)s 小于 0。请填写允许偏离多少。"),
    "goal.period_empty": _("周期的结束不晚于开始。请检查起止日期。"),
    "goals.weight_range": _("权重 %(value)s 不在 0 到 100 之间。请按百分数填写，例如 35。"),
    "goals.weights_not_full": _("权重合计 %(total)s%%，不是 100%%。"),
    "goals.curve_unknown": _("没有计分方式“%(value)s”。可用：%(known)s。"),
    "goals.period_missing": _("没有周期。请填写 2017Q2、2017-04、2017H1、2017 或起止日期。"),
    "goals.period_unreadable": _(
        "“%(value)s”不是周期。请写成 2017Q2、2017-04、2017H1、2017，或 2017-04-01..2017-07-01（不含最后一天）。"
    ),
    "goals.column_missing": _("缺少“%(field)s”列。可用的表头：%(accepted)s。"),
    "goals.column_unknown": _("不认识的列，没有读取。"),
    "goals.column_unknown.suggestion": _("不认识的列，没有读取。是不是“%(suggestion)s”？"),
    "goals.owner_missing": _("没有负责人。请填写工号或姓名，或用 unit:编码 指定单位。"),
    "goals.owner_twice": _("同时写了负责人和负责单位。一个目标只能有一个，请留空其中一列。"),
    "goals.owner_unknown": _("找不到负责人“%(value)s”。请检查工号，或先导入人员。"),
    "goals.owner_ambiguous": _("有多人叫“%(value)s”。请改填工号。"),
    "goals.unit_unknown": _("找不到单位“%(value)s”。请检查单位编码，或先导入组织。"),
    "goals.unit_ambiguous": _("有多个单位叫“%(value)s”。请改填单位编码。"),
    "goals.metric_missing": _("没有指标。请填写指标编码；没有指标的目标请把类型写成 objective 并填写标题。"),
    "goals.metric_unknown": _("指标库里没有“%(value)s”。请先建立指标。"),
    "goals.metric_unknown.suggestion": _("指标库里没有“%(value)s”。是不是“%(suggestion)s”？"),
    "goals.metric_retired": _("指标“%(value)s”已停用，不再用于新目标。请改用别的指标，或请人力资源恢复它。"),
    "goals.metric_ambiguous": _("有多个指标叫“%(value)s”。请改填指标编码。"),
    "goals.title_missing": _("没有指标的目标必须有标题。请填写。"),
    "goals.title_too_long": _("标题超过 300 个字。请缩短。"),
    "goals.kind_unknown": _("没有目标类型“%(value)s”。可用：%(known)s。"),
    "goals.code_too_long": _("编号超过 60 个字符。请缩短。"),
    "goals.code_taken": _("编号“%(value)s”已用于另一个目标。请换一个。"),
    "goals.in_plan": _("这个目标在已提请签署或已签的方案里，不能由文件改成“%(value)s”。请走校调。"),
    "goals.adjusted": _("这个目标校调过，不能由文件改成“%(value)s”。请走校调。"),
    "goals.moved": _("这个目标在 %(on)s 因人员异动移交、拆分或结束了，不再新建。请删去这一行。"),
    "goals.code_repeated": _("编号“%(value)s”在第 %(first)s 行已经用过。请换一个。"),
    "goals.duplicate_row": _("和第 %(first)s 行是同一个目标（负责人、指标、周期都相同）。请删去一行。"),
    "goals.parent_unknown": _("找不到上级目标“%(value)s”。请检查编号；若它在本文件里，请先改正那一行。"),
    "goals.light_needs_colour": _("人工灯只能是绿、黄或红。"),
    "goals.light_needs_reason": REASON_MISSING,
    "goals.light_reason_long": _("原因超过 %(most)s 个字。请缩短。"),
    "suspension.state": _("只有执行中的目标可以暂缓。"),
    "suspension.period": _("目标不在考核期内，不用暂缓。"),
    "suspension.weeks": _("暂缓 1 到 %(most)s 周。请改正。"),
    "suspension.reason": REASON_MISSING,
    "suspension.reason_long": _("原因超过 %(most)s 个字。请缩短。"),
    "goals.light_days": _("结束日应在开始日之后，最长 %(most)s 天。请检查日期。"),
    "record.ratio": _("这个指标由分子和分母算出，不能手工记一个数。请导入带分子、分母的文件。"),
    "record.metric_unknown": _("指标已不在指标库里。请联系人力资源。"),
    "record.metric_retired": _("指标已停用，不再记新的数。请联系人力资源。"),
    "record.day_ahead": _("%(day)s 还没到。请填写今天或之前的日期。"),
    "record.day_outside": _("%(day)s 不在目标的周期里。请填写周期内的日期。"),
    "record.too_large": _("数值太大或不是数字。请检查位数和单位。"),
    "goals.parent_loop": _("上级目标“%(value)s”绕回到了自己。请改选一个更上层的目标。"),
}

_PERIODS = {
    "Q1": _("%(year)s 第一季度"),
    "Q2": _("%(year)s 第二季度"),
    "Q3": _("%(year)s 第三季度"),
    "Q4": _("%(year)s 第四季度"),
    "H1": _("%(year)s 上半年"),
    "H2": _("%(year)s 下半年"),
}

KINDS: Mapping[GoalKind, Promise | str] = {
    GoalKind.OBJECTIVE: _("O"),
    GoalKind.KEY_RESULT: _("KR"),
    GoalKind.KPI: _("KPI"),
    GoalKind.GS: _("GS"),
    GoalKind.MILESTONE: _("里程碑"),
    GoalKind.ACTION: _("行动"),
    GoalKind.BEHAVIOUR: _("行为"),
    GoalKind.BONUS: _("加分"),
    GoalKind.PENALTY: _("扣分"),
    GoalKind.VETO: _("一票否决"),
}


_LEVELS = {
    "company": pgettext_lazy("目标层级", "公司"),
    "unit": pgettext_lazy("目标层级", "部门"),
    "person": pgettext_lazy("目标层级", "个人"),
}


def name_of_levels(goals: Iterable[GoalRow]) -> str:
    """Whose goals these are: 公司, 部门, 个人, or several of them."""
    found = {_level_of(goal) for goal in goals}
    return " · ".join(str(name) for level, name in _LEVELS.items() if level in found)


def _level_of(goal: GoalRow) -> str:
    return "person" if goal.owner_person_id else "company" if goal.is_company else "unit"


def name_of_level(goal: GoalRow) -> str:
    """What sort of goal it is and whose: 公司 KPI, 部门 KR, 个人 里程碑."""
    level = _level_of(goal)
    return gettext("%(level)s %(kind)s") % {"level": _LEVELS[level], "kind": KINDS[goal.kind]}


def say(problem: Problem) -> str:
    """The sentence of a `goals.*`, `record.*`, `goal.*` (the engine's) or `tabular.*` problem, with its remedy.

    StopIteration for a code nobody wrote down: the test that walks all codes finds it first.
    """
    if problem.code.startswith("tabular."):
        return tabular.say(problem)
    params = {key: plain(value) for key, value in problem.params.items()}
    variants = (str(problem.params.get("direction", "")), "suggestion" if problem.params.get("suggestion") else "")
    keys = (*(f"{problem.code}.{variant}" for variant in variants), problem.code)
    sentence = next(SENTENCES[key] for key in keys if key in SENTENCES)
    return str(sentence) % params


def plain(value: object) -> object:
    """A Decimal without exponent and without empty decimals; anything else as it is.

    >>> plain(Decimal("1.2E+3")), plain(Decimal("0.50"))
    ('1200', '0.5')
    """
    if not isinstance(value, Decimal):
        return value
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def name_of_cycle(code: str, name: str) -> str:
    """A cycle in the reader's language when its code says what it is, else the name somebody gave it."""
    words = words_of_cycle(code, name)
    return words if isinstance(words, str) else str(words.text) % words.values


def words_of_cycle(code: str, name: str) -> Phrase | str:
    """As `name_of_cycle`, for texts that are made later, in the language of whoever reads them."""
    if name != code or period_from_code(code) is None or ".." in code:
        return name
    year, part = code[:4], code[4:]
    if part in _PERIODS:
        return Phrase(_PERIODS[part], {"year": year})
    if part:
        return Phrase(_("%(year)s 年 %(month)s 月"), {"year": year, "month": int(part[1:])})
    return Phrase(_("%(year)s 全年"), {"year": year})
