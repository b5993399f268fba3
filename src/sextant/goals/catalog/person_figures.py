"""What formulas over people may read: the figures of their measured goals in the cycle that runs, and who they are."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sextant.engines.formula import FormulaType
from sextant.foundation import clock
from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import company_day
from sextant.goals.access import visible_goals
from sextant.goals.contracts import CycleRow
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.queries.cycles import find_current_cycle
from sextant.goals.queries.person_figures import measured_goals, person_figures
from sextant.lowcode.queries.custom_fields import formula_names, formula_values
from sextant.lowcode.registry_formulas import NameSpec, Subject, once, register_context
from sextant.people.queries import list_persons

_GOALS, _PERSON, _CYCLE = _("目标"), _("人员"), _("周期")
_FIGURES = {
    "score": NameSpec("目标得分", FormulaType.NUMBER, _GOALS, _("按权重平均，没有得分的目标不计入"), _("分")),
    "attainment": NameSpec("达成率", FormulaType.NUMBER, _GOALS, _("按权重平均的达成率，相对基准"), is_ratio=True),
    "completion": NameSpec("完成率", FormulaType.NUMBER, _GOALS, _("按权重平均，相对此时应达到的"), is_ratio=True),
    "lowest": NameSpec("最低完成率", FormulaType.NUMBER, _GOALS, _("完成率最低的一个目标"), is_ratio=True),
    "goals": NameSpec("目标数", FormulaType.NUMBER, _GOALS, _("有指标的目标"), _("个")),
    "red": NameSpec("红灯数", FormulaType.NUMBER, _GOALS, _("此刻红灯的目标"), _("个")),
    "yellow": NameSpec("黄灯数", FormulaType.NUMBER, _GOALS, _("此刻黄灯的目标"), _("个")),
    "weight": NameSpec("权重合计", FormulaType.NUMBER, _GOALS, _("有指标的目标的权重之和"), "%"),
}
_TITLE = NameSpec("职务", FormulaType.TEXT, _PERSON, _("主要任职的职务"))
_UNIT = NameSpec("部门", FormulaType.TEXT, _PERSON, _("主要任职的部门"))
_HOST = "person"
_ELAPSED = NameSpec("时间进度", FormulaType.NUMBER, _CYCLE, _("周期已过去的部分"), is_ratio=True)


class PersonFigures:
    """The context `person_cycle`. Whose figures the actor may read, is decided by whose goals they see."""

    code = "person_cycle"
    name = _("人员的本期目标")

    def names(self) -> tuple[NameSpec, ...]:
        """As the protocol, with the custom fields of persons. One query."""
        return (*_FIGURES.values(), _TITLE, _UNIT, _ELAPSED, *formula_names(_HOST, on=clock.now()))

    def period(self, *, now: datetime) -> str:
        """As the protocol. One query."""
        cycle = _cycle(now)
        return name_of_cycle(cycle.code, cycle.name) if cycle else ""

    def subjects(self, *, actor: Actor, now: datetime, search: str = "", limit: int = 20) -> tuple[Subject, ...]:
        """Who owns goals that count in the cycle. At most five queries."""
        cycle, today = _cycle(now), company_day(now, settings.SEXTANT_ZONE)
        if cycle is None:
            return ()
        goals = measured_goals(visible_goals(actor, on=today), cycle_id=cycle.id)
        owners = goals.order_by().values_list("owner_person_id", flat=True).distinct()
        persons = list_persons(on=today, ids=owners, search=search, limit=limit)
        return tuple(
            Subject(one.id, one.name, " · ".join(part for part in (one.unit_name, one.title) if part), one.id)
            for one in persons
        )

    def values(
        self, subject_ids: Collection[int], *, actor: Actor, now: datetime
    ) -> Mapping[int, Mapping[str, object]]:
        """As the protocol. At most eight queries, and one for each relation that custom fields name."""
        cycle, today = _cycle(now), company_day(now, settings.SEXTANT_ZONE)
        if cycle is None:
            return {}
        goals = visible_goals(actor, on=today)
        found = person_figures(goals, cycle_id=cycle.id, person_ids=subject_ids)
        persons = {one.id: one for one in list_persons(on=today, ids=found, limit=len(found))}
        days, past = (cycle.until_on - cycle.from_on).days, (today - cycle.from_on).days
        elapsed = Decimal(min(max(past, 0), days)) / days
        written = formula_values(_HOST, found, actor=actor, on=now, day=today)
        return {
            person_id: {
                **{_FIGURES[key].name: value for key, value in figures.items()},
                _TITLE.name: persons[person_id].title,
                _UNIT.name: persons[person_id].unit_name,
                _ELAPSED.name: elapsed,
                **written.get(person_id, {}),
            }
            for person_id, figures in found.items()
        }


def _cycle(now: datetime) -> CycleRow | None:
    return once("cycle", lambda: find_current_cycle(company_day(now, settings.SEXTANT_ZONE)))


register_context(PersonFigures())
