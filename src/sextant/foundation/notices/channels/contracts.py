"""What every channel takes and gives back."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person. `id` stays the same when it is tried again: where the other side knows such a thing
    it is its idempotency key. `to` is the person's address on the channel, `link` a whole address or empty."""

    id: str
    to: str
    name: str
    subject: str
    body: str
    link: str
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side took the message. `is_confirmed`: it says that it has arrived, not only that it will try."""

    remote_id: str = ""
    is_confirmed: bool = False


class SendFailed(Exception):
    """The message did not go.

    `is_final`: this message never will (no such address). `is_whole`: no message will now (server away, wrong password,
    too many a minute): the channel rests, for `wait` seconds where the other side named them. Else it is tried again.
    `detail` is for administrators and holds neither secrets nor the message.
    """

    def __init__(
        self, code: str, detail: str = "", *, is_final: bool = False, is_whole: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail[:300]
        self.is_final = is_final
        self.is_whole = is_whole
        self.wait = wait


class Sender(Protocol):
    """An open channel; closed by `close`."""

    def send(self, message: Message) -> Sent:
        """Hand one message over. Raises SendFailed."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
