"""Sentences about what a draft would have done."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

QUESTIONS = gettext_lazy("平均题数")
FAILED_SHEETS = gettext_lazy("交不了")
STEPS = gettext_lazy("平均步数")
STUCK_RUNS = gettext_lazy("走不通")
NAMED = 3


def count_sheets(number: int) -> str:
    """最近 12 份答卷."""
    return ngettext("最近 %(n)s 份答卷", "最近 %(n)s 份答卷", number) % {"n": number}


def count_runs(number: int) -> str:
    """最近 12 次流程."""
    return ngettext("最近 %(n)s 次流程", "最近 %(n)s 次流程", number) % {"n": number}


def say_asked(questions: int, missing: Sequence[str], *, is_other: bool = False) -> str:
    """How many questions a sheet has, which must be answered and are not, and whether its results are others."""
    told = {"n": questions, "names": _("、").join(missing[:NAMED]), "more": len(missing)}
    if len(missing) > NAMED:
        return _("%(n)s 题，缺%(names)s等 %(more)s 项") % told
    if missing:
        return _("%(n)s 题，缺%(names)s") % told
    return _("%(n)s 题，计算结果不同") % told if is_other else _("%(n)s 题") % told


def say_way(steps: Sequence[str], *, is_whole: bool) -> str:
    """The way an instance takes, in the names of its steps; whether it gets to an end."""
    way = " → ".join(steps)
    return way if is_whole else _("%(way)s → 停在这里") % {"way": way or "…"}
