"""Where a request came from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """Where the request came from. Behind a trusted HTTPS proxy the proxy's last entry, else the peer itself:
    the header is never believed when anyone could have written it. None when what is said is no address."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return _plain(forwarded.rsplit(",", 1)[-1])
    return _plain(request.META.get("REMOTE_ADDR") or "")


def _plain(written: str) -> str | None:
    """The address without a zone, as the database keeps it."""
    try:
        return str(ip_address(written.strip().partition("%")[0]))
    except ValueError:
        return None
