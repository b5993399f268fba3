"""What the inbox shows of a flow beside its title: the values, and what happened so far."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext

from sextant.engines.flow import Flow
from sextant.lowcode.contracts.work import Preview, WorkRow
from sextant.lowcode.flows.reading import values_of
from sextant.lowcode.messages.flows import say_line
from sextant.lowcode.queries.flows import log_of_step, persons_of_log
from sextant.lowcode.registry_people import directory


def preview_of_flow(item: WorkRow) -> Preview:
    """Values of the run by name, and its log in words, the latest line first. Three queries."""
    found = log_of_step(item.subject[1])
    if found is None:
        return Preview()
    flow, values, lines = found
    names = directory().names(persons_of_log(lines))
    trail = []
    for line in reversed(lines):
        said = say_line(line.code, line.params, names=names)
        who = names.get(line.person_id, "") if line.person_id is not None else ""
        trail.append((" ".join(part for part in (who, said) if part), line.at, line.note))
    return Preview(
        pairs=tuple(shown_values(flow, values)),
        trail=tuple(trail),
    )


def shown_values(flow: Flow, values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Values of a run that are there, by name, in the order of the flow's fields, as people write them."""
    typed = values_of(flow, values)
    return [(name, said_value(value)) for name, value in typed.items() if value not in (None, "")]


def said_value(value: object) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return date_format(value, "Y-m-d") if isinstance(value, date) else str(value)
