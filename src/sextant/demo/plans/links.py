"""What ties goals together beyond the import: a second goal that one supports; and a goal that is not judged now."""

from datetime import date, datetime
from decimal import Decimal

from sextant.demo import units
from sextant.demo.contracts import DemoRefused
from sextant.demo.plans.players import head_of, seat, unit_id
from sextant.foundation.access.contracts import Actor
from sextant.goals.actions.alignment import align
from sextant.goals.actions.suspension import suspend_goal
from sextant.goals.contracts import CycleRow, GoalRow
from sextant.goals.queries import list_goals_of_person, list_goals_of_unit

PAUSED = "XC-S-W2"
PAUSED_WEEKS = 4


def load_links(cycle: CycleRow, *, now: datetime, today: date) -> None:
    """Align goals of the running quarter many to many, and suspend one. To be done after the plans are signed."""
    seller, director, chief = seat("XC-S-E1", 1, on=today), seat(units.SLIDING, 0, on=today), head_of("XC-S", on=today)
    leader, star = seat("XC-S-E1", 0, on=today), seat("XC-S-E1", 2, on=today)
    money, people = seat("XC-F-C", 0, on=today), seat("XC-F-H", 0, on=today)
    team, region = (_of_unit(code, cycle) for code in ("XC-S-E1", units.SLIDING))
    own, centre, company = _of_person(seller, cycle), _of_unit("XC-S", cycle), _of_unit(units.ROOT, cycle)
    links: tuple[tuple[Actor, GoalRow, GoalRow, str, str | None], ...] = (
        (seller, _find(own, "轴承"), _find(team, "新签合同额"), "试用转成合同，算进本组新签", None),
        (seller, _find(own, "轴承"), _find(team, "回款"), "试用客户首付款年内到账", None),
        (seller, _find(own, "老客户"), _find(team, "回款"), "回访带出的续约", None),
        (star, _find(_of_person(star, cycle), "档案"), _find(team, "有效拜访量"), "档案齐了，约访才有名单", None),
        (leader, _find(_of_person(leader, cycle), "新人"), _find(team, "有效拜访量"), "新人能独立跑，拜访就上来", None),
        (director, _find(_of_person(director, cycle), "拜访量下滑"), _find(region, "有效拜访量"), "先弄清原因", None),
        (director, _find(_of_person(director, cycle), "装机"), _find(region, "新签合同额"), "装机准时，客户再签", None),
        (money, _find(_of_person(money, cycle), "对账"), _find(company, "回款"), "口径一致，数才对得上", None),
        (people, _find(_of_person(people, cycle), "辅导训练"), _find(company, "辅导"), "主管会谈，平时才有辅导", None),
        (director, _find(region, "有效拜访量"), _find(centre, "有效拜访量"), "本大区占中心拜访的三成", "30"),
        (director, _find(region, "有效拜访量"), _find(centre, "新签合同额"), "拜访多了，三个月后见合同", None),
        (chief, _find(centre, "老客户"), _find(company, "首选"), "老客户肯再买，就是首选", None),
        (chief, _find(centre, "回款"), _find(centre, "老客户"), "复购带来的回款", "60"),
        (chief, _find(centre, "新签合同额"), _find(centre, "老客户"), "老客户的新合同", "40"),
    )  # fmt: skip
    for actor, child, parent, how, share in links:
        contribution = None if share is None else Decimal(share)
        align(
            goal_id=child.id,
            parent_id=parent.id,
            how=how,
            contribution=contribution,
            actor=actor,
            now=now,
            today=today,
        )
    paused = _find(_of_unit(PAUSED, cycle), "商机转化周期")
    reason = "新区域试点，商机从哪一步算起还没有定口径"
    suspend_goal(paused.id, weeks=PAUSED_WEEKS, reason=reason, actor=chief, now=now)


def _of_unit(code: str, cycle: CycleRow) -> list[GoalRow]:
    return list_goals_of_unit(unit_id(code), cycle_id=cycle.id)


def _of_person(actor: Actor, cycle: CycleRow) -> list[GoalRow]:
    assert actor.person_id is not None  # everyone of the cast is a person
    return list_goals_of_person(actor.person_id, cycle_id=cycle.id)


def _find(goals: list[GoalRow], words: str) -> GoalRow:
    found = next((one for one in goals if words in one.title), None)
    if found is None:
        raise DemoRefused(f"no goal is called {words}")
    return found
