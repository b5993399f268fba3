"""A metric over units: the value of each from whoever and whatever has measurements at or below it.

Computed in SQL from the ledger; `engines.rollup` is the same for one unit, and a twin test holds both together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
import pyarrow as pa

from sextant.engines.evaluation import Aggregation, Direction
from sextant.engines.rollup import RollUp, default_of
from sextant.metrics.aggregation import AMOUNT, from_millionths, nearest, value_sql
from sextant.metrics.contracts import SubjectKind
from sextant.metrics.engine import open_engine
from sextant.metrics.ledger import store as ledger
from sextant.metrics.messages.library import ROLL_UPS
from sextant.metrics.queries.metric_detail import MetricDetail
from sextant.people.contracts import UnitRow
from sextant.people.queries import list_member_pairs, list_unit_chain, list_unit_pairs, list_units


@dataclass(frozen=True, slots=True)
class UnitValue:
    """One unit's value over the period; None when nothing below it has one. `parts` had a value, `has_units` says that
    there are units below to open."""

    unit_id: int
    name: str
    value: Decimal | None
    parts: int
    has_units: bool


@dataclass(frozen=True, slots=True)
class UnitValues:
    """The units below one unit (None: the top of the organisation), how they were rolled up, and the way back up."""

    rows: tuple[UnitValue, ...]
    way: str
    way_name: str
    chain: tuple[UnitRow, ...]


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A value and how many parts had one."""

    value: Decimal | None
    parts: int


def read_unit_values(
    metric: MetricDetail,
    *,
    unit_id: int | None,
    from_on: date,
    until_on: date,
    on: date,
    visible: frozenset[int] | None,
) -> UnitValues:
    """The children of `unit_id` that the reader may open, with their values over [from_on, until_on). Five queries and
    one pass over the ledger."""
    units = [unit for unit in list_units(on=on) if visible is None or unit.id in visible]
    known = {unit.id for unit in units}
    at = unit_id if unit_id in known else _only_root(units)
    shown = [unit for unit in units if unit.parent_id == at or (at is None and unit.parent_id not in known)]
    parents = {unit.parent_id for unit in units}
    way = RollUp(metric.roll_up) if metric.roll_up else default_of(Aggregation(metric.aggregation))
    values = roll_up_units(
        metric.id,
        aggregation=Aggregation(metric.aggregation),
        direction=Direction(metric.direction),
        way=way,
        unit_ids=[unit.id for unit in shown],
        from_on=from_on,
        until_on=until_on,
        on=on,
    )
    return UnitValues(
        rows=tuple(
            UnitValue(unit.id, unit.name, values[unit.id].value, values[unit.id].parts, unit.id in parents)
            for unit in shown
        ),
        way=way.value,
        way_name=str(ROLL_UPS[way.value]),
        chain=tuple(unit for unit in list_unit_chain(at) if unit.id in known) if at else (),
    )


def _only_root(units: list[UnitRow]) -> int | None:
    """The company itself says little: where there is one root, the table begins with what is below it."""
    ids = {unit.id for unit in units}
    roots = [unit.id for unit in units if unit.parent_id not in ids]
    return roots[0] if len(roots) == 1 and any(unit.parent_id == roots[0] for unit in units) else None


def roll_up_units(
    metric_id: int,
    *,
    aggregation: Aggregation,
    direction: Direction,
    way: RollUp,
    unit_ids: Iterable[int],
    from_on: date,
    until_on: date,
    on: date,
) -> dict[int, RolledUp]:
    """The value of each unit over [from_on, until_on); every unit asked for has an entry.

    Parts are the persons with a post at or below the unit on the day, and measured units at or below it. A unit that is
    measured itself stands for everything below it: what is below does not count a second time. Two queries.
    """
    wanted = list(unit_ids)
    with open_engine() as connection:
        found = ledger.relation(connection, metric_ids=[metric_id], from_on=from_on, until_on=until_on)
        found.create_view("m")
        connection.execute(
            f"CREATE TEMP TABLE part AS SELECT subject_kind, subject_id, {value_sql(aggregation)} AS value,"
            " count(*) AS n, sum(value) AS top, sum(coalesce(denominator, 0)) AS under FROM m GROUP BY ALL"
        )
        connection.execute("DELETE FROM part WHERE value IS NULL")
        _load_members(connection, wanted, on=on)
        rows = connection.execute(
            f"SELECT unit_id, {_way_sql(way, direction)}, count(*) FROM member JOIN part"
            " USING (subject_kind, subject_id) GROUP BY unit_id"
        ).fetchall()
    values = {unit_id: RolledUp(value, parts) for unit_id, value, parts in rows}
    return {unit_id: values.get(unit_id, RolledUp(None, 0)) for unit_id in wanted}


