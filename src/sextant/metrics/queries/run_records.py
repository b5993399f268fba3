"""What a run recorded about itself, for those who want to repeat it."""

from dataclasses import dataclass

from sextant.metrics.models import EvaluationRun


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Versions of what went into a run besides the ledger."""

    calendar_version: str
    engine_version: str
    code_version: str


def find_run_record(run_id: int) -> RunRecord | None:
    """The record of this run, or None when there is no such run."""
    fields = EvaluationRun.objects.filter(pk=run_id).values_list("calendar_version", "engine_version", "code_version")
    found = fields.first()
    return RunRecord(*found) if found else None
