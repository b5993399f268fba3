"""What there is to say about a split on its page, as sentences in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation.tabular import messages as tabular
from sextant.goals.messages import allocation, cascade
from sextant.goals.messages.goals import plain

_NAMED = 5

SENTENCES: Mapping[str, Promise | str] = {
    "quota.no_metric": _("这个目标没有指标，无法分摊。"),
    "quota.weights_not_full": _("因子权重合计 %(total)s%%，要等于 100%% 才能发出。"),
    "quota.left_out": _("“%(factor)s”缺数值，没有参加分摊：%(keys)s。补上就会算进来。"),
    "quota.left_out_many": _("“%(factor)s”缺数值，没有参加分摊：%(keys)s 等 %(n)s 个。补上就会算进来。"),
    "quota.scheme_unnamed": _("给方案起个名字再存。"),
    "quota.schemes_full": _("最多存 %(most)s 个方案。请先删掉不用的。"),
    "quota.file_none": _("还没有选文件。"),
    "quota.file_large": _("文件超过 %(mib)s MB。请只留下对象和因子两类列。"),
    "quota.file_no_factor": _("文件里除了对象没有别的列（%(columns)s）。请每个因子占一列。"),
    "quota.file_factors": _("最多 %(most)s 个因子，没有读：%(names)s。"),
    "quota.file_unknown": _("第 %(row)s 行“%(field)s”：分摊对象里没有“%(value)s”。请改成下面表里的名称或编码。"),
    "quota.file_ambiguous": _("第 %(row)s 行“%(field)s”：叫“%(value)s”的不止一个。请改填编码或工号。"),
    "quota.file_twice": _("第 %(row)s 行“%(field)s”：“%(value)s”前面已有一行，这一行没有读。请合并成一行。"),
    "quota.file_cell": _("第 %(row)s 行“%(field)s”：%(why)s"),
    "quota.not_a_number": _("“%(value)s”不是数字，仍按原来的数计算。"),
}


def say_quota(problem: Problem) -> str:
    """The sentence of a `quota.*`, `tabular.*`, `allocation.*`, `cascade.*` or `goals.*` problem."""
    if problem.code == "quota.left_out":
        return _left_out(problem)
    if problem.code.startswith("tabular."):
        return _cell(problem)
    if problem.code in SENTENCES:
        return str(SENTENCES[problem.code]) % {name: plain(value) for name, value in problem.params.items()}
    if problem.code in allocation.SENTENCES:
        return allocation.say_problem(problem)
    return cascade.say_push(problem)


def _left_out(problem: Problem) -> str:
    """The first who are left out by name, the others by number."""
    keys = problem.params["keys"]
    assert isinstance(keys, tuple)  # `without_missing` makes it
    code = "quota.left_out_many" if len(keys) > _NAMED else "quota.left_out"
    return str(SENTENCES[code]) % {**problem.params, "keys": gettext("、").join(keys[:_NAMED])}


def _cell(problem: Problem) -> str:
    """Why a file, or one cell of it, was not read."""
    why = tabular.say(problem)
    return str(SENTENCES["quota.file_cell"]) % {**problem.params, "why": why} if problem.params.get("field") else why
