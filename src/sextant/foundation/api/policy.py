"""Which agreements are made and which signed calls are answered. Pure: values and instants in, codes out."""

import re
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sextant.foundation.api.contracts import Agreement, ClientState

CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_AGREEMENT = timedelta(days=2 * 366)
"""An agreement that never ends is reviewed by nobody."""
OLD_SECRET_ACCEPTED = timedelta(hours=24)
CALLS_PER_MINUTE = range(1, 6_001)
_KEY = re.compile(r"[\w.-]{1,80}")


def decide_state(*, expires_at: datetime, revoked_at: datetime | None, now: datetime) -> ClientState:
    """Whether a client's calls are answered at `now`. The instant of expiry is already outside.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    >>> decide_state(expires_at=noon, revoked_at=None, now=noon).value
    'expired'
    """
    if revoked_at is not None:
        return ClientState.REVOKED
    return ClientState.ACTIVE if now < expires_at else ClientState.EXPIRED


def is_timely(ts: int, *, now: datetime) -> bool:
    """Whether a call signed at `ts` (seconds since 1970) is neither too old nor from the future."""
    return abs(now.timestamp() - ts) <= CLOCK_TOLERANCE.total_seconds()


def is_from(address: str | None, networks: tuple[str, ...]) -> bool:
    """Whether `address` lies in one of `networks`; without networks every address does, and an unknown address lies
    in none.

    >>> is_from("10.1.2.3", ("10.0.0.0/8",)), is_from("::ffff:10.1.2.3", ("10.0.0.0/8",)), is_from(None, ("10.0.0.1",))
    (True, True, False)
    """
    if not networks:
        return True
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in ip_network(network) for network in networks)


def find_fault(agreement: Agreement, *, now: datetime) -> tuple[str, dict[str, object]] | None:
    """The first rule an agreement breaks as (code, parameters), or None."""
    if not (agreement.name.strip() and agreement.owner.strip() and agreement.purpose.strip()):
        return "api.agreement_incomplete", {}
    if not agreement.scopes:
        return "api.agreement_without_scope", {}
    for key in (key for granted in agreement.scopes for key in granted.only or ()):
        if not _KEY.fullmatch(key):
            return "api.agreement_bad_key", {"key": key[:80]}
    if any(granted.only == () for granted in agreement.scopes):
        return "api.agreement_without_scope", {}
    if not now < agreement.expires_at <= now + LONGEST_AGREEMENT:
        return "api.agreement_bad_expiry", {"days": LONGEST_AGREEMENT.days}
    if agreement.calls_per_minute not in CALLS_PER_MINUTE:
        return "api.agreement_bad_rate", {"most": CALLS_PER_MINUTE[-1]}
    return _network_fault(agreement.networks)


def _network_fault(networks: tuple[str, ...]) -> tuple[str, dict[str, object]] | None:
    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            return "api.agreement_bad_network", {"network": network[:80]}
    return None
