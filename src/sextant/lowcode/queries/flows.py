"""Runs of flows as pages show them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from sextant.engines.flow import Flow, Node, Span, StepKind
from sextant.lowcode.contracts.flows import LIVE, STEP, InstanceState, StepState, WorkKind
from sextant.lowcode.contracts.work import WorkRow
from sextant.lowcode.models import FlowInstance, FlowLog, FlowStep, FlowTimer
from sextant.lowcode.policy.flow_log import LogLine, is_whole
from sextant.lowcode.queries.flow_loading import flow_of
from sextant.lowcode.queries.work import list_of_subjects


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of a flow as lists show it. `number` is the version it runs on."""

    id: int
    title: str
    flow_name: str
    flow_code: str
    number: int
    about_id: int
    starter_id: int | None
    state: InstanceState
    started_at: datetime
    ended_at: datetime | None
    is_part: bool

    @property
    def is_live(self) -> bool:
        """Whether it runs, or is stopped and will go on."""
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class StepRow:
    """One visit of a step: what it is, whom it asked, how long it took. `limit` is the first rung of its ladder."""

    id: int
    serial: int
    node: str
    name: str
    kind: StepKind | None
    state: StepState
    opened_at: datetime
    closed_at: datetime | None
    work: tuple[WorkRow, ...]
    limit: Span | None
    limit_at: datetime | None
    problem: Mapping[str, Any] | None

    @property
    def is_live(self) -> bool:
        """Whether the run is here now."""
        return self.closed_at is None

    @property
    def asked(self) -> tuple[WorkRow, ...]:
        """Those whose answer counts; for a step that went to HR, those."""
        wanted = (WorkKind.FILL, WorkKind.APPROVE, WorkKind.ADDED, WorkKind.COPY)
        counted = tuple(one for one in self.work if one.kind in wanted)
        return counted or tuple(one for one in self.work if one.kind in (WorkKind.ASSIGN, WorkKind.REPAIR))


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A timer that is set: the step it is at, the rung of the ladder, and when it is due."""

    step_id: int
    code: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class RunPage:
    """Everything the page of one run shows. `is_whole`: the log is complete and unchanged."""

    run: RunRow
    steps: tuple[StepRow, ...]
    timers: tuple[TimerRow, ...]
    log: tuple[LogLine, ...]
    digests: tuple[str, ...]
    is_whole: bool
    flow: Flow
    values: Mapping[str, object]


def list_runs(runs: QuerySet[FlowInstance], *, limit: int = 50, offset: int = 0) -> list[RunRow]:
    """These runs as rows, the latest first. One query."""
    found = _joined(runs).order_by("-started_at", "-id")[offset : offset + limit]
    return [run_row(one) for one in found]


def started_by(person_id: int) -> QuerySet[FlowInstance]:
    """Runs that the person started, parts of others left out."""
    return FlowInstance.objects.filter(starter_id=person_id, root=None)


def count_live_started(person_id: int) -> int:
    """How many runs of the person's are under way. One query."""
    return started_by(person_id).filter(state__in=[one.value for one in LIVE]).count()


def read_run(instance: FlowInstance) -> RunPage:
    """One run with its steps, work, timers and log, after `access_run` let it through. Four queries, five for a version
    nobody read before."""
    flow = flow_of(instance.version_id, instance.version.digest)
    steps = list(FlowStep.objects.filter(instance=instance).order_by("serial"))
    work: dict[int, list[WorkRow]] = {}
    for one in list_of_subjects(STEP, [step.pk for step in steps]):
        work.setdefault(one.subject[1], []).append(one)
    timers = FlowTimer.objects.filter(instance=instance).order_by("due_at")
    lines = [(log_line(one), one.digest) for one in FlowLog.objects.filter(instance=instance).order_by("number")]
    return RunPage(
        run=run_row(instance),
        steps=tuple(_step_row(step, flow.nodes.get(step.node), work.get(step.pk, [])) for step in steps),
        timers=tuple(TimerRow(one.step_id, one.code, one.due_at) for one in timers),
        log=tuple(line for line, _ in lines),
        digests=tuple(digest for _, digest in lines),
        is_whole=is_whole(lines, head=instance.log_head) and len(lines) == instance.lines,
        flow=flow,
        values=instance.values,
    )


def log_of_step(step_id: int) -> tuple[Flow, Mapping[str, object], tuple[LogLine, ...]] | None:
    """The definition, the values and the log of the run that a step belongs to, for a preview; None for an unknown
    step. Two queries."""
    instance = _joined(FlowInstance.objects.filter(steps=step_id)).first()
    if instance is None:
        return None
    flow = flow_of(instance.version_id, instance.version.digest)
    lines = tuple(log_line(one) for one in FlowLog.objects.filter(instance=instance).order_by("number"))
    return flow, instance.values, lines


def persons_of_log(lines: Collection[LogLine]) -> set[int]:
    """Every person a log names."""
    found = {line.person_id for line in lines if line.person_id is not None}
    for line in lines:
        for key in ("to", "person"):
            named = line.params.get(key, [])
            found |= {one for one in (named if isinstance(named, list) else [named]) if isinstance(one, int)}
    return found


def run_row(instance: FlowInstance) -> RunRow:
    """One run as a row; its definition and version must be at hand."""
    return RunRow(
        id=instance.pk,
        title=instance.title,
        flow_name=instance.definition.name,
        flow_code=instance.definition.code,
        number=instance.version.number,
        about_id=instance.about_id,
        starter_id=instance.starter_id,
        state=InstanceState(instance.state),
        started_at=instance.started_at,
        ended_at=instance.ended_at,
        is_part=instance.root_id is not None,
    )


def log_line(row: FlowLog) -> LogLine:
    """One line of the log."""
    return LogLine(row.number, row.at, row.code, row.person_id, row.node, row.params, row.note)


def _joined(runs: QuerySet[FlowInstance]) -> QuerySet[FlowInstance]:
    return runs.select_related("version", "definition").defer("version__document")


def _step_row(step: FlowStep, node: Node | None, work: list[WorkRow]) -> StepRow:
    limit = node.limits[0].after if node and node.limits else None
    return StepRow(
        id=step.pk,
        serial=step.serial,
        node=step.node,
        name=node.name if node and node.name else step.node,
        kind=node.kind if node else None,
        state=StepState(step.state),
        opened_at=step.opened_at,
        closed_at=step.closed_at,
        work=tuple(work),
        limit=limit,
        limit_at=step.due_at,
        problem=step.problem,
    )
