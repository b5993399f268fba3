"""服务承诺链路: an order of another system, three promises that count from it, who is asked when one is not kept."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.accounts.models import RoleGrant, User
from sextant.foundation.events.actions.telling import tell_waiting
from sextant.foundation.notices.models import Notice
from sextant.foundation.webhooks.actions.triggers import Call, receive
from sextant.foundation.webhooks.contracts import CallRefused
from sextant.foundation.webhooks.signing import sign
from sextant.lowcode.actions.definitions import publish_definition, save_draft
from sextant.lowcode.actions.flow_forms import open_form
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.actions.flows import answer_work
from sextant.lowcode.actions.sheets import hand_in_sheet
from sextant.lowcode.contracts.flow_times import TimesOf
from sextant.lowcode.contracts.flows import InstanceState
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.models import FlowInstance, FlowStep, WorkItem
from sextant.lowcode.queries.definitions import find_current, find_definition
from sextant.lowcode.queries.flow_times import count_times
from sextant.lowcode.queries.flows import read_run
from sextant.people.models import Person
from sextant.people.tests.makers import make_person, make_unit
from sextant.tracking.actions.shipped import Installed, install_shipped
from sextant.tracking.models import Intake

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
ORDERED = datetime(2026, 11, 19, 6, 20, tzinfo=UTC)
ORDER = {"order_no": "SR-037", "engineer_no": "E1", "customer": "市一院", "device": "监护仪", "fault": "主板"}


@dataclass
class Region:
    engineer: Person
    lead: Person
    regional: Person
    partner: Person
    installed: Installed

    def call(self, message_id: str, body: dict[str, object], *, now: datetime, secret: str | None = None) -> bool:
        trigger = self.installed.triggers[0]
        raw, moment = json.dumps(body).encode(), int(now.timestamp())
        signed = sign(secret or trigger.secret, message_id=message_id, timestamp=moment, body=raw)
        taken = receive(trigger.key, Call(message_id, str(moment), signed, raw, None), now=now)
        tell_waiting(now=now)
        return taken


@pytest.fixture
def region() -> Region:
    """A region with its manager at the head, a service lead, an engineer; HR beside; everything shipped installed."""
    company = make_unit("公司")
    unit = make_unit("华东区", company)
    group = make_unit("技术服务组", unit)
    regional = make_person("区域经理", unit, is_head=True)
    lead = make_person("服务主管", group, regional)
    engineer = make_person("宋知夏", group, lead, number="E1")
    user = User.objects.create(username="hr", name="hr", password="!", created_at=ORDERED)
    RoleGrant.objects.create(user=user, role=Role.HR, granted_at=ORDERED)
    partner = make_person("人力", company, user=user)
    return Region(engineer, lead, regional, partner, install_shipped(actor=SYSTEM, now=ORDERED))


def after(**span: int) -> datetime:
    return ORDERED + timedelta(**span)


def fire(**span: int) -> int:
    return fire_timers(actor=SYSTEM, now=after(**span))


def waiting(person: Person) -> list[tuple[str, str]]:
    """Kinds of open items of a person, with the step they are about."""
    steps = dict(FlowStep.objects.values_list("id", "node"))
    items = WorkItem.objects.filter(person_id=person.pk, closed_at=None).order_by("id")
    return [(one.kind, steps.get(one.subject_id, str(one.params.get("step", "")))) for one in items]


def me(person: Person) -> Actor:
    return Actor(None, person.pk, frozenset({Role.EMPLOYEE}), person.name)


def fill(person: Person, node: str, given: dict[str, str], *, now: datetime) -> None:
    steps = FlowStep.objects.filter(node=node, closed_at=None).values("id")
    item = WorkItem.objects.get(person_id=person.pk, kind="flow.fill", closed_at=None, subject_id__in=steps)
    hand_in_sheet(open_form(item.pk, actor=me(person), now=now), given=given, revision=0, actor=me(person), now=now)


def accept(person: Person, *, now: datetime) -> None:
    item = WorkItem.objects.get(person_id=person.pk, kind="flow.approve", closed_at=None)
    answer_work(item.pk, decision=Decision.AGREE, actor=me(person), now=now)


PLAN = {"cause": "主板坏了", "steps": "换板", "done_by": "2026-11-22"}


def test_installing_twice_changes_nothing_and_what_hr_changed_stays(region: Region) -> None:
    assert region.installed.refused == () and len(region.installed.triggers) == 1
    again = install_shipped(actor=SYSTEM, now=after(hours=1))
    assert (again.lines, again.triggers) == ((), ())
    assert {code for _, code in again.present} >= {"device_repair", "service_review", "service_plan", "service_orders"}
    version = find_current("flow", "device_repair", on=after(hours=1))
    definition_id = find_definition("flow", "device_repair")
    assert version is not None and definition_id is not None
    changed = {**version.document, "note": "本公司的写法"}
    draft = save_draft(definition_id, document=changed, revision=0, actor=SYSTEM, now=after(hours=2))
    publish_definition(definition_id, revision=draft.revision, reason="改注", actor=SYSTEM, now=after(hours=2))
    install_shipped(actor=SYSTEM, now=after(hours=3))
    version = find_current("flow", "device_repair", on=after(hours=3))
    assert version is not None and (version.number, version.document["note"]) == (2, "本公司的写法")
    with pytest.raises(AccessDenied):
        install_shipped(actor=me(region.engineer), now=after(hours=3))


def test_an_order_becomes_the_engineers_work_at_once_and_only_once(region: Region) -> None:
    assert region.call("m1", ORDER, now=ORDERED)
    assert waiting(region.engineer) == [("flow.approve", "accept"), ("flow.fill", "plan"), ("flow.fill", "close")]
    run = FlowInstance.objects.get()
    assert (run.title, run.about_id) == ("SR-037 市一院 监护仪", region.engineer.pk)
    assert (run.values["单号"], run.values["故障"]) == ("SR-037", "主板")
    due = dict(FlowStep.objects.values_list("node", "due_at"))
    assert [due[node] - ORDERED for node in ("accept", "plan", "close")] == [
        timedelta(minutes=30),
        timedelta(hours=4),
        timedelta(hours=72),
    ]
    assert region.call("m1", ORDER, now=after(minutes=1)) is False  # the same call
    assert region.call("m2", ORDER, now=after(minutes=1)) is True  # another call about the same order
    assert FlowInstance.objects.count() == 1
    assert list(Intake.objects.order_by("id").values_list("instance_id", "problem")) == [
        (run.pk, ""),
        (None, "intake.present"),
    ]


def test_what_cannot_be_taken_in_is_kept_with_its_reason_and_told_to_hr(region: Region) -> None:
    assert region.call("m1", {**ORDER, "engineer_no": "E9"}, now=ORDERED)
    assert list(Intake.objects.values_list("problem", "detail")) == [("intake.unknown_person", "E9")]
    assert Notice.objects.filter(code="tracking.intake_failed", person_id=region.partner.pk).count() == 1
    with pytest.raises(CallRefused):
        region.call("m2", {"order_no": "SR-1"}, now=ORDERED)  # not by the schema
    with pytest.raises(CallRefused):
        region.call("m3", ORDER, now=ORDERED, secret="whsec_" + "A" * 32)
    assert not FlowInstance.objects.exists()
    # corrected and sent again it is taken in
    assert region.call("m4", ORDER, now=after(minutes=1)) and FlowInstance.objects.count() == 1


def test_each_rung_fires_once_at_its_time_and_asks_the_right_person(region: Region) -> None:
    region.call("m1", ORDER, now=ORDERED)
    assert fire(minutes=29) == 0
    assert (fire(minutes=30), fire(minutes=31)) == (2, 0)
    late = Notice.objects.filter(code="lowcode.flow_late")
    assert list(late.values_list("person_id", flat=True)) == [region.engineer.pk]
    assert waiting(region.lead) == [("flow.escalation", "accept")] and waiting(region.regional) == []
    accept(region.engineer, now=after(minutes=48))
    assert fire(hours=3, minutes=59) == 0
    assert (fire(hours=4), fire(hours=5)) == (1, 0)
    assert waiting(region.regional) == [("flow.escalation", "plan")]
    fill(region.engineer, "plan", PLAN, now=after(hours=6, minutes=52))
    assert fire(hours=71, minutes=59) == 0
    assert (fire(hours=72), fire(hours=73)) == (1, 0)
    review = FlowInstance.objects.exclude(title="").order_by("-id")[0]
    assert (FlowInstance.objects.count(), review.about_id) == (2, region.engineer.pk)
    assert [one for one in waiting(region.regional) if one[0] == "flow.fill"] == [("flow.fill", "review")]
    # the review goes on by itself, the order too
    fill(
        region.regional,
        "review",
        {"expected": "72 小时", "happened": "备件没到", "where": ["parts"], "next": "区域备件库"},  # type: ignore[dict-item]
        now=after(hours=80),
    )
    assert ("flow.approve", "read") in waiting(region.lead) and ("flow.approve", "read") in waiting(region.partner)
    accept(region.lead, now=after(hours=81))
    accept(region.partner, now=after(hours=81))
    fill(region.engineer, "close", {"done": "换了主板", "signed_by": "王护士长"}, now=after(hours=85))
    assert set(FlowInstance.objects.values_list("state", flat=True)) == {InstanceState.ENDED}
    assert fire(hours=500) == 0


def test_kept_promises_disturb_nobody_and_every_node_is_timed_as_evidence(region: Region) -> None:
    region.call("m1", ORDER, now=ORDERED)
    accept(region.engineer, now=after(minutes=18))
    fill(region.engineer, "plan", PLAN, now=after(hours=2))
    fill(region.engineer, "close", {"done": "换了主板", "signed_by": "王护士长"}, now=after(hours=30))
    assert fire(hours=200) == 0 and waiting(region.lead) == waiting(region.regional) == []
    run = FlowInstance.objects.get()
    assert run.state == InstanceState.ENDED
    rows = {row.key: row for row in times(until=after(hours=200))}
    assert {key: (str(row.median_hours), row.late) for key, row in rows.items()} == {
        "accept": ("0.30", 0),
        "plan": ("2.00", 0),
        "close": ("30.00", 0),
    }
    page = read_run(run)
    assert page.is_whole and {"accept", "plan", "close", "kept"} <= {line.node for line in page.log}


def test_late_nodes_count_as_late_in_the_times_metrics_are_made_of(region: Region) -> None:
    region.call("m1", ORDER, now=ORDERED)
    fire(minutes=30)
    accept(region.engineer, now=after(hours=1))
    rows = {row.key: row for row in times(until=after(hours=2))}
    assert (rows["accept"].late, rows["accept"].limited) == (1, 1)


def times(*, until: datetime) -> list:  # type: ignore[type-arg]
    definition_id = find_definition("flow", "device_repair")
    assert definition_id is not None
    return count_times(definition_id, of=TimesOf.STEPS, from_at=ORDERED, until_at=until, now=until)
