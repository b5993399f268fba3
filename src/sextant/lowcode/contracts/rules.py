"""What rules are to their neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sextant.engines.values import Problem
from sextant.lowcode.contracts.work import WorkRefused

ACT = "lowcode.rule_act"
"""Kind of subject of the work and the sheets that acts of rules open."""
TASK_WORK, FORM_WORK, CONFIRM_WORK = "rule.task", "rule.form", "rule.confirm"
NOTICE, FAILED = "lowcode.rule_notice", "lowcode.rule_failed"
BY_RULE = "rule "
"""How the label of the actor begins when a rule acts; the code of the rule follows."""
POINTS, CALLED = "points.earned", "rule.called"
LIGHT, EVALUATED = "light.changed", "goals.evaluated"
OVER_ALL = frozenset({EVALUATED})
"""Events that are about everyone: a rule looks at all in its scope."""


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


@dataclass(frozen=True, slots=True)
class LineRow:
    """One check of a condition with its answer: `text` as it was written, `holds` None when it could not be known, and
    then `problems` say why. `figures` are the values it read, as (name, value) in words."""

    path: str
    text: str
    holds: bool | None
    is_decisive: bool
    figures: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act of a firing: what it does in words, and what became of it. `asked` and `persons` are ids of persons."""

    id: int
    place: int
    do: str
    said: str
    state: ActState
    due_at: datetime
    done_at: datetime | None
    attempts: int
    problem: Problem | None
    decided_by: int | None
    note: str
    result: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class FiringRow:
    """A rule acted on a subject, why, and what it did. `subject_name` "" where it is gone since."""

    id: int
    code: str
    rule_name: str
    version: int
    context: str
    subject_id: int
    subject_name: str
    person_id: int | None
    path: str
    at: datetime
    lines: tuple[LineRow, ...]
    acts: tuple[ActRow, ...]

    @property
    def figures(self) -> tuple[tuple[str, str], ...]:
        """The values that decided, each once."""
        return tuple(dict.fromkeys(one for line in self.lines if line.is_decisive for one in line.figures))


@dataclass(frozen=True, slots=True)
class PastFiring:
    """A rule would have acted on a subject in the week that ended on a day. `figures` are the values that decided, in
    words; `is_new`: the version in force would not have."""

    subject_id: int
    name: str
    person_id: int | None
    path: str
    week: date
    figures: tuple[tuple[str, str], ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class PastWeekCount:
    """How often the document, and the version in force, would have acted in the week that ended on a day."""

    ends_on: date
    fired: int
    in_force: int


@dataclass(frozen=True, slots=True)
class PastLoad:
    """What one act of the rule would have come to: how many times, reaching `persons` (counted each time, None where it
    reaches nobody by itself), of which `held` would have waited for a yes."""

    do: str
    said: str
    times: int
    persons: int | None
    held: int


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """A rule over the past. `in_force` is the number of the version beside it, None: there is none. `unknown` counts
    looks at which the past does not say enough; `notes` are codes of what is not known (`rules.past_*`), `problems` why
    nothing could be computed. `is_sample`: there are more subjects than were looked at; firings are the latest, capped.
    """

    weeks: tuple[PastWeekCount, ...] = ()
    firings: tuple[PastFiring, ...] = ()
    fired: int = 0
    subjects: int = 0
    fired_in_force: int = 0
    new: int = 0
    in_force: int | None = None
    load: tuple[PastLoad, ...] = ()
    unknown: int = 0
    notes: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_sample: bool = False
