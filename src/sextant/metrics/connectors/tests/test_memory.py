"""Many rows through a source: what is in memory at once does not grow with their number."""

import sqlite3
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from sextant.foundation.tabular.spool import spooled
from sextant.metrics.connectors.contracts import Meter, Request, RowDriver
from sextant.metrics.connectors.document import RestSource, SqlSource
from sextant.metrics.connectors.rest import RestDriver
from sextant.metrics.connectors.sql import SqlDriver
from sextant.metrics.connectors.tests.stub import Asked, Reply, serving

FEW, MANY, PAGE = 2_500, 12_500, 500


def peak_of(driver: RowDriver, folder: Path, *, rows: int) -> int:
    """Most bytes held at once while the source is read into a table and the table is read again, as a run does."""
    meter = Meter()
    tracemalloc.start()
    try:
        with spooled(driver.rows(Request(), meter=meter), folder=folder, in_memory=500) as taken:
            assert taken is not None
            assert sum(1 for _ in taken.table.rows()) == meter.rows == rows
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def assert_bounded(read: Callable[[int], int]) -> None:
    read(FEW)  # what is loaded once is loaded
    few, many = read(FEW), read(MANY)
    assert many < 1.5 * few, f"{many} bytes for {MANY} rows, {few} for {FEW}"


def test_a_database_is_streamed(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE sales (id INTEGER, who TEXT, amount NUMERIC)")
        rows = ((n, f"E{n % 1000:04}", n * 1.25) for n in range(MANY))
        database.executemany("INSERT INTO sales VALUES (?, ?, ?)", rows)

    def read(rows: int) -> int:
        query = f"SELECT id, who, amount FROM sales WHERE id < {rows}"
        source = SqlSource.model_validate({"kind": "sql", "database": "sqlite", "file": "shop.db", "query": query})
        return peak_of(SqlDriver(source, secrets=str, root=tmp_path), tmp_path, rows=rows)

    assert_bounded(read)


def test_pages_are_forgotten_one_after_another(tmp_path: Path) -> None:
    def page(asked: Asked) -> Reply:
        last, number = int(asked.params["last"]), int(asked.params["page"])
        first = (number - 1) * PAGE
        return Reply([{"id": n, "who": f"E{n % 1000:04}", "amount": n} for n in range(first, min(first + PAGE, last))])

    with serving(page) as stub:

        def read(rows: int) -> int:
            pages, params = {"kind": "page"}, {"last": str(rows)}
            source = RestSource.model_validate({"kind": "rest", "url": stub.url, "params": params, "pages": pages})
            stub.asked.clear()
            return peak_of(RestDriver(source, secrets=str, allowed_hosts={"127.0.0.1"}), tmp_path, rows=rows)

        assert_bounded(read)
