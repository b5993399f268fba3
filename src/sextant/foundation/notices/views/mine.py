"""A person's own notices: the list behind the bell, and the way from a notice to its page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import now as clock_now
from sextant.foundation.notices.actions import reading
from sextant.foundation.notices.contracts import NoticeMissing
from sextant.foundation.notices.queries.mine import count_notices, count_unread, list_notices
from sextant.foundation.notices.views.parts import Paging, tabs

PER_PAGE = 30


@needs(Permission.NOTICE_READ)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The newest first. Who has no person has no notices."""
    actor = actor_of(request)
    person_id = actor.person_id or 0
    unread_only = request.GET.get("unread") == "1"
    unread = count_unread(person_id)
    paging = Paging.of(request, total=unread if unread_only else count_notices(person_id), per_page=PER_PAGE)
    rows = list_notices(
        person_id,
        reader=actor.label,
        language=get_language() or "",
        unread_only=unread_only,
        limit=PER_PAGE,
        offset=paging.offset,
    )
    context = {
        "notices": rows,
        "unread": unread,
        "unread_only": unread_only,
        "newest_id": max((row.id for row in rows), default=0),
        "paging": paging,
        "now": clock_now(),
        "tabs": tabs(actor, "mine"),
    }
    return render(request, "notices/mine.html", context)


@needs(Permission.NOTICE_READ)
@require_safe
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark it read and go where it leads: a page of the product, as it was written when the notice was made. This is
    where links in messages point, so a stranger signs in first and arrives all the same."""
    try:
        path = reading.mark_read(notice_id, actor=actor_of(request), now=clock_now())
    except NoticeMissing as error:
        raise Http404 from error
    return redirect(path)


@needs(Permission.NOTICE_READ)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything up to the newest one on the page is read: what came meanwhile is not."""
    upto = request.POST.get("upto", "")
    upto_id = int(upto) if upto.isdecimal() and len(upto) < 19 else 0
    number = reading.mark_all_read(upto_id=upto_id, actor=actor_of(request), now=clock_now())
    messages.success(request, ngettext("%(number)d 条已读", "%(number)d 条已读", number) % {"number": number})
    return redirect("notices:mine")
