"""C3: a distributor of medical devices. Before, nobody knows how long an order waits; after, every order runs through
the chain of promises: 30 minutes, 4 hours, 72 hours.

One quarter is measured from the ledger of the service desk. In the next, orders come in by webhook and run through the
shipped flow with its own timers, in compressed time: the clock is moved from one event to the next. How fast engineers
are, and how fast when the head of the region has been asked, is an assumption written here; what is late, who is asked
and which reviews open, the flow decides.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from django.utils.translation import gettext as _

from sextant.demo.cases.company import CaseCompany, CaseGoal
from sextant.demo.cases.contracts import Figure
from sextant.demo.cases.loading import CaseFolder, value_of, weeks_of
from sextant.demo.contracts import DemoRefused
from sextant.demo.stage import Export
from sextant.demo.weeks import Quarter
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.events.actions.telling import tell_waiting
from sextant.foundation.webhooks.actions.triggers import Call, receive, rotate_trigger_secret
from sextant.foundation.webhooks.models import Trigger
from sextant.foundation.webhooks.signing import sign
from sextant.lowcode.actions.flow_forms import open_form
from sextant.lowcode.actions.flow_timers import fire_timers
from sextant.lowcode.actions.flows import answer_work
from sextant.lowcode.actions.sheets import hand_in_sheet
from sextant.lowcode.contracts.flow_times import TimeRow, TimesOf
from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.models import FlowInstance, FlowStep, WorkItem
from sextant.lowcode.queries.definitions import find_current, find_definition
from sextant.lowcode.queries.flow_times import list_times
from sextant.people.queries import resolve_persons
from sextant.tracking.actions.shipped import install_shipped

CODE, TITLE = "C3", "康衡医疗器械（案例 C3）"
LATE = "case.c3.late"
FLOW, REVIEW, TRIGGER = "device_repair", "service_review", "服务订单系统"
REGIONS = ("华东", "华南", "华北", "华中", "西南", "西北")
SALES, ENGINEERS, LOGISTICS, STAFF = 22, 8, 6, 70
"""Of each region: sales with its head, engineers with their lead, logistics; at headquarters beside the chief.
6 · (22 + 8 + 6) + 70 + 1 = 287."""
BEFORE_HOURS, BEFORE_SPREAD = 37.4, 1.1
"""Median of a response before, and the spread of its logarithm."""
ACCEPT_MINUTES, PLAN_HOURS, CLOSE_HOURS, ASKED_HOURS = 14.0, 2.6, 30.0, 3.0
"""Medians after: to accept, to give a plan, to close; and to give the plan once the region's head was asked."""
ORDERS_A_WEEK, ORDERS = 30, 60
CUSTOMERS, DEVICES = ("市一院", "附属医院", "儿童医院", "县医院"), ("监护仪", "超声", "呼吸机", "输液泵")


@dataclass(frozen=True, slots=True)
class Visit:
    """One order, and when its engineer does what: accept, plan, close."""

    number: str
    engineer: str
    at: datetime
    accept_at: datetime
    plan_at: datetime
    close_at: datetime


