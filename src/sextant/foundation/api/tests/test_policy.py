"""Which agreements are made, and which signed calls are answered."""

from datetime import timedelta

import pytest

from sextant.foundation.api.contracts import ClientState, Scope, ScopeGrant
from sextant.foundation.api.messages import AGREEMENTS, say_agreement
from sextant.foundation.api.policy import LONGEST_AGREEMENT, decide_state, find_fault, is_from, is_timely
from sextant.foundation.api.tests.makers import NOON, make_agreement


@pytest.mark.parametrize(("seconds", "timely"), [(0, True), (-300, True), (300, True), (-301, False), (301, False)])
def test_a_call_is_good_for_five_minutes_either_way(seconds: int, timely: bool) -> None:
    assert is_timely(int(NOON.timestamp()) + seconds, now=NOON) is timely


def test_a_revoked_client_stays_revoked_whatever_its_expiry() -> None:
    later = NOON + timedelta(days=1)
    assert decide_state(expires_at=later, revoked_at=NOON, now=NOON) is ClientState.REVOKED
    assert decide_state(expires_at=later, revoked_at=None, now=NOON) is ClientState.ACTIVE
    assert decide_state(expires_at=later, revoked_at=None, now=later) is ClientState.EXPIRED


@pytest.mark.parametrize(
    ("address", "networks", "inside"),
    [
        ("10.1.2.3", (), True),
        (None, (), True),
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("11.1.2.3", ("10.0.0.0/8", "11.1.2.3"), True),
        ("12.1.2.3", ("10.0.0.0/8", "11.1.2.3"), False),
        ("::ffff:10.1.2.3", ("10.0.0.0/8",), True),
        ("fd00::1", ("fd00::/8",), True),
        ("fd00::1", ("10.0.0.0/8",), False),
        ("unix:", ("10.0.0.0/8",), False),
    ],
)
def test_networks_bound_where_calls_come_from(address: str | None, networks: tuple[str, ...], inside: bool) -> None:
    assert is_from(address, networks) is inside


BROKEN = [
    ({"name": " "}, "api.agreement_incomplete"),
    ({"owner": ""}, "api.agreement_incomplete"),
    ({"purpose": ""}, "api.agreement_incomplete"),
    ({"scopes": ()}, "api.agreement_without_scope"),
    ({"scopes": (ScopeGrant(Scope.MEASUREMENT_PUSH, ()),)}, "api.agreement_without_scope"),
    ({"scopes": (ScopeGrant(Scope.MEASUREMENT_PUSH, ("a b",)),)}, "api.agreement_bad_key"),
    ({"expires_at": NOON}, "api.agreement_bad_expiry"),
    ({"expires_at": NOON + LONGEST_AGREEMENT + timedelta(seconds=1)}, "api.agreement_bad_expiry"),
    ({"networks": ("10.0.0.0/33",)}, "api.agreement_bad_network"),
    ({"networks": ("10.0.0.1/8",)}, "api.agreement_bad_network"),
    ({"calls_per_minute": 0}, "api.agreement_bad_rate"),
    ({"calls_per_minute": 6001}, "api.agreement_bad_rate"),
]


@pytest.mark.parametrize(("changes", "code"), BROKEN)
def test_a_broken_rule_is_named(changes: dict, code: str) -> None:
    fault = find_fault(make_agreement(**changes), now=NOON)
    assert fault is not None
    assert fault[0] == code
    assert "%(" not in say_agreement(*fault)


def test_a_whole_agreement_has_no_fault() -> None:
    metrics = ScopeGrant(Scope.MEASUREMENT_PUSH, ("sales.collections", "拜访"))
    networks = ("10.0.0.0/8", "::1")
    agreement = make_agreement(scopes=(metrics,), networks=networks, expires_at=NOON + LONGEST_AGREEMENT)
    assert find_fault(agreement, now=NOON) is None


def test_every_rule_is_broken_by_one_of_them_and_has_a_sentence() -> None:
    assert {code for _, code in BROKEN} == set(AGREEMENTS)
