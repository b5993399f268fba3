"""`sextant bench ingest`: rows a second from CSV and Parquet into the ledger, audit on, beside the floor of any way.

A call centre's export of N rows of 20,000 persons over sixty days: record, person, day, a count, an amount and a state,
as plain CSV, as CSV with every text quoted, and as Parquet. Each is taken in under a mapping with one and with three
measurements a row, through the same action as everybody's files: subjects looked up, every cell read strictly,
filters and values as formulas, duplicates and corrections looked for, quarantine and counts in PostgreSQL, one commit
in the ledger. One row in a thousand is faulty. The floor reads the same file by Arrow, guessing types, and writes as
many ledger rows by deltalake. Every case runs in a process of its own; `peak_mib` is the most that process held.

Feeds repeat themselves: `again` is the very file once more, which adds nothing; `overlap` the next day's file of the
same source, in which nine rows of ten are records that the ledger holds already, one in ten of them with another
amount.
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sextant.conf.bench.memory import peak_mib
from sextant.conf.bench.meter import Meter

PERSONS = 20_000
NOW = datetime(2026, 4, 1, 4, tzinfo=UTC)
FILES = {"csv": "plain.csv", "csv_quoted": "quoted.csv", "parquet": "rows.parquet"}
NEXT_DAY = {"csv": "next.csv", "parquet": "next.parquet"}
MEASUREMENTS = (1, 3)


def run(rows: int) -> dict[str, Any]:
    """Make the files and take each in, in processes of their own over one temporary home."""
    with tempfile.TemporaryDirectory(prefix="sextant-bench-") as folder:
        kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SEXTANT_EMBEDDED"}}
        environment = {**kept, "SEXTANT_HOME": str(Path(folder) / "home")}

        def step(*arguments: str) -> dict[str, Any]:
            command = [sys.executable, "-m", "sextant.conf.bench.ingest", folder, *arguments]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            found: dict[str, Any] = json.loads(done.stdout)
            return found

        step("make", str(rows))
        cases = [step(name, str(count)) for count in MEASUREMENTS for name in FILES]
        cases += [step(f"{turn}:{name}", "1") for name in NEXT_DAY for turn in ("again", "overlap")]
    by_name = {case["case"]: case for case in cases}
    return {
        "rows": rows,
        "csv_rows_per_s": by_name["csv-1"]["rows_per_s"],
        "parquet_rows_per_s": by_name["parquet-1"]["rows_per_s"],
        "csv_overlap_rows_per_s": by_name["overlap:csv-1"]["rows_per_s"],
        "parquet_overlap_rows_per_s": by_name["overlap:parquet-1"]["rows_per_s"],
        "peak_mib": max(case["peak_mib"] for case in cases),
        "cases": cases,
    }


def _make(folder: Path, rows: int) -> dict[str, Any]:
    """Persons in the roster, and the files: the same rows every time."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import compute, csv, parquet

    from sextant.people.models import Person

    numbers = [f"E{place:06d}" for place in range(PERSONS)]
    Person.objects.bulk_create(
        [Person(number=number, name=f"员工{number}", name_sort=number) for number in numbers], batch_size=5_000
    )
    drawn = np.random.default_rng(20260401)
    cents = drawn.integers(0, 10_000_000, rows)
    table = pa.table(
        {
            "id": pa.array([f"R{place}" for place in range(rows)]),
            "number": pa.array(numbers).take(pa.array(drawn.integers(0, PERSONS, rows))),
            "day": pa.array(np.datetime64("2026-01-26") + drawn.integers(0, 60, rows)),
            "calls": pa.array(drawn.integers(0, 50, rows)),
            "amount": compute.divide(pa.array(cents.astype(np.float64)), 100.0),
            "state": pa.array(["won", "lost", "open"]).take(pa.array(drawn.integers(0, 3, rows))),
        }
    )
    faulty = pa.array(np.arange(rows) % 1000 == 999)
    table = table.set_column(1, "number", compute.if_else(faulty, "nobody", table["number"]))
    csv.write_csv(table, folder / FILES["csv"], csv.WriteOptions(quoting_style="none"))
    csv.write_csv(table, folder / FILES["csv_quoted"])
    parquet.write_table(table, folder / FILES["parquet"])
    later = _next_day(table, rows)
    csv.write_csv(later, folder / NEXT_DAY["csv"], csv.WriteOptions(quoting_style="none"))
    parquet.write_table(later, folder / NEXT_DAY["parquet"])
    return {"rows": rows}


