"""`@operation`: a function that takes a checked body becomes a door for programs.

    @operation(scope=Scope.MEASUREMENT_PUSH, summary="…", accepts=PushBatch, answers=PushAnswer)
    def push_measurements(call: Call, batch: PushBatch) -> PushAnswer: ...

The door reads the body, checks the signature and the agreement, opens a line in the log, parses, calls, answers, and
closes the line; every refusal is a problem document. Sessions count for nothing here, so there is nothing to forge
across sites and the view is exempt from CSRF tokens.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from sextant.foundation.access.address import address_of
from sextant.foundation.access.contracts import Actor
from sextant.foundation.access.http import SIGNED
from sextant.foundation.api.actions import Admission, admit_call, close_call
from sextant.foundation.api.body import read_bytes, read_json
from sextant.foundation.api.contracts import CallRefused, Scope
from sextant.foundation.api.problems import problem_response
from sextant.foundation.api.shape import fit
from sextant.foundation.api.signature import SCHEME, parse_authorization, text_to_sign
from sextant.foundation.clock import now as clock_now
from sextant.foundation.damage import DataDamaged

log = logging.getLogger("sextant.api")
Body = TypeVar("Body", bound=BaseModel)
Answer = TypeVar("Answer", bound=BaseModel)
View = Callable[[HttpRequest], HttpResponse]


@dataclass(slots=True)
class Call:
    """What an operation is told beside its body: who calls (the client's `key` never changes, its `name` may), when,
    and the request for its query. An operation sets `rows` for the log once it knows how many it was given."""

    request: HttpRequest
    key: str
    name: str
    actor: Actor
    now: datetime
    rows: int | None = None

    def flag(self, name: str) -> bool:
        """The query's `name` as true or false, false without it; CallRefused 400 for anything else."""
        written = self.request.GET.get(name, "false")
        if written not in {"true", "false"}:
            raise CallRefused(400, "api.bad_query", name=name, value=written[:80], allowed="true, false")
        return written == "true"


@dataclass(frozen=True, slots=True)
class Operation(Generic[Body, Answer]):
    """What the door needs to know of an operation, and what the OpenAPI document says of it."""

    name: str
    scope: Scope
    summary: str
    description: str
    accepts: type[Body]
    answers: type[Answer]
    flags: dict[str, str]
    handle: Callable[[Call, Body], Answer]
    method: str = "POST"


def operation(
    *, scope: Scope, summary: str, accepts: type[Body], answers: type[Answer], flags: dict[str, str] | None = None
) -> Callable[[Callable[[Call, Body], Answer]], View]:
    """Mark a function as an operation under `scope`; the result is a view. `flags` are its query's true-or-false
    parameters with a description each."""

    def mark(handle: Callable[[Call, Body], Answer]) -> View:
        described = Operation(
            handle.__name__, scope, summary, handle.__doc__ or "", accepts, answers, flags or {}, handle
        )

        def view(request: HttpRequest) -> HttpResponse:
            return _answer(described, request)

        view.operation = described  # type: ignore[attr-defined]
        view.access_rule = SIGNED  # type: ignore[attr-defined]
        view.csrf_exempt = True  # type: ignore[attr-defined]
        view.__name__, view.__doc__ = handle.__name__, handle.__doc__
        return view

    return mark


def refuse(request: HttpRequest, refusal: CallRefused) -> HttpResponse:
    """A problem document for a request that reached no operation."""
    return _labelled(problem_response(refusal, request_id=_request_id()), None)


def _answer(described: Operation[Any, Any], request: HttpRequest) -> HttpResponse:
    request_id, started = _request_id(), time.monotonic()
    try:
        sent, admission = _admit(described, request, request_id=request_id)
    except CallRefused as refusal:
        return _labelled(problem_response(refusal, request_id=request_id), request_id)
    call = Call(request, admission.key, admission.name, admission.actor, clock_now())
    answer, problem = _run(described, call, sent, admission.refusal, request_id=request_id)
    milliseconds = int((time.monotonic() - started) * 1000)
    close_call(admission.call_id, status=answer.status_code, problem=problem, rows=call.rows, milliseconds=milliseconds)
    return _labelled(answer, request_id)


def _admit(described: Operation[Any, Any], request: HttpRequest, *, request_id: str) -> tuple[bytes, Admission]:
    if request.method != described.method:
        allowed = {"Allow": described.method}
        raise CallRefused(405, "api.wrong_method", headers=allowed, allowed=described.method)
    sent = read_bytes(request)
    claim = parse_authorization(request.headers.get("Authorization", ""))
    if claim is None:
        raise CallRefused(401, "api.not_signed")
    text = text_to_sign(
        method=described.method,
        path=request.get_full_path(),
        ts=claim.ts,
        nonce=claim.nonce,
        body_sha256=hashlib.sha256(sent).hexdigest(),
    )
    admission = admit_call(
        claim,
        text=text,
        scope=described.scope,
        operation=described.name,
        address=address_of(request),
        request_id=request_id,
        now=clock_now(),
    )
    return sent, admission


def _run(
    described: Operation[Any, Any], call: Call, sent: bytes, refusal: CallRefused | None, *, request_id: str
) -> tuple[HttpResponse, str]:
    """The operation's answer and the code of its problem, "" when it went well. Nothing escapes: a call that is in the
    log gets an answer and a status."""
    try:
        if refusal is not None:
            raise refusal
        body = fit(described.accepts, read_json(call.request, sent))
        found = described.handle(call, body)
        return HttpResponse(found.model_dump_json(), content_type="application/json"), ""
    except CallRefused as refused:
        return problem_response(refused, request_id=request_id), refused.code
    except DataDamaged:
        log.exception("API call %s of %s met damaged data", request_id, call.actor.label)
        damaged = CallRefused(503, "api.data_damaged", request=request_id)
        return problem_response(damaged, request_id=request_id), damaged.code
    except Exception:
        log.exception("API call %s of %s failed", request_id, call.actor.label)
        failed = CallRefused(500, "api.failed", request=request_id)
        return problem_response(failed, request_id=request_id), failed.code


def _labelled(answer: HttpResponse, request_id: str | None) -> HttpResponse:
    if request_id is not None:
        answer["X-Request-Id"] = request_id
    answer["Cache-Control"] = "no-store"
    if answer.status_code == 401:
        answer["WWW-Authenticate"] = SCHEME
    return answer


def _request_id() -> str:
    return str(uuid4())
