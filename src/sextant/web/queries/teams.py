"""A manager's people: whose goals glow, who to talk to first, and the matrix of people and measures."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sextant.goals.contracts import LightCounts
from sextant.people.contracts import PersonRow
from sextant.web.contracts import GoalLine, PersonLights
from sextant.web.queries.lights import NO_LIGHTS, total_of
from sextant.web.routes import find_url

TEAM_SHOWN = 40
"""People in the matrix. Of a larger team those whose goals glow most are shown, with a way to all of them."""
TALKS_SHOWN = 6
MEASURES_SHOWN = 6
MEASURES_SHARE = 4
"""A measure gets a column when at least one in four people has it; the rest is summed up in one more column."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One person: a cell per measure of the matrix, None where they have no such goal; `rest` is the most alarming of
    their other goals."""

    person: PersonLights
    cells: tuple[GoalLine | None, ...]
    rest: GoalLine | None


@dataclass(frozen=True, slots=True)
class Team:
    """`size` counts everyone, `people` and `rows` only those shown; `unit_lines` are goals of the units headed."""

    units: tuple[tuple[int, str], ...]
    size: int
    counts: LightCounts
    people: tuple[PersonLights, ...]
    measures: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    unit_lines: tuple[GoalLine, ...]

    @property
    def talks(self) -> tuple[PersonLights, ...]:
        """People with a red or yellow light, the most pressing first."""
        return tuple(person for person in self.people if person.worst is not None)[:TALKS_SHOWN]

    @property
    def has_rest(self) -> bool:
        """Whether anybody has a goal on a measure without a column."""
        return any(row.rest is not None for row in self.rows)

    @property
    def troubled(self) -> int:
        """How many of those shown have a red or yellow light."""
        return sum(person.worst is not None for person in self.people)

    @property
    def missing(self) -> tuple[GoalLine, ...]:
        """Measured goals of those shown whose numbers have stopped coming."""
        return tuple(line for person in self.people for line in person.lines if line.is_missing)


def choose_shown(counts: Mapping[int, LightCounts], team_ids: Collection[int], *, limit: int = TEAM_SHOWN) -> list[int]:
    """The people whose goals glow most, at most `limit`; red counts before yellow, yellow before grey."""
    return sorted(team_ids, key=lambda person_id: (*_pressure(counts.get(person_id, NO_LIGHTS)), person_id))[:limit]


def make_team(
    *,
    units: Sequence[tuple[int, str]],
    size: int,
    counts: Mapping[int, LightCounts],
    persons: Sequence[PersonRow],
    lines: Sequence[GoalLine],
) -> Team:
    """Put a team together from what was read. No query."""
    by_person: defaultdict[int, list[GoalLine]] = defaultdict(list)
    for line in lines:
        if line.owner_person_id is not None:
            by_person[line.owner_person_id].append(line)
    people = [
        PersonLights(
            person,
            counts.get(person.id, NO_LIGHTS),
            tuple(by_person[person.id]),
            find_url("web:person", person_id=person.id),
        )
        for person in persons
    ]
    people.sort(key=lambda one: (*_pressure(one.counts), _completion(one)))
    measures = _measures(people)
    unit_ids = {unit_id for unit_id, _ in units}
    return Team(
        units=tuple(units),
        size=size,
        counts=total_of(counts.values()),
        people=tuple(people),
        measures=tuple(name for _, name in measures),
        rows=tuple(_row(person, [metric_id for metric_id, _ in measures]) for person in people),
        unit_lines=tuple(line for line in lines if line.owner_unit_id in unit_ids),
    )


def _pressure(counts: LightCounts) -> tuple[int, int, int]:
    return (-counts.red, -counts.yellow, -counts.none)


def _completion(one: PersonLights) -> Decimal:
    """How far the most urgent goal has come: of two people with the same lights, the one further behind is first."""
    completion = one.worst.standing.completion if one.worst and one.worst.standing else None
    return Decimal(1) if completion is None else completion


def _measures(people: Sequence[PersonLights]) -> list[tuple[int, str]]:
    """The measures most of the people have, as many as fit; of two as common, the one that weighs more first."""
    names = {line.metric_id: line.metric_name for one in people for line in one.lines if line.metric_id is not None}
    held = Counter(line.metric_id for one in people for line in one.lines if line.metric_id is not None)
    common = [metric_id for metric_id in names if held[metric_id] * MEASURES_SHARE >= len(people)]
    weights = {line.metric_id: line.weight for one in people for line in one.lines if line.metric_id in common}
    chosen = sorted(common, key=lambda metric_id: (-held[metric_id], -weights[metric_id], metric_id))[:MEASURES_SHOWN]
    return [(metric_id, names[metric_id]) for metric_id in chosen]


def _row(person: PersonLights, metric_ids: Sequence[int]) -> MatrixRow:
    """Of several goals on one measure the most alarming is shown."""
    by_metric: dict[int, GoalLine] = {}
    for line in person.lines:
        if line.metric_id is None:
            continue
        held = by_metric.get(line.metric_id)
        if held is None or line.light.severity > held.light.severity:
            by_metric[line.metric_id] = line
    others = [line for metric_id, line in by_metric.items() if metric_id not in metric_ids]
    return MatrixRow(
        person,
        tuple(by_metric.get(metric_id) for metric_id in metric_ids),
        max(others, key=lambda line: line.light.severity, default=None),
    )
