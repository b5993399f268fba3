"""Pages about what goes out: the list, one endpoint with its messages, its form, its secret."""

from collections.abc import Mapping
from datetime import datetime, time

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import now as clock_now
from sextant.foundation.events.registry import list_events
from sextant.foundation.webhooks.actions import endpoints as actions
from sextant.foundation.webhooks.actions import queueing
from sextant.foundation.webhooks.contracts import EndpointTerms, NameTaken, SendingState
from sextant.foundation.webhooks.forms import EndpointForm, initial_of
from sextant.foundation.webhooks.messages import STATES, say_problem
from sextant.foundation.webhooks.models import Endpoint, Sending, Trigger

PER_PAGE = 25
_FORM_AGAIN = 422
_TONES = {SendingState.DONE: "good", SendingState.DEAD: "bad"}


@needs(Permission.WEBHOOK_MANAGE)
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """Everything that goes out and comes in."""
    context = {
        "endpoints": [_shown(row) for row in Endpoint.objects.defer("secret", "old_secret").order_by("name")],
        "triggers": list(Trigger.objects.defer("secret", "schema").order_by("name")),
    }
    return render(request, "webhooks/webhooks.html", context)


@needs(Permission.WEBHOOK_MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_endpoint(request: HttpRequest) -> HttpResponse:
    """Open an endpoint; the answer to a good form is the one page that shows its secret."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint_id, secret = actions.create_endpoint(form.terms(), actor=actor_of(request), now=clock_now())
        except NameTaken:
            form.add_error("name", _("已有同名的，请换一个名称"))
        else:
            return _secret_page(request, endpoint_id, secret)
    return _form_page(request, form, None)


@needs(Permission.WEBHOOK_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Change what is sent where."""
    row = _endpoint_or_404(endpoint_id)
    terms = EndpointTerms(row.name, row.url, tuple(row.codes), row.only, row.is_active)
    form = EndpointForm(request.POST if request.method == "POST" else None, initial=initial_of(terms))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_endpoint(endpoint_id, form.terms(), actor=actor_of(request), now=clock_now())
        except NameTaken:
            form.add_error("name", _("已有同名的，请换一个名称"))
        else:
            messages.success(request, _("已保存"))
            return redirect("webhooks:endpoint", endpoint_id=endpoint_id)
    return _form_page(request, form, row)


@needs(Permission.WEBHOOK_MANAGE)
@require_safe
def endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One endpoint and its messages."""
    row = _endpoint_or_404(endpoint_id)
    rows = Sending.objects.filter(endpoint_id=endpoint_id)
    total = rows.count()
    pages = max(1, -(-total // PER_PAGE))
    asked = request.GET.get("page", "")
    number = min(max(int(asked) if asked.isdecimal() and len(asked) < 9 else 1, 1), pages)
    page = rows.defer("body").order_by("-created_at", "-id")[(number - 1) * PER_PAGE : number * PER_PAGE]
    names = {spec.code: spec.name for spec in list_events()}
    context = {
        "endpoint": _shown(row),
        "codes": [names.get(code, code) for code in row.codes if code != "*"],
        "only": row.only.items(),
        "sendings": [_line(one, names) for one in page],
        "number": number,
        "pages": pages,
        "total": total,
    }
    return render(request, "webhooks/endpoint.html", context)


@needs(Permission.WEBHOOK_MANAGE)
@never_cache
@require_POST
def rotate(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """A new secret, shown once."""
    _endpoint_or_404(endpoint_id)
    keep_old = request.POST.get("keep_old") == "1"
    secret = actions.rotate_secret(endpoint_id, keep_old=keep_old, actor=actor_of(request), now=clock_now())
    return _secret_page(request, endpoint_id, secret)


@needs(Permission.WEBHOOK_MANAGE)
@require_POST
def test(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Send a message that says nothing."""
    _endpoint_or_404(endpoint_id)
    queueing.send_test(endpoint_id, actor=actor_of(request), now=clock_now())
    messages.success(request, _("测试消息已排队，刷新看结果"))
    return redirect("webhooks:endpoint", endpoint_id=endpoint_id)


@needs(Permission.WEBHOOK_MANAGE)
@require_POST
def replay(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Send one message again, or every event of a span of days (the last one included)."""
    _endpoint_or_404(endpoint_id)
    actor, now, one = actor_of(request), clock_now(), request.POST.get("sending", "")
    if one.isdecimal() and len(one) < 19:
        number = queueing.replay(endpoint_id, [int(one)], actor=actor, now=now)
    else:
        since, until = _day(request, "since", time.min), _day(request, "until", time.max)
        if since is None or until is None or until <= since:
            messages.error(request, _("请选起止日期，先早后晚"))
            return redirect("webhooks:endpoint", endpoint_id=endpoint_id)
        number = queueing.replay_span(endpoint_id, since=since, until=until, actor=actor, now=now)
    messages.success(request, ngettext("%(number)d 条重新发送", "%(number)d 条重新发送", number) % {"number": number})
    return redirect("webhooks:endpoint", endpoint_id=endpoint_id)


@needs(Permission.WEBHOOK_MANAGE)
@require_POST
def delete(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Delete the endpoint and what waits for it."""
    _endpoint_or_404(endpoint_id)
    actions.delete_endpoint(endpoint_id, actor=actor_of(request), now=clock_now())
    messages.success(request, _("已删除"))
    return redirect("webhooks:webhooks")


def _day(request: HttpRequest, name: str, at: time) -> datetime | None:
    try:
        day = parse_date(request.POST.get(name, ""))
    except ValueError:
        return None
    return datetime.combine(day, at, settings.SEXTANT_ZONE) if day else None


def _endpoint_or_404(endpoint_id: int) -> Endpoint:
    row = Endpoint.objects.filter(pk=endpoint_id).defer("secret", "old_secret").first()
    if row is None:
        raise Http404
    return row


def _form_page(request: HttpRequest, form: EndpointForm, row: Endpoint | None) -> HttpResponse:
    context = {"form": form, "endpoint": row, "events": list_events()}
    return render(request, "webhooks/endpoint_form.html", context, status=_FORM_AGAIN if form.errors else 200)


def _secret_page(request: HttpRequest, endpoint_id: int, secret: str) -> HttpResponse:
    """Shown in the answer to the form and not behind a redirect: the secret is written nowhere on its way."""
    context = {"endpoint": _shown(_endpoint_or_404(endpoint_id)), "secret": secret}
    return render(request, "webhooks/secret.html", context)


def _shown(row: Endpoint) -> dict[str, object]:
    return {
        "id": row.pk,
        "name": row.name,
        "url": row.url.partition("?")[0],  # what follows may be a key
        "is_active": row.is_active,
        "switched_off_at": row.switched_off_at,
        "failing_since": row.failing_since,
        "paused_until": row.paused_until,
        "old_secret_until": row.old_secret_until,
        "every": "*" in row.codes,
        "number": len(row.codes),
        "created_at": row.created_at,
        "created_by": row.created_by,
    }


def _line(row: Sending, names: Mapping[str, object]) -> dict[str, object]:
    state = SendingState(row.state)
    return {
        "id": row.pk,
        "message_id": row.message_id,
        "at": row.created_at,
        "event": names.get(row.code, row.code),
        "code": row.code,
        "state": STATES[state],
        "tone": _TONES.get(state, "warn" if row.problem else "none"),
        "problem": say_problem(row.problem),
        "status": row.status,
        "excerpt": row.excerpt,
        "attempts": row.attempts,
        "milliseconds": row.milliseconds,
        "due_at": row.due_at if state is SendingState.WAITING and row.attempts else None,
        "may_replay": state is not SendingState.SENDING,
    }
