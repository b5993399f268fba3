"""What rules are to their neighbours."""

from enum import StrEnum

from sextant.engines.values import Problem
from sextant.lowcode.contracts.work import WorkRefused

ACT = "lowcode.rule_act"
"""Kind of subject of the work and the sheets that acts of rules open."""


class ActState(StrEnum):
    """Of one act: to be done (again), waiting for a yes, done, refused by whoever was asked, given up, or no longer
    wanted because the rule was switched off before its time."""

    WAITING = "waiting"
    HELD = "held"
    DONE = "done"
    REFUSED = "refused"
    DEAD = "dead"
    DROPPED = "dropped"


class RuleRefused(WorkRefused):
    """Something about a rule was not done; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems)
