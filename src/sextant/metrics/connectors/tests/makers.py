"""Makers of connector documents for tests."""

from typing import Any

import yaml

from sextant.metrics.connectors.document import ConnectorDocument, parse_connector

MAPPING: dict[str, Any] = {
    "source": "门店流水",
    "person": {"column": "who", "by": "number"},
    "columns": {"amount": {"type": "number"}},
    "record": "id",
    "metrics": [{"code": "s.sales", "name": "门店销售", "unit_label": "元", "decimals": 2}],
    "measurements": [{"metric": "s.sales", "date": "day", "value": "[amount]"}],
}
REST: dict[str, Any] = {
    "kind": "rest",
    "url": "http://127.0.0.1:9/rows",
    "rows": "rows",
    "params": {"from": "{from}", "until": "{until}"},
}


def document_text(**changes: Any) -> str:
    """A REST connector as YAML, with `changes` at its top level."""
    fields = {"name": "shop", "source": REST, "backfill": {"from": "2026-01-01"}, "mapping": MAPPING, **changes}
    return yaml.safe_dump({key: value for key, value in fields.items() if value is not None}, allow_unicode=True)


def make_document(**changes: Any) -> ConnectorDocument:
    """The same, parsed."""
    return parse_connector(document_text(**changes))
