"""What plans look like in the demo company: one template for sales, one for units, one for everybody else."""

from datetime import date, datetime
from typing import Any

from sextant.foundation.access.contracts import Actor
from sextant.goals.actions.templates import create_template
from sextant.goals.plan_definition import read_definition

_RESULTS = {"code": "results", "name": "业绩", "kinds": ["kpi", "key_result", "objective"], "least": 1}
_TASKS = {"code": "tasks", "name": "重点任务", "kinds": ["gs", "milestone", "action"]}
_CONDUCT = {"code": "conduct", "name": "行为", "kinds": ["behaviour"]}
_EXTRAS = {"code": "extras", "name": "加减分", "weight_pct": 0, "kinds": ["bonus", "penalty", "veto"]}
TEMPLATES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("sales", "销售岗位", {
        "dimensions": [{**_RESULTS, "weight_pct": 70}, {**_TASKS, "weight_pct": 20}, {**_CONDUCT, "weight_pct": 10},
                       _EXTRAS],
        "role_families": ["客户经理", "销售组长", "大区总监", "营销副总裁"],
    }),
    ("units", "部门", {
        "dimensions": [{**_RESULTS, "weight_pct": 100}, {**_EXTRAS, "kinds": ["penalty", "veto"]}],
        "least_goals": 2,
        "role_families": ["unit"],
    }),
    ("general", "通用", {
        "dimensions": [
            {**_RESULTS, "weight_pct": 50}, {**_TASKS, "weight_pct": 40}, {**_CONDUCT, "weight_pct": 10}, _EXTRAS,
        ],
        "elasticity": "0.10",
    }),
)  # fmt: skip
PUBLISHED_ON = date(2020, 1, 1)


def publish_templates(*, actor: Actor, now: datetime) -> None:
    """Publish all three, in force since long before the demo's first quarter."""
    for code, name, document in TEMPLATES:
        definition = read_definition(document)
        create_template(code=code, name=name, definition=definition, from_on=PUBLISHED_ON, actor=actor, now=now)
