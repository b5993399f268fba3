"""Which way the latest instances would take through a draft of their flow, beside the version in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from sextant.engines.flow import Called, Flow, Result, Script, rehearse
from sextant.engines.flow.model import PERSONAL
from sextant.engines.schedule import FIVE_DAY_WEEK
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may
from sextant.lowcode.contracts.definitions import DryRunReport, Mover
from sextant.lowcode.flows.document import FlowDocument
from sextant.lowcode.flows.reading import read_flow, values_of
from sextant.lowcode.messages.dry_runs import STEPS, STUCK_RUNS, count_runs, say_way
from sextant.lowcode.models import FlowInstance

INSTANCES = 500
"""So many of the latest are walked while somebody waits."""
MOVERS = 200
SOMEBODY = Called(((0, None),))
"""Whom a step asks does not matter here: only which way the values lead."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The steps at which somebody is asked, by name, and whether the flow gets to an end."""

    steps: tuple[str, ...]
    is_whole: bool


def dry_run_flow(
    document: FlowDocument, *, before: FlowDocument | None, code: str, actor: Actor, now: datetime
) -> DryRunReport | None:
    """The flow over the latest instances with the values they have now, everyone agreeing. None where it cannot run,
    none was started yet, or the actor may not read every instance. One query."""
    after = read_flow(document).value
    if after is None or not may(actor, Permission.FLOW_READ_ALL):
        return None
    latest = FlowInstance.objects.filter(definition__code=code, definition__kind="flow").order_by("-id")
    runs = list(latest.values_list("id", "title", "about_id", "values", "started_at")[:INSTANCES])
    if not runs:
        return None
    former = read_flow(before).value if before else None
    lines = [
        (run, find_walk(former, run[3], at=run[4]) if former else None, find_walk(after, run[3], at=run[4]))
        for run in runs
    ]
    changed = [line for line in lines if line[1] is not None and line[1] != line[2]]
    return DryRunReport(
        over="",
        subjects=len(runs),
        changed=len(changed),
        failed_before=sum(not old.is_whole for _, old, _ in lines if old),
        failed_after=sum(not new.is_whole for _, _, new in lines),
        mean_before=_mean([len(old.steps) for _, old, _ in lines if old]),
        mean_after=_mean([len(new.steps) for _, _, new in lines]),
        is_sample=len(runs) == INSTANCES,
        movers=tuple(_mover(*line) for line in changed[:MOVERS]),
        counted=count_runs(len(runs)),
        mean_name=str(STEPS),
        failed_name=str(STUCK_RUNS),
    )


def find_walk(flow: Flow, values: Mapping[str, object], *, at: datetime) -> Walk:
    """Whom a flow asks in which order when everybody agrees, with these values from the beginning."""
    zone: ZoneInfo = settings.SEXTANT_ZONE
    script = Script(values=values_of(flow, values))
    played = rehearse(flow, script, ask=lambda *_: SOMEBODY, start_at=at, calendar=FIVE_DAY_WEEK, zone=zone)
    asked = [flow.nodes[code] for code in played.path if code in flow.nodes and flow.nodes[code].kind in PERSONAL]
    return Walk(tuple(node.name or node.code for node in asked), played.result is Result.ENDED)


def _mean(numbers: Sequence[int]) -> Decimal | None:
    return Decimal(sum(numbers)) / len(numbers) if numbers else None


def _mover(run: tuple[int, str, int, object, datetime], old: Walk | None, new: Walk) -> Mover:
    run_id, title, about_id, _values, _at = run
    assert old is not None
    before, after = (say_way(one.steps, is_whole=one.is_whole) for one in (old, new))
    return Mover(run_id, title, before, after, about_id)
