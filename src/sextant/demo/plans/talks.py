"""What people of the demo were asked and what they met about: a survey of 华东大区, and its meeting on a bottleneck."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings

from sextant.demo import units
from sextant.demo.plans.players import head_of, seat, unit_id
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.clock import company_day
from sextant.goals.actions.surveys import answer_survey, close_due_surveys, open_survey
from sextant.goals.actions.workshop_minutes import save_minutes
from sextant.goals.actions.workshop_steps import add_step, answer_mark, mark_step
from sextant.goals.actions.workshops import create_workshop, decide, take_attendance
from sextant.goals.contracts import CycleRow
from sextant.goals.contracts.workshops import Attendance, WorkshopKind
from sextant.goals.policy.surveys import OPEN_FOR
from sextant.goals.queries import list_goals_of_unit
from sextant.people.queries import list_member_pairs, names_of_persons

ASKED_AFTER = timedelta(days=8, hours=2)
"""After the first day of the quarter: the day after the plans were signed."""
SILENT_SHARE = 0.12
USUAL_MARKS = (3, 4, 4, 4, 5, 5, 5)
PRESSED, PRESSED_MARKS = "XC-S-E3", (2, 3, 3, 3, 4, 4)
"""上海组 finds that its goals miss what is hard about the work."""
WORDS = ("拜访次数看不出跑了多远。", "新客户的周期不该和老客户一起算。", "样机不够，目标再准也做不了演示。")
MET_AGO = timedelta(days=9)
MINUTES = "三位组长先各自画流程，再对照。卡得最久的是约访：联系人散在个人微信里。报价慢的事下周请总部商务一起来谈。"
STEPS = ("整理客户名单", "约访", "上门拜访", "报价", "跟进回款")


def load_survey(cycle: CycleRow, *, now: datetime) -> None:
    """HR asks the region whether its goals are the right ones; most answer, and after 72 hours it is closed."""
    began = datetime.combine(cycle.from_on, datetime.min.time(), tzinfo=now.tzinfo) + ASKED_AFTER
    opened_at = min(began, now - OPEN_FOR)
    today = company_day(opened_at, settings.SEXTANT_ZONE)
    asking = seat("XC-F-H", 0, on=today)
    hr = Actor(asking.user_id, asking.person_id, frozenset({Role.EMPLOYEE, Role.HR}), asking.label)
    survey_id = open_survey(cycle_id=cycle.id, unit_id=unit_id(units.SLIDING), actor=hr, now=opened_at)
    rng, words = Random("survey"), iter(WORDS)
    for code in ("XC-S-E1", "XC-S-E2", PRESSED):
        members = [person for _unit, person in list_member_pairs([unit_id(code)], on=today)]
        names = names_of_persons(members)
        for person_id in sorted(members):
            if rng.random() < SILENT_SHARE:
                continue
            score = rng.choice(PRESSED_MARKS if code == PRESSED else USUAL_MARKS)
            comment = next(words, "") if score <= 3 else ""
            actor = Actor(None, person_id, frozenset({Role.EMPLOYEE}), names[person_id])
            answer_survey(survey_id, score=score, comment=comment, actor=actor, now=opened_at + timedelta(hours=5))
    close_due_surveys(actor=Actor.system("demo"), now=opened_at + OPEN_FOR)


def load_workshop(cycle: CycleRow, *, now: datetime) -> None:
    """The region looks for what keeps it from its customers; one red mark has somebody who sees to it, one not yet."""
    on = company_day(now - MET_AGO, settings.SEXTANT_ZONE)
    starts_at = datetime.combine(on, datetime.min.time(), tzinfo=settings.SEXTANT_ZONE) + timedelta(hours=14)
    director, leader = seat(units.SLIDING, 0, on=on), seat("XC-S-E1", 0, on=on)
    leads = [leader, *(head_of(code, on=on) for code in ("XC-S-E2", PRESSED))]
    by: dict[str, Any] = {"actor": director, "now": starts_at}
    workshop_id = create_workshop(
        kind=WorkshopKind.DIAGNOSIS,
        unit_id=unit_id(units.SLIDING),
        cycle_id=cycle.id,
        title="拜访量为什么一直往下走",
        starts_at=starts_at,
        place="苏州办公室二楼",
        actor=director,
        now=starts_at - timedelta(days=3),
    )
    came = {one.person_id: Attendance.PRESENT for one in (director, *leads) if one.person_id is not None}
    take_attendance(workshop_id, attendance=came, **by)
    steps = [add_step(workshop_id, title=title, **by) for title in STEPS]
    booked = mark_step(workshop_id, step_id=steps[1], text="约访全靠个人微信，采购换人就断了线，三组都有", **by)
    mark_step(workshop_id, step_id=steps[3], text="报价要等总部两天，客户先签了别家", **by)
    answer_mark(
        workshop_id,
        mark_id=booked,
        person_id=leader.person_id,
        action="每组建一份共用联系人表，周一核对",
        measure="每周新增约访数",
        due_on=cycle.until_on - timedelta(days=21),
        **by,
    )
    visits = next(one for one in list_goals_of_unit(unit_id(units.SLIDING), cycle_id=cycle.id) if "拜访" in one.title)
    save_minutes(workshop_id, text=MINUTES, number=0, **by)
    decide(workshop_id, text="本季度拜访目标不调，先把约访这一步补上，十二月看效果", goal_ids=[visits.id], **by)
