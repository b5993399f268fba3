"""Importing goals from a file: read → look up → decide → save, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q

from sextant.engines.evaluation import Curve
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.tabular import TableRow, read_table
from sextant.goals.actions.alignment import one_change_at_a_time
from sextant.goals.actions.import_keys import Directory, Key
from sextant.goals.actions.import_plans import find_moved_keys, lock_plans, note_in_plans, refuse_settled, says_other
from sextant.goals.actions.import_rows import MEASURED_KINDS, Draft, read_draft, shown
from sextant.goals.actions.import_writes import Wanted, Writer
from sextant.goals.contracts import GoalState, Targets
from sextant.goals.messages.goals import say
from sextant.goals.models import Goal
from sextant.goals.policy import FileColumns, decide_columns, decide_target_problems
from sextant.goals.queries.specs import TARGETS
from sextant.goals.queries.targets import list_targets
from sextant.people.contracts import ImportReport, RowRejection

HEADER_ROW = 1


def import_goals(path: Path, *, actor: Actor, now: datetime, dry_run: bool = False) -> ImportReport:
    """Take goals in from a CSV or Excel file; a row is found again by (owner, metric, period), so that a second import
    of the same file changes nothing.

    Rows that cannot be taken are reported with row, column, value and remedy; all others are saved in one transaction.
    Cycles that are missing are opened. With `dry_run` everything is decided and nothing is kept. Raises AccessDenied
    and TableUnreadable (the file is no table).
    """
    require(actor, Permission.GOAL_IMPORT)
    table = read_table(path)
    columns = decide_columns(table.columns)
    rejections = _Rejections(columns)
    for problem in columns.problems:
        rejections.add(HEADER_ROW, problem)
    if not columns.is_usable:
        return ImportReport(0, 0, 0, tuple(rejections.found))
    with transaction.atomic():
        _one_import_at_a_time()
        one_change_at_a_time()
        imported = _import_rows(table.rows(), columns, rejections, actor=actor, now=now)
        if dry_run:
            transaction.set_rollback(True)
        else:
            _audit(path, imported, actor=actor, now=now)
    return imported.counts


@dataclass(slots=True)
class _Rejections:
    """Collects problems as rejections; knows how the file calls its columns."""

    columns: FileColumns
    found: list[RowRejection] = field(default_factory=list)

    def add(self, row: int, problem: Problem) -> None:
        name = str(problem.params.get("field", ""))
        column = self.columns.headers.get(name) or self._stand_in(name) or name
        self.found.append(RowRejection(row, column, shown(problem.params.get("value")), say(problem)))

    def _stand_in(self, name: str) -> str | None:
        """Where an owner is given by a unit column alone, problems of the owner are problems of that column."""
        return self.columns.headers.get("owner_unit") if name == "owner" else None


@dataclass(frozen=True, slots=True)
class _Imported:
    counts: ImportReport
    changes: dict[str, object]


def _one_import_at_a_time() -> None:
    """Two imports of overlapping files would both find a goal missing: the second waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sextant.goals.import'))")


def _import_rows(
    rows: Iterable[TableRow], columns: FileColumns, rejections: _Rejections, *, actor: Actor, now: datetime
) -> _Imported:
    drafts = []
    for row in rows:
        draft, problems = read_draft(row, columns)
        for problem in problems:
            rejections.add(row.row, problem)
        if draft is not None:
            drafts.append(draft)
    directory = Directory.of(drafts)
    decided = _decide(_keyed(drafts, directory, rejections), directory, rejections)
    wanted, settled = refuse_settled(decided)
    writer = Writer(actor=actor, now=now)
    for item, problem in (*settled, *writer.save(wanted)):
        rejections.add(item.draft.row, problem)
    note_in_plans(writer.touched, writer.changes, actor=actor, now=now)
    rejected = tuple(sorted(rejections.found, key=lambda rejection: rejection.row))
    counts = ImportReport(writer.created, writer.updated, writer.unchanged, rejected)
    return _Imported(counts, writer.changes)


