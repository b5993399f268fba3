"""Sign in, sign out, and one's own signed-in browsers."""

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sextant.foundation.access.address import address_of
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import actor_of, needs, public
from sextant.foundation.accounts import actions, queries
from sextant.foundation.accounts.forms import SignInForm
from sextant.foundation.accounts.models import User
from sextant.foundation.clock import now as clock_now


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door. A signed-in person goes straight through."""
    target = _safe_target(request)
    if request.user.is_authenticated:
        return redirect(target)
    context = {"form": SignInForm(initial={"next": request.GET.get("next", "")}), "failed": False, "locked_until": None}
    if request.method == "POST":
        context["form"] = form = SignInForm(request.POST)
        if form.is_valid():
            moment, address = clock_now(), address_of(request)
            result = actions.sign_in(
                form.cleaned_data["username"], password=form.cleaned_data["password"], address=address, now=moment
            )
            if result.user_id is not None:
                _start_session(request, result.user_id)
                return redirect(target)
            context |= {"failed": True, "locked_until": result.locked_until}
    return render(request, "accounts/sign_in.html", context)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session; harmless when there is none."""
    actions.forget_session(request.session.session_key)
    logout(request)
    return redirect("accounts:sign_in")


@needs(Permission.SESSION_MANAGE)
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """My signed-in browsers."""
    user_id = actor_of(request).user_id
    rows = queries.list_sessions(user_id, current_key=request.session.session_key) if user_id else []
    return render(request, "accounts/sessions.html", {"sessions": rows})


@needs(Permission.SESSION_MANAGE)
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one of my browsers out."""
    try:
        actions.end_session(pk, actor=actor_of(request), now=clock_now())
    except AccessDenied as error:
        raise Http404 from error
    messages.success(request, _("已退出该设备"))
    return redirect("accounts:sessions")


@needs(Permission.SESSION_MANAGE)
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign all my other browsers out."""
    key = request.session.session_key
    ended = actions.end_other_sessions(actor=actor_of(request), current_key=key, now=clock_now())
    messages.success(request, _("已退出其他 %(count)d 台设备") % {"count": ended})
    return redirect("accounts:sessions")


def _start_session(request: HttpRequest, user_id: int) -> None:
    """Django's session under a fresh key, and our row about it."""
    user = User.objects.get(pk=user_id)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    moment = clock_now()
    request.session["seen_at"] = moment.isoformat()
    request.session.save()
    actions.open_session(
        str(request.session.session_key),
        user_id=user_id,
        address=address_of(request),
        agent=request.headers.get("User-Agent", ""),
        now=moment,
    )


def _safe_target(request: HttpRequest) -> str:
    """`next`, when it stays on this site; else the workbench."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and safe else reverse("web:workbench")
