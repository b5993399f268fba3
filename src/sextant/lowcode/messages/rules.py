"""Sentences about rules, in the active language: what is wrong with a condition, and why a rule did or did not act."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem, Step
from sextant.foundation import formula_messages

SENTENCES: Mapping[str, Promise | str] = {
    "rules.bad_group": _("这里应是一组条件：全部成立、任一成立或都不成立。请改正。"),
    "rules.empty_group": _("这一组没有条件。请加一条，或删去这一组。"),
    "rules.too_deep": _("条件套条件超过 %(limit)s 层。请拆成几条规则。"),
    "rules.too_many": _("条件有 %(checks)s 条，最多 %(limit)s 条。请拆成几条规则。"),
}

REASONS: Mapping[str, Promise | str] = {
    "rules.fired": _("条件成立，已执行"),
    "rules.not_met": _("条件不成立"),
    "rules.unknown": _("缺少数据，无法判断，没有执行"),
    "rules.still_met": _("条件一直成立，%(fired_at)s 已执行过"),
    "rules.quiet": _("%(fired_at)s 已执行过，%(again_at)s 之后才会再执行"),
}


def say_rule(problem: Problem) -> str:
    """The sentence of a `rules.*` or `formula.*` problem of a condition. KeyError for a code nobody wrote down."""
    if problem.code.startswith("formula."):
        return formula_messages.say(problem)
    return str(SENTENCES[problem.code]) % dict(problem.params)


def say_reason(step: Step) -> str:
    """Why a rule did or did not act. KeyError for a step that is not of `decide_firing`."""
    moments = {name: _moment(value) for name, value in step.params.items() if isinstance(value, datetime)}
    return str(REASONS[step.code]) % {**step.params, **moments}


def _moment(at: datetime) -> str:
    return date_format(at.astimezone(settings.SEXTANT_ZONE), "SHORT_DATETIME_FORMAT")
