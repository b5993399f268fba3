"""Makers for tests: a client with an agreement, and calls as it would sign them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client

from sextant.foundation.access.contracts import Actor
from sextant.foundation.api.actions import create_client
from sextant.foundation.api.contracts import Agreement, NewSecret, Scope, ScopeGrant
from sextant.foundation.api.signature import SCHEME, sign, text_to_sign

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
HR = Actor.system("test")
_serial = count(1)


def make_agreement(**changes: Any) -> Agreement:
    """An agreement for a year from NOON to push every metric, unless changed."""
    usual = Agreement(
        name=f"CRM {next(_serial)}",
        owner="周信息，8021",
        purpose="每日回款与拜访",
        scopes=(ScopeGrant(Scope.MEASUREMENT_PUSH),),
        expires_at=NOON + timedelta(days=365),
    )
    return replace(usual, **changes)


def make_client(*, now: datetime = NOON, **changes: Any) -> NewSecret:
    """A client under `make_agreement(**changes)`, with its secret."""
    return create_client(make_agreement(**changes), actor=HR, now=now)


def signed_header(
    client: NewSecret,
    *,
    path: str,
    body: bytes,
    now: datetime = NOON,
    nonce: str | None = None,
    signs: Mapping[str, Any] | None = None,
) -> str:
    """The Authorization header of a POST; `signs` is what is signed instead of what is sent."""
    nonce = nonce or f"nonce-of-a-test-{next(_serial):06}"
    said = {"method": "POST", "path": path, "ts": int(now.timestamp()), "nonce": nonce}
    text = text_to_sign(**{**said, "body_sha256": hashlib.sha256(body).hexdigest(), **(signs or {})})
    return f"{SCHEME} key={client.key}, ts={said['ts']}, nonce={nonce}, signature={sign(client.secret, text)}"


def post(
    client: NewSecret,
    path: str,
    body: object,
    *,
    now: datetime = NOON,
    nonce: str | None = None,
    headers: dict[str, str] | None = None,
    remote: str = "127.0.0.1",
    signs: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """POST `body` (JSON, or bytes as they are) to `path`, signed by `client`."""
    sent = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    header = signed_header(client, path=path, body=sent, now=now, nonce=nonce, signs=signs)
    return Client(raise_request_exception=False).post(
        path,
        data=sent,
        content_type="application/json",
        headers={"Authorization": header, **(headers or {})},
        REMOTE_ADDR=remote,
    )
