"""The library as a list: searched, filtered, with freshness and uses of each metric."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from sextant.engines.values import Light
from sextant.metrics.models import Metric
from sextant.metrics.queries.metric_feed import Feed, light_of, list_feeds
from sextant.metrics.uses import count_uses
from sextant.people.queries import names_of_persons

STATES = ("used", "derived", "late", "silent", "retired")


@dataclass(frozen=True, slots=True)
class LibraryFilter:
    """What to show: `search` in name, code, description and tags; an owner; a source; one of `STATES`. Without a state
    retired metrics stay out."""

    search: str = ""
    owner_id: int | None = None
    source: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """One metric in the list. `last_on` is the day of its latest measurement, None without one; `uses` counts goals and
    whatever else hangs on it, `makes` the metrics made of it."""

    id: int
    code: str
    name: str
    unit_label: str
    kind: str
    direction: str
    aggregation: str
    source: str
    owner_name: str
    tags: tuple[str, ...]
    version: int
    is_retired: bool
    light: Light
    last_on: date | None
    uses: int
    makes: int


def list_library(wanted: LibraryFilter, *, today: date, limit: int = 50, offset: int = 0) -> list[LibraryRow]:
    """Metrics by name. Three queries, and one for each kind of use; the ledger is read once for each version."""
    feeds = list_feeds()
    found = list(_matching(wanted, feeds, today=today).order_by("name", "code")[offset : offset + limit])
    ids = [metric.pk for metric in found]
    owners = names_of_persons(metric.owner_person_id for metric in found if metric.owner_person_id)
    uses, makes = count_uses(ids, on=today), _count_made_of(ids)
    return [
        LibraryRow(
            id=metric.pk,
            code=metric.code,
            name=metric.name,
            unit_label=metric.unit_label,
            kind=metric.kind,
            direction=metric.direction,
            aggregation=metric.aggregation,
            source=metric.source,
            owner_name=owners.get(metric.owner_person_id or 0, ""),
            tags=tuple(metric.tags),
            version=metric.version,
            is_retired=metric.retired_at is not None,
            light=light_of(feeds.get(metric.pk), freshness_days=metric.freshness_days, today=today),
            last_on=feeds[metric.pk].last_on if metric.pk in feeds else None,
            uses=sum(counts.get(metric.pk, 0) for counts in uses.values()),
            makes=makes.get(metric.pk, 0),
        )
        for metric in found
    ]


def count_library(wanted: LibraryFilter, *, today: date) -> int:
    """How many `list_library` would give without a limit. One query, or two."""
    return _matching(wanted, list_feeds(), today=today).count()


def list_owners() -> list[tuple[int, str]]:
    """(person id, name) of everyone who owns a metric, by name. Two queries."""
    ids = Metric.objects.exclude(owner_person_id=None).values_list("owner_person_id", flat=True).distinct()
    return sorted(names_of_persons(one for one in ids if one).items(), key=lambda owner: owner[1])


def list_metric_sources() -> list[str]:
    """Sources that metrics name. One query."""
    return list(Metric.objects.exclude(source="").order_by("source").values_list("source", flat=True).distinct())


def _matching(wanted: LibraryFilter, feeds: dict[int, Feed], *, today: date) -> QuerySet[Metric]:
    found = Metric.objects.filter(retired_at__isnull=wanted.state != "retired")
    if words := wanted.search.strip():
        found = found.filter(
            Q(name__icontains=words)
            | Q(code__icontains=words)
            | Q(description__icontains=words)
            | Q(tags__contains=[words])
        )
    if wanted.owner_id is not None:
        found = found.filter(owner_person_id=wanted.owner_id)
    if wanted.source:
        found = found.filter(source=wanted.source)
    if wanted.state == "derived":
        found = found.filter(kind="derived")
    if wanted.state in {"late", "silent", "used"}:
        found = found.filter(id__in=_in_state(wanted.state, found, feeds, today=today))
    return found


def _in_state(state: str, found: QuerySet[Metric], feeds: dict[int, Feed], *, today: date) -> list[int]:
    """Metrics whose state only the ledger, or the floors above, know."""
    promises = dict(found.values_list("id", "freshness_days"))
    if state == "used":
        counted = count_uses(promises, on=today).values()
        return [pk for pk in promises if any(counts.get(pk) for counts in counted)]
    wanted = Light.RED if state == "late" else Light.NONE
    return [pk for pk, days in promises.items() if light_of(feeds.get(pk), freshness_days=days, today=today) is wanted]


def _count_made_of(ids: Iterable[int]) -> dict[int, int]:
    wanted = list(ids)
    counts: dict[int, int] = dict.fromkeys(wanted, 0)
    for inputs in Metric.objects.filter(input_ids__overlap=wanted, retired_at=None).values_list("input_ids", flat=True):
        for pk in set(inputs) & counts.keys():
            counts[pk] += 1
    return counts
