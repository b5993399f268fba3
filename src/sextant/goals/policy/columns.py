"""Which column of a goals file is what: English and Chinese headers."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sextant.engines.values import Outcome, Problem, Severity
from sextant.goals.contracts import GoalKind
from sextant.goals.policy.names import nearest

HEADERS: Mapping[str, tuple[str, ...]] = {
    "owner": ("owner", "负责人", "负责人工号", "工号", "姓名", "员工", "owner_number", "employee", "person"),
    "owner_unit": ("owner_unit", "负责单位", "单位", "组织", "部门", "unit", "department"),
    "metric": ("metric", "指标", "指标编码", "指标名称", "kpi"),
    "base": ("base", "基准", "基准目标", "目标值", "base_target", "target"),
    "stretch": ("stretch", "挑战", "挑战目标", "挑战值", "stretch_target"),
    "weight": ("weight", "权重"),
    "period": ("period", "周期", "考核周期", "cycle", "quarter", "季度"),
    "title": ("title", "标题", "目标", "目标名称", "goal"),
    "kind": ("kind", "类型", "目标类型", "type"),
    "parent": ("parent", "上级目标", "支撑", "支撑目标", "parent_code"),
    "start": ("start", "起点", "起点值"),
    "code": ("code", "编号", "目标编号", "goal_code"),
    "range_low": ("range_low", "下限", "区间下限"),
    "range_high": ("range_high", "上限", "区间上限"),
    "tolerance": ("tolerance", "容差"),
    "curve": ("curve", "计分方式", "计分曲线"),
}
"""Field → accepted headers, compared without case, blanks, units in brackets and `（%）`."""

REQUIRED = ("period",)

KINDS: Mapping[str, tuple[str, ...]] = {
    GoalKind.OBJECTIVE: ("objective", "o", "目标", "okr"),
    GoalKind.KEY_RESULT: ("key_result", "kr", "关键结果"),
    GoalKind.KPI: ("kpi", "指标"),
    GoalKind.GS: ("gs", "目标与技能"),
    GoalKind.MILESTONE: ("milestone", "里程碑"),
    GoalKind.ACTION: ("action", "行动", "任务", "个人任务清单"),
    GoalKind.BEHAVIOUR: ("behaviour", "behavior", "行为"),
    GoalKind.BONUS: ("bonus", "加分"),
    GoalKind.PENALTY: ("penalty", "扣分"),
    GoalKind.VETO: ("veto", "一票否决"),
}
"""Kind → the words a file may use for it."""


@dataclass(frozen=True, slots=True)
class FileColumns:
    """Field → header as the file writes it. `problems`: errors stop the file, warnings name what is not read."""

    headers: Mapping[str, str]
    problems: tuple[Problem, ...]

    @property
    def is_usable(self) -> bool:
        """False when a column without which nothing can be read is missing."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def decide_columns(headers: Iterable[str]) -> FileColumns:
    """Match the headers of a file to the fields of a goal; the first header that fits a field wins.

    Codes: goals.column_missing (error; `owner`, `metric` and `period` must be there, a unit column or a title column
    may stand in for the first two), goals.column_unknown (warning, with the nearest known header or None).

    >>> decide_columns(["负责人", "指标", "基准（万元）", "周期"]).headers["base"]
    '基准（万元）'
    >>> decide_columns(["owner", "metric", "strech", "period"]).problems[0].params["suggestion"]
    'stretch'
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for header in headers:
        field = _BY_HEADER.get(folded_header(header))
        if field is None or field in found:
            problems.append(_unknown(header))
        else:
            found[field] = header
    problems += [_missing(field) for field in REQUIRED if field not in found]
    if not {"owner", "owner_unit"} & found.keys():
        problems.append(_missing("owner"))
    if not {"metric", "title"} & found.keys():
        problems.append(_missing("metric"))
    return FileColumns(found, tuple(problems))


def decide_kind(word: str) -> Outcome[GoalKind]:
    """The kind a word of a file means; goals.kind_unknown names the words that would do.

    >>> decide_kind("KR").value, decide_kind("wish").problems[0].code
    (<GoalKind.KEY_RESULT: 'key_result'>, 'goals.kind_unknown')
    """
    for kind, words in KINDS.items():
        if folded_header(word) in words:
            return Outcome(GoalKind(kind))
    params = {"field": "kind", "value": word, "known": "、".join(KINDS)}
    return Outcome(None, (Problem("goals.kind_unknown", params),))


def folded_header(header: str) -> str:
    """A header without what people vary: case, blanks, units in brackets, marks; full width read as half width.

    >>> folded_header("基准（万元）*"), folded_header("Owner Unit")
    ('基准', 'ownerunit')
    """
    text = unicodedata.normalize("NFKC", header).casefold()
    return re.sub(r"\(.*?\)|\s+|[*:]", "", text)


_BY_HEADER = {folded_header(header): field for field, headers in HEADERS.items() for header in headers}


def _unknown(header: str) -> Problem:
    suggestion = nearest(header, (name for names in HEADERS.values() for name in names))
    params = {"field": header, "value": "", "suggestion": suggestion}
    return Problem("goals.column_unknown", params, Severity.WARNING)


def _missing(field: str) -> Problem:
    return Problem("goals.column_missing", {"field": field, "value": "", "accepted": "、".join(HEADERS[field][:3])})
