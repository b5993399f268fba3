"""Jobs of metrics.

Every process finds the jobs at its start; what they need (Delta, DuckDB, Arrow) is loaded when one runs.
"""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sextant.foundation.access.contracts import Actor
from sextant.foundation.clock import now
from sextant.metrics.jobs import audit as _audit  # noqa: F401 - jobs of data audit are found through here
from sextant.metrics.jobs import connectors as _connectors  # noqa: F401 - jobs of connectors are found through here
from sextant.metrics.jobs import ledger as _ledger  # noqa: F401 - the ledger's
from sextant.metrics.jobs import library as _library  # noqa: F401 - and those of the library


@app.task(name="sextant.metrics.ingest_batch", retry=RetryStrategy(max_attempts=3, wait=30))
def ingest_batch(*, batch_id: int, label: str, **unknown: object) -> None:
    """Take in the file of a queued batch. Running it twice takes it in once."""
    from sextant.metrics.actions.ingest import ingest_queued

    ingest_queued(batch_id, actor=Actor.system(label), now=now())


@app.periodic(cron="43 2 * * *")
@app.task(name="sextant.metrics.compact_ledger", queueing_lock="sextant.metrics.compact_ledger")
def compact_ledger(timestamp: int = 0, **unknown: object) -> None:
    """Every night: merge the small files of the day's batches, so that reading stays fast."""
    from sextant.metrics.ledger import store as ledger

    ledger.compact()


@app.periodic(cron="13 3 * * *")
@app.task(name="sextant.metrics.sweep_runs", queueing_lock="sextant.metrics.sweep_runs")
def sweep_runs(timestamp: int = 0, **unknown: object) -> None:
    """Every night: remove what runs kept that nobody was judged by and that are not among the latest."""
    from sextant.metrics.actions.sweep_runs import sweep_runs as sweep_now

    sweep_now(actor=Actor.system("sweep_runs"), now=now())


def enqueue_batch(*, batch_id: int, label: str) -> None:
    """Queue the taking in of a batch for `label`; one at a time for each batch."""
    ingest_batch.configure(lock=f"sextant.metrics.batch:{batch_id}").defer(batch_id=batch_id, label=label)


@app.task(name="sextant.metrics.replay_run", lock="sextant.metrics.replay_run")
def replay_run(*, run_id: int, label: str, **unknown: object) -> None:
    """Compute a run again and record whether the result was the same. Running it twice records it twice."""
    from sextant.metrics.actions.replay import replay_run as replay_now

    replay_now(run_id, actor=Actor.system(label), now=now())


def enqueue_replay(*, run_id: int, label: str) -> None:
    """Queue the replay of a run for `label`."""
    replay_run.defer(run_id=run_id, label=label)
