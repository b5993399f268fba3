"""A file that is one JSON document: its list of rows, found by the same expression as in an answer over HTTP."""

import json
from decimal import Decimal
from pathlib import Path

import jmespath
from jmespath.exceptions import JMESPathError

from sextant.metrics.connectors.contracts import Row, SourceFailed

_MOST_BYTES = 256 * 1024 * 1024


def is_json(path: Path) -> bool:
    """Whether the file is one JSON document; JSON lines and tables are read by `foundation.tabular`."""
    return path.suffix.lower() == ".json"


def read_json_rows(path: Path, *, name: str, rows: str | None) -> list[Row]:
    """The rows in the document at `path`, by the JMESPath `rows` (without one the document is the list).

    It is held in memory: larger than 256 MB raises SourceFailed, as does a document of another shape.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise SourceFailed("answer_too_large", megabytes=_MOST_BYTES // 1024 // 1024)
    try:
        document = json.loads(path.read_bytes(), parse_float=Decimal)
        found = jmespath.search(rows or "@", document)
    except (ValueError, RecursionError, JMESPathError) as error:
        raise SourceFailed("file_unreadable", file=name, detail=str(error)[:200]) from error
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise SourceFailed("rows_not_found", path=rows or "@", found=type(document).__name__)
    return found
