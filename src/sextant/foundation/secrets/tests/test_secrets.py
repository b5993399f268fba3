"""Sealed secrets: unreadable at rest, readable after a key was rotated, refused when changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sextant.foundation.secrets import SecretUnreadable, reseal, seal, unseal

OLD, NEW = "old-key-" + "o" * 32, "new-key-" + "n" * 32


@given(st.text())
def test_what_was_sealed_comes_back(text: str) -> None:
    assert unseal(seal(text)) == text


def test_sealed_bytes_do_not_hold_the_text_and_differ_each_time() -> None:
    one, other = seal("密码 hunter2"), seal("密码 hunter2")
    assert "密码".encode() not in one
    assert b"hunter2" not in one
    assert one != other


@pytest.mark.parametrize("at", [0, 5, 20, 60, -1])
def test_a_changed_byte_is_refused(at: int) -> None:
    sealed = bytearray(seal("a secret of some length"))
    sealed[at] ^= 1
    with pytest.raises(SecretUnreadable):
        unseal(bytes(sealed))


def test_naming_keys_for_the_first_time_loses_nothing(settings) -> None:
    sealed = seal("before")
    settings.SEXTANT_SECRET_KEYS = (NEW,)
    assert unseal(sealed) == "before"


def test_an_older_key_still_unseals_and_the_newest_seals(settings) -> None:
    settings.SEXTANT_SECRET_KEYS = (OLD,)
    sealed = seal("kept")
    settings.SEXTANT_SECRET_KEYS = (NEW, OLD)
    assert unseal(sealed) == "kept"
    fresh = seal("fresh")
    settings.SEXTANT_SECRET_KEYS = (NEW,)
    assert unseal(fresh) == "fresh"


def test_a_dropped_key_leaves_secrets_unreadable_unless_they_were_sealed_again(settings) -> None:
    settings.SEXTANT_SECRET_KEYS = (OLD,)
    sealed = seal("kept")
    settings.SEXTANT_SECRET_KEYS = (NEW, OLD)
    again = reseal(sealed)
    settings.SEXTANT_SECRET_KEYS = (NEW,)
    assert unseal(again) == "kept"
    with pytest.raises(SecretUnreadable):
        unseal(sealed)
    with pytest.raises(SecretUnreadable):
        reseal(sealed)