def _next_day(table: Any, rows: int) -> Any:
    """The file of the day after: the first tenth of the records is gone, a tenth is new, of the others one in ten has
    another amount."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import compute

    moved = rows // 10
    places = np.arange(moved, rows + moved)
    later = table.take(pa.array(places % rows)).set_column(0, "id", pa.array([f"R{place}" for place in places]))
    changed = pa.array(places % 10 == 0)
    return later.set_column(4, "amount", compute.if_else(changed, compute.add(later["amount"], 1.0), later["amount"]))


def _mapping(case: str, measurements: int) -> dict[str, Any]:
    """One or three measurements a row, into metrics of the case's own, so that no case corrects another."""
    rules = [
        {"metric": f"{case}.amount", "date": "day", "value": "[amount]"},
        {"metric": f"{case}.calls", "date": "day", "value": "[calls]"},
        {"metric": f"{case}.won", "date": "day", "where": '[state] = "won"'},
    ]
    return {
        "source": case,
        "person": {"column": "number"},
        "record": "id",
        "columns": {"calls": {"type": "number"}, "amount": {"type": "number"}},
        "metrics": [
            {"code": f"{case}.amount", "name": "金额"},
            {"code": f"{case}.calls", "name": "通话"},
            {"code": f"{case}.won", "name": "成交", "aggregation": "count"},
        ][:measurements],
        "measurements": rules[:measurements],
    }


def _measure(folder: Path, name: str, measurements: int) -> dict[str, Any]:
    """Take in a file; `name` is its format, behind "again:" or "overlap:" where the format came in before."""
    from sextant.foundation.access.contracts import Actor
    from sextant.metrics.actions.ingest import ingest_file
    from sextant.metrics.mapping import build_mapping
    from sextant.metrics.models import Batch

    turn, _colon, form = name.rpartition(":")
    file = folder / (NEXT_DAY if turn == "overlap" else FILES)[form]
    mapping = build_mapping(_mapping(f"{form}-{measurements}", measurements))
    meter = Meter()
    report = meter.measure("ingest", lambda: ingest_file(file, mapping=mapping, actor=Actor.system("bench"), now=NOW))
    peak, cost = peak_mib(), meter.best["ingest"]
    assert report.batch is not None  # the file has rows
    assert report.already_known == (turn == "again")
    batch = Batch.objects.get(pk=report.batch)
    told = {
        "case": f"{name}-{measurements}",
        "rows_per_s": round(batch.rows_read / cost.wall),
        "rows_per_cpu_s": round(batch.rows_read / cost.cpu),
        "measurements": report.accepted,
        "quarantined": batch.quarantined,
        **cost.document,
        "peak_mib": peak,
    }
    if turn == "again":
        return told
    meter.measure("floor", lambda: _floor(file, form, report.accepted))
    floor = meter.best["floor"]
    return {**told, "floor_seconds": floor.document["seconds"], **cost.times(floor)}


def _floor(file: Path, form: str, count: int) -> None:
    """Read the file, and write `count` rows of the ledger's columns with its contents."""
    import pyarrow as pa
    from deltalake import write_deltalake
    from pyarrow import csv, parquet

    from sextant.metrics.ledger import store as ledger

    read = parquet.read_table if form == "parquet" else csv.read_csv
    table = read(file)
    size = len(table)
    rows = pa.table(
        {
            "metric_id": pa.repeat(pa.scalar(1, pa.int32()), size),
            "subject_kind": pa.repeat(pa.scalar(1, pa.int8()), size),
            "subject_id": table["calls"].cast(pa.int64()),
            "day": table["day"].cast(pa.date32()),
            "value": table["calls"].cast(pa.decimal128(28, 6)),
            "denominator": pa.nulls(size, pa.decimal128(28, 6)),
            "batch": pa.repeat(pa.scalar(1, pa.int64()), size),
            "row": pa.array(range(size), pa.int32()),
            "record": table["id"].cast(pa.string()),
            "dimensions": pa.nulls(size, pa.string()),
        }
    ).cast(ledger.SCHEMA)
    whole, rest = divmod(count, size)
    with tempfile.TemporaryDirectory(dir=file.parent) as target:
        write_deltalake(target, pa.concat_tables([rows] * whole + [rows.slice(0, rest)]), mode="append")


def _child(folder: str, step: str, number: str) -> dict[str, Any]:
    from sextant.conf.cli.base import database_ready
    from sextant.conf.cli.django_ready import set_up_django

    set_up_django()
    with database_ready():
        if step == "make":
            return _make(Path(folder), int(number))
        return _measure(Path(folder), step, int(number))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_child(*sys.argv[1:])))
