"""A person's preferences: the matrix of notices and channels, one notice as a sheet, quiet hours, addresses."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now
from sextant.foundation.notices.actions import choosing
from sextant.foundation.notices.contracts import ChannelKind, Recipient
from sextant.foundation.notices.forms import ContactForm, HabitsForm
from sextant.foundation.notices.messages import CHANNELS
from sextant.foundation.notices.queries.preferences import Matrix, find_contact, get_matrix, get_wishes
from sextant.foundation.notices.recipients import recipients_of
from sextant.foundation.notices.views.parts import clock_text, quiet_band, tabs

_FORM_AGAIN = 422


@needs(Permission.NOTICE_READ)
@require_safe
def preferences(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    wishes = get_wishes(_person_id(request))
    context = {
        "matrix": _matrix(request),
        "habits": HabitsForm.of(wishes),
        "quiet": [clock_text(minute) for minute in (wishes.quiet_from, wishes.quiet_until)],
        "band": quiet_band(wishes),
        "tabs": tabs(actor_of(request), "preferences"),
    }
    return render(request, "notices/preferences.html", context)


@needs(Permission.NOTICE_READ)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save the whole matrix, or with `code` the line of one notice."""
    code = request.POST.get("code")
    person = _person(request)
    choosing.save_choices(
        set(request.POST.getlist("on")), codes=[code] if code else None, person=person, actor=actor_of(request)
    )
    messages.success(request, _("已保存"))
    return redirect("notices:preferences")


@needs(Permission.NOTICE_READ)
@require_safe
def line(request: HttpRequest, code: str) -> HttpResponse:
    """One notice and its channels: what the phone shows as a sheet."""
    found = _matrix(request).find(code)
    if found is None:
        raise Http404
    whole = request.headers.get("HX-Request") is None
    return render(request, "notices/line.html" if whole else "notices/_line.html", {"line": found})


@needs(Permission.NOTICE_READ)
@require_POST
def save_habits(request: HttpRequest) -> HttpResponse:
    """Save quiet hours and digest."""
    form = HabitsForm(request.POST)
    _person_id(request)
    if not form.is_valid():
        messages.error(request, _("没有保存，请重新选择时间"))
        return redirect("notices:preferences")
    choosing.save_habits(form.wishes(), actor=actor_of(request))
    messages.success(request, _("已保存"))
    return redirect("notices:preferences")


@needs(Permission.NOTICE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, kind: str) -> HttpResponse:
    """Where the person is reached on one channel."""
    person_id = _person_id(request)
    channel = next((one for one in _matrix(request).heads if one.kind == kind and one.must_bind), None)
    if channel is None:
        raise Http404
    form = ContactForm(request.POST if request.method == "POST" else None, kind=channel.kind)
    if request.method == "POST" and form.is_valid():
        choosing.bind_contact(channel.kind, form.cleaned_data["value"], actor=actor_of(request), now=clock_now())
        messages.success(request, _("已保存"))
        return redirect("notices:preferences")
    context = {"form": form, "channel": CHANNELS[channel.kind], "hint": find_contact(person_id, ChannelKind(kind))}
    return render(request, "notices/contact.html", context, status=_FORM_AGAIN if form.errors else 200)


def _matrix(request: HttpRequest) -> Matrix:
    return get_matrix(_person_id(request), person=_person(request))


def _person(request: HttpRequest) -> Recipient | None:
    person_id = _person_id(request)
    return recipients_of([person_id], on=company_day(clock_now(), settings.SEXTANT_ZONE)).get(person_id)


def _person_id(request: HttpRequest) -> int:
    """Whose preferences; an account without a person has none: 404."""
    person_id = actor_of(request).person_id
    if person_id is None:
        raise Http404 from AccessDenied("a person")
    return person_id
