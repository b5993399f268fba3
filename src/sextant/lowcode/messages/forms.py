"""Sentences about forms and answers, in the active language."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sextant.engines.forms import Code, Field, FieldKind
from sextant.engines.values import Problem
from sextant.foundation import formula_messages

SENTENCES: Mapping[str, Promise | str] = {
    Code.EMPTY: _("表单里还没有要填的内容。请加一个字段。"),
    Code.NAME_TAKEN: _("“%(field)s”：代码“%(name)s”用了两次。请改一个。"),
    Code.LABEL_MISSING: _("“%(field)s”：请填写标题，不要用方括号和英文句点。"),
    Code.LABEL_TAKEN: _("有两个字段都叫“%(field)s”，公式分不清是哪个。请改一个。"),
    Code.OPTIONS_FEW: _("“%(field)s”：至少要有 %(least)s 个选项。"),
    Code.OPTION_TAKEN: _("“%(field)s”：有选项重复、没有文字，或者评分不是数字。请检查选项。"),
    Code.BOUNDS_CROSSED: _("“%(field)s”：下限 %(least)s 比上限 %(most)s 还大。请改正。"),
    Code.COLUMNS_MISSING: _("“%(field)s”：表格还没有列。请加一列。"),
    Code.COLUMN_KIND: _("表格“%(table)s”的列“%(field)s”：这种类型放不进表格。请换一种。"),
    Code.FORMULA_CIRCLE: _("“%(field)s”绕了一圈又用到自己（%(circle)s）。请去掉其中一处。"),
    Code.FORMULA_REVEALS: _("能看到“%(field)s”的人，会由此知道他们看不到的“%(source)s”。请收紧可见范围，或确认可以。"),
    Code.NEVER_ANSWERED: _("“%(field)s”没有人填写，“必填”不起作用。"),
    "form.many_listed": _("列表可筛选的字段有 %(count)s 个，最多 %(most)s 个。请去掉一些。"),
    "form.not_listed": _("“%(field)s”这种类型不能在列表里筛选。请去掉“列表可筛选”。"),
    "fields.unknown_host": _("附加字段不能挂在“%(host)s”上。请选人员、部门或目标。"),
    "fields.moved": _("已发布的附加字段不能换地方挂。请另建一组。"),
    "fields.field_missing": _("“%(field)s”已经发布过，里面可能有内容，不能删除。请改为停用。"),
    "fields.kind_changed": _("“%(field)s”已经发布过，不能换类型。请停用它，另加一个字段。"),
    "fields.label_elsewhere": _("“%(set)s”里已有“%(field)s”，公式分不清是哪个。请改一个标题。"),
    "fields.no_key_column": _("文件里没有说明每一行是谁的列。请加一列，标题用%(keys)s之一。"),
    "fields.many_rows": _("文件超过 %(most)s 行。请拆成几个。"),
    "fields.unknown_subject": _("“%(value)s”没有找到。请核对。"),
    "fields.no_reader": _("“%(field)s”只给附加字段里没有的关系看，没有人能看到。请改“谁能看”。"),
    "form.too_many_parts": _("选项、行和列加起来超过 2,000 个。请拆成几张表单。"),
    Code.UNKNOWN_FIELD: _("表单里没有“%(field)s”。请刷新页面后再填。"),
    Code.NOT_YOURS: _("“%(field)s”不由您填写。请刷新页面后再填。"),
    Code.MISSING: _("请填写“%(field)s”。"),
    Code.NOT_A_NUMBER: _("“%(field)s”：“%(value)s”不是数字。请只写数字，如 1234.5。"),
    Code.PLACES: _("“%(field)s”：“%(value)s”的小数超过 %(places)s 位。请四舍五入后再填。"),
    Code.BELOW: _("“%(field)s”：“%(value)s”小于 %(least)s。"),
    Code.ABOVE: _("“%(field)s”：“%(value)s”大于 %(most)s。"),
    Code.TOO_LONG: _("“%(field)s”有 %(length)s 个字，最多 %(most)s。请删短一些。"),
    Code.NOT_A_DATE: _("“%(field)s”：“%(value)s”不是日期。请写成 2026-11-23。"),
    Code.PERIOD_CROSSED: _("“%(field)s”：结束的 %(last)s 早于开始的 %(first)s。请改正。"),
    Code.NO_SUCH_OPTION: _("“%(field)s”没有“%(value)s”这个选项。请重新选。"),
    Code.NOT_A_CHOICE: _("“%(field)s”：请从列出的内容里选。"),
    Code.FEW_ROWS: _("“%(field)s”只有 %(count)s 项，至少 %(least)s。"),
    Code.MANY_ROWS: _("“%(field)s”有 %(count)s 项，最多 %(most)s。"),
    Code.SHAPE: _("“%(field)s”的内容读不出来。请重新填写。"),
    Code.FORMULA_FAILED: _("“%(field)s”暂时算不出来：%(why)s"),
    "sheet.handed_in": _("这张表已经提交，不能再改。"),
    "sheet.stays_open": _("附加字段随时可改，不用提交。写完就已保存。"),
    "sheet.unknown_revision": _("页面上的内容已经过时。请刷新后再填。"),
    "sheet.foreign_file": _("有一个附件不属于这张表。请刷新页面，重新上传。"),
    "sheet.kept_theirs": _("“%(field)s”刚被别人改过，现在是对方的内容。您写的是“%(mine)s”，要用请再填一次。"),
    "sheet.flow": "%(said)s",
    "sheet.no_form": _("这一步要填的表单没有在用的版本。请联系人力资源。"),
    "sheet.changed": _("“%(field)s”刚被别人改过。请看过新的内容后再提交。"),
}

_ROWS_MISSING = _("请填写“%(field)s”的每一行：还缺%(rows)s。")
_IN_ROW = _("“%(table)s”第 %(row)s 行：%(said)s")
_FORMULA_PARTS: Mapping[str, Promise | str] = {
    "formula": _("“%(field)s”的公式：%(why)s"),
    "visible_if": _("“%(field)s”的“何时显示”：%(why)s"),
    "required_if": _("“%(field)s”的“何时必填”：%(why)s"),
}

KINDS: Mapping[FieldKind, Promise | str] = {
    FieldKind.SECTION: _("分段"),
    FieldKind.TEXT: _("单行文字"),
    FieldKind.LONG_TEXT: _("多行文字"),
    FieldKind.NUMBER: _("数字"),
    FieldKind.MONEY: _("金额"),
    FieldKind.YES_NO: _("是否"),
    FieldKind.DATE: _("日期"),
    FieldKind.PERIOD: _("起止日期"),
    FieldKind.CHOICE: _("单选"),
    FieldKind.CHOICES: _("多选"),
    FieldKind.RATING: _("评分"),
    FieldKind.MATRIX: _("矩阵评分"),
    FieldKind.PERSON: _("人员"),
    FieldKind.UNIT: _("部门"),
    FieldKind.GOAL: _("目标"),
    FieldKind.FILE: _("附件"),
    FieldKind.TABLE: _("明细表"),
    FieldKind.FORMULA: _("计算"),
}

RELATIONS: Mapping[str, Promise | str] = {
    "self": _("本人"),
    "manager": _("直接主管"),
    "upper": _("上级主管"),
    "hr": _("人力资源"),
    "asked": _("填写的人"),
    "peer": _("同事"),
}

LABELS: Mapping[str, Promise | str] = {
    "note": _("开头的说明"),
    "host": _("挂在哪里"),
    "fields": _("字段"),
    "fields.label": _("标题"),
    "fields.hint": _("提示"),
    "fields.kind": _("类型"),
    "fields.width": _("宽度"),
    "fields.listed": _("列表可筛选"),
    "fields.retired": _("已停用"),
    "fields.required": _("必填"),
    "fields.required_if": _("何时必填"),
    "fields.visible_if": _("何时显示"),
    "fields.formula": _("公式"),
    "fields.see": _("谁能看"),
    "fields.edit": _("谁能改"),
    "fields.steps": _("在哪一步填"),
    "fields.unit": _("单位"),
    "fields.places": _("小数位"),
    "fields.least": _("下限"),
    "fields.most": _("上限"),
    "fields.max_length": _("最多字数"),
    "fields.options": _("选项"),
    "fields.options.label": _("文字"),
    "fields.rows": _("行"),
    "fields.columns": _("列"),
    "fields.name": _("代码"),
}


def say_form(problem: Problem) -> str:
    """The sentence of a problem of a form, an answer or a sheet. KeyError for a code nobody wrote down."""
    params = dict(problem.params)
    if problem.code == Code.FORMULA:
        return str(_FORMULA_PARTS[str(params["part"])]) % {**params, "why": _why(problem)}
    if problem.code == Code.FORMULA_FAILED:
        params["why"] = _why(problem)
    for joined in ("circle", "rows"):
        several = params.get(joined)
        if isinstance(several, tuple):
            params[joined] = gettext("、").join(str(one) for one in several)
    sentence = _ROWS_MISSING if problem.code == Code.MISSING and "rows" in params else SENTENCES[problem.code]
    said = str(sentence) % params
    return str(_IN_ROW) % {**params, "said": said} if "row" in params else said


def say_reach(one: Field) -> str:
    """Who will see the answer, said before anybody types.

    A text for everyone who may open the form is short: most fields are of that sort.
    """
    if not one.reach.see:
        return gettext("打开这张表的人都能看到")
    names = gettext("、").join(str(RELATIONS[code]) for code in RELATIONS if code in one.reach.see)
    return gettext("只有%(names)s能看到") % {"names": names}


def _why(problem: Problem) -> str:
    """What the formula engine found, in its own sentence; `said` is the name it spoke of."""
    params = {name: value for name, value in problem.params.items() if name not in ("field", "part", "cause", "said")}
    if "said" in problem.params and problem.params["said"] is not None:
        params["name"] = problem.params["said"]
    return formula_messages.say(replace(problem, code=str(problem.params["cause"]), params=params))
