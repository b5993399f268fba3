"""干预建议包: the list, the page of a pack, and what is offered for a goal as a part of any page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sextant.engines.similar import WeekMark
from sextant.engines.values import Light
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.tracking.contracts.help import PackOutcome
from sextant.tracking.contracts.help_rows import HelpSide, PackRow
from sextant.tracking.messages.help import ACT_STATES, CAUSES, FEATURES, KINDS, OUTCOMES, STATES
from sextant.tracking.policy.help import LONGEST_WATCH, WATCH_WEEKS
from sextant.tracking.queries.help import count_packs, help_for, list_asked, list_packs, read_pack
from sextant.tracking.queries.help_weeks import weeks_of
from sextant.tracking.views.help_parts import Asked, ask
from sextant.ui.whole_page import name_part

LISTED = 100


@needs(Permission.TRACKING_READ)
@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    """The packs in sight, the open ones or the closed ones, and what the reader was asked to do."""
    asked = ask(request)
    is_closed = request.GET.get("state") == "closed"
    seen = asked.sight.packs
    rows = list_packs(seen, is_open=not is_closed, limit=LISTED)
    counts = count_packs(seen)
    ended = {key: number for key, number in counts.items() if key in set(PackOutcome)}
    person_id = asked.actor.person_id
    context = {
        "rows": [(row, STATES[row.state], OUTCOMES[row.outcome] if row.outcome else "") for row in rows],
        "is_closed": is_closed,
        "open_count": sum(counts.values()) - sum(ended.values()),
        "closed_count": sum(ended.values()),
        "turned": ended.get(PackOutcome.TURNED, 0),
        "judged": sum(ended.get(one, 0) for one in (PackOutcome.TURNED, PackOutcome.SAME, PackOutcome.WORSE)),
        "asked_rows": [] if person_id is None else list_asked(person_id, limit=20),
        "act_states": ACT_STATES,
        "today": asked.today,
        "listed": LISTED,
    }
    return render(request, "tracking/help/list.html", context)


@needs(Permission.TRACKING_READ)
@require_safe
def pack(request: HttpRequest, pack_id: int) -> HttpResponse:
    """The page of a pack: what was assumed, chosen and came of it. What else is offered loads itself."""
    asked = ask(request)
    found, side = asked.pack(pack_id)
    row = read_pack(found)
    weeks = weeks_of([found.goal]).get(found.goal_id)
    context = {
        **_shown(row, side, asked),
        "goal": found.goal,
        "weeks": weeks,
        "strip": _strip(weeks.weeks if weeks else ()),
        "latest": weeks.weeks[-1] if weeks and weeks.weeks else None,
        "back_to": reverse("tracking:help_packs"),
    }
    return render(request, "tracking/help/pack.html", context)


@needs(Permission.TRACKING_READ)
@require_safe
def offered(request: HttpRequest, goal_id: int) -> HttpResponse:
    """What can be offered for a goal now: a part that other pages load. Its owner reads there what was chosen."""
    asked = ask(request)
    goal, side = asked.goal(goal_id)
    name_part(request, title=_("干预建议"))
    context = {
        "help": help_for(goal, side=side, sight=asked.sight),
        "features": FEATURES,
        "causes": CAUSES,
        "next": request.GET.get("next", ""),
    }
    return render(request, "tracking/_help.html", context)


def _shown(row: PackRow, side: HelpSide, asked: Asked) -> dict[str, object]:
    may_choose = side is HelpSide.CHOOSES and row.is_open
    return {
        "pack": row,
        "side": side,
        "may_choose": may_choose,
        "sees_offers": side is not HelpSide.OWNS and row.is_open,
        "state": STATES[row.state],
        "outcome": OUTCOMES[row.outcome] if row.outcome else "",
        "cause": CAUSES[row.cause] if row.cause else "",
        "causes": [(one.value, text) for one, text in CAUSES.items()],
        "acts": [(act, KINDS[act.kind], ACT_STATES[act.state]) for act in row.acts],
        "today": asked.today,
        "own_person_id": asked.actor.person_id,
        "watch_choices": range(1, LONGEST_WATCH + 1),
        "watch_weeks": WATCH_WEEKS,
    }


def _strip(weeks: tuple[WeekMark, ...]) -> list[dict[str, object]]:
    """The goal's weeks for `c-hist`: the last thirteen."""
    return [
        {"n": mark.ends_on.isocalendar().week, "tone": "" if mark.light is Light.NONE else mark.light.value}
        for mark in weeks[-13:]
    ]
