"""Codes of mappings and of the quarantine as sentences, each with its remedy."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation import formula_messages
from sextant.foundation.tabular import messages as tabular_messages

REASONS: Mapping[str, Promise | str] = {
    "ingest.filter_undecided": _("无法判断是否要取这一行：列“%(column)s”为空。请补上，或在筛选条件里写明空值怎么办。"),
    "ingest.subject_missing": _("列“%(column)s”为空，不知道是谁的数据。请在来源系统补上。"),
    "ingest.unknown_person": _("找不到%(by)s为“%(value)s”的人。请先导入此人，或在映射里更正写法。"),
    "ingest.ambiguous_person": _("%(by)s“%(value)s”对应不止一人。请改用工号匹配。"),
    "ingest.unknown_unit": _("找不到%(by)s为“%(value)s”的部门。请先导入此部门，或在映射里更正写法。"),
    "ingest.ambiguous_unit": _("%(by)s“%(value)s”对应不止一个部门。请改用编码匹配。"),
    "ingest.ignored_subject": _("已确认“%(value)s”不在考核之内，不入账。若有误，请在匹配页撤销。"),
    "ingest.superseded": _("同一条记录后来又送达过（批次 %(batch)s），以后来的为准，这一行不入账。"),
    "ingest.date_missing": _("列“%(column)s”为空，没有日期。请在来源系统补上。"),
    "ingest.date_in_future": _("日期“%(value)s”晚于今天（%(today)s）。请核对日期，或到那天再导入。"),
    "ingest.value_missing": _("列“%(column)s”为空，没有数值。请补上；确实没有数据的行请用筛选条件排除。"),
    "ingest.value_undefined": _("公式“%(formula)s”在这一行算不出数（除数为零、日期颠倒或数值过大）。请核对这一行。"),
    "ingest.record_missing": _("列“%(column)s”为空，记录没有编号，以后无法更正。请在来源系统补上。"),
    "ingest.duplicate_record": _("与第 %(first)s 行是同一条记录。一份文件里同一记录只取第一行，请删去多余的一行。"),
    "ingest.duplicate_row": _("与第 %(first)s 行完全相同，只取第一行。若确是两次，请让来源系统导出记录编号。"),
}

TITLES: Mapping[str, Promise | str] = {
    "ingest.filter_undecided": _("无法判断是否要取"),
    "ingest.subject_missing": _("没有写是谁"),
    "ingest.unknown_person": _("人员未匹配"),
    "ingest.ambiguous_person": _("人员不唯一"),
    "ingest.unknown_unit": _("部门未匹配"),
    "ingest.ambiguous_unit": _("部门不唯一"),
    "ingest.ignored_subject": _("已忽略"),
    "ingest.superseded": _("已有更新的记录"),
    "ingest.date_missing": _("缺日期"),
    "ingest.date_in_future": _("日期在未来"),
    "ingest.value_missing": _("缺数值"),
    "ingest.value_undefined": _("公式算不出数"),
    "ingest.record_missing": _("缺记录编号"),
    "ingest.duplicate_record": _("记录重复"),
    "ingest.duplicate_row": _("整行重复"),
    "tabular.bad_number": _("不是数字"),
    "tabular.number_too_large": _("数值过大"),
    "tabular.bad_date": _("不是日期"),
    "tabular.date_not_declared": _("日期格式未声明"),
    "tabular.ambiguous_date": _("日期有两种读法"),
    "tabular.too_many_cells": _("格数多于表头"),
    "tabular.broken_line": _("行已损坏"),
}
"""Short names of the reasons, for lists and charts."""

KEYS: Mapping[str, Promise | str] = {
    "number": _("工号"),
    "email": _("邮箱"),
    "name": _("姓名"),
    "code": _("编码"),
    "external_id": _("外部编号"),
}

MAPPING: Mapping[str, Promise | str] = {
    "mapping.missing": _("找不到映射文件“%(path)s”。请检查路径。"),
    "mapping.encoding": _("映射文件“%(path)s”不是 UTF-8 文字。请另存为 UTF-8。"),
    "mapping.too_long": _("映射超过 %(limit)s 个字符。请拆成几份。"),
    "mapping.yaml": _("第 %(line)s 行第 %(column)s 列不是有效的 YAML（%(detail)s）。请检查缩进、引号和重复的键。"),
    "mapping.not_a_document": _("映射应是“键: 值”的文档。可从示例开始改。"),
    "mapping.unknown_key": _("%(path)s：没有“%(key)s”这个键。请对照文档改正。"),
    "mapping.unknown_key_near": _("%(path)s：没有“%(key)s”这个键，是否想写“%(suggestion)s”？"),
    "mapping.missing_key": _("%(path)s：缺少这个键。请补上。"),
    "mapping.bad_choice": _("%(path)s：不能写“%(value)s”。可选：%(choices)s。"),
    "mapping.bad_value": _("%(path)s：“%(value)s”不合要求（%(detail)s）。请改正。"),
    "mapping.written_in_without_date": _("%(path)s：只有日期列才有 written_in。请加上 type: date，或删去 written_in。"),
    "mapping.written_in_without_zone": _(
        "列写了 written_in，但没有 zone。请写明按哪个时区算日期，例如 zone: Asia/Shanghai。"
    ),
    "mapping.unknown_zone": _("%(path)s：没有这个时区。请写成 Asia/Shanghai 或 UTC 的样子。"),
    "mapping.formats_without_date": _("%(path)s：只有日期列才有 formats。请加上 type: date，或删去 formats。"),
    "mapping.column_or_template": _("%(path)s：column 与 template 要写且只写一个。"),
    "mapping.template_without_column": _("%(path)s：template 里至少要有一个 {列名}。"),
    "mapping.date_or_day": _("%(path)s：date（日期列）与 day（固定日期）要写且只写一个。"),
    "mapping.numerator_and_denominator": _("%(path)s：numerator 与 denominator 要一起写。"),
    "mapping.value_or_ratio": _("%(path)s：value 与 numerator/denominator 只能写一种。"),
    "mapping.person_or_unit": _("person（人员）与 unit（部门）要写且只写一个。"),
    "mapping.metric_twice": _("metrics 里同一个 code 出现了两次。请删去一个。"),
    "mapping.unknown_column": _("%(path)s：文件里没有列“%(column)s”。现有列：%(columns)s。"),
    "mapping.unknown_column_near": _("%(path)s：文件里没有列“%(column)s”，是否想写“%(suggestion)s”？"),
    "mapping.unknown_metric": _("%(path)s：没有指标“%(metric)s”。请在 metrics 里定义它。"),
    "mapping.unknown_metric_near": _("%(path)s：没有指标“%(metric)s”，是否想写“%(suggestion)s”？"),
    "mapping.metric_differs": _(
        "%(path)s：指标“%(metric)s”已存在，聚合方式是 %(library)s，不是 %(mapping)s。请改映射，或换一个 code。"
    ),
    "mapping.unknown_owner": _("metrics：找不到工号为“%(number)s”的负责人。请先导入此人，或删去 owner。"),
    "mapping.ratio_needs_both": _("%(path)s：指标“%(metric)s”是比率，要写 numerator 和 denominator。"),
    "mapping.not_a_ratio": _("%(path)s：指标“%(metric)s”不是比率（%(aggregation)s），请改写 value。"),
    "mapping.count_has_value": _("%(path)s：指标“%(metric)s”按行计数，每行算一，不写 value。"),
    "mapping.value_needed": _('%(path)s：指标“%(metric)s”要写 value，例如 "[金额]"。'),
    "mapping.not_a_date": _("%(path)s：列“%(column)s”用作日期，类型应是 date。"),
    "mapping.day_in_future": _("%(path)s：日期 %(day)s 晚于今天（%(today)s）。"),
    "mapping.formula": _("%(path)s：%(sentence)s"),
    "mapping.group_function": _("%(path)s：导入时一行一算，不能用单位合计、单位平均。请删去。"),
    "ingest.same_rows_again": _(
        "这份文件已作为批次 %(batch)s 导入，指标“%(metric)s”没有记录编号，用另一份映射再导入会重复计数。"
        "请在映射里写 record。"
    ),
}


def say_reason(code: str, column: str, params: Mapping[str, object]) -> str:
    """The sentence of a quarantine code, in the active language; it always names the column."""
    if code not in REASONS:
        sentence = tabular_messages.say(Problem(code, params))
        return _now("列“%(column)s”：%(sentence)s") % {"column": column, "sentence": sentence} if column else sentence
    named = {**params, "column": column}
    if "by" in params:
        named["by"] = str(KEYS.get(str(params["by"]), params["by"]))
    return str(REASONS[code]) % named


def title_of(code: str) -> str:
    """The short name of a quarantine code, in the active language."""
    return str(TITLES[code])


def say_mapping(problem: Problem) -> str:
    """The sentence of a problem with a mapping (`mapping.*`, `ingest.same_rows_again`), in the active language."""
    params = dict(problem.params)
    if isinstance(inner := params.get("problem"), Problem):
        params["sentence"] = formula_messages.say(inner)
    if isinstance(columns := params.get("columns"), list):
        params["columns"] = ", ".join(map(str, columns))
    near = f"{problem.code}_near"
    return str(MAPPING[near if params.get("suggestion") and near in MAPPING else problem.code]) % params
