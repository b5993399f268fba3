"""Pages about API clients, the OpenAPI document, and the answer to addresses that are no operation."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs, public
from sextant.foundation.api import actions, queries
from sextant.foundation.api.contracts import (
    AgreementRefused,
    CallRefused,
    ClientIsRevoked,
    ClientNameTaken,
    ClientRow,
    ClientState,
    ClientUnknown,
    NewSecret,
)
from sextant.foundation.api.forms import SCOPES, AgreementForm, initial_of, last_day_of
from sextant.foundation.api.http import refuse
from sextant.foundation.api.messages import say_agreement
from sextant.foundation.api.openapi import build_document
from sextant.foundation.clock import company_day
from sextant.foundation.clock import now as clock_now

PER_PAGE = 25
USUAL_TERM = timedelta(days=365)
_FORM_AGAIN = 422


@needs(Permission.API_CLIENT_MANAGE)
@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """Every client, those that still may call first."""
    rows = [_shown(row) for row in queries.list_clients(now=clock_now())]
    return render(request, "api/clients.html", {"clients": rows})


@needs(Permission.API_CLIENT_MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_client(request: HttpRequest) -> HttpResponse:
    """Agree and open a client; the answer to a good form is the one page that shows its secret."""
    last_on = company_day(clock_now() + USUAL_TERM, settings.SEXTANT_ZONE)
    form = AgreementForm(_sent(request), initial={"last_on": last_on, "scopes": [*SCOPES][:1]})
    if request.method == "POST" and form.is_valid():
        try:
            secret = actions.create_client(form.agreement(), actor=actor_of(request), now=clock_now())
        except (AgreementRefused, ClientNameTaken) as error:
            form.refuse(_sentence(error))
        else:
            return _secret_page(request, secret)
    return render(request, "api/client_form.html", {"form": form}, status=_FORM_AGAIN if form.errors else 200)


@needs(Permission.API_CLIENT_MANAGE)
@require_safe
def client(request: HttpRequest, client_id: int) -> HttpResponse:
    """One client: its agreement, what can be done with it, its calls page by page."""
    found = _client_or_404(client_id)
    total = queries.count_calls(client_id)
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(_whole(request.GET.get("page")), 1), pages)
    context = {
        "client": _shown(found),
        "agreement": found.agreement,
        "scopes": [(SCOPES[granted.scope], granted.scope, granted.only) for granted in found.agreement.scopes],
        "calls": queries.list_calls(client_id, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        "number": number,
        "pages": pages,
        "total": total,
    }
    return render(request, "api/client.html", context)


@needs(Permission.API_CLIENT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_client(request: HttpRequest, client_id: int) -> HttpResponse:
    """Change the agreement, or extend it."""
    found = _client_or_404(client_id)
    form = AgreementForm(_sent(request), initial=initial_of(found.agreement))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_agreement(client_id, form.agreement(), actor=actor_of(request), now=clock_now())
        except (AgreementRefused, ClientNameTaken, ClientIsRevoked) as error:
            form.refuse(_sentence(error))
        else:
            messages.success(request, _("约定已保存"))
            return redirect("api:client", client_id=client_id)
    context = {"form": form, "client": _shown(found)}
    return render(request, "api/client_form.html", context, status=_FORM_AGAIN if form.errors else 200)


@needs(Permission.API_CLIENT_MANAGE)
@never_cache
@require_POST
def rotate_secret(request: HttpRequest, client_id: int) -> HttpResponse:
    """Give the client a new secret and show it, once. `keep_old` lets the old one live a little longer."""
    keep_old = request.POST.get("keep_old") == "1"
    try:
        secret = actions.rotate_secret(client_id, keep_old=keep_old, actor=actor_of(request), now=clock_now())
    except (ClientUnknown, ClientIsRevoked) as error:
        raise Http404 from error
    return _secret_page(request, secret)


@needs(Permission.API_CLIENT_MANAGE)
@require_POST
def revoke_client(request: HttpRequest, client_id: int) -> HttpResponse:
    """End the agreement for good."""
    try:
        actions.revoke_client(client_id, actor=actor_of(request), now=clock_now())
    except (ClientUnknown, ClientIsRevoked) as error:
        raise Http404 from error
    messages.success(request, _("已吊销"))
    return redirect("api:client", client_id=client_id)


@public
@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """What the product offers to programs. It holds nothing of the company, so that tools can fetch it."""
    return JsonResponse(build_document(), json_dumps_params={"ensure_ascii": False})


@public
@csrf_exempt
def unknown_operation(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address under /api/v1/: a problem document, as programs expect."""
    return refuse(request, CallRefused(404, "api.unknown_operation"))


def _secret_page(request: HttpRequest, secret: NewSecret) -> HttpResponse:
    """Shown in the answer to the form and not behind a redirect: the secret is written nowhere on its way."""
    found = queries.get_client(secret.client_id, now=clock_now())
    return render(request, "api/secret.html", {"client": _shown(found), "secret": secret})


def _client_or_404(client_id: int) -> ClientRow:
    try:
        return queries.get_client(client_id, now=clock_now())
    except ClientUnknown as error:
        raise Http404 from error


def _shown(row: ClientRow) -> dict[str, object]:
    return {
        "id": row.id,
        "key": row.key,
        "name": row.agreement.name,
        "owner": row.agreement.owner,
        "state": row.state.value,
        "is_revoked": row.state is ClientState.REVOKED,
        "last_on": last_day_of(row.agreement.expires_at),
        "last_call_at": row.last_call_at,
        "created_at": row.created_at,
        "created_by": row.created_by,
        "rotated_at": row.rotated_at,
        "old_secret_until": row.old_secret_until,
        "revoked_at": row.revoked_at,
    }


def _sentence(error: AgreementRefused | ClientNameTaken | ClientIsRevoked) -> str:
    if isinstance(error, AgreementRefused):
        return say_agreement(error.code, error.params)
    if isinstance(error, ClientNameTaken):
        return _("已有同名的客户端，请换一个名称。")
    return _("已吊销的客户端不能再改，请新建一个。")


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 1
