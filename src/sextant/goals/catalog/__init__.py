"""What goals offer to the inbox, to notices and to the low-code core, one file a noun."""

from sextant.goals.catalog import (
    adjustment,
    agreement,
    custom_fields,
    definitions,
    field_rules,
    goal_figures,
    lights,
    movement,
    person_figures,
    pickers,
    rule_actions,
    rule_subjects,
    surveys,
    waiting,
    workshops,
)

__all__ = [
    "adjustment",
    "agreement",
    "custom_fields",
    "definitions",
    "field_rules",
    "goal_figures",
    "lights",
    "movement",
    "person_figures",
    "pickers",
    "rule_actions",
    "rule_subjects",
    "surveys",
    "waiting",
    "workshops",
]
