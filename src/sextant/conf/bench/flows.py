"""`sextant bench flows|inbox|timers`: what running flows cost, in a temporary home.

The company is small, the flows are many: what is measured is the engine and its tables. Everything goes through the
actions everyone uses. Processor time counts the process; PostgreSQL's is told beside it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sextant.conf.bench.memory import peak_mib
from sextant.conf.bench.meter import Cost, Meter

PERSONS = 500
STEPS = 40
ASKED = 200


def run(step: str, number: int) -> dict[str, Any]:
    """Measure one of `flows`, `inbox`, `timers` over so many instances, items or timers."""
    with tempfile.TemporaryDirectory(prefix="sextant-bench-") as folder:
        kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SEXTANT_EMBEDDED"}}
        environment = {**kept, "SEXTANT_HOME": str(Path(folder) / "home")}
        command = [sys.executable, "-m", "sextant.conf.bench.flows", step, str(number)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def _flows(number: int) -> dict[str, Any]:
    """Start all in one job, answer some, move all to a new version."""
    meter = Meter()
    _publish("bench", _two_steps())
    report = meter.measure("start", lambda: _start(number))
    peak = peak_mib()
    statements = max(_count_statements() for _ in range(3))
    steps = Meter(own_backend=True)
    answered = [_answer(steps) for _ in range(STEPS)]
    _publish_again("bench", _two_steps("renamed"))
    tried = meter.measure("dry_run", lambda: _move(dry_run=True))
    moved = meter.measure("move", lambda: _move(dry_run=False))
    assert tried == moved and moved.moved
    start = meter.best["start"]
    return {
        "instances": report.started,
        "per_second": round(report.started / start.wall),
        "per_cpu_second": round(report.started / start.cpu),
        "peak_mib": peak,
        "step_queries": statements,
        "step_cpu_ms": round(statistics.median(cost.own for cost in answered) * 1000, 2),
        "step_database_cpu_ms": round(statistics.median(cost.database for cost in answered) * 1000, 2),
        "moved": moved.moved,
        **{name: cost.document for name, cost in meter.best.items()},
    }


def _inbox(number: int) -> dict[str, Any]:
    """One person's open items among so many of everybody's: the list and the number on the navigation."""
    from django.db import connection

    from sextant.lowcode.models import WorkItem
    from sextant.lowcode.queries.work import count_open, list_open

    now = _now()
    items = (
        WorkItem(
            kind="flow.approve",
            subject_kind="bench",
            subject_id=place,
            person_id=place % PERSONS + 1,
            path="/",
            due_at=now + timedelta(hours=place % 500),
            opened_at=now,
            params={"title": f"第 {place} 项", "flow": "申请", "step": "审批"},
        )
        for place in range(number)
    )
    WorkItem.objects.bulk_create(items, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE lowcode_workitem")
    lists = sorted(_times(lambda place: list_open(place % PERSONS + 1), ASKED))
    counts = sorted(_times(lambda place: count_open(place % PERSONS + 1), ASKED))
    inside = sorted(_inside(place % PERSONS + 1) for place in range(ASKED))
    return {
        "items": number,
        "of_one_person": number // PERSONS,
        "database_ms": {"p50": _percentile(inside, 50), "p95": _percentile(inside, 95)},
        "list_ms": {"p50": _percentile(lists, 50), "p95": _percentile(lists, 95)},
        "count_ms": {"p50": _percentile(counts, 50), "p95": _percentile(counts, 95)},
    }


def _inside(person_id: int) -> float:
    """What PostgreSQL itself says the list took, planning and all."""
    from sextant.lowcode.queries.work import open_items

    (told,) = json.loads(open_items(person_id)[:200].explain(format="json", analyze=True))
    return float(told["Planning Time"] + told["Execution Time"])


def _timers(number: int) -> dict[str, Any]:
    """So many due limits fired by one worker: escalations, which ask somebody and write a line each."""
    from sextant.foundation.access.contracts import Actor
    from sextant.lowcode.actions.flow_timers import fire_timers

    meter = Meter()
    limits = [{"code": "late", "after": {"amount": 1}, "do": "escalate", "to": [{"source": "people.unit_head"}]}]
    _publish("bench", _two_steps(limits=limits))
    _start(number)
    later = _now() + timedelta(hours=2)
    fired = meter.measure("fire", lambda: fire_timers(actor=Actor.system("bench"), now=later))
    cost = meter.best["fire"]
    return {
        "timers": fired,
        "per_second": round(fired / cost.wall),
        "per_cpu_second": round(fired / cost.cpu),
        **cost.document,
    }


def _two_steps(name: str = "first", limits: Any = ()) -> list[dict[str, Any]]:
    ask = [{"source": "people.line_manager"}]
    first = {"code": name, "kind": "approve", "assignees": ask, "limits": list(limits), "next": "by"}
    arms = [{"when": "[金额] > 900", "next": "second"}, {"next": "third"}]
    second = {"code": "second", "kind": "approve", "assignees": [{"source": "people.unit_head"}], "next": "z"}
    third = {"code": "third", "kind": "approve", "assignees": ask, "next": "z"}
    return [first, {"code": "by", "kind": "branch", "arms": arms}, second, third, {"code": "z", "kind": "end"}]


def _publish(code: str, steps: list[dict[str, Any]]) -> None:
    from sextant.lowcode.actions.definitions import create_definition, publish_definition

    document = {"fields": [{"name": "金额"}], "steps": steps}
    made = create_definition("flow", code=code, name="申请", document=document, actor=_system(), now=_now())
    publish_definition(made.definition_id, revision=made.revision, reason="benchmark", actor=_system(), now=_now())


def _publish_again(code: str, steps: list[dict[str, Any]]) -> None:
    from sextant.lowcode.actions.definitions import publish_definition, save_draft
    from sextant.lowcode.queries.definitions import find_definition

    found = find_definition("flow", code)
    assert found is not None
    document = {"fields": [{"name": "金额"}], "steps": steps}
    saved = save_draft(found, document=document, revision=0, actor=_system(), now=_now())
    publish_definition(found, revision=saved.revision, reason="benchmark", actor=_system(), now=_now())


def _start(number: int) -> Any:
    from sextant.lowcode.actions.flow_starting import start_flows
    from sextant.lowcode.contracts.flows import NewInstance
    from sextant.people.models import ReportingLine

    persons = list(ReportingLine.objects.values_list("person_id", flat=True).distinct())
    new: Iterator[NewInstance] = (
        NewInstance(
            title=f"第 {place} 项",
            about_id=persons[place % len(persons)],
            key=f"2026:{place}",
            values={"金额": place % 1000},
        )
        for place in range(number)
    )
    return start_flows("bench", new, actor=_system(), now=_now())


def _answer(meter: Meter) -> Cost:
    """Agree to one open item, and what that costs."""
    meter.measure("step", _one_answer())
    return meter.best.pop("step")


def _count_statements() -> int:
    """How many statements one answer is, without the frames of its transaction."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    agree = _one_answer()
    with CaptureQueriesContext(connection) as captured:
        agree()
    return sum(1 for one in captured if not _is_frame(one["sql"]))