def _load_members(connection: duckdb.DuckDBPyConnection, unit_ids: list[int], *, on: date) -> None:
    """Which parts each unit has, into the table `member`."""
    measured = [
        unit_id
        for (unit_id,) in connection.execute(
            "SELECT DISTINCT subject_id FROM part WHERE subject_kind = ?", [int(SubjectKind.UNIT)]
        ).fetchall()
    ]
    below = list_unit_pairs({*unit_ids, *measured})
    covered = {(top, one) for top, one in below if top in set(measured)}
    _register(connection, "unit_below", below)
    _register(connection, "covered", covered)
    _register(connection, "person_below", list_member_pairs(unit_ids, on=on))
    _register(connection, "asked", [(unit_id, 0) for unit_id in unit_ids])
    # a measured unit strictly above a part, yet at or below the unit asked for, stands for it
    connection.execute(
        "CREATE TEMP TABLE member AS"
        f" SELECT u.top AS unit_id, {int(SubjectKind.UNIT)} AS subject_kind, u.one AS subject_id FROM unit_below AS u"
        " SEMI JOIN asked ON asked.top = u.top WHERE NOT EXISTS (SELECT 1 FROM covered AS c JOIN unit_below AS w"
        " ON w.one = c.top WHERE c.one = u.one AND c.top <> u.one AND w.top = u.top)"
    )
    if not measured:
        connection.execute(f"INSERT INTO member SELECT top, {int(SubjectKind.PERSON)}, one FROM person_below")
        return
    _register(connection, "person_covered", list_member_pairs(measured, on=on))
    connection.execute(
        f"INSERT INTO member SELECT p.top, {int(SubjectKind.PERSON)}, p.one FROM person_below AS p"
        " WHERE NOT EXISTS (SELECT 1 FROM person_covered AS c JOIN unit_below AS w ON w.one = c.top"
        " WHERE c.one = p.one AND w.top = p.top)"
    )


def _register(connection: duckdb.DuckDBPyConnection, name: str, pairs: Iterable[tuple[int, int]]) -> None:
    listed = list(pairs)
    columns = {"top": [top for top, _ in listed], "one": [one for _, one in listed]}
    table = pa.table(columns, schema=pa.schema([("top", pa.int64()), ("one", pa.int64())]))
    connection.register(f"{name}_given", table)
    connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {name}_given")


def _way_sql(way: RollUp, direction: Direction) -> str:
    whole = "CAST({} * 1000000 AS HUGEINT)"
    match way:
        case RollUp.SUM:
            return f"CAST(sum(value) AS {AMOUNT})"
        case RollUp.RATIO:
            top, under = (f"sum({whole.format(side)})" for side in ("top", "under"))
            return from_millionths(nearest(f"(1000000::HUGEINT * {top})", under))
        case RollUp.MEAN:
            return from_millionths(nearest(f"sum({whole.format('value')})", "count(*)::HUGEINT"))
        case RollUp.WEIGHTED:
            return from_millionths(nearest(f"sum({whole.format('value')} * n)", "sum(n)::HUGEINT"))
        case RollUp.WORST:
            if direction is Direction.RANGE:
                return f"CAST(NULL AS {AMOUNT})"
            return f"CAST({'min' if direction is Direction.HIGHER else 'max'}(value) AS {AMOUNT})"
