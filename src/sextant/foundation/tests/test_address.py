"""Where a request came from: the peer, or what a trusted proxy says; never what is no address."""

import pytest
from django.test import RequestFactory

from sextant.foundation.access.address import address_of

TRUSTED = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize(
    ("proxy", "forwarded", "peer", "address"),
    [
        (None, "", "192.0.2.7", "192.0.2.7"),
        (None, "10.0.0.1", "192.0.2.7", "192.0.2.7"),
        (TRUSTED, "10.0.0.1, 10.0.0.2", "127.0.0.1", "10.0.0.2"),
        (TRUSTED, "unknown", "127.0.0.1", None),
        (TRUSTED, "10.0.0.1:443", "127.0.0.1", None),
        (None, "", "", None),
        (None, "", "fe80::1%eth0", "fe80::1"),
    ],
)
def test_address_is_of_the_last_one_who_can_be_trusted(settings, proxy, forwarded, peer, address) -> None:
    settings.SECURE_PROXY_SSL_HEADER = proxy
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded} if forwarded else {}, REMOTE_ADDR=peer)
    assert address_of(request) == address
