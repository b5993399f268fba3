"""干预建议包 of the demo: scripts that HR wrote, packs that opened when lights stayed yellow, and what managers chose.

Which goals are yellow, who is similar and what came of it is what evaluations found; here is only what people did.
"""

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sextant.demo.plans.players import seat
from sextant.foundation.access.contracts import Actor, Role
from sextant.metrics.queries import list_metrics
from sextant.people.queries import get_person
from sextant.tracking.actions.help_acts import Choice, answer_request, assume_cause, choose_act, finish_act
from sextant.tracking.actions.help_endings import close_due_packs
from sextant.tracking.actions.help_packs import open_due_packs
from sextant.tracking.actions.scripts import save_script
from sextant.tracking.actions.shipped import install_shipped
from sextant.tracking.contracts.help import ActKind, Cause, HelpRefused, PackState
from sextant.tracking.models import HelpAct, HelpPack, Script
from sextant.tracking.queries.help import find_help
from sextant.tracking.queries.scripts import list_scripts

HR = ("XC-F-H", 0)
SCRIPTS = (
    (
        "首访话术：先问预约",
        "sales.visits",
        Cause.ACCESS,
        "先问清哪天接待、找谁预约，再说来意。进不去就约科室会，带一份同类客户的用法。",
    ),
    (
        "一周拜访排法",
        "sales.visits",
        Cause.TIME,
        "周一排满两周；老客户回访放下午，新客户首访放上午；每天留一个空档补漏。",
    ),
    ("催款三步", "sales.collections", Cause.METHOD, "到期前七天对账，到期当天电话确认付款人，超期三天带主管一起上门。"),
    ("先回一句再查", "support.response", Cause.METHOD, "十分钟内先回“已收到，谁在看，几点前给结论”，再去查。"),
    ("把要做的写成三件事", "", Cause.OTHER, "本周只写三件最要紧的事，写明做到什么样算完，周五一起看。"),
)
CHOSEN = 14
"""Packs for which the managers of the demo chose something; the others still wait."""


def load_scripts(*, now: datetime) -> None:
    """Shipped definitions, in force since the year before so that cases may run in quarters that are over; and the
    library as HR keeps it. Metrics that this company does not have are left out."""
    install_shipped(actor=Actor.system("demo"), now=now - timedelta(days=400))
    if Script.objects.exists():
        return
    writer = seat(*HR, on=now.date())
    writer = Actor(writer.user_id, writer.person_id, writer.roles | {Role.HR}, writer.label)
    ids = {metric.code: metric.id for metric in list_metrics()}
    for title, metric, cause, text in SCRIPTS:
        if not metric or metric in ids:
            save_script(None, title=title, text=text, metric_id=ids.get(metric), cause=cause, actor=writer, now=now)


def follow_help(as_of: date) -> None:
    """What the evaluation of a day brings about: ends are recorded, packs opened; managers choose for the first of
    those that wait, and the one they ask for help answers."""
    moment, system = datetime.combine(as_of, time(10), tzinfo=UTC), Actor.system("help")
    close_due_packs(actor=system, now=moment)
    open_due_packs(actor=system, now=moment)
    for pack in _waiting()[:CHOSEN]:
        _choose(pack, moment)


def _waiting() -> "QuerySet[HelpPack]":
    return HelpPack.objects.filter(state=PackState.OPEN, keeper__isnull=False).order_by("id")


def _choose(pack: HelpPack, moment: datetime) -> None:
    """The keeper takes the first script, and asks the first who could help; the owner does it within the week."""
    keeper = _person(pack.keeper_id or 0, moment.date())
    due = moment.date() + timedelta(days=7)
    script = next(iter(list_scripts(metric_id=pack.goal.metric_id)), None)
    try:
        assume_cause(
            pack.goal_id, cause=(script.cause if script else None) or Cause.METHOD, note="", actor=keeper, now=moment
        )
        if script is not None:
            told = Choice(ActKind.SCRIPT, script.title, due, script_id=script.id)
        else:
            told = Choice(ActKind.OWN, _("每周一起看一次，先排最要紧的三件事"), due)
        act_id = choose_act(pack.goal_id, told, actor=keeper, now=moment)
        _ask_somebody(pack, keeper, due, moment)
    except HelpRefused:  # green again meanwhile, or nobody is there to do it
        return
    act = HelpAct.objects.get(id=act_id)
    if pack.pk % 3:
        finish_act(act_id, actor=_person(act.person_id, moment.date()), now=moment + timedelta(days=3))


def _ask_somebody(pack: HelpPack, keeper: Actor, due: date, moment: datetime) -> None:
    found = find_help(pack.goal_id, actor=keeper, now=moment)
    if found is None or not found.helpers:
        return
    helper = found.helpers[0]
    choice = Choice(ActKind.REQUEST, _("带一次，讲讲你是怎么做的"), due, person_id=helper.person_id)
    act_id = choose_act(pack.goal_id, choice, actor=keeper, now=moment)
    if pack.pk % 2:
        answer_request(
            act_id, accepts=True, actor=_person(helper.person_id, moment.date()), now=moment + timedelta(hours=5)
        )


def _person(person_id: int, day: date) -> Actor:
    person = get_person(person_id, on=day)
    return Actor(None, person.id, frozenset({Role.EMPLOYEE}), person.name)
