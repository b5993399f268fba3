"""Problem codes of people as sentences, each with its remedy."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation.tabular import messages as tabular_messages
from sextant.people.contracts import Code

SENTENCES: Mapping[str, Promise | str] = {
    Code.MAPPING_MISSING: _("找不到映射文件“%(path)s”。请检查路径，范例在 examples/people-standard.yaml。"),
    Code.MAPPING_NOT_YAML: _("映射文件“%(path)s”第 %(line)s 行不是有效的 YAML（%(detail)s）。请检查缩进和引号。"),
    Code.MAPPING_TWICE: _("映射文件第 %(line)s 行重复写了“%(key)s”。请删去其中一处。"),
    Code.MAPPING_INVALID: _("映射文件的“%(place)s”写法不对：%(detail)s。请参照 docs/import-people.md。"),
    Code.MAPPING_UNKNOWN_FIELD: _("映射文件里有不认识的字段“%(field)s”。可用的字段：%(known)s。"),
    Code.MAPPING_UNKNOWN_FIELD_NEAR: _("映射文件里有不认识的字段“%(field)s”。是否想写“%(near)s”？"),
    Code.UNKNOWN_COLUMN: _("映射“%(field)s”要用的列“%(column)s”在文件里找不到。文件里的列：%(columns)s。"),
    Code.UNKNOWN_COLUMN_NEAR: _(
        "映射“%(field)s”要用的列“%(column)s”在文件里找不到。是否想写“%(near)s”？文件里的列：%(columns)s。"
    ),
    Code.BLANK: _("“%(field)s”为空。请补上后重新导入。"),
    Code.TOO_LONG: _("“%(value)s”太长，最多 %(longest)s 个字。请缩短后重新导入。"),
    Code.BAD_EMAIL: _("“%(value)s”不是邮箱地址。请改正，没有则留空。"),
    Code.BAD_FLAG: _("“%(value)s”不是“是”或“否”。请改正，或在映射文件的 values 中写明它的含义。"),
    Code.TWICE: _("“%(value)s”已在第 %(row)s 行出现。一个人只能有一行，请删去多余的行。"),
    Code.LEFT_BEFORE_HIRED: _("离职日期 %(left)s 不晚于入职日期 %(hired)s。请核对两个日期。"),
    Code.HAS_LEFT: _("“%(value)s”已于 %(left)s 离职，而映射没有离职日期。若已返聘，请在映射中加上离职日期列并留空。"),
    Code.UNIT_CONFLICT: _("部门编码“%(code)s”在文件里既是“%(one)s”又是“%(other)s”。请改正其中一处。"),
    Code.UNKNOWN_MANAGER: _("找不到主管“%(value)s”。此人已导入，但没有改动这条汇报关系；请改正后重新导入。"),
    Code.AMBIGUOUS_MANAGER: _(
        "有不止一位“%(value)s”。此人已导入，但没有改动这条汇报关系；请改用工号指明主管后重新导入。"
    ),
    Code.OWN_MANAGER: _("“%(value)s”不能是自己的主管。此人已导入，但没有改动这条汇报关系；请改正后重新导入。"),
    Code.MANAGER_CYCLE: _(
        "汇报关系绕成了圈：%(chain)s。这些人已导入，但没有改动他们的实线汇报关系；请改正后重新导入。"
    ),
}


def say(problem: Problem) -> str:
    """The sentence of a problem of people, or of a table, in the active language."""
    if problem.code in SENTENCES:
        return str(SENTENCES[problem.code]) % dict(problem.params)
    return tabular_messages.say(problem)
