"""Which hosts the product may connect to.

Whoever edits a connector, a channel or a webhook must not reach into the machine or its network through it
(server-side request forgery): loopback, private and link-local addresses answer only when the operator named the host.
The name is resolved once and the connection goes to the address that was judged, so that a name cannot change its
meaning in between.
"""

import ipaddress
import socket
from collections.abc import Callable, Collection, Iterable

import httpcore
import httpx


class HostRefused(Exception):
    """The host may not be connected to. `code`: `host_unknown`, or `host_private` with the `address` it leads to."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


Judge = Callable[[str, int], str]
"""(host, port) → the address to connect to; raises what its caller wants to hear."""


def judged_address(host: str, port: int, *, allowed: Collection[str]) -> str:
    """An address of `host` that may be connected to.

    `allowed` are the hosts the operator named, by name or address; they may lie anywhere. Raises HostRefused.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HostRefused("host_unknown", host=host) from error
    addresses = [str(entry[4][0]) for entry in found]
    if host.lower().rstrip(".") not in allowed:
        refused = [address for address in addresses if not _is_public(address) and address not in allowed]
        if refused:
            raise HostRefused("host_private", host=host, address=refused[0])
    return addresses[0]


def _is_public(address: str) -> bool:
    """Whether the address belongs to the open internet; an IPv4 address written as IPv6 is judged as what it is."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    parsed = inner or parsed
    return parsed.is_global and not parsed.is_multicast


class _JudgedBackend(httpcore.SyncBackend):
    """Connects to judged addresses only. TLS still asks for the name: it is taken from the request, not from here."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self._judge = judge

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return super().connect_tcp(self._judge(host, port), port, timeout, local_address, socket_options)


def judged_transport(judge: Judge) -> httpx.HTTPTransport:
    """A transport for httpx that verifies TLS always and connects to judged addresses only."""
    transport = httpx.HTTPTransport(verify=True, trust_env=False)
    # httpx has no parameter for the backend; the pool is replaced by one that differs in nothing else
    transport._pool = httpcore.ConnectionPool(
        ssl_context=httpx.create_ssl_context(verify=True, trust_env=False),
        network_backend=_JudgedBackend(judge),
        max_connections=4,
    )
    return transport
