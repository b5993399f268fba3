"""Sign-in: success, the same silence for every failure, lockout, and a burst of parallel guesses."""

import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.foundation.accounts import actions
from sextant.foundation.accounts.contracts import PasswordTooWeak, UsernameTaken
from sextant.foundation.accounts.models import SignInAttempt, User, UserSession

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
GOOD = "correct horse battery"


def make_account(username: str = "lin", **changes: object) -> User:
    system = Actor.system("test")
    user_id = actions.create_account(
        username, password=GOOD, name="林清越", roles=[Role.EMPLOYEE], actor=system, now=NOON
    )
    User.objects.filter(pk=user_id).update(**changes)
    return User.objects.get(pk=user_id)


def try_password(password: str, *, username: str = "lin", minutes: float = 0, address: str = "10.0.0.1"):
    moment = NOON + timedelta(minutes=minutes)
    return actions.sign_in(username, password=password, address=address, now=moment)


def test_right_password_signs_in(db: None) -> None:
    user = make_account()
    assert try_password(GOOD).user_id == user.pk


@pytest.mark.parametrize("case", ["wrong password", "unknown name", "closed account"])
def test_every_failure_looks_the_same(db: None, case: str) -> None:
    make_account(is_active=case != "closed account")
    password = "wrong" if case == "wrong password" else GOOD
    result = try_password(password, username="nobody" if case == "unknown name" else "lin")
    assert (result.user_id, result.locked_until) == (None, None)


def test_five_failures_lock_even_the_right_password(db: None) -> None:
    make_account()
    results = [try_password("wrong", minutes=n) for n in range(5)]
    assert results[3].locked_until is None
    assert results[4].locked_until == NOON + timedelta(minutes=19)
    assert try_password(GOOD, minutes=18).user_id is None
    assert try_password(GOOD, minutes=19).user_id is not None


def test_a_success_forgets_earlier_failures(db: None) -> None:
    make_account()
    for n in range(4):
        try_password("wrong", minutes=n)
    try_password(GOOD, minutes=5)
    assert try_password("wrong", minutes=6).locked_until is None


def test_one_address_guessing_many_names_is_locked(db: None) -> None:
    make_account()
    for n in range(50):
        try_password("wrong", username=f"name-{n}")
    assert try_password(GOOD).locked_until is not None
    assert try_password(GOOD, address="10.0.0.2").user_id is not None


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_do_not_slip_past_the_count() -> None:
    make_account()

    def guess() -> None:
        try_password("wrong")
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SignInAttempt.objects.filter(succeeded=False).count() == 5


def test_taken_name_weak_password_and_missing_right_are_refused(db: None) -> None:
    make_account()
    with pytest.raises(UsernameTaken):
        make_account()
    system = Actor.system("test")
    with pytest.raises(PasswordTooWeak):
        actions.create_account("x", password="short", name="", roles=[], actor=system, now=NOON)
    employee = Actor(1, 1, frozenset({Role.EMPLOYEE}))
    with pytest.raises(AccessDenied):
        actions.create_account("y", password=GOOD, name="", roles=[], actor=employee, now=NOON)


def test_page_signs_in_and_keeps_the_target_on_this_site(db: None) -> None:
    make_account()
    client = Client()
    form = {"username": "lin", "password": GOOD, "next": "https://evil.example/"}
    answer = client.post("/account/sign-in/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert UserSession.objects.get().user.username == "lin"


def test_stranger_comes_back_to_the_page_they_asked_for(db: None) -> None:
    make_account()
    client = Client()
    door = client.get("/goals/?unit=3&light=red")["Location"]
    form = {"username": "lin", "password": GOOD, "next": parse_qs(urlsplit(door).query)["next"][0]}
    assert client.post("/account/sign-in/", form)["Location"] == "/goals/?unit=3&light=red"


def test_wrong_password_page_says_so_without_saying_what(db: None) -> None:
    make_account()
    answer = Client().post("/account/sign-in/", {"username": "lin", "password": "wrong"})
    assert answer.status_code == 200
    assert "账号或密码不正确" in answer.content.decode()


def test_ending_another_browser_signs_it_out(db: None) -> None:
    make_account()
    laptop, phone = Client(), Client()
    for client in (laptop, phone):
        client.post("/account/sign-in/", {"username": "lin", "password": GOOD})
    laptop.post("/account/sessions/end-others/")
    assert laptop.get("/account/sessions/").status_code == 200
    assert phone.get("/account/sessions/").status_code == 302
