"""Loading the demo company through the product's own doors: import, ingest, goals, evaluation, accounts."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from sextant.demo.auditing import load_audit
from sextant.demo.cast import ACCOUNTS, PASSWORD, Account, names_by_username
from sextant.demo.centre import load_centre
from sextant.demo.connecting import load_talks
from sextant.demo.contracts import DemoRefused
from sextant.demo.files import GOALS_FILE
from sextant.demo.help_packs import follow_help, load_scripts
from sextant.demo.library import load_library
from sextant.demo.moment import mark_complete
from sextant.demo.organisation import CAST
from sextant.demo.plans import (
    load_coming_plans,
    load_links,
    load_running_plans,
    load_survey,
    load_workshop,
    publish_templates,
)
from sextant.demo.plans.players import head_of
from sextant.demo.red_cases import load_red_cases
from sextant.demo.story import DELIVERIES, MAPPINGS, PEOPLE_FILES, PEOPLE_MAPPING, WrittenCompany, write_company
from sextant.demo.weeks import Quarter
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.actions import create_account
from sextant.foundation.accounts.queries import find_user_id
from sextant.foundation.clock import company_day
from sextant.goals.actions import evaluate_goals, import_goals, open_cycle
from sextant.goals.contracts import NamedPeriod
from sextant.goals.policy import decide_period
from sextant.goals.queries.plan_templates import list_template_choices
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.mapping import load_mapping as load_ingest_mapping
from sextant.people.actions import import_people, link_account
from sextant.people.contracts import ImportReport
from sextant.people.mapping import load_mapping as load_people_mapping
from sextant.people.queries import list_persons, resolve_persons

Progress = Callable[[str], None]


def load_company(*, now: datetime, say: Progress) -> None:
    """Write the files, take each in, evaluate, open the accounts; `say` is told what comes next. See `generate`."""
    actor = Actor.system("demo")
    say(_("生成示例公司的文件"))
    company = write_company(Path(settings.SEXTANT_HOME) / "demo", today=company_day(now, settings.SEXTANT_ZONE))
    say(_("导入组织与人员"))
    _load_people(company, actor=actor, now=now)
    for name, mapping in DELIVERIES:
        say(_("接收 %(file)s") % {"file": name})
        ingest_file(company.folder / name, mapping=load_ingest_mapping(MAPPINGS / mapping), actor=actor, now=now)
    say(_("从人力资源系统的数据库取一对一记录"))
    load_talks(company.folder, actor=actor, now=now)
    load_audit(company.folder, actor=actor, now=now, say=say)
    load_library(owner_number=_number_of("data"), actor=actor, now=now)
    say(_("导入目标"))
    _check(import_goals(company.folder / GOALS_FILE, actor=actor, now=now), GOALS_FILE)
    say(_("开通登录"))
    _open_accounts(actor=actor, now=now)
    load_centre(now=now)
    _load_goals_agreed(company, actor=actor, now=now, say=say)


def _load_goals_agreed(company: WrittenCompany, *, actor: Actor, now: datetime, say: Progress) -> None:
    """Plans of the running quarter are signed before it is evaluated, since they weigh its goals. An interrupted start
    finds all of them or none, and repeats the rest."""
    today = company_day(now, settings.SEXTANT_ZONE)
    with transaction.atomic():
        cycle, coming = (
            open_cycle(_named(one), actor=actor, now=now) for one in (company.running, company.running.after)
        )
        if not list_template_choices(cycle_from_on=cycle.from_on):
            say(_("商定并签署本季度的目标"))
            publish_templates(actor=actor, now=now)
            load_running_plans(cycle, now=now)
    load_scripts(now=now)
    for as_of in company.evaluation_days:
        say(_("评估 %(day)s") % {"day": as_of.isoformat()})
        evaluate_goals(actor=actor, now=now, as_of=as_of)
        if as_of in company.running.period:
            follow_help(as_of)
    with transaction.atomic():
        say(_("商谈下个季度的目标"))
        load_coming_plans(cycle, coming, now=now)
        load_links(cycle, now=now, today=today)
        say(_("问卷和诊断会"))
        load_survey(cycle, now=now)
        load_workshop(cycle, now=now)
        load_red_cases(cycle.id, now=now)
        mark_complete(actor=actor, now=now)


def _named(quarter: Quarter) -> NamedPeriod:
    named = decide_period(f"{quarter.year}Q{quarter.number}").value
    assert named is not None  # a quarter is a period
    return named


def _load_people(company: WrittenCompany, *, actor: Actor, now: datetime) -> None:
    mapping = load_people_mapping(PEOPLE_MAPPING)
    for name in PEOPLE_FILES:
        _check(import_people(company.folder / name, mapping=mapping, actor=actor, now=now), name)


def _check(report: ImportReport, name: str) -> None:
    """Roster and goals are clean on purpose: a refused row is a fault of the program, not of the data."""
    if report.rejected:
        first = report.rejected[0]
        raise DemoRefused(f"{name}, row {first.row}, {first.column}={first.value!r}: {first.message}")


def _number_of(username: str) -> str:
    name = names_by_username()[username]
    (person,) = list_persons(on=date.max, ids=[one for one in resolve_persons([name], by="name").values() if one])
    return person.number


def _open_accounts(*, actor: Actor, now: datetime) -> None:
    today = company_day(now, settings.SEXTANT_ZONE)
    for account in ACCOUNTS:
        person = head_of(account.seat[0], on=today) if account.seat not in CAST else None
        name = person.label if person else CAST[account.seat]
        person_id = person.person_id if person else resolve_persons([name], by="name")[name]
        if person_id is None:
            raise DemoRefused(f"{name} is not on the roster, or not alone with this name")
        _open_account(account, name, person_id, actor=actor, now=now)


def _open_account(account: Account, name: str, person_id: int, *, actor: Actor, now: datetime) -> None:
    user_id = find_user_id(account.username)
    if user_id is None:
        user_id = create_account(
            account.username, password=PASSWORD, name=name, roles={Role.EMPLOYEE, account.role}, actor=actor, now=now
        )
    link_account(person_id, user_id=user_id, actor=actor, now=now)
