"""Problem codes of formulas as sentences: where it is, what is wrong, what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sextant.engines.formula import Code, FormulaType
from sextant.engines.values import Problem, Step

TYPES: Mapping[FormulaType, Promise | str] = {
    FormulaType.NUMBER: _("数字"),
    FormulaType.TEXT: _("文本"),
    FormulaType.BOOLEAN: _("是或否"),
    FormulaType.DATE: _("日期"),
}

SENTENCES: Mapping[Code, Promise | str] = {
    # The text
    Code.EMPTY: _("公式是空的。请写一个公式，例如 [完成率] * 100。"),
    Code.TOO_LONG: _("公式有 %(length)s 个字符，最多 %(limit)s 个。请拆成几个公式。"),
    Code.TOO_MANY_NODES: _("第 %(position)s 个字符：公式超过 %(limit)s 项。请拆成几个公式。"),
    Code.TOO_DEEP: _("第 %(position)s 个字符：嵌套超过 %(limit)s 层。请拆成几个公式，或改用 IFS。"),
    Code.TOO_COSTLY: _("条件里层层套着条件，展开后超过 %(limit)s 项。请把里面的条件拆成另一个公式。"),
    Code.BAD_CHARACTER: _("第 %(position)s 个字符：公式里不能用“%(character)s”。请删去它，文字要放在引号里。"),
    Code.UNCLOSED_TEXT: _("第 %(position)s 个字符：从这里开始的文本没有结束的引号。请补上。"),
    Code.UNCLOSED_NAME: _("第 %(position)s 个字符：方括号没有合上。请在名称后补上 ]。"),
    Code.UNCLOSED_BRACKET: _("第 %(position)s 个字符：这个括号没有合上。请补上 )。"),
    Code.EXTRA_BRACKET: _("第 %(position)s 个字符：多了一个 )。请删去它，或在前面补上 (。"),
    Code.INCOMPLETE: _("第 %(position)s 个字符：公式到这里还没有写完。请补上后面的内容。"),
    Code.MISSING_OPERAND: _("第 %(position)s 个字符：“%(found)s”之前缺一个值。请补上数字、[名称] 或函数。"),
    Code.MISSING_OPERATOR: _("第 %(position)s 个字符：“%(found)s”之前缺运算符或逗号。请补上，例如 + 或 ,。"),
    Code.MISPLACED_COMMA: _("第 %(position)s 个字符：逗号只能用在函数的括号里。请删去它。"),
    Code.CHAINED_COMPARISON: _("第 %(position)s 个字符：比较不能连着写。请写成 AND(0 < [甲], [甲] < 1) 的样子。"),
    Code.NUMBER_OUT_OF_RANGE: _(
        "第 %(position)s 个字符：数字 %(number)s 超出范围。整数最多 %(digits)s 位，小数最多 %(places)s 位。"
    ),
    # Names and types
    Code.UNKNOWN_NAME: _("第 %(position)s 个字符：没有“%(name)s”这项数据。请从可用的名称中选择。"),
    Code.UNKNOWN_FUNCTION: _("第 %(position)s 个字符：没有函数“%(name)s”。请查看函数列表。"),
    Code.FUNCTION_WITHOUT_BRACKETS: _(
        "第 %(position)s 个字符：函数 %(function)s 后面要有括号。请写成 %(function)s(…)。"
    ),
    Code.TOO_FEW_ARGUMENTS: _(
        "第 %(position)s 个字符：%(function)s 至少要 %(least)s 个参数，这里有 %(given)s 个。请补上。"
    ),
    Code.TOO_MANY_ARGUMENTS: _(
        "第 %(position)s 个字符：%(function)s 最多 %(most)s 个参数，这里有 %(given)s 个。请删去多余的。"
    ),
    Code.UNPAIRED_ARGUMENTS: _(
        "第 %(position)s 个字符：%(function)s 的参数要成对，这里有 %(given)s 个。请检查是否漏了一个。"
    ),
    Code.WRONG_ARGUMENT: _(
        "第 %(position)s 个字符：%(function)s 的第 %(argument)s 个参数应是%(expected)s，这里是%(given)s。请改正。"
    ),
    Code.WRONG_OPERAND: _(
        "第 %(position)s 个字符：“%(operator)s”要用在%(expected)s上，这里是%(given)s。请改正，连接文本用 &。"
    ),
    Code.DIFFERENT_ARGUMENTS: _(
        "第 %(position)s 个字符：%(function)s 的第 %(argument)s 个参数是%(given)s，前面的是%(expected)s。"
        "请用同一种类型。"
    ),
    Code.DIFFERENT_OPERANDS: _(
        "第 %(position)s 个字符：“%(operator)s”的左边是%(expected)s，右边是%(given)s。"
        "请用同一种类型，日期写成 DATE(年, 月, 日)。"
    ),
    Code.NO_ORDER: _("第 %(position)s 个字符：%(given)s没有大小，不能用“%(operator)s”。请用 = 或 <>。"),
    Code.NOT_CONSTANT: _(
        "第 %(position)s 个字符：%(function)s 的第 %(argument)s 个参数必须是固定的值。请不要在其中使用名称。"
    ),
    Code.BAD_PLACES: _("第 %(position)s 个字符：%(function)s 的小数位应是 %(least)s 到 %(most)s 之间的整数。请改正。"),
    Code.BAD_DATE_UNIT: _('第 %(position)s 个字符：没有单位“%(unit)s”。请用 "D"（天）、"M"（月）或 "Y"（年）。'),
    Code.BAD_FORMAT: _(
        "第 %(position)s 个字符：格式“%(format)s”不能用在这里。"
        '数字可用 "0.00"、"0.0%%"、"#,##0"，日期可用 "YYYY-MM-DD"。'
    ),
    Code.BAD_CRITERION: _('第 %(position)s 个字符：看不懂标准“%(criterion)s”。请写成 ">=0.9" 的样子。'),
    Code.BAD_DATE: _("第 %(position)s 个字符：没有这一天。请检查年、月、日。"),
    Code.NESTED_GROUP: _("第 %(position)s 个字符：%(function)s 里不能再套对整个单位计算的函数。请拆成两个公式。"),
    Code.WRONG_RESULT: _("这里的公式要得出%(expected)s，现在得出的是%(given)s。请改正。"),
    # One row
    Code.MISSING_VALUE: _(
        "第 %(position)s 个字符：“%(name)s”没有数据，所以没有结果。请补上数据，或用 COALESCE 给一个默认值。"
    ),
    Code.WRONG_VALUE: _("第 %(position)s 个字符：“%(name)s”的值“%(value)s”不是%(expected)s。请检查数据。"),
    Code.DIVISION_BY_ZERO: _(
        "第 %(position)s 个字符：除数是 0，所以没有结果。请先判断，例如 IF([目标] = 0, 0, [实际] / [目标])。"
    ),
    Code.OVERFLOW: _("第 %(position)s 个字符：结果超过 %(digits)s 位整数，所以没有结果。请检查单位。"),
    Code.POWER_UNDEFINED: _("第 %(position)s 个字符：这个数没有这样的乘方，所以没有结果。请检查负数或 0。"),
    Code.DATES_REVERSED: _("第 %(position)s 个字符：开始日期晚于结束日期，所以没有结果。请检查两个日期。"),
    Code.NO_BRANCH: _("第 %(position)s 个字符：%(function)s 没有一个条件成立，所以没有结果。请补上其余情况的值。"),
    Code.GROUP_NEEDED: _(
        "第 %(position)s 个字符：%(function)s 要看整个单位，只看一行没有结果。请在单位的全部数据上计算。"
    ),
    Code.GROUP_EMPTY: _("第 %(position)s 个字符：整个单位都没有数据，%(function)s 没有结果。请补上数据。"),
    # Lint
    Code.UNREACHABLE: _(
        "第 %(position)s 个字符：%(branch)s 永远取不到，因为走到“%(condition)s”时结果已经确定。请调整条件的先后。"
    ),
    Code.ALWAYS_TRUE: _("第 %(position)s 个字符：“%(condition)s”总是成立。请检查条件。"),
    Code.ALWAYS_FALSE: _("第 %(position)s 个字符：“%(condition)s”永远不会成立。请检查条件。"),
    Code.DUPLICATE_CASE: _("第 %(position)s 个字符：%(case)s 前面已经列过，这一项不起作用。请删去它。"),
    Code.THRESHOLDS_NOT_ASCENDING: _(
        "第 %(position)s 个字符：起点 %(threshold)s 不大于前一个起点 %(before)s。请按从小到大排列。"
    ),
    Code.CLAMP_REVERSED: _("第 %(position)s 个字符：下限 %(low)s 大于上限 %(high)s。请对调。"),
    Code.DIVIDES_BY_ZERO: _("第 %(position)s 个字符：除数总是 0，永远没有结果。请改正除数。"),
    Code.MAY_DIVIDE_BY_ZERO: _(
        "第 %(position)s 个字符：“%(divisor)s”可能是 0，那时没有结果。请先判断，或用 IFERROR 给一个默认值。"
    ),
}

SUGGESTIONS: Mapping[Code, Promise | str] = {
    Code.UNKNOWN_NAME: _("第 %(position)s 个字符：没有“%(name)s”这项数据，是不是“%(suggestion)s”？"),
    Code.UNKNOWN_FUNCTION: _("第 %(position)s 个字符：没有函数“%(name)s”，是不是“%(suggestion)s”？"),
    Code.BAD_CHARACTER: _("第 %(position)s 个字符：公式里不能用“%(character)s”，请改成 %(suggestion)s。"),
}

STEPS: Mapping[str, Promise | str] = {
    "formula.name": _("%(text)s 的值是 %(result)s"),
    "formula.call": _("%(text)s 得 %(result)s"),
}


def say(problem: Problem) -> str:
    """The sentence of a `formula.*` problem in the active language; ValueError for a code that is not ours.

    Positions count from 1, as people count.
    """
    code = Code(problem.code)
    sentence = SUGGESTIONS[code] if "suggestion" in problem.params else SENTENCES[code]
    shown = {name: _shown(value) for name, value in problem.params.items()}
    return str(sentence) % {**shown, "position": (problem.at or 0) + 1}


def say_step(step: Step) -> str:
    """The sentence of one step of `Formula.explain` in the active language; KeyError for a step that is not ours."""
    text = step.params["text"]
    result = gettext("缺失") if step.result is None else _shown(step.result)
    return str(STEPS[step.code]) % {"text": text, "result": result}


def _shown(value: object) -> str:
    if isinstance(value, FormulaType):
        return str(TYPES[value])
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    return str(value)
