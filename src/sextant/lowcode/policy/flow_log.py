"""The chain of a flow's log: each line's digest covers the line and the digest before it, so that a line changed or
taken out later does not fit."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line as it is kept. `number` counts from one within its instance."""

    number: int
    at: datetime
    code: str
    person_id: int | None = None
    node: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    note: str = ""


def digest_of(line: LogLine, before: str) -> str:
    """Hex SHA-256 of the line behind the digest before it ("" for the first).

    >>> from datetime import UTC
    >>> digest_of(LogLine(1, datetime(2026, 11, 23, 1, 0, tzinfo=UTC), "flow.line.started"), "")[:16]
    'cf9e3b92c9151c88'
    """
    told = [line.number, line.at.isoformat(), line.code, line.person_id, line.node, dict(line.params), line.note]
    text = json.dumps([before, *told], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_whole(lines: Iterable[tuple[LogLine, str]], *, head: str) -> bool:
    """Whether lines (in order, each with the digest kept beside it) are all there and unchanged; `head` is the digest
    that the instance itself keeps of the last one."""
    before = ""
    for number, (line, kept) in enumerate(lines, start=1):
        if line.number != number or digest_of(line, before) != kept:
            return False
        before = kept
    return before == head
