"""Who uses a metric besides other metrics. Floors above hang their counters in here: imports point down only."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

Counter = Callable[[Iterable[int], date], Mapping[int, int]]
"""(metric ids, day) -> how many things use each from that day on; ids nobody uses may be absent. One query."""


@dataclass(frozen=True, slots=True)
class UseKind:
    """A kind of thing that uses metrics. `name` is what people call it, `list_url` a page's address with `{code}` and
    `{id}` in it, "" when there is none. A `holds` kind keeps a metric from being retired."""

    key: str
    name: str | Promise
    count: Counter
    list_url: str = ""
    holds: bool = True


_kinds: dict[str, UseKind] = {}


def register_use(kind: UseKind) -> None:
    """Make a kind known; once, when its app is ready. A second one under the same key replaces it."""
    _kinds[kind.key] = kind


def count_uses(metric_ids: Iterable[int], *, on: date) -> dict[str, Mapping[int, int]]:
    """Counts by key of the kind and metric. One query a kind."""
    ids = list(metric_ids)
    return {kind.key: kind.count(ids, on) for kind in _kinds.values()}


def list_use_kinds() -> tuple[UseKind, ...]:
    """Every kind that is known, in the order of registration."""
    return tuple(_kinds.values())
