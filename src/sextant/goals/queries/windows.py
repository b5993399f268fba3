"""The calendar of adjustment windows: every cycle that runs or comes, by template."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sextant.engines.values import Period
from sextant.goals.models import Cycle, PlanTemplateVersion
from sextant.goals.plan_definition import PlanDefinition
from sextant.goals.queries.elasticity import terms_in

MOST_CYCLES = 12


@dataclass(frozen=True, slots=True)
class TemplateWindows:
    """The windows of a template in a cycle, and how far goals may move in a quarter. `opens_in` days until `next`, 0
    where it is open or there is none."""

    template: str
    windows: tuple[Period, ...]
    limit: Decimal
    open_now: Period | None
    next: Period | None
    opens_in: int


@dataclass(frozen=True, slots=True)
class CycleWindows:
    """A cycle with the windows of every template in use."""

    cycle: Cycle
    templates: tuple[TemplateWindows, ...]

    @property
    def last_on(self) -> date:
        """The last day of the cycle."""
        return Period(self.cycle.from_on, self.cycle.until_on).last_on


def list_cycle_windows(*, on: date) -> list[CycleWindows]:
    """Cycles that run or come, the next to end first. A template is shown with the version that plans of the cycle
    stand on when they are opened now. Two queries."""
    cycles = Cycle.objects.filter(until_on__gt=on).order_by("until_on", "from_on")[:MOST_CYCLES]
    versions = PlanTemplateVersion.objects.filter(template__is_retired=False).select_related("template")
    known = list(versions.order_by("template__name", "template_id", "number"))
    return [CycleWindows(cycle, _in_cycle(cycle, known, on=on)) for cycle in cycles]


def _in_cycle(cycle: Cycle, versions: list[PlanTemplateVersion], *, on: date) -> tuple[TemplateWindows, ...]:
    latest = {one.template_id: one for one in versions if one.from_on <= cycle.from_on}
    found = []
    for version in latest.values():
        terms = terms_in(cycle, PlanDefinition.model_validate(version.definition))
        coming = terms.window_from(on)
        opens_in = max((coming.from_on - on).days, 0) if coming else 0
        name = version.template.name
        found.append(TemplateWindows(name, terms.windows, terms.limit, terms.window_at(on), coming, opens_in))
    return tuple(found)
