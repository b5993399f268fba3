"""Where a connector may connect to."""

import socket

import pytest

from sextant.metrics.connectors.contracts import Meter, Request, SourceFailed
from sextant.metrics.connectors.document import RestSource
from sextant.metrics.connectors.hosts import judged_address
from sextant.metrics.connectors.rest import RestDriver
from sextant.metrics.connectors.tests.stub import Reply, serving


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.9.9",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "localhost",
    ],
)
def test_an_address_inside_is_refused(address: str) -> None:
    with pytest.raises(SourceFailed) as caught:
        judged_address(address, 80, allowed=())
    assert caught.value.problem.code == "connector.host_private"


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888"])
def test_an_address_outside_is_taken(address: str) -> None:
    assert judged_address(address, 443, allowed=()) == address


def test_a_name_that_leads_inside_is_refused_unless_the_operator_named_it(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", 80))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [entry])
    with pytest.raises(SourceFailed):
        judged_address("crm.example.com", 80, allowed={"erp.example.com"})
    assert judged_address("CRM.example.com", 80, allowed={"crm.example.com"}) == "10.0.0.5"
    assert judged_address("crm.example.com", 80, allowed={"10.0.0.5"}) == "10.0.0.5"


def test_a_connector_reaches_nothing_on_this_machine_that_was_not_named() -> None:
    with serving(lambda _: Reply([])) as stub:
        source = RestSource.model_validate({"kind": "rest", "url": stub.url})
        with pytest.raises(SourceFailed) as caught:
            list(RestDriver(source, secrets=str).rows(Request(), meter=Meter()))
    assert caught.value.problem.code == "connector.host_private"
    assert stub.asked == []
