"""The cast of permission tests: one small company in which everybody's view of one goal differs.

Company → two teams. `employee` works in team one, `manager` heads it; the other person and the other goal belong to
team two, outside the line of both.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from django.test import Client

from sextant.engines.agreement import hash_of, write_contract
from sextant.engines.forms import Viewer
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.models import RoleGrant, User, UserSession
from sextant.foundation.api.tests.makers import make_client
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.foundation.notices.actions import send_notice
from sextant.foundation.notices.models import Channel, Notice
from sextant.foundation.webhooks.actions.endpoints import create_endpoint
from sextant.foundation.webhooks.actions.triggers import create_trigger
from sextant.foundation.webhooks.contracts import EndpointTerms, TriggerTerms
from sextant.goals.access import PLAN_PARTS
from sextant.goals.actions.adjustment_evidence import attach_evidence
from sextant.goals.actions.adjustments import ask_adjustment
from sextant.goals.actions.plan_opening import open_plan
from sextant.goals.actions.positions import save_goal_position
from sextant.goals.models import (
    Contract,
    Cycle,
    Goal,
    Movement,
    Participant,
    Plan,
    Survey,
    SurveyGroup,
    SurveyInvitation,
    Workshop,
)
from sextant.goals.policy.adjustment import Wish
from sextant.goals.queries.contracts import plan_text
from sextant.goals.queries.plans import list_plan_goals
from sextant.goals.tests.makers import make_cycle, make_goal
from sextant.goals.tests.plan_makers import make_template, task
from sextant.lowcode.actions.definitions import create_definition, publish_definition
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.actions.sheets import begin_sheet
from sextant.lowcode.contracts.flows import NewInstance
from sextant.lowcode.contracts.sheets import SheetRow
from sextant.lowcode.queries.work import list_open
from sextant.lowcode.registry_sheets import register_sheet_host
from sextant.metrics.actions.connectors import save_connector
from sextant.metrics.connectors.tests.makers import REST, document_text
from sextant.metrics.models import Batch, EvaluationRun
from sextant.metrics.tests.makers import make_metric
from sextant.people.models import Person, Unit
from sextant.people.tests.makers import make_person, make_unit
from sextant.tracking.tests.case_makers import make_case
from sextant.tracking.tests.help_makers import make_act, make_pack, make_script

_SYSTEM = Actor.system("cast")
CAST = ("anonymous", "employee", "manager", "hr", "executive", "auditor", "admin", "data_auditor")
_ROLES = {
    "employee": [Role.EMPLOYEE],
    "manager": [Role.EMPLOYEE],
    "hr": [Role.HR],
    "executive": [Role.EXECUTIVE],
    "auditor": [Role.AUDITOR],
    "admin": [Role.ADMIN],
    "data_auditor": [Role.DATA_AUDITOR],
}


@dataclass
class Cast:
    """Accounts by name, and the objects that table rows call @own_goal, @other_person …"""

    users: dict[str, User]
    objects: dict[str, object] = field(default_factory=dict)

    def resolve(self, value: object) -> object:
        """The object id behind "@name"; any other value as it is."""
        return self.objects[value[1:]] if isinstance(value, str) and value.startswith("@") else value

    def sign_in(self, client: Client, who: str) -> None:
        """Sign `client` in as one of the cast; anonymous stays out."""
        if who == "anonymous":
            return
        client.force_login(self.users[who])


def make_cast() -> Cast:
    """The company, its accounts, goals, a batch and a run. A row that needs more adds it here."""
    moment = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    users = {who: _account(who, roles, moment) for who, roles in _ROLES.items()}
    company = make_unit(name="公司")
    team, other_team = make_unit(name="一组", parent=company), make_unit(name="二组", parent=company)
    manager = make_person(name="陈主管", unit=team, user=users["manager"], is_head=True)
    employee = make_person(name="李员工", unit=team, manager=manager, user=users["employee"])
    stranger = make_person(name="王外人", unit=other_team)
    for who in ("hr", "executive", "auditor", "data_auditor"):
        make_person(name=f"{who} 本人", unit=company, user=users[who])
    cast = Cast(users)
    cast.objects |= {
        "own_person": employee.pk,
        "manager_person": manager.pk,
        "other_person": stranger.pk,
        "own_unit": team.pk,
        "other_unit": other_team.pk,
        "own_session": UserSession.objects.create(
            user=users["employee"], session_key="phone-of-employee", created_at=moment, last_seen_at=moment
        ).id,
        **_goals(employee, stranger),
        **_plan(employee, moment),
        "movement": _movement(employee, moment),
        **_talk(employee, manager, team, moment),
        **_deliveries(moment),
        "own_notice": _notice(employee, moment),
        "webhook": create_endpoint(EndpointTerms("看板", "https://bi.example.com/"), actor=_SYSTEM, now=moment)[0],
        "trigger": create_trigger(TriggerTerms("CRM"), actor=_SYSTEM, now=moment)[0],
        "connector": _connector(moment),
        "definition": _definition(moment),
        "rule_definition": _rule_definition(moment),
        **_sheet(employee, moment),
        "fields": _fields(moment),
        **_run(employee, manager, moment),
        "api_client": make_client(now=clock_now(), expires_at=clock_now() + timedelta(days=30)).client_id,
    }
    cast.objects |= _adjustment(employee, goal_id=int(str(cast.objects["own_goal"])))
    cast.objects |= _help(manager, employee, cast.objects, moment)
    cast.objects |= _talks(manager, employee, cast.objects, moment)
    return cast


def _account(who: str, roles: list[Role], moment: datetime) -> User:
    # no password: the cast is signed in by force, and a hash for each of six accounts would cost more than the test
    user = User.objects.create(username=who, name=who, password="!", created_at=moment)
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, granted_at=moment) for role in roles])
    return user


def _fields(moment: datetime) -> int:
    """A set of custom fields of persons, `cast_fields`: one that people write themselves, one for HR."""
    fields = [{"name": "wish", "label": "意向", "edit": ["self"]}, {"name": "note", "label": "备注", "see": ["hr"]}]
    document = {"host": "person", "fields": fields, "note": ""}
    made = create_definition("fields", code="cast_fields", name="档案", document=document, actor=_SYSTEM, now=moment)
    publish_definition(made.definition_id, revision=1, reason="首次发布", actor=_SYSTEM, now=moment)
    return made.definition_id


def _goals(employee: Person, stranger: Person) -> dict[str, object]:
    today = company_day(clock_now(), _zone())
    cycle = make_cycle(from_on=date(today.year, 1, 1), until_on=date(today.year + 1, 1, 1))
    metric = make_metric()
    own = make_goal(owner=employee, metric=metric, cycle=cycle)
    other = make_goal(owner=stranger, metric=metric, cycle=cycle)
    return {
        "own_goal": own.pk,
        "other_goal": other.pk,
        "cycle": cycle.pk,
        "metric": metric.pk,
        "metric_code": metric.code,
    }


def _plan(employee: Person, moment: datetime) -> dict[str, object]:
    """A draft of the employee's in the year to come, with one goal."""
    template = make_template("general")
    year = company_day(clock_now(), _zone()).year + 1
    cycle = make_cycle(str(year), from_on=date(year, 1, 1), until_on=date(year + 1, 1, 1))
    actor = Actor(None, employee.pk, frozenset({Role.EMPLOYEE}), employee.name)
    plan_id = open_plan(owner_person_id=employee.pk, cycle_id=cycle.pk, actor=actor, now=moment)
    saved = save_goal_position(plan_id, goal_id=None, terms=task(), revision=0, actor=actor, now=moment)
    _contract(plan_id, moment)
    return {"own_plan": plan_id, "plan_goal": saved.goal_id, "template": template}


