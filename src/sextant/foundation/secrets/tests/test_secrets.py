"""Sealed secrets: unreadable at rest, readable after a key was rotated, refused when changed."""

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db.models import BinaryField
from hypothesis import given
from hypothesis import strategies as st

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.api.models import ApiClient
from sextant.foundation.secrets import SecretUnreadable, reseal, seal, unseal
from sextant.foundation.secrets.actions import SecretsUnreadable, reseal_secrets

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


class TestResealing:
    NOW = datetime(2026, 3, 1, tzinfo=UTC)
    ROOT = Actor.system("test")

    @staticmethod
    def client(name: str, **changes: object) -> ApiClient:
        at = TestResealing.NOW
        fields = {"expires_at": at, "rotated_at": at, "created_at": at, "allowance_at": at, "allowance": 1}
        return ApiClient.objects.create(name=name, key=name, **{**fields, **changes})

    def test_every_secret_is_sealed_under_the_new_key_and_the_old_one_opens_none(self, db, settings) -> None:
        settings.SEXTANT_SECRET_KEYS = (OLD,)
        client = self.client("c", secret=seal("now"), old_secret=seal("before"))
        self.client("d", secret=seal("other"))
        settings.SEXTANT_SECRET_KEYS = (NEW, OLD)
        assert reseal_secrets(actor=self.ROOT, now=self.NOW).secrets == 3
        client.refresh_from_db()
        settings.SEXTANT_SECRET_KEYS = (NEW,)
        assert [unseal(client.secret), unseal(client.old_secret)] == ["now", "before"]
        settings.SEXTANT_SECRET_KEYS = (OLD,)
        with pytest.raises(SecretUnreadable):
            unseal(client.secret)

    def test_one_that_nothing_opens_is_named_and_keeps_all_as_they_are(self, db, settings) -> None:
        settings.SEXTANT_SECRET_KEYS = (OLD,)
        kept = self.client("a", secret=seal("kept"))
        settings.SEXTANT_SECRET_KEYS = ("lost-key-" + "l" * 32,)
        self.client("b", secret=seal("lost"))
        settings.SEXTANT_SECRET_KEYS = (NEW, OLD)
        with pytest.raises(SecretsUnreadable) as caught:
            reseal_secrets(actor=self.ROOT, now=self.NOW)
        assert caught.value.places == ("api_apiclient b secret",)
        sealed = bytes(kept.secret)
        kept.refresh_from_db()
        assert bytes(kept.secret) == sealed

    def test_no_column_of_bytes_escapes_it(self) -> None:
        plain = {
            f"{model._meta.label}.{field.name}"
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if type(field) is BinaryField
        }
        assert plain == set()

    def test_only_an_administrator_may(self, db) -> None:
        with pytest.raises(AccessDenied):
            reseal_secrets(actor=Actor(1, None, frozenset({Role.HR}), "hr"), now=self.NOW)
