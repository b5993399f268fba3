"""Writes about accounts: create one, try to sign in, keep and end sessions."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission, Role
from sextant.foundation.access.policy import require
from sextant.foundation.accounts import policy, queries
from sextant.foundation.accounts.contracts import PasswordTooWeak, SignInResult, UsernameTaken
from sextant.foundation.accounts.models import RoleGrant, SignInAttempt, User, UserSession
from sextant.foundation.audit.actions import record

SEEN_EVERY = timedelta(minutes=10)
"""How stale "last seen" may be: one write per ten minutes and browser instead of one per page."""


@transaction.atomic
def create_account(
    username: str, *, password: str, name: str, roles: Iterable[Role], actor: Actor, now: datetime
) -> int:
    """Open an account and return its id.

    Raises UsernameTaken, or PasswordTooWeak with the reasons. Needs `all:account:manage`.
    """
    require(actor, Permission.ACCOUNT_MANAGE)
    try:
        validate_password(password)
    except ValidationError as error:
        raise PasswordTooWeak(list(error.messages)) from error
    user, created = User.objects.get_or_create(
        username=username, defaults={"name": name, "password": make_password(password), "created_at": now}
    )
    if not created:
        raise UsernameTaken(username)
    granted = sorted(set(roles))
    RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, granted_at=now) for role in granted])
    record("create_account", actor=actor, now=now, object_kind="account", object_id=user.id, changes={"roles": granted})
    return user.id


@transaction.atomic
def sign_in(username: str, *, password: str, address: str | None, now: datetime) -> SignInResult:
    """Try a name and a password. Every try is kept; after too many wrong ones the door is locked for a while.

    The answer to a wrong name, a wrong password and a closed account is the same, and takes the same time.
    """
    _serialize_tries(username)
    if locked_until := _locked_until(username, address=address, now=now):
        return SignInResult(user_id=None, locked_until=locked_until)
    user = User.objects.filter(username=username).first()
    # a password nobody has is checked for unknown names, so that time does not tell which names exist
    encoded = user.password if user else _nobodys_password()
    matches = check_password(password, encoded) and user is not None and user.is_active
    SignInAttempt.objects.create(username=username[:150], address=address, at=now, succeeded=matches)
    if user is not None and matches:
        return SignInResult(user_id=user.id, locked_until=None)
    return SignInResult(user_id=None, locked_until=_locked_until(username, address=address, now=now))


@transaction.atomic
def confirm_identity(user_id: int, *, password: str, address: str | None, now: datetime) -> SignInResult:
    """Whether whoever is signed in still knows the password: asked before a signature. Counts as a try to sign in, so
    that a browser left open is no way round the lock. User.DoesNotExist for no account.

    The caller commits whatever the answer is: a wrong try that is rolled back was never counted.
    """
    username = User.objects.values_list("username", flat=True).get(id=user_id)
    return sign_in(username, password=password, address=address, now=now)


@transaction.atomic
def open_session(session_key: str, *, user_id: int, address: str | None, agent: str, now: datetime) -> None:
    """Remember a browser that has just signed in."""
    UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user_id": user_id,
            "created_at": now,
            "last_seen_at": now,
            "address": address,
            "agent": agent[:300],
        },
    )


def touch_session(session_key: str, *, now: datetime) -> None:
    """Note that the browser was used; callers ask at most every SEEN_EVERY."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=now)


@transaction.atomic
def end_session(session_id: int, *, actor: Actor, now: datetime) -> None:
    """Sign one of the actor's own browsers out. AccessDenied when it is not theirs or not there."""
    row = UserSession.objects.select_for_update().filter(id=session_id, user_id=_own_account(actor)).first()
    if row is None:
        raise AccessDenied(Permission.SESSION_MANAGE)
    _end([row])
    record("end_session", actor=actor, now=now, object_kind="session", object_id=session_id)


@transaction.atomic
def end_other_sessions(*, actor: Actor, current_key: str | None, now: datetime) -> int:
    """Sign all other browsers of the actor out; returns how many."""
    own = UserSession.objects.select_for_update().filter(user_id=_own_account(actor))
    rows = list(own.exclude(session_key=current_key))
    _end(rows)
    if rows:
        changes = {"ended": len(rows)}
        record(
            "end_other_sessions",
            actor=actor,
            now=now,
            object_kind="account",
            object_id=actor.user_id,
            changes=changes,
        )
    return len(rows)


def choose_language(user_id: int, *, language: str) -> None:
    """Keep the language in which the account reads the product; the edge has checked that it is spoken."""
    User.objects.filter(id=user_id).update(language=language)


def forget_session(session_key: str | None) -> None:
    """Drop the row of a browser that signs itself out; Django drops the session."""
    UserSession.objects.filter(session_key=session_key).delete()


def _own_account(actor: Actor) -> int:
    """The account whose sessions the actor may end: their own, and the system has none."""
    require(actor, Permission.SESSION_MANAGE)
    if actor.user_id is None:
        raise AccessDenied(Permission.SESSION_MANAGE)
    return actor.user_id


def _end(rows: list[UserSession]) -> None:
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(id__in=[row.id for row in rows]).delete()


def _locked_until(username: str, *, address: str | None, now: datetime) -> datetime | None:
    since = now - policy.MEMORY
    by_name = queries.list_failures_by_name(username, since=since)
    by_address = queries.list_failures_by_address(address, since=since)
    locks = (
        policy.decide_lockout(by_name, limit=policy.FAILURES_PER_NAME, now=now),
        policy.decide_lockout(by_address, limit=policy.FAILURES_PER_ADDRESS, now=now),
    )
    return max((lock for lock in locks if lock), default=None)


def _serialize_tries(username: str) -> None:
    """One try per name at a time: a burst of parallel guesses must not slip past the count."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in:{username}"])


@cache
def _nobodys_password() -> str:
    """A real hash of an unguessable password, made once a process: checking against it costs what any check costs."""
    return make_password(secrets.token_urlsafe(24))
