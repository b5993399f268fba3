"""The page of administrators about events that did not reach whoever subscribed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import now as clock_now
from sextant.foundation.events.actions import tell_again
from sextant.foundation.events.contracts import TellingState
from sextant.foundation.events.queries import count_tellings, list_tellings

PER_PAGE = 50


@needs(Permission.WEBHOOK_MANAGE)
@require_safe
def tellings(request: HttpRequest) -> HttpResponse:
    """What was given up, or what waits, a page at a time."""
    state = TellingState.WAITING if request.GET.get("state") == "waiting" else TellingState.DEAD
    counts = count_tellings()
    pages = max(1, -(-counts[state] // PER_PAGE))
    asked = request.GET.get("page", "")
    number = min(max(int(asked) if asked.isdecimal() and len(asked) < 9 else 1, 1), pages)
    context = {
        "dead": counts[TellingState.DEAD],
        "waiting": counts[TellingState.WAITING],
        "is_waiting": state is TellingState.WAITING,
        "rows": list_tellings(state, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        "number": number,
        "pages": pages,
        "total": counts[state],
    }
    return render(request, "events/tellings.html", context)


@needs(Permission.WEBHOOK_MANAGE)
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Give one that was given up its tries back, or every one."""
    one = request.POST.get("telling", "")
    ids = [int(one)] if one.isdecimal() and len(one) < 19 else None
    if ids is None and request.POST.get("all") != "1":
        return redirect("events:tellings")
    number = tell_again(ids, actor=actor_of(request), now=clock_now())
    if number:
        told = ngettext("%(number)d 条重新处理，稍后刷新看结果", "%(number)d 条重新处理，稍后刷新看结果", number)
        messages.success(request, told % {"number": number})
    else:
        messages.error(request, _("已经有人处理。"))
    return redirect("events:tellings")
