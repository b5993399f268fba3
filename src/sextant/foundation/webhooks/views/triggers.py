"""Pages about what comes in: one trigger with its calls, its form, its secret."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import now as clock_now
from sextant.foundation.webhooks.actions import triggers as actions
from sextant.foundation.webhooks.contracts import NameTaken
from sextant.foundation.webhooks.forms import TriggerForm, written_schema
from sextant.foundation.webhooks.messages import say_problem
from sextant.foundation.webhooks.models import Trigger

_LATEST = 50
_FORM_AGAIN = 422


@needs(Permission.WEBHOOK_MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_trigger(request: HttpRequest) -> HttpResponse:
    """Open a trigger; the answer to a good form is the one page that shows its secret."""
    form = TriggerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            trigger_id, secret = actions.create_trigger(form.terms(), actor=actor_of(request), now=clock_now())
        except NameTaken:
            form.add_error("name", _("已有同名的，请换一个名称"))
        else:
            return _secret_page(request, trigger_id, secret)
    context = {"form": form, "trigger": None}
    return render(request, "webhooks/trigger_form.html", context, status=_FORM_AGAIN if form.errors else 200)


@needs(Permission.WEBHOOK_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_trigger(request: HttpRequest, trigger_id: int) -> HttpResponse:
    """Change what a trigger takes."""
    row = _trigger_or_404(trigger_id)
    initial = {"name": row.name, "schema": written_schema(row.schema), "is_active": row.is_active}
    form = TriggerForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_trigger(trigger_id, form.terms(), actor=actor_of(request), now=clock_now())
        except NameTaken:
            form.add_error("name", _("已有同名的，请换一个名称"))
        else:
            messages.success(request, _("已保存"))
            return redirect("webhooks:trigger", trigger_id=trigger_id)
    context = {"form": form, "trigger": row}
    return render(request, "webhooks/trigger_form.html", context, status=_FORM_AGAIN if form.errors else 200)


@needs(Permission.WEBHOOK_MANAGE)
@require_safe
def trigger(request: HttpRequest, trigger_id: int) -> HttpResponse:
    """One trigger and its latest calls."""
    row = _trigger_or_404(trigger_id)
    receipts = [
        {
            "at": one.at,
            "status": one.status,
            "problem": say_problem(one.problem),
            "detail": one.detail,
            "key": one.idempotency_key,
            "address": one.address,
        }
        for one in row.receipts.order_by("-id")[:_LATEST]
    ]
    address = request.build_absolute_uri(reverse("webhooks:receive", kwargs={"key": row.key}))
    context = {"trigger": row, "address": address, "schema": written_schema(row.schema), "receipts": receipts}
    return render(request, "webhooks/trigger.html", context)


@needs(Permission.WEBHOOK_MANAGE)
@never_cache
@require_POST
def rotate_trigger(request: HttpRequest, trigger_id: int) -> HttpResponse:
    """A new secret, shown once; the old one ends."""
    _trigger_or_404(trigger_id)
    secret = actions.rotate_trigger_secret(trigger_id, actor=actor_of(request), now=clock_now())
    return _secret_page(request, trigger_id, secret)


def _trigger_or_404(trigger_id: int) -> Trigger:
    row = Trigger.objects.filter(pk=trigger_id).defer("secret").first()
    if row is None:
        raise Http404
    return row


def _secret_page(request: HttpRequest, trigger_id: int, secret: str) -> HttpResponse:
    """As that of endpoints: in the answer itself."""
    return render(request, "webhooks/secret.html", {"trigger": _trigger_or_404(trigger_id), "secret": secret})
