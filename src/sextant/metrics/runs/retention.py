"""How long what runs kept of their inputs stays: published runs for ever, of the others the latest.

What nobody was paid by and nothing builds on need not be replayable for ever; a company that evaluates every hour keeps
ten thousand files a month. The runs themselves stay, with their digests. Kept files lie by content among other files of
the company, and several runs share one, so a file goes only when nothing names it any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from sextant.foundation.files.models import StoredFile
from sextant.metrics import files
from sextant.metrics.contracts import RUNS_KEPT
from sextant.metrics.models import Batch, EvaluationRun


@dataclass(frozen=True, slots=True)
class Retention:
    """Runs that still have kept files, by what becomes of them, and the files that go. A file is named by its SHA-256;
    files that are gone already are not among them."""

    kept: tuple[int, ...]
    swept: tuple[int, ...]
    kept_files: frozenset[str]
    swept_files: frozenset[str]


def decide_retention(*, keep_last: int = RUNS_KEPT) -> Retention:
    """What is kept and what may go, as things stand. Three queries."""
    runs = list(EvaluationRun.objects.exclude(index_sha256="").order_by("-id"))
    latest = set(EvaluationRun.objects.order_by("-id").values_list("id", flat=True)[:keep_last])
    kept = [run for run in runs if run.published_at is not None or run.id in latest]
    swept = [run for run in runs if run.published_at is None and run.id not in latest]
    needed = _files_of(kept)
    unneeded = frozenset(sha256 for sha256 in _files_of(swept) - needed if size_of(sha256))
    return Retention(
        kept=tuple(run.id for run in kept),
        swept=tuple(run.id for run in swept),
        kept_files=needed,
        swept_files=unneeded - _of_others(unneeded),
    )


def size_of(sha256: str) -> int:
    """Bytes of a kept file; 0 when it is gone."""
    try:
        return files.path_of(sha256).stat().st_size
    except (files.FileUnknown, FileNotFoundError):
        return 0


def _files_of(runs: Iterable[EvaluationRun]) -> frozenset[str]:
    tables = (sha256 for run in runs for sha256 in run.inputs.get("tables", {}).values())
    return frozenset(tables) | {run.index_sha256 for run in runs}


def _of_others(sha256s: frozenset[str]) -> set[str]:
    """Contents that somebody delivered or attached as well."""
    delivered = Batch.objects.filter(Q(sha256__in=sha256s) | Q(held_file__in=sha256s))
    attached = StoredFile.objects.filter(digest__in=sha256s).values_list("digest", flat=True)
    return {one for pair in delivered.values_list("sha256", "held_file") for one in pair} | set(attached)
