"""`sextant bench goals`: what pages and writes over ten thousand goals cost, and one update of progress.

A company of one cycle, made as `bench pages` makes it: three measured goals a person, and beside them seven that people
tell of (milestones, action lists, tasks), all below the objectives of team, region and company. Queries and bytes are
counted; processor time is that of the process and of PostgreSQL, of the best of a few turns.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sextant.conf.bench.meter import Meter
from sextant.conf.bench.pages import make_company

if TYPE_CHECKING:
    from django.test import Client

TOLD_A_PERSON = 7
TURNS = 3
UPDATES = 40


@dataclass(frozen=True, slots=True)
class Cost:
    """One page or write as one reader makes it. `cpu_ms` counts PostgreSQL, `database_cpu_ms` is its part."""

    what: str
    status: int
    queries: int
    bytes: int
    ms: float
    cpu_ms: float
    database_cpu_ms: float


def run(people: int) -> dict[str, Any]:
    """Build the company in a child process and a temporary home, and return its measurements."""
    with tempfile.TemporaryDirectory(prefix="sextant-bench-") as folder:
        kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SEXTANT_EMBEDDED"}}
        command = [sys.executable, "-m", "sextant.conf.bench.goals", str(people)]
        home = {"SEXTANT_HOME": str(Path(folder) / "home")}
        done = subprocess.run(command, env={**kept, **home}, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _measure(people: int) -> dict[str, Any]:
    from sextant.foundation.clock import now
    from sextant.goals.models import Goal

    made = make_company(people)
    ids = _make_told_goals(now())
    costs = [*_pages(made, ids), *_push(made, ids)]
    return {
        "people": people,
        "goals": Goal.objects.count(),
        "most_queries": max(one.queries for one in costs),
        "costs": [asdict(one) for one in costs],
        "progress": _updates(made, ids),
        "load": round(os.getloadavg()[0], 1),
    }


def _make_told_goals(moment: datetime) -> dict[str, Any]:
    """Objectives of every unit, hung below each other as the units are, and the goals that people tell of."""
    from sextant.goals.contracts import GoalKind, ProgressFrom
    from sextant.goals.models import ActionItem, Cycle, Goal, Milestone
    from sextant.people.models import Post, Unit

    cycle = Cycle.objects.get(id=Goal.objects.values_list("cycle_id", flat=True)[0])
    common = {
        "cycle": cycle,
        "from_on": cycle.from_on,
        "until_on": cycle.until_on,
        "created_at": moment,
        "updated_at": moment,
    }
    by_unit: dict[int, int] = {}
    for unit in Unit.objects.order_by("path"):
        parent_id = by_unit.get(unit.parent_id or 0)
        goal = Goal.objects.create(
            code=f"O{unit.pk}", title=f"{unit.name}让客户满意", kind=GoalKind.OBJECTIVE, owner_unit=unit,
            progress_from=ProgressFrom.CHILDREN, parent_id=parent_id, **common,
        )  # fmt: skip
        by_unit[unit.pk] = goal.pk
    seats = dict(Post.objects.filter(is_primary=True).values_list("person_id", "unit_id"))
    for unit_id, parent_id in by_unit.items():
        owners = [person for person, seat in seats.items() if seat == unit_id]
        Goal.objects.filter(owner_person_id__in=owners).update(parent_id=parent_id)
    kinds = (GoalKind.MILESTONE, GoalKind.ACTION, *[GoalKind.GS] * (TOLD_A_PERSON - 2))
    sources = {GoalKind.MILESTONE: ProgressFrom.ACTIONS, GoalKind.ACTION: ProgressFrom.ACTIONS}
    told = Goal.objects.bulk_create(
        Goal(
            code=f"T{person}-{place}", title=f"第 {place + 1} 项重点任务", kind=kind, owner_person_id=person,
            progress_from=sources.get(kind, ProgressFrom.TYPED), parent_id=by_unit[seat], weight=10, **common,
        )
        for person, seat in seats.items()
        for place, kind in enumerate(kinds)
    )  # fmt: skip
    steps = [(one, place) for one in told for place in range(4)]
    Milestone.objects.bulk_create(
        Milestone(goal=one, position=place, title=f"节点 {place}", points=25)
        for one, place in steps
        if one.kind == GoalKind.MILESTONE
    )
    ActionItem.objects.bulk_create(
        ActionItem(goal=one, position=place, title=f"行动 {place}")
        for one, place in steps
        if one.kind == GoalKind.ACTION
    )
    return {
        "top": min(by_unit.values()),
        "typed": [one.pk for one in told if one.kind == GoalKind.GS],
        "milestone": next(one.pk for one in told if one.kind == GoalKind.MILESTONE),
        "cycle": cycle.code,
    }


def _pages(made: dict[str, int], ids: dict[str, Any]) -> Iterator[Cost]:
    client = _client(made["hr"])
    region = _region()
    pages = {
        "map": "/goals/",
        "map of a region": f"/goals/?unit={region}",
        "map by light": "/goals/?light=red",
        "list": "/goals/?view=list",
        "lights told": "/goals/statuses/?" + "&".join(f"id={one}" for one in ids["typed"][:40]),
        "objective of the company": f"/goals/{ids['top']}/",
        "goal of milestones": f"/goals/{ids['milestone']}/",
        "alignment report": "/goals/alignment/",
        "quality report": "/goals/quality/",
        "team matrix": "/goals/team/",
        "quota": f"/goals/{_measured_goal_of(region)}/quota/",
    }
    for name, page in pages.items():
        yield _cost(name, lambda page=page: client.get(page))  # type: ignore[misc]


def _push(made: dict[str, int], ids: dict[str, Any]) -> Iterator[Cost]:
    """A goal to everybody: looked at, then sent. It can be sent once, so that is one turn."""
    from datetime import date

    from sextant.foundation.access.contracts import Actor
    from sextant.foundation.clock import now
    from sextant.goals.actions.templates import create_template
    from sextant.goals.plan_definition import read_definition

    tasks = {"code": "tasks", "name": "任务", "weight_pct": 100, "kinds": ["action", "gs", "milestone"]}
    create_template(
        code="bench", name="通用", definition=read_definition({"dimensions": [tasks]}), from_on=date(2020, 1, 1),
        actor=Actor.system("bench"), now=now(),
    )  # fmt: skip
    client, url = _client(made["hr"]), f"/goals/{ids['top']}/push/"
    asked = {"title": "每人走访三家客户", "weight": "10", "how": "客户满意由走访开始"}
    yield _cost("push to everybody, looked at", lambda: client.post(url, {**asked, "preview": "1"}))
    yield _cost("push to everybody, sent", lambda: client.post(url, asked), turns=1)


def _updates(made: dict[str, int], ids: dict[str, Any]) -> dict[str, Any]:
    """An update of progress over HTTP by the owner, one goal after another."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from sextant.goals.models import Goal
    from sextant.people.models import Person

    manager = _client(made["manager"])
    led = Person.objects.get(id=made["manager_person"]).pk
    below = list(Goal.objects.filter(id__in=ids["typed"], parent__owner_unit__posts__person_id=led).distinct())
    costs = []
    for turn in range(UPDATES + 1):
        goal, number = below[turn % len(below)], turn // len(below)
        sent = {"number": str(number), "ratio": str(10 + turn), "evidence": "客户已书面确认"}
        meter = Meter()
        answer = meter.measure("update", lambda goal=goal, sent=sent: manager.post(f"/goals/{goal.pk}/progress/", sent))  # type: ignore[misc]
        assert answer.status_code == 302, answer.content[:400]
        costs.append(meter.best["update"])
    with CaptureQueriesContext(connection) as captured:
        sent = {"number": "1", "ratio": "60", "evidence": "客户已书面确认"}
        manager.post(f"/goals/{below[0].pk}/progress/", {**sent, "number": str((UPDATES + len(below)) // len(below))})
    cpus = sorted(cost.cpu * 1000 for cost in costs[1:])  # the first one loads modules
    return {
        "updates": len(cpus),
        "queries": len(captured),
        "cpu_ms": round(statistics.median(cpus), 1),
        "cpu_ms_95": round(cpus[int(len(cpus) * 0.95)], 1),
        "database_cpu_ms": round(statistics.median(cost.database * 1000 for cost in costs[1:]), 1),
        "ms": round(statistics.median(cost.wall * 1000 for cost in costs[1:]), 1),
    }


def _cost(what: str, ask: Callable[[], Any], *, turns: int = TURNS) -> Cost:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    meter, queries = Meter(), 0
    for _turn in range(turns):
        with CaptureQueriesContext(connection) as captured:
            answer = meter.measure(what, ask)
        queries = len(captured)
    best = meter.best[what]
    return Cost(
        what=what,
        status=answer.status_code,
        queries=queries,
        bytes=len(answer.content),
        ms=round(best.wall * 1000, 1),
        cpu_ms=round(best.cpu * 1000, 1),
        database_cpu_ms=round(best.database * 1000, 1),
    )


def _client(user_id: int) -> "Client":
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(raise_request_exception=True)
    client.force_login(get_user_model().objects.get(pk=user_id))
    return client


def _region() -> int:
    """A unit right below the top."""
    from sextant.people.models import Unit

    return Unit.objects.filter(parent__parent=None, parent__isnull=False).order_by("id").values_list("id", flat=True)[0]


def _measured_goal_of(unit_id: int) -> int:
    """A measured goal of the unit, to be split over those below it."""
    from sextant.goals.models import Goal
    from sextant.people.models import Unit

    model = Goal.objects.filter(metric__isnull=False).select_related("cycle").order_by("id")[0]
    dates = {name: getattr(model, name) for name in ("from_on", "until_on", "created_at", "updated_at", "cycle")}
    goal = Goal.objects.create(
        code="SPLIT", title="回款", kind="kpi", owner_unit=Unit.objects.get(pk=unit_id), metric_id=model.metric_id,
        base=model.base, stretch=model.stretch, **dates,
    )  # fmt: skip
    return goal.pk


if __name__ == "__main__":
    from sextant.conf.cli.base import database_ready
    from sextant.conf.cli.django_ready import set_up_django

    set_up_django()
    with database_ready():
        from django.test.utils import setup_test_environment

        setup_test_environment(debug=False)
        sys.stdout.write(json.dumps(_measure(int(sys.argv[1]))))
