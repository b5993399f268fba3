"""Two notices and a directory of persons that only the tests know."""

import pytest

from sextant.foundation.catalogs import load_catalogs
from sextant.foundation.notices import registry
from sextant.foundation.notices.tests.makers import HOT, SPEC, URGENT


@pytest.fixture(autouse=True)
def known(monkeypatch, settings) -> None:
    load_catalogs()  # before the registry is replaced: what registers meanwhile would be lost for every later test
    settings.SEXTANT_RECIPIENTS = "sextant.foundation.notices.tests.makers.directory"
    monkeypatch.setattr(registry, "_NOTICES", {**registry._NOTICES, **{one.code: one for one in (SPEC, URGENT, HOT)}})
