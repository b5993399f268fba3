"""Values and refusals of webhooks."""

from dataclasses import dataclass, field
from enum import StrEnum


class SendingState(StrEnum):
    """Of one event for one endpoint: to be sent (again), on its way, taken, given up."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class EndpointTerms:
    """What an administrator says of an endpoint. `codes` are events, ("*",) all of them; `only` narrows them to params
    with one of these values."""

    name: str
    url: str
    codes: tuple[str, ...] = ("*",)
    only: dict[str, list[str]] = field(default_factory=dict)
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class TriggerTerms:
    """What an administrator says of a trigger. `schema` is a JSON Schema every body must keep to; {} takes any."""

    name: str
    schema: dict[str, object] = field(default_factory=dict)
    is_active: bool = True


class NameTaken(Exception):
    """Another endpoint or trigger bears this name."""


class CallRefused(Exception):
    """An inbound call is refused: `status` of HTTP, `code`, and a `detail` for whoever called."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(status, code, detail)
        self.status = status
        self.code = code
        self.detail = detail[:300]
