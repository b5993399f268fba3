"""What is signed, against values computed by others, and what is no signature at all."""

import pytest

from sextant.foundation.api.signature import SCHEME, is_signed_by, parse_authorization, sign, text_to_sign

GOOD = f"{SCHEME} key=sx_1, ts=1795255200, nonce=0123456789abcdef, signature={'a' * 64}"


def test_hmac_is_that_of_rfc_4231_case_2() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign("Jefe", "what do ya want for nothing?") == expected


def test_the_five_lines_are_written_as_documented() -> None:
    text = text_to_sign(method="POST", path="/a?b=1", ts=7, nonce="n", body_sha256="f" * 64)
    assert text == f"POST\n/a?b=1\n7\nn\n{'f' * 64}"


def test_parts_may_come_in_any_order_and_quoted() -> None:
    header = f'{SCHEME} nonce="0123456789abcdef", signature="{"A" * 64}",ts=1795255200,  key="sx_1"'
    claim = parse_authorization(header)
    assert claim is not None
    assert (claim.key, claim.ts, claim.nonce, claim.signature) == ("sx_1", 1795255200, "0123456789abcdef", "a" * 64)


@pytest.mark.parametrize(
    "header",
    [
        "",
        SCHEME,
        "Bearer abc",
        GOOD.replace("key=sx_1, ", ""),
        GOOD + ", key=sx_2",
        GOOD + ", more=1",
        GOOD.replace("ts=1795255200", "ts=soon"),
        GOOD.replace("ts=1795255200", "ts=1e9"),
        GOOD.replace("0123456789abcdef", "short"),
        GOOD.replace("0123456789abcdef", "n" * 65),
        GOOD.replace("a" * 64, "a" * 63),
        GOOD.replace("a" * 64, "g" * 64),
        GOOD.replace("sx_1", "ключ"),
    ],
)
def test_another_writing_is_no_signature(header: str) -> None:
    assert parse_authorization(GOOD) is not None
    assert parse_authorization(header) is None


def test_another_secret_signs_otherwise() -> None:
    signature = sign("secret", "text")
    assert is_signed_by("secret", "text", signature=signature)
    assert not is_signed_by("Secret", "text", signature=signature)
    assert not is_signed_by("secret", "text ", signature=signature)
