"""How results leave a command: as one JSON document, or laid out for reading."""

import dataclasses
import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

PIPED_WIDTH = 240


def to_json(value: object) -> str:
    """`value` as one JSON document. Decimals stay exact numbers (no detour over float), days and instants are ISO 8601.

    >>> to_json({"完成率": Decimal("0.70"), "on": date(2026, 1, 5), "none": None})
    '{"完成率": 0.70, "on": "2026-01-05", "none": null}'
    """
    value = _plain(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(str(key))}: {to_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(to_json(item) for item in value) + "]"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} has no JSON form")
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def to_text(value: object) -> str:
    """`value` for a reader: a table for a list of rows, `name: value` lines for one."""
    value = _plain(value)
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {_cell(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        items = [_plain(item) for item in value]
        rows = [item for item in items if isinstance(item, Mapping)]
        if rows and len(rows) == len(items):
            return _table(rows)
        return "\n".join(_cell(item) for item in items)
    return str(value)


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _cell(value: object) -> str:
    value = _plain(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return to_json(value)
    return "" if value is None else str(value)


def _table(rows: list[Mapping[str, object]]) -> str:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(str(name), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in rows[0]))
    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False)
    with console.capture() as captured:
        console.print(table)
    return captured.get().rstrip("\n")
