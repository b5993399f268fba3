"""Fixtures of more than one test of the low-code core."""

import pytest

from sextant.lowcode.tests.flow_makers import stand_in


@pytest.fixture
def company(monkeypatch):
    """A small company instead of the floor of persons, for the length of a test (see `flow_makers`)."""
    return stand_in(monkeypatch)