def _notice(employee: Person, moment: datetime) -> int:
    """One the employee has not read, with two channels in use."""
    for kind in ("email", "sms"):
        Channel.objects.create(kind=kind, is_active=True, changed_at=moment, changed_by="cast")
    params = {"owner": employee.name, "cycle": "2026", "by": "陈主管"}
    send_notice("goals.plan_proposed", person_ids=[employee.pk], params=params, path="/", key="cast", now=moment)
    return Notice.objects.get(person_id=employee.pk, key="cast").pk


def _rule_definition(moment: datetime) -> int:
    """A rule that was never published."""
    system = Actor.system("cast")
    return create_definition("rule", code="cast", name="预警", actor=system, now=moment).definition_id


def _definition(moment: datetime) -> int:
    """A formula that was published once, without a draft."""
    system = Actor.system("cast")
    saved = create_definition("formula", code="cast", name="系数", document={"text": "1"}, actor=system, now=moment)
    publish_definition(saved.definition_id, revision=1, reason="首次", actor=system, now=moment)
    return saved.definition_id


class _OwnSheets:
    """Host of the cast's sheets: they belong to the person they are about."""

    def viewer(self, sheet: SheetRow, *, actor: Actor) -> Viewer | None:
        return Viewer(frozenset({"self"})) if actor.person_id == sheet.about_id else None

    def handed_in(self, sheet: SheetRow, *, values: object, actor: Actor, now: datetime) -> None:
        """Nothing follows."""


