"""Problems with rules and calendars as sentences in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation import formula_messages
from sextant.metrics.intake.messages import say_mapping

SENTENCES: Mapping[str, Promise | str] = {
    "rules.unknown": _("没有规则“%(code)s”。请先保存它；company 不用指定，对全公司有效。"),
    "rules.changed_meanwhile": _("%(by)s 已先保存了第 %(version)s 版。请重新打开，再改一次。"),
    "rules.calendar_unknown": _("没有日历“%(code)s”。请先导入它。"),
    "rules.line_needs_level": _(
        "%(path)s：指标“%(metric)s”是累计值或区间值，不能按实际值画界线。请改用 streak.line，或换一套规则。"
    ),
    "rules.red_above_yellow": _("red_below 高于 yellow_below，黄灯就不会出现。请改正。"),
    "rules.season_one_of": _("%(path)s：months 与 weeks 要写且只写一个。"),
    "rules.season_length": _("%(path)s：months 要 12 个数，weeks 要 52 或 53 个。"),
    "rules.season_empty": _("%(path)s：各期份额不能全为 0。"),
    "rules.formula_alone": _("%(path)s：curve 为 formula 时写 formula，不写 rows。"),
    "rules.rows_alone": _("%(path)s：curve 为 step 或 lookup 时写 rows，不写 formula。"),
    "rules.rows_ascending": _("%(path)s：rows 要从低到高，不能重复。"),
    "rules.quantiles_reversed": _("%(path)s：red 高于 yellow，黄灯就不会出现。请改正。"),
    "rules.dynamic_apart": _("%(path)s：periods 只用于 of: own，group 只用于 of: peers。请删去另一个。"),
    "rules.least_beyond_periods": _("%(path)s：least 大于 periods，永远凑不够。请改正。"),
    "score.needs_group": _("%(path)s：计分公式一个目标一算，不能用单位合计、单位平均。请删去。"),
    "calendar.unit_unknown": _("没有单位“%(unit)s”。请写单位编码。"),
    "calendar.columns": _("找不到日期列和类型列。表头请写“日期”“类型”，现有：%(found)s。"),
    "calendar.day": _("第 %(row)s 行：“%(value)s”不是日期。请写成 2026-10-01。"),
    "calendar.kind": _("第 %(row)s 行：“%(value)s”看不出是休还是班。请写“休”或“班”。"),
}


def say(problem: Problem) -> str:
    """The sentence of a problem with rules or a calendar."""
    if problem.code in SENTENCES:
        return str(SENTENCES[problem.code]) % problem.params
    if problem.code.startswith("formula."):
        return formula_messages.say(problem)
    return say_mapping(problem)
