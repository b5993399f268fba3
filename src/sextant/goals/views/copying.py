"""复制上一周期: last cycle's goals for a branch or some people, looked at before they are made."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.actions import GoalRefused
from sextant.goals.actions.copying import CopyOrder, copy_goals, preview_copy
from sextant.goals.contracts import CycleRow
from sextant.goals.forms.bulk import CopyForm
from sextant.goals.messages.bulk import say_bulk
from sextant.goals.messages.cascade import VERDICTS
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.policy.cascade import Recipient, Verdict
from sextant.goals.queries import choose_current_cycle, list_cycles
from sextant.goals.queries.cascade import reach_of_push
from sextant.goals.queries.copying import CopyLine, owners_within
from sextant.goals.views.push import by_name
from sextant.people.queries import list_units

LINES_SHOWN = 200
MOST_UNITS = 400


@needs(Permission.GOAL_CASCADE)
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest) -> HttpResponse:
    """The form; sent with `preview`, what each would get; sent without, drafts are made."""
    actor, moment = actor_of(request), now()
    today = company_day(moment, settings.SEXTANT_ZONE)
    form = _form(request, actor, today=today)
    context: dict[str, object] = {"form": form}
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        order, unknown = _order(form.cleaned_data, on=today)
        try:
            if "preview" not in request.POST:
                done = copy_goals(order, actor=actor, now=moment, today=today)
                return _done(request, done)
            context |= _previewed(preview_copy(order, actor=actor, today=today))
            status = 200
        except GoalRefused as error:
            context["said"] = [say_bulk(one) for one in error.problems]
        if unknown:
            names = _("、").join(unknown)
            context["unknown"] = _("找不到：%(names)s。请检查姓名或改填工号。") % {"names": names}
    return render(request, "goals/bulk/copy.html", context, status=status)


def _form(request: HttpRequest, actor: Actor, *, today: date) -> CopyForm:
    cycles, reach = list_cycles(), reach_of_push(actor, on=today)
    open_cycles = [one for one in cycles if one.until_on > today]
    current = choose_current_cycle(cycles, on=today)
    ahead = sorted((one for one in open_cycles if one.from_on > today), key=lambda one: (one.from_on, one.until_on))
    # one's own unit stands for the people in it: its own goals are copied by whoever is above
    units = [
        one
        for one in list_units(on=today)
        if reach.unit_ids is None or one.id in reach.unit_ids or one.head_id == actor.person_id
    ]
    initial = {
        "former": current.id if current else None,
        "cycle": ahead[0].id if ahead else None,
        "unit": units[0].id if units and reach.unit_ids is not None else None,
    }
    return CopyForm(
        request.POST or None,
        initial=initial,
        cycles=_named(cycles),
        open_cycles=_named(open_cycles),
        units=[(one.id, f"{'　' * max(one.depth - 1, 0)}{one.name}") for one in units[:MOST_UNITS]],
    )


def _named(cycles: Iterable[CycleRow]) -> list[tuple[int | str, str]]:
    return [(one.id, name_of_cycle(one.code, one.name)) for one in cycles]


def _order(told: dict[str, object], *, on: date) -> tuple[CopyOrder, list[str]]:
    """What the form asks for, and the names nobody bears."""
    named = [name for name in re.split(r"[、,，;；\n\r]+", str(told["people"])) if name.strip()]
    owners: tuple[Recipient, ...] = ()
    unknown: list[str] = []
    if named:
        owners, unknown = by_name(named)
    elif told["unit"]:
        owners = owners_within([int(str(told["unit"]))], on=on)
    percent = told["percent"]
    return CopyOrder(int(str(told["former"])), int(str(told["cycle"])), owners, percent=percent), unknown  # type: ignore[arg-type]


def _previewed(lines: Sequence[CopyLine]) -> dict[str, object]:
    """New ones first, then those who get nothing, with the reason."""
    told = sorted(lines, key=lambda one: not one.is_new)
    return {
        "lines": [(one, _word(one)) for one in told[:LINES_SHOWN]],
        "line_count": len(lines),
        "owners": sum(one.is_new for one in lines),
        "goals": sum(len(one.goals) for one in lines if one.is_new),
        "previewed": True,
    }


def _word(one: CopyLine) -> str:
    if one.line.verdict is not Verdict.NEW:
        return str(VERDICTS[one.line.verdict])
    if not one.goals:
        return _("都已经有了") if one.had else _("指标都已停用")
    return ngettext("%(n)s 个目标", "%(n)s 个目标", len(one.goals)) % {"n": len(one.goals)}


def _done(request: HttpRequest, lines: Sequence[CopyLine]) -> HttpResponse:
    chosen = [one for one in lines if one.is_new]
    told = {"owners": len(chosen), "goals": sum(len(one.goals) for one in chosen)}
    if chosen:
        messages.success(request, _("已为 %(owners)s 个对象复制 %(goals)s 个目标，都是草稿。") % told)
    else:
        messages.info(request, _("没有要复制的，都已经有了。"))
    return redirect("goals:copy")
