"""Problem codes of tables as sentences, each with its remedy."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation.tabular.codes import Code

SENTENCES: Mapping[str, Promise | str] = {
    Code.MISSING: _("找不到文件“%(path)s”。请检查路径。"),
    Code.EMPTY: _("文件“%(file)s”是空的。请提供有表头和数据行的文件。"),
    Code.NO_ROWS: _("文件“%(file)s”只有表头，没有数据行。请检查导出范围。"),
    Code.BROKEN: _("文件“%(file)s”已损坏，无法按 %(kind)s 读取（%(detail)s）。请重新导出，或另存为 CSV（UTF-8）。"),
    Code.BROKEN_TEXT: _("文件“%(file)s”第 %(row)s 行的引号不成对（%(detail)s）。请补齐引号后重试。"),
    Code.PROTECTED: _("文件“%(file)s”有密码保护。请先去掉密码。"),
    Code.ENCODING: _(
        "文件“%(file)s”第 %(row)s 行（第 %(byte)s 字节）不是有效的 %(encoding)s 文字。"
        "请另存为 UTF-8，或写明文件的编码。"
    ),
    Code.UNKNOWN_ENCODING: _("没有名为“%(encoding)s”的编码。可用 utf-8、utf-16、gb18030 等。"),
    Code.UNKNOWN_SHEET: _("工作簿里没有工作表“%(sheet)s”。现有：%(sheets)s。"),
    Code.DUPLICATE_COLUMN: _("列名“%(column)s”出现了两次（第 %(first)s 列和第 %(second)s 列）。请改名或删去一列。"),
    Code.TOO_MANY_CELLS: _(
        "这一行有 %(cells)s 格，表头只有 %(columns)s 列，多出“%(value)s”。请检查是否有未加引号的分隔符。"
    ),
    Code.BROKEN_LINE: _("这一行不是有效的 JSON 对象（%(detail)s）。请改正后重新导入。"),
    Code.BAD_NUMBER: _("“%(value)s”不是数字。请写成 1234.5 或 87%% 的样子，没有数据则留空。"),
    Code.NUMBER_TOO_LARGE: _("“%(value)s”过大。整数部分最多 22 位，请检查单位。"),
    Code.BAD_DATE: _("“%(value)s”不是日期。请写成 2026-01-31，或在映射文件中声明日期格式。"),
    Code.DATE_NOT_DECLARED: _(
        "“%(value)s”不符合映射文件声明的日期格式（%(formats)s）。请改正日期，或在映射文件中补上它的格式。"
    ),
    Code.AMBIGUOUS_DATE: _(
        "“%(value)s”可能是 %(one)s，也可能是 %(other)s。请在映射文件中只声明一种日期格式，例如 %%m-%%d-%%Y。"
    ),
}


def say(problem: Problem) -> str:
    """The sentence of a `tabular.*` problem in the active language; KeyError for a code that is not ours."""
    return str(SENTENCES[problem.code]) % dict(problem.params)
