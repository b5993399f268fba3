"""What the demo company measures, and what weighs how much for whom."""

from dataclasses import dataclass

from sextant.demo.contracts import Trade


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric of the demo. `places` is how targets are rounded; `stretch` is the stretch target as a factor of base,
    None when there is none; `band` makes a range target of ± that much around the base."""

    code: str
    name: str
    unit_label: str
    places: int
    direction: str
    aggregation: str
    stretch: str | None
    ambition: str = "1"
    band: str | None = None

    @property
    def scale(self) -> int:
        """Ratios are spoken of in per cent."""
        return 100 if self.aggregation == "ratio" else 1

    @property
    def is_cumulative(self) -> bool:
        """Sums grow through the quarter; means and ratios are levels."""
        return self.aggregation == "sum"


MEASURES = {
    measure.code: measure
    for measure in (
        Measure("sales.collections", "回款", "万元", 1, "higher", "sum", "1.15", "1.00"),
        Measure("sales.contracts", "新签合同额", "万元", 1, "higher", "sum", "1.15", "1.00"),
        Measure("sales.visits", "有效拜访量", "次", 0, "higher", "sum", "1.12", "0.98"),
        Measure("sales.cycle", "商机转化周期", "天", 1, "lower", "mean", "0.90", "1.02"),
        Measure("support.first_fix", "一次解决率", "%", 1, "higher", "ratio", "1.06", "0.99"),
        Measure("support.response", "首次响应时长", "分钟", 1, "lower", "mean", "0.85", "1.05"),
        Measure("support.satisfaction", "客户满意度", "分", 2, "higher", "mean", "1.05", "0.99"),
        Measure("dev.on_time", "需求按期交付率", "%", 1, "higher", "ratio", "1.06", "0.98"),
        Measure("dev.review", "评审及时率", "%", 1, "higher", "ratio", "1.05", "0.98"),
        Measure("dev.defects", "线上缺陷", "个", 0, "lower", "sum", "0.80", "1.10"),
        Measure("prod.output", "产量", "件", 0, "higher", "sum", "1.06", "0.99"),
        Measure("prod.yield", "良品率", "%", 2, "higher", "ratio", "1.01", "0.998"),
        Measure("prod.downtime", "停机时长", "分钟", 0, "lower", "sum", "0.80", "1.12"),
        Measure("prod.hours", "周工时", "小时", 0, "range", "mean", None, "1.00", "4"),
        Measure("desk.on_time", "工单及时办结率", "%", 1, "higher", "ratio", "1.05", "0.98"),
        Measure("desk.satisfaction", "内部满意度", "分", 2, "higher", "mean", "1.05", "0.99"),
        Measure("lead.talks", "一对一沟通", "次", 0, "higher", "sum", "1.20", "0.95"),
    )
}

UNIT_WEIGHTS: dict[Trade, dict[str, int]] = {
    Trade.COMPANY: {
        "sales.collections": 35,
        "sales.contracts": 20,
        "support.satisfaction": 15,
        "dev.on_time": 15,
        "prod.yield": 15,
    },
    Trade.SALES: {"sales.collections": 40, "sales.contracts": 30, "sales.visits": 20, "sales.cycle": 10},
    Trade.SUPPORT: {"support.first_fix": 40, "support.response": 30, "support.satisfaction": 30},
    Trade.ENGINEERING: {"dev.on_time": 50, "dev.review": 20, "dev.defects": 30},
    Trade.PRODUCTION: {"prod.output": 40, "prod.yield": 40, "prod.downtime": 20},
    Trade.SERVICES: {"desk.on_time": 60, "desk.satisfaction": 40},
}
"""Weights of a unit's goals; each row sums to 100."""

PERSON_WEIGHTS: dict[Trade, dict[str, int]] = {
    Trade.COMPANY: {"lead.talks": 100},
    Trade.SALES: {"sales.collections": 50, "sales.visits": 30, "sales.cycle": 20},
    Trade.SUPPORT: {"support.first_fix": 40, "support.response": 30, "support.satisfaction": 30},
    Trade.ENGINEERING: {"dev.on_time": 60, "dev.review": 40},
    Trade.PRODUCTION: {"prod.output": 50, "prod.yield": 40, "prod.hours": 10},
    Trade.SERVICES: {"desk.on_time": 60, "desk.satisfaction": 40},
}
"""Weights of one person's goals; each row sums to 100. Heads of centres and departments have `lead.talks` alone."""
