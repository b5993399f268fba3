"""Which hosts a source may be read from: the guard of `foundation.outbound`, in the words of connectors."""

from collections.abc import Collection
from functools import partial

import httpx

from sextant.foundation.outbound import hosts
from sextant.metrics.connectors.contracts import SourceFailed


def judged_address(host: str, port: int, *, allowed: Collection[str]) -> str:
    """An address of `host` that may be connected to; `allowed` are the hosts the operator named. Raises SourceFailed
    (`host_unknown`, `host_private`)."""
    try:
        return hosts.judged_address(host, port, allowed=allowed)
    except hosts.HostRefused as refused:
        raise SourceFailed(refused.code, **refused.params) from refused


def judged_transport(*, allowed: Collection[str]) -> httpx.HTTPTransport:
    """A transport for httpx that connects to judged addresses only."""
    return hosts.judged_transport(partial(judged_address, allowed=allowed))
