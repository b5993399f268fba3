"""Frozen values of the sign-in."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignInResult:
    """`user_id` after success. After failure both may be None (wrong name or password: never says which);
    `locked_until` is set while the name or the address is locked, and then the password was not even tried."""

    user_id: int | None
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in browser as its owner sees it."""

    id: int
    agent_text: str
    address: str | None
    created_at: datetime
    last_seen_at: datetime
    current: bool


class UsernameTaken(Exception):
    """Another account has this name."""


class PasswordTooWeak(Exception):
    """The password breaks a rule; `reasons` are sentences for the person choosing it."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons
