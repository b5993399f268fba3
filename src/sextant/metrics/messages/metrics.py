"""Reasons and steps of the evaluation as sentences in the active language, each with its own numbers.

A code has one sentence, or one per table row of the goal ("light.below_red.budget"). Thresholds come from the
parameters; nothing here knows a constant of the evaluation.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Step
from sextant.metrics.wording import Words, words_of

Sentences = Mapping[str, Promise | str]

_BELOW: Sentences = {
    "grow": _("到 %(on)s 应达 %(expected)s，实际 %(value)s，完成率 %(completion)s，低于 %(threshold)s。"),
    "travel": _("到 %(on)s 应到 %(expected)s，实际 %(value)s，完成率 %(completion)s，低于 %(threshold)s。"),
    "level": _("到 %(on)s 为 %(value)s，目标 %(base)s，完成率 %(completion)s，低于 %(threshold)s。"),
    "fall": _("到 %(on)s 为 %(value)s，目标不高于 %(base)s，完成率 %(completion)s，低于 %(threshold)s。"),
    "inverse": _("到 %(on)s 为 %(value)s，目标不高于 %(base)s，完成率 %(completion)s，低于 %(threshold)s。"),
    "budget": _("到 %(on)s 应不超过 %(expected)s，实际 %(value)s，完成率 %(completion)s，低于 %(threshold)s。"),
    "not_below": _("到 %(on)s 为 %(value)s，目标不低于 %(base)s，完成率 %(completion)s，低于 %(threshold)s。"),
    "not_above": _("到 %(on)s 为 %(value)s，目标不高于 %(base)s，完成率 %(completion)s，低于 %(threshold)s。"),
    "range": _("到 %(on)s 为 %(value)s，目标在 %(low)s 到 %(high)s 之间，完成率 %(completion)s，低于 %(threshold)s。"),
}
_ON_TRACK: Sentences = {
    "grow": _("到 %(on)s 应达 %(expected)s，实际 %(value)s，完成率 %(completion)s。"),
    "travel": _("到 %(on)s 应到 %(expected)s，实际 %(value)s，完成率 %(completion)s。"),
    "level": _("到 %(on)s 为 %(value)s，目标 %(base)s，完成率 %(completion)s。"),
    "fall": _("到 %(on)s 为 %(value)s，目标不高于 %(base)s，完成率 %(completion)s。"),
    "inverse": _("到 %(on)s 为 %(value)s，目标不高于 %(base)s，完成率 %(completion)s。"),
    "budget": _("到 %(on)s 应不超过 %(expected)s，实际 %(value)s，完成率 %(completion)s。"),
    "not_below": _("到 %(on)s 为 %(value)s，目标不低于 %(base)s，完成率 %(completion)s。"),
    "not_above": _("到 %(on)s 为 %(value)s，目标不高于 %(base)s，完成率 %(completion)s。"),
    "range": _("到 %(on)s 为 %(value)s，目标在 %(low)s 到 %(high)s 之间，完成率 %(completion)s。"),
}
_SHORT = _("完成率 %(completion)s，但最近连续 %(weeks)s 周没到当周应有的 %(share)s。")
_OVER = _("完成率 %(completion)s，但最近连续 %(weeks)s 周超出当周应有的 %(over)s。")
_STREAK: Sentences = {
    "grow": _SHORT,
    "travel": _SHORT,
    "level": _SHORT,
    "range": _SHORT,
    "fall": _OVER,
    "inverse": _OVER,
    "budget": _OVER,
    "not_below": _("完成率 %(completion)s，但最近连续 %(weeks)s 周低于 0。"),
    "not_above": _("完成率 %(completion)s，但最近连续 %(weeks)s 周高于 0。"),
}
_LINE: Sentences = {
    "higher": _("完成率 %(completion)s，但最近连续 %(weeks)s 周低于基准线 %(line)s。"),
    "lower": _("完成率 %(completion)s，但最近连续 %(weeks)s 周高于基准线 %(line)s。"),
}
_BEYOND: Sentences = {
    "higher": _("到 %(on)s 为 %(value)s，低于界线 %(limit)s；完成率 %(completion)s。"),
    "lower": _("到 %(on)s 为 %(value)s，高于界线 %(limit)s；完成率 %(completion)s。"),
}
_STREAK_BY_GRAIN: Sentences = {
    "day": _("完成率 %(completion)s，但最近连续 %(weeks)s 个工作日没到基准线，即当天应有的 %(share)s。"),
    "month": _("完成率 %(completion)s，但最近连续 %(weeks)s 个月没到基准线，即当月应有的 %(share)s。"),
}
_LINE_BY_GRAIN: Sentences = {
    "day": _("完成率 %(completion)s，但最近连续 %(weeks)s 个工作日没到基准线 %(line)s。"),
    "month": _("完成率 %(completion)s，但最近连续 %(weeks)s 个月没到基准线 %(line)s。"),
}
_HELD_BELOW = _(
    "%(held_on)s 完成率 %(held_completion)s，为%(held_light)s；现在回到 %(completion)s，保持过这个周末就换灯。"
)
_HELD_STREAK = _(
    "到 %(held_on)s 连续 %(held_weeks)s 周没到基准线，为%(held_light)s；"
    "现在完成率 %(completion)s，保持过这个周末就换灯。"
)
_HELD_BY_GRAIN: Sentences = {
    "day": _(
        "到 %(held_on)s 连续 %(held_weeks)s 个工作日没到基准线，为%(held_light)s；"
        "现在完成率 %(completion)s，保持过这个周末就换灯。"
    ),
    "month": _(
        "到 %(held_on)s 连续 %(held_weeks)s 个月没到基准线，为%(held_light)s；"
        "现在完成率 %(completion)s，保持过这个周末就换灯。"
    ),
}
_HELD_BEYOND = _("%(held_on)s 越过了界线，为%(held_light)s；现在完成率 %(completion)s，保持过这个周末就换灯。")
_HELD: Sentences = {
    "light.late": _(
        "%(held_on)s 进度落后太多，为%(held_light)s；现在完成率回到 %(completion)s，保持过这个周末就换灯。"
    ),
    "light.below_red": _HELD_BELOW,
    "light.below_yellow": _HELD_BELOW,
    "light.beyond_red": _HELD_BEYOND,
    "light.beyond_yellow": _HELD_BEYOND,
    "light.streak_red": _HELD_STREAK,
    "light.streak_yellow": _HELD_STREAK,
    "light.line_red": _HELD_STREAK,
    "light.line_yellow": _HELD_STREAK,
}
_UNSOUND: Sentences = {
    "goal.base_missing": _("没有基准目标，无法判断。"),
    "goal.base_zero": _("基准为 0，又没有起点，也没有自己的计分曲线，无法判断。"),
    "goal.base_negative": _("基准为负数，又没有起点，无法判断。"),
    "goal.base_not_beyond_start": _("基准没有比起点更好，无法判断。"),
    "goal.stretch_not_beyond_base": _("挑战目标没有比基准更好，无法判断。"),
    "goal.stretch_not_positive": _("挑战目标不大于 0，又没有起点，无法判断。"),
    "goal.range_incomplete": _("区间目标缺下限或上限，无法判断。"),
    "goal.range_reversed": _("区间目标的下限高于上限，无法判断。"),
    "goal.tolerance_negative": _("区间目标的容差为负数，无法判断。"),
    "goal.stretch_with_range": _("区间目标不能有挑战目标，无法判断。"),
    "goal.period_empty": _("周期的结束不晚于开始，无法判断。"),
}


SCORE_PROBLEMS: Sentences = {
    "score.scale_missing": _("得分算不出：规则里没有这条目标要用的计分表或公式。"),
    "score.unknown": _("得分算不出：公式对这些数没有结果。"),
    "formula.missing_value": _("得分算不出：公式要用的数有缺。"),
    "formula.wrong_value": _("得分算不出：公式要用的数不是数字。"),
    "formula.division_by_zero": _("得分算不出：公式除以了 0。"),
    "formula.overflow": _("得分算不出：公式的结果太大。"),
    "formula.power_undefined": _("得分算不出：公式里的乘方没有意义。"),
    "formula.dates_reversed": _("得分算不出：公式里的日期先后颠倒。"),
    "formula.no_branch": _("得分算不出：公式里没有一个条件成立。"),
}
"""What forbids a score by scale, as `Reason` names it in `score_problem`."""


ORIGINS: Sentences = {
    "own.bars": _("黄灯线 %(yellow_bar)s、红灯线 %(red_bar)s 取自自己此前 %(observed)s 期到同一天的完成率。"),
    "own.few": _("此前只有 %(observed)s 期可比，不到 %(least)s 期，按固定的线判断。"),
    "peers.bars": _("黄灯线 %(yellow_bar)s、红灯线 %(red_bar)s 取自同组 %(observed)s 个目标今天的完成率。"),
    "peers.few": _("同组只有 %(observed)s 个目标可比，不到 %(least)s 个，按固定的线判断。"),
}
"""Where dynamic thresholds came from, told after the reasons in which they count."""
_TOLD_WITH_ORIGIN = frozenset({"light.below_red", "light.below_yellow", "light.on_track"})


def _keyed(code: str, sentences: Sentences) -> dict[str, Promise | str]:
    return {f"{code}.{key}": sentence for key, sentence in sentences.items()}


REASONS: Sentences = {
    "light.not_started": _("周期从 %(from_on)s 开始，还没到。"),
    "light.no_measurement": _("从 %(from_on)s 到 %(on)s 没有收到数据。"),
    "light.stale": _("最近一次数据是 %(last_on)s，到 %(on)s 已有 %(age_days)s 天；约定 %(promise_days)s 天内更新。"),
    "light.no_value": _("到 %(on)s 分母合计为 0，算不出比率。"),
    "light.period_begins": _("周期刚开始，到 %(on)s 还没有应达的进度。"),
    "light.manual": _("人工设定，%(until_on)s 之前有效：%(note)s"),
    "light.late": _(
        "到 %(on)s 应达 %(expected)s，实际 %(value)s，完成率 %(completion)s，"
        "还没到 %(late_days)s 天前就该有的 %(late_expected)s。"
    ),
    **_keyed("light.unsound", _UNSOUND),
    **_keyed("light.below_red", _BELOW),
    **_keyed("light.below_yellow", _BELOW),
    **_keyed("light.on_track", _ON_TRACK),
    **_keyed("light.beyond_red", _BEYOND),
    **_keyed("light.beyond_yellow", _BEYOND),
    **_keyed("light.streak_red", {**_STREAK, **_STREAK_BY_GRAIN}),
    **_keyed("light.streak_yellow", {**_STREAK, **_STREAK_BY_GRAIN}),
    **_keyed("light.line_red", {**_LINE, **_LINE_BY_GRAIN}),
    **_keyed("light.line_yellow", {**_LINE, **_LINE_BY_GRAIN}),
    **_keyed("light.held", {**_HELD, **_HELD_BY_GRAIN}),
}
"""Every reason. What follows the code is the goal's table row, the grain of a streak of days or months, or what else
`_REASON_KEYS` names."""

_REASON_KEYS: Mapping[str, str] = {
    "light.unsound": "problem",
    "light.beyond_red": "direction",
    "light.beyond_yellow": "direction",
    "light.line_red": "direction",
    "light.line_yellow": "direction",
    "light.held": "held_code",
}

_EXPECTED: Sentences = {
    "grow": _("应达 = 基准 %(base)s × 时间进度 %(elapsed)s = %(result)s"),
    "travel": _("应到 = 起点 %(start)s +（基准 %(base)s − 起点）× 时间进度 %(elapsed)s = %(result)s"),
    "level": _("应达就是基准 %(base)s"),
    "fall": _("应不高于基准 %(base)s"),
    "inverse": _("应不高于基准 %(base)s"),
    "not_below": _("应不低于基准 %(base)s"),
    "not_above": _("应不高于基准 %(base)s"),
    "budget": _("可用额度 = 全期 %(base)s × 时间进度 %(elapsed)s = %(result)s"),
}
_PROGRESS: Sentences = {
    "grow": _("达成率 = 实际 %(value)s ÷ 基准 %(base)s = %(result)s（0 到 %(cap)s）"),
    "level": _("达成率 = 实际 %(value)s ÷ 基准 %(base)s = %(result)s（0 到 %(cap)s）"),
    "travel": _("达成率 =（实际 %(value)s − 起点 %(start)s）÷（基准 %(base)s − 起点）= %(result)s（0 到 %(cap)s）"),
    "fall": _("达成率 = 2 − 实际 %(value)s ÷ 基准 %(base)s = %(result)s（0 到 %(cap)s）"),
    "inverse": _("达成率 = 基准 %(base)s ÷ 实际 %(value)s = %(result)s（0 到 %(cap)s）"),
    "budget": _("达成率 = 2 − 实际 %(value)s ÷（全期 %(base)s × 时间进度 %(elapsed)s）= %(result)s（0 到 %(cap)s）"),
    "not_below": _("实际 %(value)s，目标不低于 %(base)s：做到为 100%%，没做到为 0%%，达成率 %(result)s"),
    "not_above": _("实际 %(value)s，目标不高于 %(base)s：做到为 100%%，没做到为 0%%，达成率 %(result)s"),
    "range": _("实际 %(value)s，目标在 %(low)s 到 %(high)s 之间，容差 %(tolerance)s，达成率 %(result)s"),
}
_VALUE: Sentences = {
    "sum": _("实际 = %(from_on)s 到 %(on)s 的 %(measurements)s 条数据合计 = %(result)s"),
    "count": _("实际 = %(from_on)s 到 %(on)s 的数据条数 = %(result)s"),
    "mean": _("实际 = 合计 %(numerator)s ÷ %(measurements)s 条 = %(result)s"),
    "last": _("实际 = 最近一天 %(last_on)s 的数据 = %(result)s"),
    "ratio": _("实际 = 分子合计 %(numerator)s ÷ 分母合计 %(denominator)s = %(result)s"),
    "unknown": _("%(from_on)s 到 %(on)s 没有可用的数据"),
}
_FRESH: Sentences = {
    "true": _("数据过期或没有数据：成立，灯为灰"),
    "false": _("数据够新：最近 %(last_on)s，距今 %(age_days)s 天，约定 %(promise_days)s 天内"),
}
_LATE: Sentences = {
    "true": _("落后 %(late_days)s 天以上：达成率 %(progress)s，低于 %(late_on)s 应有的 %(late_elapsed)s，灯为红"),
    "false": _("落后 %(late_days)s 天以上：不成立，达成率 %(progress)s，%(late_on)s 应有 %(late_elapsed)s"),
    "apart": _("落后 %(late_days)s 天以上：不适用，目标不随时间推进"),
    "off": _("落后太多：规则不看这一条"),
}
_LINE_RULE: Sentences = {
    "true": _("越过界线 %(limit)s：成立，实际 %(value)s"),
    "false": _("越过界线 %(limit)s：不成立，实际 %(value)s"),
    "skipped": _("越过界线 %(limit)s：前面已定，不再看"),
}
_STREAK_RULE: Sentences = {
    "true": _("连续低于基准线：%(weeks)s 周（%(yellow_weeks)s 周黄，%(red_weeks)s 周红）"),
    "false": _("连续低于基准线：不成立，%(weeks)s 周（%(yellow_weeks)s 周黄，%(red_weeks)s 周红）"),
    "day.true": _("连续低于基准线：%(weeks)s 个工作日（%(yellow_weeks)s 个黄，%(red_weeks)s 个红）"),
    "day.false": _("连续低于基准线：不成立，%(weeks)s 个工作日（%(yellow_weeks)s 个黄，%(red_weeks)s 个红）"),
    "month.true": _("连续低于基准线：%(weeks)s 个月（%(yellow_weeks)s 个黄，%(red_weeks)s 个红）"),
    "month.false": _("连续低于基准线：不成立，%(weeks)s 个月（%(yellow_weeks)s 个黄，%(red_weeks)s 个红）"),
}

STEPS: Sentences = {
    "evaluation.rules": _("按规则 %(rules)s 判断"),
    "evaluation.bars_own": _(
        "动态阈值：自己此前 %(observed)s 期到同一天的完成率，从低到高第 %(red_share)s 处 %(red_bar)s 为红灯线，"
        "第 %(yellow_share)s 处 %(yellow_bar)s 为黄灯线"
    ),
    "evaluation.bars_peers": _(
        "动态阈值：同组 %(observed)s 个目标的完成率，从低到高第 %(red_share)s 处 %(red_bar)s 为红灯线，"
        "第 %(yellow_share)s 处 %(yellow_bar)s 为黄灯线"
    ),
    "evaluation.few_own": _("动态阈值：此前只有 %(observed)s 期可比，不到 %(least)s 期，用固定的线"),
    "evaluation.few_peers": _("动态阈值：同组只有 %(observed)s 个目标可比，不到 %(least)s 个，用固定的线"),
    **_keyed("evaluation.value", _VALUE),
    "evaluation.elapsed": _("时间进度 = 已过 %(done)s 天 ÷ 共 %(total)s 天（按工作日）= %(result)s"),
    "evaluation.elapsed_season": _("时间进度按季节曲线 = 已过份额 %(done)s ÷ 全期份额 %(total)s = %(result)s"),
    **_keyed("evaluation.expected", _EXPECTED),
    **_keyed("evaluation.progress", _PROGRESS),
    "evaluation.completion": _("完成率 = 达成率 %(progress)s ÷ 应有进度 %(expected)s = %(result)s"),
    "evaluation.completion.unknown": _("完成率：周期刚开始，应有进度为 0，暂不计算"),
    "evaluation.score_parallel": _(
        "得分 = 100 ×（%(base_weight)s × 基准达成 %(base_part)s + %(stretch_weight)s × 挑战达成 %(stretch_part)s）"
        "= %(result)s"
    ),
    "evaluation.score_ladder": _(
        "得分 = 100 ×（%(base_weight)s × 基准达成 %(base_part)s"
        " + %(stretch_weight)s × 基准到挑战之间走过的 %(stretch_part)s）= %(result)s"
    ),
    "evaluation.score_base": _("得分 = 100 × 基准达成 %(base_part)s = %(result)s"),
    "evaluation.score_step.progress": _("得分按达成率 %(base_part)s 分档（%(rows)s）= %(result)s"),
    "evaluation.score_step.value": _("得分按实际值分档（%(rows)s）= %(result)s"),
    "evaluation.score_lookup.progress": _("得分按达成率 %(base_part)s 查表，两档之间按直线（%(rows)s）= %(result)s"),
    "evaluation.score_lookup.value": _("得分按实际值查表，两档之间按直线（%(rows)s）= %(result)s"),
    **_keyed("evaluation.score_problem", SCORE_PROBLEMS),
    "evaluation.score_formula": _("得分按公式 %(formula)s = %(result)s"),
    "light.rule_manual.true": _("人工设定的灯：有效"),
    "light.rule_manual.false": _("人工设定的灯：没有"),
    **_keyed("light.rule_fresh", _FRESH),
    **_keyed("light.rule_late", _LATE),
    "light.rule_red.true": _("完成率低于 %(threshold)s：成立，%(completion)s，灯为红"),
    "light.rule_red.false": _("完成率低于 %(threshold)s：不成立，%(completion)s"),
    "light.rule_yellow.true": _("完成率低于 %(threshold)s：成立，%(completion)s，灯为黄"),
    "light.rule_yellow.false": _("完成率低于 %(threshold)s：不成立，%(completion)s"),
    **_keyed("light.rule_red_line", _LINE_RULE),
    **_keyed("light.rule_yellow_line", _LINE_RULE),
    **_keyed("light.rule_streak", _STREAK_RULE),
    "light.rule_green.true": _("以上都不成立，灯为绿"),
    "light.rule_green.false": _("以上都不成立：否"),
    "light.rule_fresh.skipped": _("数据过期或没有数据：前面已定，不再看"),
    "light.rule_late.skipped": _("落后 %(late_days)s 天以上：前面已定，不再看"),
    "light.rule_red.skipped": _("完成率低于 %(threshold)s：前面已定，不再看"),
    "light.rule_yellow.skipped": _("完成率低于 %(threshold)s：前面已定，不再看"),
    "light.rule_streak.skipped": _("连续低于基准线：前面已定，不再看"),
    "light.raw": _("按 %(on)s 的数据，灯为%(result)s"),
    "light.before": _("上一个周末 %(on)s 的灯为%(result)s"),
}
"""Every step that is no reason itself: the code, then what its result or its goal makes of it."""


_STEP_KEYS: Mapping[str, str] = {
    "evaluation.value": "aggregation",
    "evaluation.score_problem": "problem",
    "evaluation.score_step": "of",
    "evaluation.score_lookup": "of",
}


def say_reason(code: str, params: Mapping[str, object]) -> str:
    """The sentence of a light, e.g. 到 2026-10-20 应达 1,145 万元，实际 748 万元，完成率 65.3%，低于 70%。

    `params` as a reason carries them (text) or as values. KeyError for a code nobody gave a sentence.
    """
    words = words_of(params)
    sentence = str(REASONS[reason_key(code, params)]) % words
    if "dynamic" in params and code in _TOLD_WITH_ORIGIN:
        origin = ORIGINS[f"{_text(params['dynamic'])}.{'few' if params.get('least') else 'bars'}"]
        sentence = _("%(reason)s%(origin)s") % {"reason": sentence, "origin": str(origin) % words}
    if problem := params.get("score_problem"):
        return _("%(reason)s%(problem)s") % {"reason": sentence, "problem": SCORE_PROBLEMS[_text(problem)]}
    return sentence


def reason_key(code: str, params: Mapping[str, object]) -> str:
    """Which sentence of `REASONS` a reason takes."""
    if code in REASONS:
        return code
    if "grain" in params and _text(params.get("held_code", code)).startswith(("light.streak", "light.line")):
        return f"{code}.{_text(params['grain'])}"
    name = _REASON_KEYS.get(code, "case")
    return f"{code}.{_text(params[name])}"


def say_step(step: Step) -> str:
    """A step of the trace as a line: the formula with its numbers, or a rule and whether it held."""
    if step.code == "light.shown":
        return say_reason(str(step.params["code"]), step.params)
    if step.code in REASONS or step.code == "light.unsound":
        return say_reason(step.code, step.params)
    words: Words = words_of({**step.params, "result": step.result})
    return str(STEPS[step_key(step)]) % words


def step_key(step: Step) -> str:
    """Which sentence of `STEPS` a step takes."""
    code, params = step.code, step.params
    if code.startswith("light.rule_"):
        if code == "light.rule_late" and params["late_days"] is None:
            return f"{code}.off"
        if code == "light.rule_late" and not params["applies"] and step.result is not None:
            return f"{code}.apart"
        said = "skipped" if step.result is None else str(bool(step.result)).lower()
        grain = _text(params.get("grain", "week"))
        return f"{code}.{said}" if said == "skipped" or grain == "week" else f"{code}.{grain}.{said}"
    if step.result is None and f"{code}.unknown" in STEPS:
        return f"{code}.unknown"
    if code in STEPS:
        return code
    return f"{code}.{_text(params[_STEP_KEYS.get(code, 'case')])}"


def _text(value: object) -> str:
    return str(getattr(value, "value", value))