class Distributor:
    """The case in two quarters."""

    def __init__(self, quarters: tuple[Quarter, Quarter]) -> None:
        self.quarters = quarters
        self.rng = Random(CODE)
        self.company = CaseCompany(CODE, self.rng)
        root = (CODE, TITLE)
        chief = self.company.hire("总经理", [root], is_head=True)
        self.engineers: list[str] = []
        for place, name in enumerate(REGIONS, start=1):
            self._region((f"{CODE}-{place}", f"{name}区"), root, chief)
        for _one in range(STAFF):
            self.company.hire("职员", [root, (f"{CODE}-0", "总部")], manager=chief)

    def _region(self, region: tuple[str, str], root: tuple[str, str], chief: str) -> None:
        head = self.company.hire("区域经理", [root, region], manager=chief, is_head=True)
        for _one in range(SALES - 1):
            self.company.hire("销售代表", [root, region], manager=head)
        service = (f"{region[0]}-S", f"{region[1][:2]}技术服务组")
        lead = self.company.hire("服务主管", [root, region, service], manager=head)
        for _one in range(ENGINEERS - 1):
            self.engineers.append(self.company.hire("工程师", [root, region, service], manager=lead))
        for _one in range(LOGISTICS):
            self.company.hire("物流专员", [root, region, (f"{region[0]}-L", f"{region[1][:2]}物流组")], manager=head)

    def ledger(self) -> Export:
        """The service desk's ledger of the first quarter: orders of a week, and how many waited more than 48 hours."""
        export = Export("服务台台账.csv", ("周五日期", "单位编码", "超时", "单数"), [])
        for friday in weeks_of(self.quarters[0]):
            hours = [self._hours(BEFORE_HOURS, BEFORE_SPREAD) for _one in range(ORDERS_A_WEEK)]
            export.rows.append((friday.isoformat(), CODE, sum(one > 48 for one in hours), ORDERS_A_WEEK))
        return export

    def plan(self) -> CaseGoal:
        """The company's goal of the first quarter, by which the ledger is evaluated; the company's alone."""
        goal = CaseGoal(CODE, True, self.quarters[0], LATE, "超 48 小时响应", Decimal(20), 100, has_stretch=False)
        self.company.goals.append(goal)
        return goal

    def visits(self) -> list[Visit]:
        """Orders of the second quarter with what their engineers do, in the order they come in."""
        first = datetime.combine(self.quarters[1].period.from_on + timedelta(days=14), time(1), tzinfo=UTC)
        found = []
        for number in range(ORDERS):
            at = first + timedelta(hours=number * 16 + self.rng.randrange(10), minutes=self.rng.randrange(60))
            accept = timedelta(minutes=self._hours(ACCEPT_MINUTES, 0.8))
            asked = timedelta(hours=4 + self._hours(ASKED_HOURS, 0.8))
            # an engineer who is late gives the plan at the latest when the region's head has seen to it
            plan = min(timedelta(hours=self._hours(PLAN_HOURS, 0.9)), asked)
            close = max(plan, accept) + timedelta(hours=self._hours(CLOSE_HOURS, 0.7))
            engineer = self.rng.choice(self.engineers)
            found.append(Visit(f"SR-{number + 1:03d}", engineer, at, at + accept, at + plan, at + close))
        return found

    def _hours(self, median: float, spread: float) -> float:
        return median * self.rng.lognormvariate(0, spread)


class Desk:
    """The order system and the engineers, as the product meets them."""

    def __init__(self, secret: str, key: str, persons: dict[str, int]) -> None:
        self.secret, self.key, self.persons = secret, key, persons
        self.rng = Random(f"{CODE}-desk")

    def run(self, visits: list[Visit]) -> None:
        """Let every event happen at its time; before each, the timers that are due then."""
        for at, act in sorted(self._events(visits), key=lambda one: one[0]):
            fire_timers(actor=Actor.system("flow"), now=at)
            act(at)
        end = max(one.close_at for one in visits) + timedelta(hours=1)
        fire_timers(actor=Actor.system("flow"), now=end)

    def _events(self, visits: list[Visit]) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
        for one in visits:
            yield one.at, partial(self._order, one)
            for node, when in (("accept", one.accept_at), ("plan", one.plan_at), ("close", one.close_at)):
                yield when, partial(self._answer, one, node)

    def _order(self, one: Visit, at: datetime) -> None:
        body = {
            "order_no": one.number,
            "engineer_no": one.engineer,
            "customer": self.rng.choice(CUSTOMERS),
            "device": self.rng.choice(DEVICES),
        }
        raw, moment = json.dumps(body).encode(), int(at.timestamp())
        signed = sign(self.secret, message_id=one.number, timestamp=moment, body=raw)
        receive(self.key, Call(one.number, str(moment), signed, raw, None), now=at)
        tell_waiting(now=at)

    def _answer(self, one: Visit, node: str, at: datetime) -> None:
        run = FlowInstance.objects.get(key=f"service_orders:{one.number}")
        step = FlowStep.objects.get(instance=run, node=node)
        person_id = self.persons[one.engineer]
        actor = Actor(None, person_id, frozenset({Role.EMPLOYEE}), one.engineer)
        item = WorkItem.objects.exclude(kind="flow.escalation").get(
            subject_id=step.pk, subject_kind="lowcode.flow_step", person_id=person_id, closed_at=None
        )
        if node == "accept":
            answer_work(item.pk, decision=Decision.AGREE, actor=actor, now=at)
            return
        given = {"done": "已修好", "signed_by": "科室"}
        if node == "plan":
            given = {"cause": "已查明", "steps": "更换部件", "done_by": (at.date() + timedelta(days=2)).isoformat()}
        hand_in_sheet(open_form(item.pk, actor=actor, now=at), given=given, revision=0, actor=actor, now=at)


