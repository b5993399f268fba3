"""What a goal is about, told by its words, and a measure that is commonly used for it.

A hint is shown in brackets, as something to be replaced: it is an example, never a target anybody agreed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sextant.engines.evaluation import Direction


@dataclass(frozen=True, slots=True)
class Hint:
    """A measure by its key (named in `sextant.goals.messages.quality`), its unit's key, the way that is better, and a
    usual value to start the talk from; None where none is usual."""

    measure: str
    unit: str
    usual: Decimal | None
    direction: Direction = Direction.HIGHER


def _hint(measure: str, unit: str, usual: str | None, direction: Direction = Direction.HIGHER) -> Hint:
    return Hint(measure, unit, None if usual is None else Decimal(usual), direction)


HINTS: Mapping[str, Hint] = {
    hint.measure: hint
    for hint in (
        _hint("collaboration", "percent", "90"),
        _hint("satisfaction", "points", "4.5"),
        _hint("quality", "percent", "98"),
        _hint("response", "percent", "95"),
        _hint("delivery", "percent", "95"),
        _hint("process", "days", "3", Direction.LOWER),
        _hint("training", "percent", "90"),
        _hint("retention", "percent", "8", Direction.LOWER),
        _hint("safety", "percent", "100"),
        _hint("innovation", "items", "4"),
        _hint("knowledge", "items", "6"),
        _hint("completeness", "percent", "99"),
        _hint("cost", "money", None, Direction.LOWER),
        _hint("revenue", "money", None),
        _hint("customers", "items", None),
        _hint("general", "percent", "90"),
    )
}

_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("collaboration", ("协同", "协作", "配合", "沟通", "跨部门", "collaborat", "communicat", "teamwork", "cooperat")),
    ("satisfaction", ("满意", "口碑", "体验", "satisf", "experience", "nps")),
    ("safety", ("安全", "隐患", "事故", "safety", "hazard")),
    ("quality", ("质量", "合格", "良率", "缺陷", "返工", "quality", "defect", "yield")),
    ("response", ("服务", "响应", "售后", "投诉", "service", "respon", "complaint")),
    ("retention", ("离职", "留任", "稳定", "保留", "retention", "attrition", "turnover")),
    ("training", ("培训", "能力", "技能", "素质", "人才", "梯队", "train", "skill", "capabilit", "talent")),
    ("innovation", ("创新", "改善提案", "合理化", "innovat", "idea")),
    ("knowledge", ("知识", "分享", "文档", "案例", "knowledge", "document")),
    ("completeness", ("数据", "档案", "台账", "data", "record")),
    ("cost", ("成本", "费用", "降本", "支出", "cost", "expense", "spend")),
    ("customers", ("客户", "门店", "渠道", "市场", "customer", "client", "channel", "market")),
    ("revenue", ("回款", "销售", "业绩", "营收", "收入", "利润", "sales", "revenue", "profit")),
    ("delivery", ("交付", "项目", "进度", "上线", "delivery", "project", "launch")),
    ("process", ("流程", "效率", "周期", "审批", "process", "efficien", "cycle time", "approval")),
)
"""Subject → words that speak of it. The first that is met wins: what is said about customers' satisfaction is about
satisfaction."""


def hint_for(text: str) -> Hint:
    """A usual measure for what the text speaks of.

    >>> hint_for("提升部门协同").measure, hint_for("做好本职工作").measure
    ('collaboration', 'general')
    """
    folded = text.casefold()
    for measure, words in _WORDS:
        if any(word in folded for word in words):
            return HINTS[measure]
    return HINTS["general"]
