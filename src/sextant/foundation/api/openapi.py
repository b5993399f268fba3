"""The OpenAPI 3.1 document, made from the operations that are really served: what is not in the URLs is not in it."""

import inspect
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from sextant.foundation.api.contracts import FieldFault, Scope
from sextant.foundation.api.http import Operation
from sextant.foundation.api.problems import PROBLEM_TYPE
from sextant.foundation.api.signature import SCHEME

VERSION = "1.0.0"
_REFUSALS = {
    "400": "Not JSON in UTF-8, or a query parameter that is not understood.",
    "401": "Not signed, signed too long ago, or the nonce was used before.",
    "403": "The agreement has ended, or does not allow this.",
    "409": "The request contradicts what was accepted before.",
    "413": "The body is larger than allowed, as sent or unpacked.",
    "415": "Another content type or encoding than JSON, plain or gzip.",
    "422": "The body is not as described; `errors` names the places.",
    "429": "More calls in a minute than agreed; `Retry-After` says when to come back.",
    "500": "Our fault. Send the same again: nothing is counted twice.",
}
_SIGNATURE = (
    f"`Authorization: {SCHEME} key=…, ts=…, nonce=…, signature=…`: HMAC-SHA256 under the client's secret over five "
    "lines (method, path with query, ts, nonce, SHA-256 of the body as sent in hexadecimal), in hexadecimal. `ts` is "
    "in seconds since 1970, at most five minutes off; `nonce` is 16 to 64 characters of A-Z a-z 0-9 . _ ~ -, used once."
)


class Problem(BaseModel):
    """RFC 9457. `code` is for programs and stays; `title` and `detail` are for people, in the language asked for."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldFault] = []


def list_operations(
    resolver: URLResolver | None = None, prefix: str = "/"
) -> Iterator[tuple[str, Operation[Any, Any]]]:
    """Every operation that is served, with its path."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from list_operations(pattern, path)
        elif isinstance(pattern, URLPattern) and isinstance(
            found := getattr(pattern.callback, "operation", None), Operation
        ):
            yield path, found


def build_document() -> dict[str, object]:
    """The OpenAPI document of this installation's operations, as plain values."""
    operations = list(list_operations())
    models = {model for _, one in operations for model in (one.accepts, one.answers)} | {Problem}
    wanted = [(model, "validation") for model in sorted(models, key=lambda model: model.__name__)]
    _, schemas = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sextant", "version": VERSION, "summary": "Doors for programs; docs/api.md has an example."},
        "paths": {path: {one.method.lower(): _described(one)} for path, one in operations},
        "components": {
            "schemas": schemas["$defs"],
            "responses": {"Problem": {"description": "Refused.", "content": _content(PROBLEM_TYPE, Problem)}},
            "securitySchemes": {"signature": {"type": "http", "scheme": SCHEME, "description": _SIGNATURE}},
        },
        "security": [{"signature": []}],
    }


def _described(one: Operation[Any, Any]) -> dict[str, object]:
    """`x-scope` names what the agreement must allow: OpenAPI knows scopes of OAuth alone."""
    problem = {"content": _content(PROBLEM_TYPE, Problem)}
    return {
        "operationId": one.name,
        "summary": one.summary,
        "description": inspect.cleandoc(one.description),
        "x-scope": str(Scope(one.scope)),
        "parameters": [
            {"name": name, "in": "query", "description": text, "schema": {"type": "boolean", "default": False}}
            for name, text in one.flags.items()
        ],
        "requestBody": {"required": True, "content": _content("application/json", one.accepts)},
        "responses": {
            "200": {"description": "Done.", "content": _content("application/json", one.answers)},
            **{status: {"description": text, **problem} for status, text in _REFUSALS.items()},
        },
    }


def _content(kind: str, model: type[BaseModel]) -> dict[str, object]:
    return {kind: {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
