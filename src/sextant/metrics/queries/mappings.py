"""Mappings to choose from: those that come with the product, and those that batches were taken in with."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from sextant.metrics.contracts import BatchKind, BatchState
from sextant.metrics.mapping import MappingRefused, load_mapping
from sextant.metrics.models import Batch

_PACKAGE = Path(__file__).resolve().parents[2]
_PLACES = (_PACKAGE / "examples", _PACKAGE.parents[1] / "examples")
"""In an installed product the examples lie in the package, in a checkout beside `src`."""
_REMEMBERED = 20


class MappingUnknown(Exception):
    """There is no saved mapping with this key."""


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """A mapping to choose: `key` finds it again, `source` is what it calls its source, `is_example` whether it came
    with the product."""

    key: str
    source: str
    is_example: bool


def list_mappings() -> list[SavedMapping]:
    """Mappings of earlier batches, the latest of each source first, then the examples."""
    used = (
        Batch.objects.filter(state=BatchState.DONE, kind=BatchKind.DELIVERY)
        .order_by("source", "-delivered_at", "-id")
        .distinct("source")
        .values_list("id", "source", "delivered_at")
    )
    recent = sorted(used, key=lambda batch: batch[2], reverse=True)[:_REMEMBERED]
    return [SavedMapping(f"batch:{batch_id}", source, is_example=False) for batch_id, source, _ in recent] + _examples()


def get_mapping_text(key: str) -> str:
    """The YAML text behind a key of `list_mappings`; MappingUnknown when there is none."""
    kind, _, name = key.partition(":")
    if kind == "example":
        for path in _example_files():
            if _name_of(path) == name:
                return path.read_text(encoding="utf-8")
    if kind == "batch" and name.isdecimal():
        document = Batch.objects.filter(pk=int(name)).values_list("mapping", flat=True).first()
        if document:
            return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)
    raise MappingUnknown(key)


def _examples() -> list[SavedMapping]:
    found = []
    for path in _example_files():
        try:
            found.append(SavedMapping(f"example:{_name_of(path)}", load_mapping(path).source, is_example=True))
        except MappingRefused:
            continue
    return found


def _example_files() -> list[Path]:
    place = next((place for place in _PLACES if place.is_dir()), None)
    return sorted(place.glob("*/metrics.yaml")) if place else []


def _name_of(path: Path) -> str:
    return path.parent.name
