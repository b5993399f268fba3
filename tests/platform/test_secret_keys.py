"""Keys that seal stored secrets, as the environment names them."""

import pytest

from sextant.conf import env

OLD, NEW = "old-key-" + "o" * 32, "new-key-" + "n" * 32


def test_keys_are_read_from_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("SEXTANT_SECRET_KEYS", f" {NEW} , {OLD},")
    assert env.read().secret_keys == (NEW, OLD)


def test_a_short_key_stops_the_start_without_showing_it(monkeypatch) -> None:
    monkeypatch.setenv("SEXTANT_SECRET_KEYS", f"{NEW},hunter2")
    with pytest.raises(env.BadEnvironment, match="key 2 is shorter") as caught:
        env.read()
    assert "hunter2" not in str(caught.value)