def _keyed(drafts: list[Draft], directory: Directory, rejections: _Rejections) -> dict[Key, Draft]:
    """Drafts under their keys; a key that comes twice keeps its first row."""
    keyed: dict[Key, Draft] = {}
    for draft in drafts:
        key, problems = directory.key_of(draft)
        for problem in problems:
            rejections.add(draft.row, problem)
        if key is None:
            continue
        first = keyed.setdefault(key, draft)
        if first is not draft:
            column = "metric" if draft.metric else "title"
            value = draft.metric or draft.values["title"]
            params = {"field": column, "value": value, "first": first.row}
            rejections.add(draft.row, Problem("goals.duplicate_row", params))
    return keyed


def _decide(keyed: dict[Key, Draft], directory: Directory, rejections: _Rejections) -> list[Wanted]:
    """The drafts whose targets may be saved, each beside the goal it changes (None = a new one)."""
    existing = _lock_existing(keyed)
    moved = find_moved_keys(keyed)
    adjusted = list_targets([goal.pk for goal in existing.values()])
    wanted = []
    for key, draft in keyed.items():
        goal, metric = existing.get(key), directory.metrics.get(draft.metric)
        problems: tuple[Problem, ...] = ()
        moved_on = None if key.is_unit or goal else moved.get((key.owner_id, key.subject, key.from_on))
        if moved_on is not None:
            problems = (Problem("goals.moved", {"field": "owner", "value": draft.owner, "on": moved_on}),)
        elif metric is None and goal is None and draft.values.get("kind") in MEASURED_KINDS:
            problems = (Problem("goals.metric_missing", {"field": "metric", "value": ""}),)
        elif metric is not None and metric.is_retired and goal is None:
            problems = (Problem("goals.metric_retired", {"field": "metric", "value": draft.metric}),)
        elif goal is not None and goal.pk in adjusted and _moves_target(goal, draft):
            # evaluations read the agreed target of the day: a file that changes the row would change nothing they see
            problems = (Problem("goals.adjusted", {"field": "base", "value": draft.values.get("base")}),)
        elif metric is not None and (goal is None or says_other(goal, draft)):
            problems = decide_target_problems(
                _targets(goal, draft), direction=metric.direction, aggregation=metric.aggregation
            )
        for problem in problems:
            rejections.add(draft.row, problem)
        if not problems:
            wanted.append(Wanted(key, draft, metric, goal))
    return wanted


def _moves_target(goal: Goal, draft: Draft) -> bool:
    """Whether the file wants the goal measured against something else."""
    return any(draft.values.get(name, getattr(goal, name)) != getattr(goal, name) for name in TARGETS)


def _targets(goal: Goal | None, draft: Draft) -> Targets:
    """The targets the goal would have: what the file says over what is there."""
    names = Targets.__dataclass_fields__
    before = {name: getattr(goal, name) for name in names} if goal else {"curve": Curve.PARALLEL.value}
    return Targets(**{**before, **{name: value for name, value in draft.values.items() if name in names}})


def _lock_existing(keyed: Iterable[Key]) -> dict[Key, Goal]:
    """The goals the keys name, under their locks; a goal that was dropped is none of them."""
    keys = set(keyed)
    candidates = Goal.objects.filter(
        from_on__in={key.from_on for key in keys}, until_on__in={key.until_on for key in keys}
    ).exclude(state=GoalState.DROPPED)
    owners = Q(owner_person_id__in={key.owner_id for key in keys if not key.is_unit}) | Q(
        owner_unit_id__in={key.owner_id for key in keys if key.is_unit}
    )
    named = candidates.filter(owners)
    lock_plans(named.exclude(plan=None).values_list("id", "plan_id"))
    locked = named.select_for_update(of=("self",)).select_related("parent", "plan").order_by("id")
    found = {_key_of(goal): goal for goal in locked}
    return {key: goal for key, goal in found.items() if key in keys}


def _key_of(goal: Goal) -> Key:
    is_unit = goal.owner_unit_id is not None
    owner_id = goal.owner_unit_id if is_unit else goal.owner_person_id
    assert owner_id is not None  # the database holds exactly one owner
    return Key(is_unit, owner_id, goal.metric_id or goal.title, goal.from_on, goal.until_on)


def _audit(path: Path, imported: _Imported, *, actor: Actor, now: datetime) -> None:
    counts = imported.counts
    record(
        "import_goals",
        actor=actor,
        now=now,
        object_kind="file",
        object_id=path.name,
        changes={
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "rejected": len(counts.rejected),
            **imported.changes,
        },
    )
