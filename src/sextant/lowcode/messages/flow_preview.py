"""What the inbox shows of a flow beside its title: the values, and what happened so far."""

from sextant.lowcode.contracts.work import Preview, WorkRow
from sextant.lowcode.messages.flows import say_line
from sextant.lowcode.queries.flows import log_of_step, persons_of_log
from sextant.lowcode.registry_people import directory


def preview_of_flow(item: WorkRow) -> Preview:
    """Values of the run by name, and its log in words, the latest line first. Three queries."""
    found = log_of_step(item.subject[1])
    if found is None:
        return Preview()
    values, lines = found
    names = directory().names(persons_of_log(lines))
    trail = []
    for line in reversed(lines):
        said = say_line(line.code, line.params, names=names)
        who = names.get(line.person_id, "") if line.person_id is not None else ""
        trail.append((" ".join(part for part in (who, said) if part), line.at, line.note))
    return Preview(
        pairs=tuple((name, str(value)) for name, value in values.items() if value not in (None, "")),
        trail=tuple(trail),
    )