def replay(case: Distributor, folder: CaseFolder, *, say: Callable[[str], None]) -> tuple[Figure, ...]:
    """Load the case, evaluate the quarter before, let the orders of the quarter after run; what came of them."""
    say(_("导入组织和服务台台账"))
    folder.take_people(case.company)
    folder.take_measurements({"c3-service.yaml": case.ledger()})
    goal = case.plan()
    folder.take_goals(case.company)
    folder.evaluate(case.quarters[:1])
    say(_("服务单走服务承诺链路"))
    visits = case.visits()
    desk = _open_desk(case, folder, visits[0].at)
    desk.run(visits)
    return _figures(value_of(goal), case, visits, set(desk.persons.values()))


def _open_desk(case: Distributor, folder: CaseFolder, first_at: datetime) -> Desk:
    opened_at = datetime.combine(case.quarters[1].period.from_on, time(1), tzinfo=UTC)
    install_shipped(actor=folder.actor, now=opened_at)
    if find_current("flow", FLOW, on=first_at) is None:
        raise DemoRefused(f"the flow {FLOW} was installed after the quarter of the case")
    trigger = Trigger.objects.get(name=TRIGGER)
    secret = rotate_trigger_secret(trigger.pk, actor=folder.actor, now=opened_at)
    found = resolve_persons(case.engineers, by="number")
    return Desk(secret, trigger.key, {number: one for number, one in found.items() if one is not None})


def _figures(before: Decimal, case: Distributor, visits: list[Visit], engineers: set[int]) -> tuple[Figure, ...]:
    until = max(one.close_at for one in visits) + timedelta(days=1)
    rows = [row for row in _times(visits[0].at, until) if row.about_id in engineers]
    plans = [row for row in rows if row.step == "plan"]
    slow = sum((row.hours or Decimal(0)) > 48 for row in plans)
    keys = [f"service_orders:{one.number}" for one in visits]
    runs = FlowInstance.objects.filter(key__in=keys)
    steps = FlowStep.objects.filter(instance__in=runs)
    reviews = FlowInstance.objects.filter(key__in=[f"step:{pk}:review" for pk in steps.values_list("pk", flat=True)])
    figures = [
        Figure(_("响应超过 48 小时：之前"), before.quantize(Decimal(1)), "%", "41"),
        Figure(_("响应超过 48 小时：之后"), _share(slow, len(plans)), "%"),
    ]
    named = (("accept", _("30 分钟内接单")), ("plan", _("4 小时内给方案")), ("close", _("72 小时内关闭")))
    for node, name in named:
        of_node = [row for row in rows if row.step == node]
        figures.append(Figure(name, _share(sum(not row.is_late for row in of_node), len(of_node)), "%"))
    asked = WorkItem.objects.filter(kind="flow.escalation", subject_id__in=[run.pk for run in runs])
    asked = asked | WorkItem.objects.filter(kind="flow.escalation", subject_id__in=steps.values("pk"))
    figures.append(Figure(_("升级到主管或区域经理"), Decimal(asked.count()), _("次")))
    figures.append(Figure(_("转跨团队复盘"), Decimal(reviews.count()), _("次")))
    return tuple(figures)


def _times(from_at: datetime, until_at: datetime) -> list[TimeRow]:
    definition_id = find_definition("flow", FLOW)
    if definition_id is None:
        raise DemoRefused(f"there is no flow {FLOW}")
    return list(list_times(definition_id, of=TimesOf.STEPS, from_at=from_at, until_at=until_at, now=until_at))


def _share(some: int, whole: int) -> Decimal:
    return (Decimal(some) / max(whole, 1) * 100).quantize(Decimal(1))