def _one_answer() -> Callable[[], None]:
    from sextant.foundation.access.contracts import Actor, Role
    from sextant.lowcode.actions.flows import answer_work
    from sextant.lowcode.contracts.work import Decision
    from sextant.lowcode.models import WorkItem

    item = WorkItem.objects.filter(closed_at=None, kind="flow.approve").order_by("?")[:1].get()
    actor = Actor(None, item.person_id, frozenset({Role.EMPLOYEE}), "bench")
    return lambda: answer_work(item.pk, decision=Decision.AGREE, actor=actor, now=_now())


def _is_frame(sql: str) -> bool:
    return sql.split(" ", 1)[0].upper().rstrip(";") in {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"}


def _move(*, dry_run: bool) -> Any:
    from sextant.lowcode.actions.flow_upgrading import move_instances

    mapping = {"first": "renamed"}
    return move_instances(
        "bench", from_number=1, to_number=2, mapping=mapping, dry_run=dry_run, actor=_system(), now=_now()
    )


def _make_company() -> None:
    from sextant.people.models import Person, Post, ReportingLine, Unit

    unit = Unit.objects.create(code="1", name="公司")
    persons = Person.objects.bulk_create(
        Person(number=str(place), name=f"人{place}", name_sort=str(place)) for place in range(PERSONS)
    )
    day = _now().date() - timedelta(days=365)
    Post.objects.bulk_create(
        Post(person=one, unit=unit, is_head=place == 0, valid_from=day) for place, one in enumerate(persons)
    )
    ReportingLine.objects.bulk_create(
        ReportingLine(person=one, manager=persons[place // 10], kind="solid", valid_from=day)
        for place, one in enumerate(persons)
        if place
    )


def _times(work: Callable[[int], object], turns: int) -> Iterator[float]:
    for place in range(turns):
        started = time.perf_counter()
        work(place)
        yield (time.perf_counter() - started) * 1000


def _percentile(ordered: list[float], share: int) -> float:
    return round(ordered[min(len(ordered) * share // 100, len(ordered) - 1)], 2)


def _system() -> Any:
    from sextant.foundation.access.contracts import Actor

    return Actor.system("bench")


def _now() -> Any:
    from sextant.foundation.clock import now

    return now()


def _main(step: str, number: int) -> dict[str, Any]:
    from sextant.conf.cli.base import database_ready
    from sextant.conf.cli.django_ready import set_up_django

    set_up_django()
    with database_ready():
        _make_company()
        return {"flows": _flows, "inbox": _inbox, "timers": _timers}[step](number)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_main(sys.argv[1], int(sys.argv[2]))))
