"""Everything one event does to flows, in one statement: a step costs few round trips, a start of thousands as few."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import connection

from sextant.engines.flow import Ending, Opened, write_scope
from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor
from sextant.foundation.events.actions.within import PUBLISHED, values_within
from sextant.lowcode.actions.flow_deadlines import Deadlines
from sextant.lowcode.contracts.flow_events import RUN_SUBJECT, FlowEvent
from sextant.lowcode.contracts.flows import STEP, StepState
from sextant.lowcode.policy.flow_log import LogLine, digest_of

Row = dict[str, Any]

# Rows of one table are told apart by what they do: no row is written twice in one statement, which PostgreSQL would
# not do. Work of a step that closes becomes void, unless it was answered just now.
_STATEMENT = f"""
WITH started AS (
  INSERT INTO lowcode_flowinstance (id, definition_id, version_id, key, title, about_id, starter_id, "values", chosen,
    state, serials, forks, root_id, parent_step_id, started_at, ended_at, lines, log_head)
  SELECT id, definition_id, version_id, key, title, about_id, starter_id, "values", chosen, state, serials, forks,
    root_id, parent_step_id, %(now)s, ended_at, lines, log_head
  FROM jsonb_to_recordset(%(started)s) AS new (id bigint, definition_id bigint, version_id bigint, key text,
    title text, about_id bigint, starter_id bigint, "values" jsonb, chosen jsonb, state text, serials int, forks int,
    root_id bigint, parent_step_id bigint, ended_at timestamptz, lines int, log_head text)
), changed AS (
  UPDATE lowcode_flowinstance AS old SET "values" = new."values", state = new.state, serials = new.serials,
    forks = new.forks, ended_at = new.ended_at, lines = new.lines, log_head = new.log_head
  FROM jsonb_to_recordset(%(changed)s) AS new (id bigint, "values" jsonb, state text, serials int, forks int,
    ended_at timestamptz, lines int, log_head text)
  WHERE old.id = new.id
), closed AS (
  UPDATE lowcode_flowstep AS old SET state = new.state, closed_at = %(now)s
  FROM jsonb_to_recordset(%(closed)s) AS new (instance_id bigint, serial int, state text)
  WHERE old.instance_id = new.instance_id AND old.serial = new.serial
  RETURNING old.id, old.instance_id, old.serial, old.node, old.opened_at
), opened AS (
  INSERT INTO lowcode_flowstep (instance_id, serial, node, scope, state, opened_at, due_at, closed_at, problem)
  SELECT instance_id, serial, node, scope, state, %(now)s, due_at, closed_at, problem
  FROM jsonb_to_recordset(%(opened)s) AS new (instance_id bigint, serial int, node text, scope text, state text,
    due_at timestamptz, closed_at timestamptz, problem jsonb)
  RETURNING id, instance_id, serial, node, opened_at
), answered AS (
  UPDATE lowcode_workitem AS old SET closed_at = %(now)s, outcome = new.outcome, closed_by = new.closed_by,
    note = new.note
  FROM jsonb_to_recordset(%(answered)s) AS new (id bigint, outcome text, closed_by bigint, note text)
  WHERE old.id = new.id AND old.closed_at IS NULL
), voided AS (
  UPDATE lowcode_workitem SET closed_at = %(now)s, outcome = 'void'
  WHERE subject_kind = %(step)s AND subject_id IN (SELECT id FROM closed) AND closed_at IS NULL AND NOT is_information
    AND id <> ALL(%(answered_ids)s)
), asked AS (
  INSERT INTO lowcode_workitem (kind, subject_kind, subject_id, person_id, owner_id, about_id, params, path,
    is_information, due_at, opened_at, outcome, note)
  SELECT new.kind, %(step)s, coalesce(new.step_id, opened.id), new.person_id, new.owner_id, new.about_id, new.params,
    new.path, new.is_information, new.due_at, %(now)s, '', ''
  FROM jsonb_to_recordset(%(asked)s) AS new (instance_id bigint, serial int, step_id bigint, kind text,
    person_id bigint, owner_id bigint, about_id bigint, params jsonb, path text,
    is_information boolean, due_at timestamptz)
  LEFT JOIN opened ON opened.instance_id = new.instance_id AND opened.serial = new.serial
  ON CONFLICT DO NOTHING
), stopped AS (
  DELETE FROM lowcode_flowtimer WHERE step_id IN (SELECT id FROM closed) OR id = ANY(%(fired)s)
), set_off AS (
  INSERT INTO lowcode_flowtimer (instance_id, step_id, code, due_at)
  SELECT opened.instance_id, opened.id, new.code, new.due_at
  FROM jsonb_to_recordset(%(timers)s) AS new (instance_id bigint, serial int, code text, due_at timestamptz)
  JOIN opened ON opened.instance_id = new.instance_id AND opened.serial = new.serial
), happened AS (
  SELECT place, code, %(run)s AS subject_kind, instance_id AS subject_id, params || CASE WHEN step.id IS NULL
    THEN '{{}}' ELSE jsonb_build_object('step_id', step.id, 'step', step.node, 'entered_at', step.opened_at) END
    AS params
  FROM jsonb_to_recordset(%(happened)s) AS new (place int, code text, instance_id bigint, serial int, params jsonb)
  LEFT JOIN (SELECT * FROM closed UNION ALL SELECT * FROM opened) AS step USING (instance_id, serial)
), {PUBLISHED}
INSERT INTO lowcode_flowlog (instance_id, number, at, person_id, code, node, params, note, digest)
SELECT instance_id, number, %(now)s, person_id, code, node, params, note, digest
FROM jsonb_to_recordset(%(lines)s) AS new (instance_id bigint, number int, person_id bigint, code text, node text,
  params jsonb, note text, digest text)
