"""Many rows in one statement. Django's bulk_update writes a CASE per row and takes seconds for thousands of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql


def update_rows(table: str, *, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` (name → PostgreSQL type) of `table`; each row is (id, value, value …) in their order."""
    if not rows:
        return
    names = [sql.Identifier(name) for name in columns]
    statement = sql.SQL(
        "update {table} set {changes} from unnest({arrays}) as given ({names}) where {table}.id = given.id"
    )
    composed = statement.format(
        table=sql.Identifier(table),
        changes=sql.SQL(", ").join(sql.SQL("{0} = given.{0}").format(name) for name in names),
        arrays=sql.SQL(", ").join(sql.SQL(f"%s::{kind}[]") for kind in ["bigint", *columns.values()]),
        names=sql.SQL(", ").join([sql.Identifier("id"), *names]),
    )
    with connection.cursor() as cursor:
        cursor.execute(composed, [list(column) for column in zip(*rows, strict=True)])


def delete_rows(table: str, ids: Sequence[int]) -> None:
    """Delete rows by id."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("delete from {} where id = any(%s)").format(sql.Identifier(table)), [list(ids)])
