"""Codes of definitions and derivations as sentences, each with its remedy; words for the vocabulary of a metric."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.engines.values import Problem
from sextant.foundation import formula_messages

SENTENCES: Mapping[str, Promise | str] = {
    "definition.too_long": _("定义超过 %(limit)s 个字符。请删减说明。"),
    "definition.yaml": _("第 %(line)s 行不是有效的 YAML（%(detail)s）。请检查缩进和引号。"),
    "definition.not_a_document": _("定义应是“键: 值”的文档。可从现有指标的定义开始改。"),
    "definition.unknown_key": _("没有“%(field)s”这个键。请对照文档改正。"),
    "definition.unknown_key_near": _("没有“%(field)s”这个键，是否想写“%(suggestion)s”？"),
    "definition.missing_key": _("缺少“%(field)s”。请补上。"),
    "definition.bad_choice": _("“%(field)s”不能写“%(value)s”。可选：%(choices)s。"),
    "definition.bad_value": _("“%(field)s”的值“%(value)s”不合要求（%(detail)s）。请改正。"),
    "definition.formula_needed": _("派生指标要有公式。请写上，或改为直接采集。"),
    "definition.not_derived": _("直接采集的指标没有公式、公式名称和维度。请删去，或改为派生指标。"),
    "definition.roll_up_needs_ratio": _("只有按比率汇总的指标才能按“分子之和比分母之和”上卷。请改汇总方式或上卷方式。"),
    "definition.derived_count": _("派生指标不能按条数汇总：它的每个值都是算出来的。请用求和。"),
    "definition.tag_twice": _("同一个标签写了两次。请删去一个。"),
    "definition.unknown_owner": _("找不到工号为“%(number)s”的负责人。请先导入此人，或留空。"),
    "definition.changed_meanwhile": _("别人刚把定义改到第 %(version)s 版。请重新打开，看过他的改动再保存。"),
    "definition.retired": _("指标已停用。请先恢复使用，再改定义。"),
    "definition.reason_needed": _("请写明为什么改：以后的人要靠它看懂这一版。"),
    "definition.unknown_version": _("没有第 %(version)s 版。请从版本列表里选。"),
    "definition.still_used": _("还在使用，不能停用：%(users)s。请先改用别的指标。"),
    "derivation.ambiguous_name": _("第 %(position)s 个字符：有几个指标叫“%(name)s”。请改写编码：%(codes)s。"),
    "derivation.unknown_input": _("“%(name)s”指向的指标“%(code)s”不存在。请改正编码。"),
    "derivation.no_input": _("公式里没有用到任何指标。请至少用一个，例如 [回款]。"),
    "derivation.ratio_needs_division": _(
        "按比率汇总的指标，公式最外层要是除法，例如 [赢单] / [商机]。请改公式或汇总方式。"
    ),
    "derivation.group_function": _("派生指标一人一算，不能用单位合计、单位平均。请删去。"),
    "derivation.dimension_is_metric": _("维度“%(dimension)s”和一个指标同名。请换一个维度名。"),
    "derivation.cycle": _("指标绕成了圈：%(path)s。请从其中一个公式里去掉下一个。"),
}

KINDS: Mapping[str, Promise | str] = {"measured": _("直接采集"), "derived": _("派生")}
DIRECTIONS: Mapping[str, Promise | str] = {
    "higher": _("越高越好"),
    "lower": _("越低越好"),
    "range": _("区间内最好"),
}
AGGREGATIONS: Mapping[str, Promise | str] = {
    "sum": pgettext_lazy("汇总", "求和"),
    "count": pgettext_lazy("汇总", "计条数"),
    "mean": pgettext_lazy("汇总", "平均"),
    "last": pgettext_lazy("汇总", "取最近一次"),
    "ratio": pgettext_lazy("汇总", "分子之和比分母之和"),
}
GRAINS: Mapping[str, Promise | str] = {
    "day": pgettext_lazy("粒度", "日"),
    "week": pgettext_lazy("粒度", "周"),
    "month": pgettext_lazy("粒度", "月"),
}
ROLL_UPS: Mapping[str, Promise | str] = {
    "sum": pgettext_lazy("上卷", "相加"),
    "ratio": pgettext_lazy("上卷", "分子之和比分母之和"),
    "mean": pgettext_lazy("上卷", "每人同权平均"),
    "weighted": pgettext_lazy("上卷", "按数据条数加权平均"),
    "worst": pgettext_lazy("上卷", "取最差"),
}
FIELDS = {
    "code": _("编码"),
    "name": _("名称"),
    "description": _("说明"),
    "unit_label": _("单位"),
    "decimals": _("小数位"),
    "direction": _("方向"),
    "aggregation": _("汇总方式"),
    "grain": _("粒度"),
    "source": _("来源"),
    "owner": _("负责人工号"),
    "freshness_days": _("时效承诺（天）"),
    "baseline": _("周基准线"),
    "kind": _("类型"),
    "formula": _("公式"),
    "inputs": _("公式里的名称"),
    "dimension": _("维度"),
    "roll_up": _("上卷方式"),
    "tags": _("标签"),
    "limit": _("物理极限"),
    "peer_group": _("对比组"),
}
"""Names of a definition's fields, for differences between versions."""

WORDS: Mapping[str, Mapping[str, Promise | str]] = {
    "kind": KINDS,
    "direction": DIRECTIONS,
    "aggregation": AGGREGATIONS,
    "grain": GRAINS,
    "roll_up": ROLL_UPS,
}


def say(problem: Problem) -> str:
    """The sentence of a problem with a definition, its formula or a derived value, in the active language."""
    if problem.code.startswith("formula."):
        return formula_messages.say(problem)
    near = f"{problem.code}_near"
    sentence = SENTENCES[near if problem.params.get("suggestion") and near in SENTENCES else problem.code]
    return str(sentence) % {**problem.params, "position": (problem.at or 0) + 1}


def say_value(field: str, value: object) -> str:
    """A field's value as people read it; "" when there is none."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, dict):
        return "、".join(f"{name} = {code}" for name, code in value.items())
    words = WORDS.get(field, {})
    return str(words.get(str(value), value))
