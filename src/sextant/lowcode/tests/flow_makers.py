"""A small company that stands in for the floor of persons, and flows for tests.

Persons are numbers: 1 works in a team led by 2 (grade 7), above whom stand 3 (grade 9) and 4; 8 and 9 are HR; 66 has
left. 5 and 6 are colleagues.
"""

from datetime import UTC, date, datetime

from sextant.foundation.access.contracts import Actor, Role
from sextant.lowcode import registry_people
from sextant.lowcode.actions.definitions import create_definition, publish_definition, save_draft
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.actions.flows import answer_work
from sextant.lowcode.contracts.flows import STEP, NewInstance
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.models import FlowStep, WorkItem
from sextant.lowcode.queries.definitions import find_definition
from sextant.lowcode.registry_people import AssigneeSource, PersonName, PersonUnit

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
HR = Actor(None, 8, frozenset({Role.HR}), "HR")
MANAGERS = {1: (2, 7), 2: (3, 9), 3: (4, 10), 5: (2, 7)}
NAMES = {
    1: "许念安",
    2: "何书瑶",
    3: "周以宁",
    4: "沈亦舟",
    5: "程之远",
    6: "顾北辰",
    8: "唐予安",
    9: "罗子衿",
    66: "旧人",
}


class Company:
    """Who is who. `left` may grow while a test runs."""

    def __init__(self):
        self.left = {66}

    def names(self, ids):
        return {one: NAMES[one] for one in ids if one in NAMES}

    def gone(self, ids, *, on):
        return frozenset(ids) & self.left

    def by_number(self, numbers):
        return {number: int(number) for number in numbers if number.isdecimal()}

    def units(self, ids, *, on):
        return {one: PersonUnit(70, "销售") if one < 5 else PersonUnit(71, "交付") for one in ids}

    def search(self, text, *, on, limit):
        return [PersonName(key, name) for key, name in NAMES.items() if text in name][:limit]

    def units_of(self, person_id, *, on):
        return frozenset({"S", "S1"} if person_id in (1, 2) else {"S"})

    def line_managers(self, about_ids, params, *, on):
        return {one: self._first(one, int(params.get("grade", 0))) for one in about_ids}

    def roles(self, about_ids, params, *, on):
        return dict.fromkeys(about_ids, tuple({8, 9} - self.left) if params.get("role") == "hr" else ())

    def _first(self, person, grade):
        while person in MANAGERS:
            person, has = MANAGERS[person]
            if has >= grade and person not in self.left:
                return (person,)
        return ()


def stand_in(monkeypatch):
    """Put the company in the place of the floor of persons."""
    registry_people.list_assignee_sources()
    made = Company()
    monkeypatch.setattr(registry_people, "_DIRECTORY", [made])
    sources = {
        "people.line_manager": AssigneeSource("people.line_manager", "主管", made.line_managers, ("grade",)),
        "people.role": AssigneeSource("people.role", "角色", made.roles, ("role",)),
    }
    monkeypatch.setattr(registry_people, "_SOURCES", sources)
    return made


def actor(person_id):
    return Actor(None, person_id, frozenset({Role.EMPLOYEE}), NAMES[person_id])


def manager(grade=0):
    return {"source": "people.line_manager", "params": {"grade": grade} if grade else {}}


def persons(*ids):
    return {"source": "person", "params": {"ids": list(ids)}}


def approve(code, *who, then="z", **more):
    return {"code": code, "kind": "approve", "name": f"审批{code}", "assignees": list(who), "next": then, **more}


def end(code="z"):
    return {"code": code, "kind": "end"}


def limit(code, amount, unit="hour", **more):
    return {"code": code, "after": {"amount": amount, "unit": unit}, **more}


def make_flow(steps, *, code="adjust", fields=(), now=NOW, **more):
    """A published flow; its code."""
    document = {"fields": [{"name": name, "type": kind} for name, kind in fields], "steps": steps, **more}
    made = create_definition("flow", code=code, name="目标调整", document=document, actor=HR, now=now)
    publish_definition(made.definition_id, revision=1, reason="试用", actor=HR, now=now)
    return code


def publish_again(code, steps, *, fields=(), now=NOW):
    """Another version of a flow, in force at once."""
    definition_id = find_definition("flow", code)
    document = {"fields": [{"name": name, "type": kind} for name, kind in fields], "steps": steps}
    saved = save_draft(definition_id, document=document, revision=0, actor=HR, now=now)
    publish_definition(definition_id, revision=saved.revision, reason="改写一步", actor=HR, now=now)


def start(code="adjust", *, about=1, now=NOW, **more):
    """Id of a new run about a person, started by them."""
    return start_flow(code, NewInstance(title="推迟两周", about_id=about, **more), actor=actor(about), now=now)


def waiting(run_id):
    """(kind without its app, person) of everything open in a run, sorted."""
    steps = FlowStep.objects.filter(instance_id=run_id).values("id")
    open_items = WorkItem.objects.filter(subject_kind=STEP, subject_id__in=steps, closed_at=None)
    return sorted((kind.partition(".")[2], person) for kind, person in open_items.values_list("kind", "person_id"))


def item_of(person_id, run_id=None, kind=None):
    found = WorkItem.objects.filter(person_id=person_id, closed_at=None)
    if run_id is not None:
        found = found.filter(subject_id__in=FlowStep.objects.filter(instance_id=run_id).values("id"))
    if kind is not None:
        found = found.filter(kind=f"flow.{kind}")
    return found.get().pk


def say(person_id, decision="agree", *, run_id=None, now=NOW, **more):
    """The person answers what waits for them."""
    answer_work(item_of(person_id, run_id), decision=Decision(decision), actor=actor(person_id), now=now, **more)
