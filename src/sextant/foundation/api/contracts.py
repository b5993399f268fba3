"""Frozen values of API clients: the agreement, what a call was answered, and why one was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sextant.foundation.access.contracts import Grant, Permission


class Scope(StrEnum):
    """What an agreement may allow. The permission behind it is what actions ask for."""

    MEASUREMENT_PUSH = "measurement:push"

    @property
    def permission(self) -> Permission:
        """The permission a client with this scope holds."""
        return _PERMISSIONS[self]


_PERMISSIONS = {Scope.MEASUREMENT_PUSH: Permission.METRIC_INGEST}


class ClientState(StrEnum):
    """Whether calls are answered: an expired agreement can be extended, a revoked one never comes back."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class ScopeGrant:
    """One scope of an agreement. `only` limits it to these keys (metric codes for measurements); None is no limit."""

    scope: Scope
    only: tuple[str, ...] | None = None

    def grant(self) -> Grant:
        """The same as the actor of a call carries it."""
        return Grant(self.scope.permission, None if self.only is None else frozenset(self.only))


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed with the owner of a client. `networks` are addresses or CIDR ranges, empty for everywhere."""

    name: str
    owner: str
    purpose: str
    scopes: tuple[ScopeGrant, ...]
    expires_at: datetime
    networks: tuple[str, ...] = ()
    calls_per_minute: int = 60


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client as its managers see it: never the secret. `key` is public, it names the client in every call.
    `old_secret_until` is set while the secret before the last rotation is still accepted."""

    id: int
    key: str
    agreement: Agreement
    state: ClientState
    created_at: datetime
    created_by: str
    rotated_at: datetime
    old_secret_until: datetime | None
    revoked_at: datetime | None
    last_call_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret in the one moment it can be read: after this answer nobody can."""

    client_id: int
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call in the log. `status` is None while it runs, and for ever when the process was killed in it; `rows` what
    the operation was given, None when it never got that far; `problem` the code of a refusal or empty."""

    id: int
    at: datetime
    operation: str
    status: int | None
    problem: str
    rows: int | None
    milliseconds: int | None
    address: str | None
    request_id: str


class ClientUnknown(Exception):
    """There is no client with this id."""


class ClientNameTaken(Exception):
    """Another client has this name."""


class ClientIsRevoked(Exception):
    """A revoked client is history: it can be neither changed nor given a new secret."""


class AgreementRefused(Exception):
    """The agreement breaks a rule; `code` says which (`api.agreement_*`)."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One place of a body that is not as agreed. `row` counts from one, None outside of rows; `field` is a path
    ("rows[3].day"); `value` what stood there, cut; `detail` a sentence with the remedy."""

    row: int | None
    field: str
    value: str
    detail: str


class CallRefused(Exception):
    """A call that is not answered. `status` and `code` go to the client, `params` fill the sentence of the code.

    `said` is title and detail where an app has a sentence of its own; `faults` name fields of the body.
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        said: tuple[str, str] | None = None,
        faults: tuple[FieldFault, ...] = (),
        headers: Mapping[str, str] | None = None,
        **params: object,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.said = said
        self.faults = faults
        self.headers = dict(headers or {})
        self.params = params
