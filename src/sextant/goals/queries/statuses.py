"""状态 of goals without a metric: by what is told of them against time, or by the riskiest goal below.

Measured goals have standings; what this module finds is computed when a page asks, never older than what was said.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sextant.engines.evaluation import Child, ManualLight, ToldStatus, find_riskiest, judge_told
from sextant.engines.evaluation.sql import Terms
from sextant.engines.values import Light
from sextant.goals.contracts import ProgressFrom
from sextant.goals.contracts.progress import RISKIEST, GoalStatus
from sextant.goals.queries.told import COUNTED, Told, ToldGoals, read_told
from sextant.metrics.queries import company_terms
from sextant.metrics.queries.light_rules import list_manual_lights


def statuses_of(goal_ids: Collection[int], *, on: date) -> dict[int, GoalStatus]:
    """The statuses of those of these goals that no metric measures, as of the day; only a running goal has one. Four
    queries however many goals and whatever lies below them, none without goals."""
    if not goal_ids:
        return {}
    told = read_told(goal_ids)
    unmeasured = [one.id for one in told.goals.values() if not one.is_measured]
    if not unmeasured:
        return {}
    hands = {
        id_: ManualLight(one.light, one.reason, one.from_on, one.until_on)
        for id_, one in list_manual_lights(unmeasured).items()
    }
    judged = _Judging(told, hands, company_terms(), on)
    found = {id_: status for id_ in goal_ids if (status := judged.status(id_)) is not None}
    return {id_: _with_reason(status, judged) for id_, status in found.items()}


class _Judging:
    """Statuses of one reading, each decided once."""

    def __init__(self, told: ToldGoals, hands: Mapping[int, ManualLight], terms: Terms, on: date) -> None:
        self.told, self.hands, self.terms, self.on = told, hands, terms, on
        self._found: dict[int, GoalStatus | None] = {}

    def status(self, id_: int) -> GoalStatus | None:
        """The goal's status; None for one that is measured, or neither runs nor has run."""
        if id_ not in self._found:
            self._found[id_] = None  # a loop of parents sees nothing here, and ends
            one = self.told.goals.get(id_)
            if one is not None and not one.is_measured and one.state in COUNTED:
                self._found[id_] = self._decide(one)
        return self._found[id_]

    def _decide(self, one: Told) -> GoalStatus:
        progress = self.told.ratios.get(one.id)
        own = judge_told(
            progress,
            period=one.period,
            on=self.on,
            pace=self.terms.calendar,
            thresholds=self.terms.thresholds,
            manual=self.hands.get(one.id),
        )
        worst = find_riskiest(self._children(one)) if one.source is ProgressFrom.CHILDREN else None
        if worst is None or own.code in {"light.manual", "light.not_started"}:
            return _status(own, progress, one.source)
        return GoalStatus(
            worst.light, progress, own.completion, own.elapsed, one.source, RISKIEST, {}, riskiest_id=worst.goal_id
        )

    def _children(self, one: Told) -> list[Child]:
        found = []
        for id_ in self.told.children.get(one.id, ()):
            if self.told.goals[id_].is_measured:
                mark = self.told.marks.get(id_)
                found.append(Child(id_, mark.light if mark else Light.NONE, mark.completion if mark else None))
            elif (status := self.status(id_)) is not None:
                found.append(Child(id_, status.light, status.completion))
        return found


def _status(own: ToldStatus, progress: Decimal | None, source: ProgressFrom) -> GoalStatus:
    return GoalStatus(own.light, progress, own.completion, own.elapsed, source, own.code, own.params)


def _with_reason(status: GoalStatus, judged: _Judging) -> GoalStatus:
    """One that takes the light of a goal below, with that goal's title and reason: the same words on both pages."""
    end = _end_of(status, judged)
    if end is None:
        return status
    below, mark, told = judged.status(end), judged.told.marks.get(end), judged.told.goals[end]
    code, params = (below.code, below.params) if below else (mark.reason_code, mark.reason_params) if mark else ("", {})
    words = {**params, "title": told.title, "source": told.source.value, "below": code}
    return replace(status, params=words, riskiest_id=end)


def _end_of(status: GoalStatus, judged: _Judging) -> int | None:
    """The goal at the end of the chain of riskiest ones: where the trouble is."""
    end: int | None = None
    seen: set[int] = set()
    current: GoalStatus | None = status
    while current is not None and current.riskiest_id is not None and current.riskiest_id not in seen:
        end = current.riskiest_id
        seen.add(end)
        current = judged.status(end)
    return end
