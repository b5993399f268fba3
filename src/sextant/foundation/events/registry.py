"""Which events there are, and who is told of them."""

from collections.abc import Mapping, Sequence
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from sextant.foundation.catalogs import load_catalogs
from sextant.foundation.events.contracts import EventSpec, EventUnknown, Handler, Subscription

_EVENTS: dict[str, EventSpec] = {}


def register_event(spec: EventSpec) -> None:
    """Make an event known. Called from an app's `catalog.py`; two of one code are a programming error."""
    if _EVENTS.setdefault(spec.code, spec) != spec:
        raise ValueError(f"two events are called {spec.code}")


def list_events() -> list[EventSpec]:
    """Every kind of event, by code."""
    load_catalogs()
    return [_EVENTS[code] for code in sorted(_EVENTS)]


def get_event(code: str) -> EventSpec:
    """The event of this code. Raises EventUnknown."""
    if code not in _EVENTS:
        load_catalogs()
    try:
        return _EVENTS[code]
    except KeyError as error:
        raise EventUnknown(f"no catalog.py registers the event {code!r}") from error


def check_params(spec: EventSpec, params: Mapping[str, object]) -> None:
    """Raise EventUnknown unless `params` has exactly the fields the event declares."""
    if set(params) != set(spec.fields):
        raise EventUnknown(f"{spec.code} has the fields {sorted(spec.fields)}, not {sorted(params)}")


def subscriptions() -> Sequence[Subscription]:
    """Who is told of what: the list that `SEXTANT_SUBSCRIPTIONS` names (`conf/subscriptions.py`)."""
    found: Sequence[Subscription] = import_string(settings.SEXTANT_SUBSCRIPTIONS)
    return found


@cache
def handler_of(dotted: str) -> Handler:
    """The function a subscription names."""
    found: Handler = import_string(dotted)
    return found
