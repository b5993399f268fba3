"""Opening cycles."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from sextant.engines.values import Period
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.goals.contracts import CycleRow, NamedPeriod
from sextant.goals.models import Cycle


def open_cycle(named: NamedPeriod, *, name: str = "", actor: Actor, now: datetime) -> CycleRow:
    """The cycle of `named`, made when there is none over the same days. `name` is what people call it; without one it
    is shown by its code ("2026Q1" reads "2026 第一季度"). Raises AccessDenied."""
    require(actor, Permission.GOAL_IMPORT)
    with transaction.atomic():
        cycle = open_cycles([named], name=name, actor=actor, now=now)[named.period]
    return CycleRow(cycle.id, cycle.code, cycle.name, cycle.from_on, cycle.until_on)


def open_cycles(wanted: Iterable[NamedPeriod], *, name: str = "", actor: Actor, now: datetime) -> dict[Period, Cycle]:
    """One cycle per period, each found by its days or made and audited. The caller has checked access and holds a
    transaction."""
    by_period = {named.period: named for named in wanted}
    starts = {period.from_on for period in by_period}
    found = {
        Period(cycle.from_on, cycle.until_on): cycle
        for cycle in Cycle.objects.filter(from_on__in=starts).order_by("-id")  # the oldest of two wins
    }
    for period, named in by_period.items():
        if period in found:
            continue
        found[period], is_new = Cycle.objects.get_or_create(
            code=named.code,
            defaults={"name": name or named.code, "from_on": period.from_on, "until_on": period.until_on},
        )
        if is_new:
            record("open_cycle", actor=actor, now=now, object_kind="cycle", object_id=found[period].id)
    return {period: found[period] for period in by_period}
