"""Refusals as RFC 9457 documents (application/problem+json), in the caller's language."""

import json
from dataclasses import asdict

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from sextant.foundation.api.contracts import CallRefused
from sextant.foundation.api.messages import say_problem

PROBLEM_TYPE = "application/problem+json"


def problem_document(refusal: CallRefused, *, request_id: str) -> dict[str, object]:
    """The document of a refusal. `code` is for programs and never changes; `title` and `detail` are for people."""
    title, detail = refusal.said or say_problem(refusal.code, refusal.params)
    document: dict[str, object] = {
        "type": f"urn:sextant:problem:{refusal.code}",
        "title": title,
        "status": refusal.status,
        "detail": detail,
        "instance": f"urn:uuid:{request_id}",
        "code": refusal.code,
    }
    if refusal.faults:
        document["errors"] = [asdict(fault) for fault in refusal.faults]
    return document


def problem_response(refusal: CallRefused, *, request_id: str) -> HttpResponse:
    """The answer to a refused call."""
    document = problem_document(refusal, request_id=request_id)
    answer = HttpResponse(
        json.dumps(document, ensure_ascii=False, default=str),
        status=refusal.status,
        content_type=PROBLEM_TYPE,
        headers=refusal.headers,
    )
    patch_vary_headers(answer, ("Accept-Language",))
    return answer