_OWN_SHEETS = _OwnSheets()


def _sheet(employee: Person, moment: datetime) -> dict[str, object]:
    """An empty sheet about the employee, and its form."""
    register_sheet_host("cast", _OWN_SHEETS)
    asked = {"fields": [{"name": "why", "label": "说明"}]}
    system = Actor.system("cast")
    saved = create_definition("form", code="cast", name="说明", document=asked, actor=system, now=moment)
    publish_definition(saved.definition_id, revision=1, reason="首次", actor=system, now=moment)
    sheet = begin_sheet(saved.version_id, subject=("cast", 1), about_id=employee.pk, now=moment)
    return {"own_sheet": sheet.id, "form_definition": saved.definition_id}


def _talk(employee: Person, manager: Person, team: Unit, moment: datetime) -> dict[str, object]:
    """A survey the employee was asked in, and a meeting of the team that the manager leads and the employee attends."""
    cycle, opened = Cycle.objects.earliest("from_on"), clock_now()
    survey = Survey.objects.create(cycle=cycle, unit=team, opened_at=opened, closes_at=opened + timedelta(hours=72))
    group = SurveyGroup.objects.create(survey=survey, unit=team, path=[team.pk], asked=1)
    SurveyInvitation.objects.create(group=group, cycle=cycle, person=employee)
    meeting = {"kind": "diagnosis", "unit": team, "cycle": cycle, "title": "会", "lead": manager}
    workshop = Workshop.objects.create(**meeting, starts_at=moment, created_at=moment)
    Participant.objects.create(workshop=workshop, person=employee)
    return {"survey": survey.pk, "workshop": workshop.pk}


def _contract(plan_id: int, moment: datetime) -> None:
    """A contract of the plan, without the way that leads to one."""
    plan = Plan.objects.select_related(*PLAN_PARTS).get(id=plan_id)
    text = plan_text(plan, goals=list_plan_goals(plan_id), support=())
    content = write_contract(text, number="SX-1", version=1, signatures=(), signed_at=moment)
    kept = {"content": content, "digest": hash_of(content), "signed_at": moment}
    Contract.objects.create(
        plan=plan, cycle=plan.cycle, serial=1, version=1, number="SX-1", revision=plan.revision, **kept
    )


