"""Audit rules and what they find, in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.metrics.intake.messages import say_mapping
from sextant.ui.formats import write_number

KINDS: Mapping[str, Promise | str] = {
    "range": _("数值范围"),
    "jump": _("突变"),
    "duplicate": _("疑似重复"),
    "difference": _("两处不一致"),
    "total": _("与总数不符"),
    "freshness": _("数据过期"),
    "completeness": _("缺数"),
}
"""Short names of the checks."""

SEVERITIES: Mapping[str, Promise | str] = {"warn": _("提示"), "block": _("拦截")}
VERDICTS: Mapping[str, Promise | str] = {"accept": _("放行"), "reject": _("退回")}

_PROBLEMS: Mapping[str, Promise | str] = {
    "audit.no_limit": _("%(path)s：least（下限）与 most（上限）至少写一个。"),
    "audit.limits_reversed": _("%(path)s：下限 least 大于上限 most。请对调。"),
    "audit.history_too_short": _("%(path)s：least 不能大于 history。"),
    "audit.other_or_sources": _("%(path)s：other（另一个指标）与 sources（两个来源）要写且只写一个。"),
    "audit.totals_or_other": _("%(path)s：totals（手写的总数）与 other（另一个指标）要写且只写一个。"),
    "audit.bad_period": _('%(path)s：totals 的期间写法不对。月写 "2026-03"，周和日写 "2026-03-02"。'),
    "audit.nothing_to_hold": _("过期和缺数没有可拦的批次，severity 只能是 warn。"),
    "audit.code_is_fixed": _("这条规则的编码是“%(code)s”，不能改。要另一条规则请新建。"),
    "audit.code_taken": _("编码“%(code)s”已有规则。请换一个。"),
    "audit.unknown_metric": _("没有指标“%(metric)s”。请先建立它，或改正编码。"),
}

_SAMPLES: Mapping[str, Promise | str] = {
    "range_least": _("%(value)s，低于下限 %(limit)s"),
    "range_most": _("%(value)s，高于上限 %(limit)s"),
    "jump": _("%(value)s，此前 %(history)s 次的中位数是 %(reference)s"),
    "duplicate": _("%(value)s，与批次 %(other_batch)s 第 %(other_row)s 行相同，相隔 %(days)s 天以内"),
    "difference": _("这里 %(value)s，那里 %(reference)s"),
    "total": _("合计 %(value)s，应为 %(reference)s"),
    "freshness": _("最新数据已 %(value)s 天，约定不超过 %(reference)s 天"),
    "freshness_never": _("从未有过数据，约定不超过 %(reference)s 天"),
    "completeness": _("这一期没有数据"),
}


def say_rule(problem: Problem) -> str:
    """The sentence of a problem with a rule, in the active language; it names the place and the remedy."""
    if problem.code in _PROBLEMS:
        return str(_PROBLEMS[problem.code]) % {"path": ".", **problem.params}
    return say_mapping(problem)


def say_sample(kind: str, check: Mapping[str, Any], sample: Mapping[str, Any], *, decimals: int) -> str:
    """One fault in words: the number and what it was held against. `check` is that of the rule that found it."""
    days = kind == "freshness"
    params = {
        **sample,
        "value": _number(sample.get("value"), 0 if days else decimals),
        "reference": _number(sample.get("reference"), 0 if days else decimals),
        "history": check.get("history", ""),
        "days": check.get("days", ""),
    }
    if kind == "range":
        least = check.get("least")
        below = least is not None and float(sample.get("value") or 0) < float(least)
        params["limit"] = _number(least if below else check.get("most"), decimals)
        return str(_SAMPLES["range_least" if below else "range_most"]) % params
    if kind == "freshness" and sample.get("value") is None:
        return str(_SAMPLES["freshness_never"]) % params
    return str(_SAMPLES[kind]) % params


def _number(value: object, decimals: int) -> str:
    if value is None:
        return _now("无")
    return str(write_number(Decimal(str(value)), decimals))
