"""Which hosts a source may be read from.

Whoever edits a connector must not reach into the machine or its network through it (server-side request forgery):
loopback, private and link-local addresses answer only when the operator named the host. The name is resolved once and
the connection goes to the address that was judged, so that a name cannot change its meaning in between.
"""

import ipaddress
import socket
from collections.abc import Collection, Iterable

import httpcore
import httpx

from sextant.metrics.connectors.contracts import SourceFailed


def judged_address(host: str, port: int, *, allowed: Collection[str]) -> str:
    """An address of `host` that may be connected to.

    `allowed` are the hosts the operator named, by name or address; they may lie anywhere. Raises SourceFailed
    (`host_unknown`, `host_private`).
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceFailed("host_unknown", host=host) from error
    addresses = [str(entry[4][0]) for entry in found]
    if host.lower().rstrip(".") not in allowed:
        refused = [address for address in addresses if not _is_public(address) and address not in allowed]
        if refused:
            raise SourceFailed("host_private", host=host, address=refused[0])
    return addresses[0]


def _is_public(address: str) -> bool:
    """Whether the address belongs to the open internet; an IPv4 address written as IPv6 is judged as what it is."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    parsed = inner or parsed
    return parsed.is_global and not parsed.is_multicast


class _JudgedBackend(httpcore.SyncBackend):
    """Connects to judged addresses only. TLS still asks for the name: it is taken from the request, not from here."""

    def __init__(self, allowed: Collection[str]) -> None:
        super().__init__()
        self._allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        address = judged_address(host, port, allowed=self._allowed)
        return super().connect_tcp(address, port, timeout, local_address, socket_options)


def judged_transport(*, allowed: Collection[str]) -> httpx.HTTPTransport:
    """A transport for httpx that verifies TLS always and connects to judged addresses only."""
    transport = httpx.HTTPTransport(verify=True, trust_env=False)
    # httpx has no parameter for the backend; the pool is replaced by one that differs in nothing else
    transport._pool = httpcore.ConnectionPool(
        ssl_context=httpx.create_ssl_context(verify=True, trust_env=False),
        network_backend=_JudgedBackend(allowed),
        max_connections=4,
    )
    return transport
