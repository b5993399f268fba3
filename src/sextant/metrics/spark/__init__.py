"""The evaluation on a Spark cluster: the statements DuckDB runs, said in Spark's words, to the same bytes."""

from sextant.metrics.spark.parts import parts_on_spark
from sextant.metrics.spark.session import SparkMissing

__all__ = ["SparkMissing", "parts_on_spark"]
