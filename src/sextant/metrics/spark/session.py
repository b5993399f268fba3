"""Opening Spark: an extra, because it brings a Java program of several hundred megabytes.

What the company's cluster wants (memory, cores, addresses) stands in its own `spark-defaults.conf`, which Spark finds
by `SPARK_CONF_DIR`. What the evaluation rests on is set here and cannot be changed there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_NEEDED = {
    # a number that does not fit, or a text that is none, is an error and not an unknown value
    "spark.sql.ansi.enabled": "true",
    # sums and products of decimals keep all six places, or fail
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.session.timeZone": "UTC",
    # what follows from what is found out in a time that doubles with every column
    "spark.sql.constraintPropagation.enabled": "false",
}
_QUIET = {"spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}


class SparkMissing(Exception):
    """SEXTANT_ENGINE names Spark, and it is not installed here."""

    def __init__(self) -> None:
        super().__init__(
            "SEXTANT_ENGINE names Spark: install Java 17 or newer and the extra, pip install sextant[spark]"
        )


@contextmanager
def open_session(master: str) -> "Iterator[SparkSession]":
    """A session on the cluster of `master` for the length of the block; its executors are given back afterwards.

    Raises SparkMissing.
    """
    try:
        from pyspark import SparkContext
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SparkMissing from error
    builder = SparkSession.builder.master(master).appName("sextant")
    for name, value in (_QUIET | _NEEDED).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()
        # Spark leaves its Java program to the end of the process; a worker's process lives for weeks
        gateway = SparkContext._gateway
        assert gateway is not None
        SparkContext._gateway = SparkContext._jvm = None
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()
