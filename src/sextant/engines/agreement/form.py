"""The one form of an agreed text: JSON that is the same wherever it is written, and its hash."""

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256


def plain_value(value: object) -> object:
    """`value` as JSON holds it: decimals as text without empty places, days and instants as ISO, blanks cut at both
    ends, dataclasses as objects.

    >>> plain_value((Decimal("420.00"), date(2026, 12, 31), " 回款 "))
    ['420', '2026-12-31', '回款']
    """
    match value:
        case Decimal():
            return _shortest(value)
        case datetime() | date():
            return value.isoformat()
        case str():
            return value.strip()
        case tuple():
            return [plain_value(one) for one in value]
        case _ if is_dataclass(value):
            return {field.name: plain_value(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value


def canonical_text(plain: object) -> str:
    """The one JSON text of a plain value: keys sorted, no blanks between, characters as they are.

    >>> canonical_text({"b": 1, "a": "回款"})
    '{"a":"回款","b":1}'
    """
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hex."""
    return sha256(text.encode()).hexdigest()


def _shortest(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text
