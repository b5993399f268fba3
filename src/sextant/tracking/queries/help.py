"""Help for a goal: what can be offered, what was chosen, and the lists of both.

`find_help` is what other pages of tracking include (template `tracking/_help.html`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from sextant.engines.values import Light
from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.clock import company_day
from sextant.goals.models import Goal
from sextant.tracking.access_help import HelpSight, help_sight
from sextant.tracking.contracts.help import ActKind, ActState, Cause, PackOutcome, PackState
from sextant.tracking.contracts.help_rows import ActRow, Help, HelpSide, PackRow
from sextant.tracking.models import HelpAct, HelpPack
from sextant.tracking.queries.help_cases import find_cases
from sextant.tracking.queries.help_people import list_helpers, list_teams
from sextant.tracking.queries.scripts import offer_scripts

_NAMED = ("goal__metric", "goal__owner_person", "goal__owner_unit", "keeper")


def find_help(goal_id: int, *, actor: Actor, now: datetime) -> Help | None:
    """What can be offered for the goal, and the pack of its present (or last) trouble; None where the actor has nothing
    to do with help for it. At most twelve queries.

    Whoever chooses gets similar cases, scripts and helpers; whose goal it is, only what was chosen; who reads all, both
    without the right to choose.
    """
    sight = help_sight(actor, on=company_day(now, settings.SEXTANT_ZONE))
    try:
        goal, side = sight.access_goal(goal_id)
    except AccessDenied:
        return None
    return help_for(goal, side=side, sight=sight)


def help_for(goal: Goal, *, side: HelpSide, sight: HelpSight) -> Help:
    """`find_help` for a goal already read with its metric, owner and cycle, and a side already known."""
    pack = find_pack_of(goal.pk)
    if side is HelpSide.OWNS:
        return Help(goal.pk, side, pack)
    found = find_cases(goal, sight=sight.sight, on=sight.on)
    return Help(
        goal_id=goal.pk,
        side=side,
        pack=pack,
        cases=found.cases,
        groups=found.groups,
        scripts=offer_scripts(metric_id=goal.metric_id, cause=pack.cause if pack else None),
        helpers=list_helpers(goal, sight=sight.sight, on=sight.on),
        teams=list_teams(goal, on=sight.on),
    )


def find_pack_of(goal_id: int) -> PackRow | None:
    """The newest pack of a goal with its acts, or None; the caller has asked access for the goal. Two queries."""
    pack = HelpPack.objects.filter(goal_id=goal_id).select_related(*_NAMED).order_by("-trouble_on", "-id").first()
    return None if pack is None else pack_row(pack, acts=list_acts(pack.pk))


def read_pack(pack: HelpPack) -> PackRow:
    """A pack that `access_pack` gave, as a row with its acts. One query."""
    return pack_row(pack, acts=list_acts(pack.pk))


def list_acts(pack_id: int) -> tuple[ActRow, ...]:
    """What was chosen in a pack, in the order of choosing. One query."""
    acts = HelpAct.objects.filter(pack_id=pack_id).select_related("person", "chosen_by").order_by("chosen_at", "id")
    return tuple(act_row(act) for act in acts)


def list_packs(packs: "QuerySet[HelpPack]", *, is_open: bool | None, limit: int, offset: int = 0) -> list[PackRow]:
    """Packs in sight, without their acts: those that are open, or closed, or all with None. The newest first. One
    query."""
    if is_open is not None:
        packs = packs.exclude(state=PackState.CLOSED) if is_open else packs.filter(state=PackState.CLOSED)
    counted = packs.annotate(
        chosen=Count("acts", filter=~Q(acts__state__in=(ActState.DECLINED, ActState.DROPPED))),
        done=Count("acts", filter=Q(acts__state=ActState.DONE)),
    )
    found = counted.select_related(*_NAMED).order_by("-opened_at", "-id")[offset : offset + limit]
    return [pack_row(pack, chosen=pack.chosen, done=pack.done) for pack in found]


def count_packs(packs: "QuerySet[HelpPack]") -> dict[str, int]:
    """How many packs in sight are open, watched, and closed with which outcome ("turned", …). One query."""
    rows = packs.order_by().values_list("state", "outcome").annotate(count=Count("id"))
    return {(outcome if state == PackState.CLOSED else state): count for state, outcome, count in rows}


def list_asked(person_id: int, *, limit: int) -> list[tuple[ActRow, PackRow]]:
    """What a person was given to do or asked to help with and has not ended, the next due first. One query."""
    named = tuple(f"pack__{name}" for name in _NAMED)
    acts = HelpAct.objects.filter(person_id=person_id, state__in=(ActState.ASKED, ActState.AGREED))
    found = acts.select_related("person", "chosen_by", *named).order_by("due_on", "id")[:limit]
    return [(act_row(act), pack_row(act.pack)) for act in found]


def pack_row(pack: HelpPack, *, acts: Sequence[ActRow] = (), chosen: int = 0, done: int = 0) -> PackRow:
    """A pack as a row; its goal, owner and keeper were read with it."""
    goal = pack.goal
    owner = goal.owner_person or goal.owner_unit
    return PackRow(
        id=pack.pk,
        goal_id=goal.pk,
        goal_title=goal.title,
        person_id=pack.person_id,
        unit_id=pack.unit_id,
        owner_name=owner.name if owner is not None else "",
        metric_name=goal.metric.name if goal.metric is not None else "",
        keeper_id=pack.keeper_id,
        keeper_name=pack.keeper.name if pack.keeper is not None else "",
        trouble_on=pack.trouble_on,
        weeks=pack.weeks,
        state=PackState(pack.state),
        cause=Cause(pack.cause) if pack.cause else None,
        hypothesis=pack.hypothesis,
        opened_at=pack.opened_at,
        light_before=Light(pack.light_before),
        completion_before=pack.completion_before,
        before_on=pack.before_on,
        watch_until=pack.watch_until,
        closed_at=pack.closed_at,
        outcome=PackOutcome(pack.outcome) if pack.outcome else None,
        light_after=Light(pack.light_after) if pack.light_after else None,
        completion_after=pack.completion_after,
        after_on=pack.after_on,
        run_id=pack.run_id,
        acts=tuple(acts),
        chosen=chosen or _live(acts),
        done=done or sum(act.state is ActState.DONE for act in acts),
    )


def act_row(act: HelpAct) -> ActRow:
    """An act as a row; its person and who chose it were read with it."""
    return ActRow(
        id=act.pk,
        kind=ActKind(act.kind),
        state=ActState(act.state),
        text=act.text,
        person_id=act.person_id,
        person_name=act.person.name,
        due_on=act.due_on,
        reason=act.reason,
        script_id=act.script_id,
        chosen_at=act.chosen_at,
        chosen_by_name=act.chosen_by.name if act.chosen_by is not None else "",
        answered_at=act.answered_at,
        finished_at=act.finished_at,
    )


def _live(acts: Iterable[ActRow]) -> int:
    return sum(act.state not in (ActState.DECLINED, ActState.DROPPED) for act in acts)
