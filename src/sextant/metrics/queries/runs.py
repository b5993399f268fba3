"""Reading evaluation runs."""

from sextant.metrics.contracts import RunRow
from sextant.metrics.models import EvaluationRun

_FIELDS = (
    "id",
    "as_of",
    "started_at",
    "seconds",
    "ledger_version",
    "goals",
    "green",
    "yellow",
    "red",
    "none",
    "digest",
    "started_by",
    "evaluated",
)


def list_runs(limit: int = 50, offset: int = 0) -> list[RunRow]:
    """Evaluation runs, the newest first."""
    found = EvaluationRun.objects.order_by("-id").values_list(*_FIELDS)
    return [RunRow(*fields) for fields in found[offset : offset + limit]]


def count_runs() -> int:
    """How many evaluation runs there are."""
    return EvaluationRun.objects.count()


def find_latest_run() -> RunRow | None:
    """The run that looked furthest: the latest day evaluated, and of that day the last run. None before the first."""
    fields = EvaluationRun.objects.order_by("-as_of", "-id").values_list(*_FIELDS).first()
    return RunRow(*fields) if fields else None


def get_run(run_id: int) -> RunRow:
    """The run with this id. Raises EvaluationRun.DoesNotExist."""
    return RunRow(*EvaluationRun.objects.values_list(*_FIELDS).get(id=run_id))