def _movement(employee: Person, moment: datetime) -> int:
    """A movement of the employee's that decided nothing."""
    content = '{"contracts":[],"goals":[]}'
    kept = {"content": content, "digest": hash_of(content), "by_label": "HR", "at": moment}
    return Movement.objects.create(person=employee, cause="manager", on=moment.date(), **kept).pk


def _adjustment(employee: Person, *, goal_id: int) -> dict[str, object]:
    """The employee asks for less, with a file."""
    actor, moment = Actor(None, employee.pk, frozenset({Role.EMPLOYEE}), employee.name), clock_now()
    wish = Wish({"base": Decimal(90)}, "验收暂停")
    request_id = ask_adjustment(goal_id, wish=wish, exception_reason="等不到窗口", actor=actor, now=moment)
    text = "验收暂停".encode()
    file_id = attach_evidence(request_id, content=BytesIO(text), name="a.txt", size=len(text), actor=actor, now=moment)
    return {"own_adjustment": request_id, "own_evidence": file_id}


def _talks(manager: Person, employee: Person, objects: dict[str, object], moment: datetime) -> dict[str, object]:
    """Talks about red lights: of the employee's goal with their manager, and of the other goal."""
    own, other = (Goal.objects.get(id=objects[name]) for name in ("own_goal", "other_goal"))
    assert other.owner_person is not None  # both are people's
    mine = make_case(own, seats={"owner": employee, "manager": manager}, now=moment)
    others = make_case(other, seats={"owner": other.owner_person}, now=moment)
    return {"own_case": mine.pk, "other_case": others.pk}


def _help(manager: Person, employee: Person, objects: dict[str, object], moment: datetime) -> dict[str, object]:
    """A pack of the employee's goal with something they were given to do, one of the other goal, and a script."""
    own, other = (Goal.objects.get(id=objects[name]) for name in ("own_goal", "other_goal"))
    pack = make_pack(own, keeper=manager, now=moment)
    act = make_act(pack, person=employee, now=moment)
    others = make_pack(other, keeper=None, now=moment)
    return {"own_pack": pack.pk, "other_pack": others.pk, "own_act": act.pk, "script": make_script(now=moment).pk}


def _zone():
    from django.conf import settings

    return settings.SEXTANT_ZONE


def _deliveries(moment: datetime) -> dict[str, object]:
    batch = Batch.objects.create(
        key="k" * 64,
        source="CRM",
        filename="a.csv",
        sha256="s" * 64,
        state="done",
        delivered_at=moment,
        delivered_by="test",
    )
    run = EvaluationRun.objects.create(
        as_of=date(2026, 1, 4),
        started_at=moment,
        started_by="test",
        seconds=1,
        ledger_version=0,
        calendar_version="1",
        engine_version="1",
        code_version="1",
        goals=0,
        green=0,
        yellow=0,
        red=0,
        none=0,
        digest="d" * 64,
    )
    return {"batch": batch.pk, "run": run.pk}


def _connector(moment: datetime) -> str:
    source = {**REST, "auth": {"kind": "header", "secret": "token"}}
    return save_connector(document_text(source=source), actor=Actor.system("test"), now=moment).name


def _run(employee: Person, manager: Person, moment: datetime) -> dict[str, object]:
    """A run of a flow about the employee that waits for their manager."""
    ask = {"code": "ask", "kind": "approve", "assignees": [{"source": "people.line_manager"}], "next": "z"}
    document = {"steps": [ask, {"code": "z", "kind": "end"}], "starters": {"who": "everyone"}}
    actor = Actor.system("cast")
    made = create_definition("flow", code="cast_flow", name="申请", document=document, actor=actor, now=moment)
    publish_definition(made.definition_id, revision=made.revision, reason="给测试用", actor=actor, now=moment)
    new = NewInstance(title="申请", about_id=employee.pk, starter_id=employee.pk)
    run_id = start_flow("cast_flow", new, actor=actor, now=moment)
    (item,) = list_open(manager.pk)
    return {"own_run": run_id, "own_work": item.id, "own_flow": made.definition_id}
