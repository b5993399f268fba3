"""Reads about accounts."""

from datetime import datetime

from sextant.foundation.access.contracts import Role
from sextant.foundation.accounts.agents import describe_agent
from sextant.foundation.accounts.contracts import SessionRow
from sextant.foundation.accounts.models import RoleGrant, SignInAttempt, User, UserSession


def find_user_id(username: str) -> int | None:
    """Id of the account with exactly this name, or None."""
    return User.objects.filter(username=username).values_list("id", flat=True).first()


def roles_of(user_id: int) -> frozenset[Role]:
    """Roles granted to the account; empty when none. One query."""
    return frozenset(Role(role) for role in RoleGrant.objects.filter(user_id=user_id).values_list("role", flat=True))


def list_sessions(user_id: int, *, current_key: str | None) -> list[SessionRow]:
    """Signed-in browsers of the account, last used first. One query."""
    rows = UserSession.objects.filter(user_id=user_id).order_by("-last_seen_at", "-id")
    return [
        SessionRow(
            id=row.id,
            agent_text=describe_agent(row.agent),
            address=row.address,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            current=row.session_key == current_key,
        )
        for row in rows
    ]


def list_failures_by_name(username: str, *, since: datetime) -> list[datetime]:
    """Wrong tries for the name since its last success, none older than `since`."""
    tries = SignInAttempt.objects.filter(username=username, at__gt=since)
    if success := tries.filter(succeeded=True).order_by("-at").values_list("at", flat=True).first():
        tries = tries.filter(at__gt=success)
    return list(tries.filter(succeeded=False).values_list("at", flat=True))


def list_failures_by_address(address: str | None, *, since: datetime) -> list[datetime]:
    """Wrong tries from the address, none older than `since`; [] when the address is unknown."""
    if address is None:
        return []
    tries = SignInAttempt.objects.filter(address=address, at__gt=since, succeeded=False)
    return list(tries.values_list("at", flat=True))
