"""Bodies: bounded, UTF-8, every digit as it was written."""

import gzip
from decimal import Decimal

import pytest
from django.test import RequestFactory

from sextant.foundation.api.body import LARGEST_BODY, parse_json, read_bytes, read_json
from sextant.foundation.api.contracts import CallRefused


def read(body: bytes, *, kind: str = "application/json", **headers: str) -> object:
    request = RequestFactory().post("/", data=body, content_type=kind, headers=headers)
    return read_json(request, read_bytes(request))


def code_of(body: bytes, **how: str) -> str:
    with pytest.raises(CallRefused) as caught:
        read(body, **how)
    return f"{caught.value.status} {caught.value.code}"


def test_numbers_keep_every_digit() -> None:
    found = parse_json('{"a": 0.1, "b": 12345678901234567890.123456, "c": 1e2, "d": 12345678901234567890}')
    assert found == {
        "a": Decimal("0.1"),
        "b": Decimal("12345678901234567890.123456"),
        "c": Decimal("1e2"),
        "d": 12345678901234567890,
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "api.bad_json"),
        ("", "api.bad_json"),
        ('{"a": NaN}', "api.bad_number"),
        ('{"a": -Infinity}', "api.bad_number"),
        ('{"a": ' + "9" * 5000 + "}", "api.bad_number"),
        ('{"a": 1.' + "9" * 5000 + "}", "api.bad_number"),
        ('{"a": 1e99999999999999999999}', "api.bad_number"),
        ('{"a": 1e61}', "api.bad_number"),
        ('{"a": 1e-999999}', "api.bad_number"),
        (r'{"a": ["b\u0000"]}', "api.bad_character"),
        (r'{"a\ud83d": 1}', "api.bad_character"),
        ('{"a": 1, "b": 2, "a": 3}', "api.key_twice"),
        ("[" * 200_000, "api.too_deep"),
    ],
)
def test_what_is_no_json_for_us_is_named(text: str, code: str) -> None:
    with pytest.raises(CallRefused) as caught:
        parse_json(text)
    assert caught.value.code == code


def test_whole_characters_may_be_escaped() -> None:
    assert parse_json(r'{"a": "\ud83d\ude00 \\u0000 \u540d", "b": 0e-999}') == {"a": "😀 \\u0000 名", "b": 0}


def test_gzip_is_unpacked() -> None:
    assert read(gzip.compress('{"名": 1}'.encode()), content_encoding="gzip") == {"名": 1}


def test_a_gzip_bomb_is_refused_and_not_unpacked() -> None:
    bomb = gzip.compress(b" " * (LARGEST_BODY + 1))
    assert len(bomb) < 20_000
    assert code_of(bomb, content_encoding="gzip") == "413 api.too_large"
    assert read(gzip.compress(b"1" + b" " * (LARGEST_BODY - 1)), content_encoding="gzip") == 1


def test_a_torn_gzip_and_one_with_a_tail_are_refused() -> None:
    whole = gzip.compress(b"{}")
    assert code_of(whole[:-4], content_encoding="gzip") == "400 api.bad_gzip"
    assert code_of(whole + whole, content_encoding="gzip") == "400 api.bad_gzip"
    assert code_of(b"{}", content_encoding="gzip") == "400 api.bad_gzip"


def test_other_types_and_encodings_are_refused() -> None:
    assert code_of(b"{}", kind="text/plain") == "415 api.wrong_type"
    assert code_of(b"{}", kind="application/json; charset=gbk") == "415 api.wrong_type"
    assert code_of(b"{}", content_encoding="br") == "415 api.wrong_type"
    assert code_of('{"a": "回款"}'.encode("gbk")) == "400 api.bad_encoding"
    assert read(b'\xef\xbb\xbf{"a": 1}', kind="application/json; charset=UTF-8") == {"a": 1}


def test_a_body_too_large_is_refused_by_its_length_alone() -> None:
    request = RequestFactory().post("/", data=b"{}", content_type="application/json")
    request.META["CONTENT_LENGTH"] = str(LARGEST_BODY + 1)
    with pytest.raises(CallRefused) as caught:
        read_bytes(request)
    assert caught.value.status == 413


@pytest.mark.parametrize("length", ["", "-1", "many"])
def test_a_body_of_unknown_length_is_refused(length: str) -> None:
    request = RequestFactory().post("/", data=b"{}", content_type="application/json")
    request.META["CONTENT_LENGTH"] = length
    with pytest.raises(CallRefused) as caught:
        read_bytes(request)
    assert caught.value.status == 411
