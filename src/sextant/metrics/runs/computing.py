"""Which engine computes a run: DuckDB in this process, or a Spark cluster where the company named one."""

from collections.abc import Iterator

from django.conf import settings

from sextant.metrics.set_evaluation import Part, SetEvaluation


def compute_parts(evaluation: SetEvaluation, *, few: bool = False) -> Iterator[Part]:
    """Standings of every goal of an evaluation, part by part in ascending order of ids; the same from either engine.

    `few` as `SetEvaluation.parts` takes it; Spark reads the ledger in any case once. Raises SparkMissing where Spark
    is named and cannot be used.
    """
    master = settings.SEXTANT_ENGINE
    if master is None:
        return evaluation.parts(few=few)
    from sextant.metrics.spark import parts_on_spark  # an extra: most companies never install it

    return parts_on_spark(evaluation, master=master)
