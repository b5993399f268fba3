"""What is written for Spark, without a Spark: rules that would otherwise be found by a wrong number on a cluster."""

import pytest

from sextant.metrics.spark.dialect import read, take_out_scans, write


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("isodow(day)", "(WEEKDAY(day) + 1)"),
        ("until_on - from_on", "DATEDIFF(until_on, from_on)"),
        ("(sunday - 7)::DATE - tau + 1", "DATEDIFF(CAST((sunday - 7) AS DATE), tau) + 1"),
        ("until_on - 1", "until_on - 1"),
        ("sign(x) * y", "CAST(SIGNUM(x) AS INT) * y"),
        ("a // b", "(a) DIV (b)"),
        (
            "a::HUGEINT // b",
            "CAST(((CAST(a AS DECIMAL(38, 0))) - (CAST(a AS DECIMAL(38, 0))) % (b)) / (b) AS DECIMAL(38, 0))",
        ),
        ("unnest(range(3))::INTEGER", "EXPLODE(CAST(SEQUENCE(CAST(0 AS INT), CAST(3 AS INT) - 1, 1) AS ARRAY<INT>))"),
        (r"concat(a, '\N')", r"CONCAT(COALESCE(a, ''), '\\N')"),
    ],
)
def test_an_expression_means_the_same_to_spark(ours: str, theirs: str) -> None:
    assert write(read(f"SELECT {ours}")[0]) == f"SELECT {theirs}"


def test_a_replaced_column_is_left_out_and_added() -> None:
    assert write(read("SELECT * REPLACE (1 AS a) FROM t")[0]) == "SELECT * EXCEPT (a), 1 AS a FROM t"


@pytest.mark.parametrize(
    "files",
    [
        "read_parquet(['/a', '/b'])",
        "(FROM read_parquet(['/a', '/b'], union_by_name = true) UNION ALL BY NAME SELECT 1 AS c)",
    ],
)
def test_files_of_the_ledger_become_names(files: str) -> None:
    query = read(f"SELECT m.x FROM {files} AS m ANTI JOIN (SELECT x FROM {files} AS m GROUP BY ALL) AS n ON n.x = m.x")[
        0
    ]
    assert take_out_scans(query) == [("sx_files_0", ["/a", "/b"]), ("sx_files_1", ["/a", "/b"])]
    assert "FROM sx_files_0 AS m ANTI JOIN (SELECT x FROM sx_files_1 AS m" in write(query)
