"""All tests of the mixed pages live on one Wednesday."""

import pytest

from sextant.web.tests.makers import NOW


@pytest.fixture(autouse=True)
def _one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
