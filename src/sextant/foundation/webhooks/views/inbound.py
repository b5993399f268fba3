"""The door for inbound calls: anybody may knock, only who signs comes in."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sextant.foundation.access.address import address_of
from sextant.foundation.access.http import public
from sextant.foundation.clock import now as clock_now
from sextant.foundation.webhooks.actions.triggers import Call, note_refusal, receive
from sextant.foundation.webhooks.contracts import CallRefused

LARGEST_BODY = 256 * 1024


@public
@csrf_exempt
@require_POST
def receive_call(request: HttpRequest, key: str) -> HttpResponse:
    """202 for a call that became an event, 200 for one that came before; others as `triggers.receive` refuses them,
    413 for a body that is too large. The answer says no more than the caller needs to mend the call."""
    now = clock_now()
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or len(length) > 9 or int(length) > LARGEST_BODY:
        return JsonResponse({"problem": "too_large", "limit": LARGEST_BODY}, status=413)
    call = Call(
        message_id=request.headers.get("webhook-id", ""),
        timestamp=request.headers.get("webhook-timestamp", ""),
        signature=request.headers.get("webhook-signature", ""),
        body=request.read(int(length)),
        address=address_of(request),
    )
    try:
        is_new = receive(key, call, now=now)
    except CallRefused as refusal:
        note_refusal(key, call, refusal, now=now)
        return JsonResponse({"problem": refusal.code, "detail": refusal.detail}, status=refusal.status)
    return JsonResponse({"accepted": is_new}, status=202 if is_new else 200)
