"""下发: a goal to many, looked at before it is sent."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sextant.engines.agreement import GoalTerms
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.cascade import PushOrder, preview_push, push_goal
from sextant.goals.actions.quota import may_split
from sextant.goals.contracts import GoalKind
from sextant.goals.forms.alignment import PushForm
from sextant.goals.messages.cascade import VERDICTS, say_push
from sextant.goals.messages.goals import plain
from sextant.goals.models import Goal
from sextant.goals.policy.cascade import Recipient, Verdict
from sextant.goals.queries.cascade import PushLine, Reach, reach_of_push
from sextant.goals.views.asking import AskedGoal, ask_goal
from sextant.people.queries import list_member_pairs, list_persons, list_units, resolve_persons

LINES_SHOWN = 200
_EVERYBODY = 1_000_000


@needs(Permission.GOAL_CASCADE)
@require_http_methods(["GET", "HEAD", "POST"])
def push(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The form; sent with `preview`, who would get the goal and who has it; sent without, the goal goes out."""
    asked = _ask(request, goal_id)
    actor, goal, today = asked.actor, asked.goal, asked.today
    form = PushForm(request.POST or None, initial={"title": goal.title, "base": None})
    context: dict[str, object] = {"goal": goal, "form": form, "lines": [], "said": []}
    if form.is_bound and form.is_valid():
        reach = reach_of_push(actor, on=today)
        order, unknown = _order(asked, form.cleaned_data, reach)
        try:
            if "preview" not in request.POST:
                return _sent(request, order, asked)
            lines = preview_push(order, actor=actor, today=today, supports=goal, reach=reach)
        except GoalRefused as error:
            context["said"] = [say_push(one) for one in error.problems]
        else:
            context |= _previewed(lines)
        if unknown:
            names = _("、").join(unknown)
            context["unknown"] = _("找不到：%(names)s。请检查姓名或改填工号。") % {"names": names}
    status = 422 if form.is_bound and (form.errors or context["said"]) else 200
    return render(request, "goals/alignment/push.html", context, status=status)


def _ask(request: HttpRequest, goal_id: int) -> AskedGoal:
    """A goal the reader may push down; any other does not exist."""
    asked = ask_goal(request, goal_id)
    if not may_split(asked.actor, asked.goal, on=asked.today):
        raise Http404
    return asked


def _sent(request: HttpRequest, order: PushOrder, asked: AskedGoal) -> HttpResponse:
    done = push_goal(order, actor=asked.actor, now=asked.moment, today=asked.today)
    count, left = len(done.goal_ids), len(done.lines) - len(done.goal_ids)
    messages.success(request, ngettext("已下发给 %(n)s 个对象。", "已下发给 %(n)s 个对象。", count) % {"n": count})
    if left:
        messages.warning(request, _("%(n)s 个对象已有同样的目标或方案已定，没有改动。") % {"n": left})
    return redirect("goals:detail", goal_id=asked.goal.pk)


def _previewed(lines: Iterable[PushLine]) -> dict[str, object]:
    listed = sorted(lines, key=lambda line: line.verdict is Verdict.NEW)
    told = [
        (line, VERDICTS[line.verdict], plain(line.place.weight) if line.verdict is Verdict.NEW else "")
        for line in listed[:LINES_SHOWN]
    ]
    new = sum(line.verdict is Verdict.NEW for line in listed)
    opened = [line for line in listed if line.verdict is Verdict.NEW and line.plan_id is None]
    counts = {"opened": len(opened), "adopted": sum(line.adopts for line in opened)}
    return {"lines": told, "line_count": len(listed), "new": new, "previewed": True, **counts}


def _order(asked: AskedGoal, told: dict[str, object], reach: Reach) -> tuple[PushOrder, list[str]]:
    """What the form asks for, and the names nobody bears."""
    goal, metric = asked.goal, asked.goal.metric
    base, weight = told["base"], told["weight"]
    terms = GoalTerms(
        str(told["title"]),
        GoalKind.KPI.value if metric else GoalKind.ACTION.value,
        metric=metric.code if metric else "",
        base=base if isinstance(base, Decimal) else None,
        curve=goal.curve,
    )
    recipients, unknown = _recipients(goal, told, reach, on=asked.today)
    proposed = weight if isinstance(weight, Decimal) else None
    return PushOrder(goal.cycle_id, terms, recipients, goal.pk, str(told["how"]), proposed), unknown


def _recipients(
    goal: Goal, told: dict[str, object], reach: Reach, *, on: date
) -> tuple[tuple[Recipient, ...], list[str]]:
    named = [name for name in re.split(r"[、,，;；\n\r]+", str(told["people"])) if name.strip()]
    if named:
        return by_name(named)
    if told["to_units"]:
        units = [unit for unit in list_units(on=on) if unit.parent_id == goal.owner_unit_id and unit.parent_id]
        return tuple(Recipient(unit_id=unit.id) for unit in units), []
    ids = None if reach.person_ids is None else list(reach.person_ids)
    persons = list_persons(on=on, ids=ids, limit=_EVERYBODY)
    if reach.person_ids is None and goal.owner_unit_id is not None:
        inside = {person for _unit, person in list_member_pairs([goal.owner_unit_id], on=on)}
        persons = [one for one in persons if one.id in inside]
    role = str(told["role"]).strip()
    chosen = [one for one in persons if not role or role in (one.title or "")]
    return tuple(Recipient(person_id=one.id) for one in chosen if one.left_on is None), []


def by_name(named: Iterable[str]) -> tuple[tuple[Recipient, ...], list[str]]:
    """People by number or by a name only one of them bears, and what nobody is called."""
    keys = [name.strip() for name in named]
    found = {**resolve_persons(keys, by="name"), **resolve_persons(keys, by="number")}
    ids = dict.fromkeys(id_ for key in keys if (id_ := found.get(key)) is not None)
    return tuple(Recipient(person_id=one) for one in ids), [key for key in keys if found.get(key) is None]
