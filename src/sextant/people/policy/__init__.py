"""Pure decisions about people: no database, no clock. Import from this package, not from its modules."""

from sextant.people.policy.history import Span, decide_move, decide_start, reopen, value_on
from sextant.people.policy.lines import find_cycle, refuse_cycles
from sextant.people.policy.units import PlannedUnit, UnitPath, UnitPlan, UnitState, plan_units

__all__ = [
    "PlannedUnit",
    "Span",
    "UnitPath",
    "UnitPlan",
    "UnitState",
    "decide_move",
    "decide_start",
    "find_cycle",
    "plan_units",
    "refuse_cycles",
    "reopen",
    "value_on",
]
