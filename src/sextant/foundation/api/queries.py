"""Reads about API clients and their calls."""

from datetime import datetime

from sextant.foundation.api.contracts import Agreement, CallRow, ClientRow, ClientUnknown, Scope, ScopeGrant
from sextant.foundation.api.models import ApiCall, ApiClient
from sextant.foundation.api.policy import decide_state


def list_clients(*, now: datetime) -> list[ClientRow]:
    """All clients by name, revoked ones last. One query."""
    rows = [client_row(client, now=now) for client in ApiClient.objects.order_by("name")]
    return sorted(rows, key=lambda row: row.revoked_at is not None)


def get_client(client_id: int, *, now: datetime) -> ClientRow:
    """One client; raises ClientUnknown. One query."""
    client = ApiClient.objects.filter(pk=client_id).first()
    if client is None:
        raise ClientUnknown(client_id)
    return client_row(client, now=now)


def find_client_id(name_or_key: str) -> int | None:
    """Id of the client with exactly this name or key, or None."""
    found = ApiClient.objects.filter(name=name_or_key) | ApiClient.objects.filter(key=name_or_key)
    return found.values_list("id", flat=True).first()


def list_calls(client_id: int, *, limit: int = 50, offset: int = 0) -> list[CallRow]:
    """Calls of a client, newest first. One query."""
    fields = ("id", "at", "operation", "status", "problem", "rows", "milliseconds", "address", "request_id")
    found = ApiCall.objects.filter(client_id=client_id).order_by("-at", "-id").values_list(*fields)
    return [CallRow(*row) for row in found[offset : offset + limit]]


def count_calls(client_id: int) -> int:
    """How many calls of the client the log holds."""
    return ApiCall.objects.filter(client_id=client_id).count()


def client_row(client: ApiClient, *, now: datetime) -> ClientRow:
    """The client without its secrets, as of `now`."""
    old_until = client.old_secret_until
    return ClientRow(
        id=client.pk,
        key=client.key,
        agreement=agreement_of(client),
        state=decide_state(expires_at=client.expires_at, revoked_at=client.revoked_at, now=now),
        created_at=client.created_at,
        created_by=client.created_by,
        rotated_at=client.rotated_at,
        old_secret_until=old_until if old_until and old_until > now else None,
        revoked_at=client.revoked_at,
        last_call_at=client.last_call_at,
    )


def agreement_of(client: ApiClient) -> Agreement:
    """The agreement a client stands under."""
    return Agreement(
        name=client.name,
        owner=client.owner,
        purpose=client.purpose,
        scopes=tuple(_scope_grant(entry) for entry in client.scopes),
        expires_at=client.expires_at,
        networks=tuple(client.networks),
        calls_per_minute=client.calls_per_minute,
    )


def _scope_grant(entry: dict[str, object]) -> ScopeGrant:
    only = entry["only"]
    return ScopeGrant(Scope(str(entry["scope"])), None if only is None else tuple(only))  # type: ignore[arg-type]
