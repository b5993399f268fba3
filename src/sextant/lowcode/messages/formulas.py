"""Sentences about formulas of the centre, in the active language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation import formula_messages

SENTENCES: Mapping[str, Promise | str] = {
    "formula_table.name_twice": _("有两项数据用了同一个名称。请改一个。"),
    "formula_table.unknown_context": _("没有“%(context)s”这组数据。请换一组。"),
    "formula_table.circle": _("公式绕了一圈又用到自己（经过“%(through)s”）。请去掉其中一处。"),
    "formula_table.inner": _("“%(name)s”取自公式“%(formula)s”，那个公式现在算不出来。请先改好它。"),
    "formula_table.inner_type": _("“%(name)s”取自公式“%(formula)s”，两处的类型不同。请改成一样。"),
}

LABELS: Mapping[str, Promise | str] = {
    "text": _("公式"),
    "result": _("结果类型"),
    "context": _("数据范围"),
    "names": _("数据"),
    "names.name": _("名称"),
    "names.type": _("类型"),
    "names.formula": _("取自公式"),
    "note": _("说明"),
}

TYPES: Mapping[str, Promise | str] = {one.value: said for one, said in formula_messages.TYPES.items()}


def say_formula(problem: Problem) -> str:
    """The sentence of a `formula_table.*` or `formula.*` problem. KeyError for a code nobody wrote down."""
    if problem.code in SENTENCES:
        return str(SENTENCES[problem.code]) % dict(problem.params)
    if problem.code.startswith("formula."):
        return formula_messages.say(problem)
    raise KeyError(problem.code)