"""


@dataclass
class LogHead:
    """How far the log of an instance goes: the number of its last line and that line's digest."""

    lines: int = 0
    digest: str = ""


@dataclass
class Writes:
    """Rows to be written at one instant; nothing reaches the database before `save`. What is told happens on behalf of
    `actor`; without `tells` nothing is."""

    now: datetime
    actor: Actor
    tells: bool = True
    started: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    closed: list[Row] = field(default_factory=list)
    opened: list[Row] = field(default_factory=list)
    answered: list[Row] = field(default_factory=list)
    asked: list[Row] = field(default_factory=list)
    timers: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    happened: list[Row] = field(default_factory=list)
    fired: list[int] = field(default_factory=list)

    @cached_property
    def deadlines(self) -> Deadlines:
        """When the limits end of the steps that are entered now."""
        return Deadlines(self.now)

    def open_step(self, instance_id: int, opened: Opened, *, due_at: datetime | None) -> None:
        """A step was entered; one that was left at once is closed already."""
        state = opened.token.standing.value if opened.ending is None else opened.ending.value
        self.opened.append(
            {
                "instance_id": instance_id,
                "serial": opened.token.serial,
                "node": opened.token.node,
                "scope": write_scope(opened.token.scope),
                "state": state,
                "due_at": None if due_at is None else due_at.isoformat(),
                "closed_at": None if opened.ending is None else self.now.isoformat(),
                "problem": None if opened.problem is None else problem_row(opened.problem),
            }
        )

    def close_step(self, instance_id: int, serial: int, ending: Ending) -> None:
        """A step was left; its open work becomes void and its timers stop."""
        self.closed.append({"instance_id": instance_id, "serial": serial, "state": StepState(ending.value).value})

    def answer(self, item_id: int, outcome: str, *, by: int | None, note: str = "") -> None:
        """A piece of work was answered."""
        self.answered.append({"id": item_id, "outcome": outcome, "closed_by": by, "note": note})

    def log(
        self,
        instance_id: int,
        head: LogHead,
        code: str,
        params: Mapping[str, object] | None = None,
        *,
        person_id: int | None = None,
        node: str = "",
        note: str = "",
    ) -> None:
        """Add a line to the log of an instance, whose head moves on."""
        line = LogLine(head.lines + 1, self.now, code, person_id, node, dict(params or {}), note)
        head.lines, head.digest = line.number, digest_of(line, head.digest)
        self.lines.append(
            {
                "instance_id": instance_id,
                "number": line.number,
                "person_id": person_id,
                "code": code,
                "node": node,
                "params": line.params,
                "note": note,
                "digest": head.digest,
            }
        )

    def tell(
        self, code: FlowEvent, instance_id: int, params: Mapping[str, object], *, serial: int | None = None
    ) -> None:
        """Something happened to an instance, or to its step of that serial, which must be opened or closed here: the
        statement itself says which step that is."""
        if self.tells:
            row = {"place": len(self.happened), "code": code.value, "instance_id": instance_id, "serial": serial}
            self.happened.append({**row, "params": params})

    def save(self) -> None:
        """Write everything. One statement."""
        lists = ("started", "changed", "closed", "opened", "answered", "asked", "timers", "lines", "happened")
        values: dict[str, Any] = {name: json.dumps(getattr(self, name), ensure_ascii=False) for name in lists}
        values |= {
            "now": self.now,
            "step": STEP,
            "run": RUN_SUBJECT,
            "answered_ids": [row["id"] for row in self.answered],
            "fired": self.fired,
        }
        codes = {row["code"] for row in self.happened}
        values |= values_within(codes, now=self.now, actor=self.actor)
        with connection.cursor() as cursor:
            cursor.execute(_STATEMENT, values)


def problem_row(problem: Problem) -> Row:
    """A problem as it is kept, to be said in the reader's language."""
    return {"code": problem.code, "params": json.loads(json.dumps(dict(problem.params), default=str))}
