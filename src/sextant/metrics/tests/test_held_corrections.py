"""Correcting a held batch before it is accepted: nothing counts until then, and afterwards both numbers are known."""

from decimal import Decimal
from pathlib import Path

import pytest

from sextant.foundation.access.contracts import AccessDenied, Actor, Role
from sextant.metrics.actions import decisions
from sextant.metrics.actions.decisions import (
    AlreadyDecided,
    NotDecidable,
    ReasonMissing,
    RowNotCounting,
    Verdict,
    resume_decided,
)
from sextant.metrics.actions.held_corrections import correct_held_row
from sextant.metrics.contracts import BatchState
from sextant.metrics.models import Batch, HeldCorrection
from sextant.metrics.queries.audits import list_corrections, list_held_corrections
from sextant.metrics.tests.test_decisions import NOW, ONE, TWO, counted, decide, deliver, make_cash


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> None:
    settings.SEXTANT_HOME = tmp_path


@pytest.fixture
def held(db: None, tmp_path: Path) -> tuple[int, int]:
    """A held batch with 7 in row 2 and 700, which a rule stops, in row 3; and the metric."""
    cash, _ = make_cash()
    return deliver(tmp_path).batch, cash.pk


def correct(held: tuple[int, int], value: str | None = "70", *, row: int = 3, reason: str = "多打一个零", **changes):
    batch, metric = held
    said = {"value": None if value is None else Decimal(value), "reason": reason, "actor": TWO, "now": NOW, **changes}
    correct_held_row(batch, row=row, metric_id=metric, **said)


def test_a_correction_counts_when_the_batch_is_accepted_and_not_before(held):
    correct(held, "77")
    correct(held, "70")  # the last word
    assert counted() == []
    assert [(one.row, one.value, one.by) for one in list_held_corrections(held[0])] == [(3, Decimal(70), TWO.label)]
    assert decide(held[0], Verdict.ACCEPT) is BatchState.DONE
    assert [value for _, value, _ in counted()] == [Decimal(7), Decimal(70)]
    (told,) = list_corrections(held[0])
    assert (told.by, told.reason) == (TWO.label, "多打一个零")
    assert list_held_corrections(held[0]) == []


def test_a_row_can_be_taken_out_and_a_rejected_batch_takes_its_corrections_with_it(held):
    correct(held, None)
    decide(held[0], Verdict.ACCEPT)
    assert [value for _, value, _ in counted()] == [Decimal(7)]


def test_rejected_nothing_of_it_counts(held):
    correct(held)
    decide(held[0], Verdict.REJECT)
    assert counted() == []
    assert not Batch.objects.filter(origin=held[0]).exists()


def test_cut_off_between_rows_and_corrections_it_is_carried_out_later_once(held, monkeypatch):
    correct(held)
    with monkeypatch.context() as patch:
        patch.setattr(decisions, "finish_batch", _dies)
        with pytest.raises(SystemExit):
            decide(held[0], Verdict.ACCEPT)
    HeldCorrection.objects.update(is_carried_out=False)  # as if the crash had come before the mark
    assert resume_decided(actor=ONE, now=NOW) == 1
    assert [value for _, value, _ in counted()] == [Decimal(7), Decimal(70)]
    assert len(list_corrections(held[0])) == 1


def test_what_cannot_be_corrected_is_refused(held):
    with pytest.raises(ReasonMissing):
        correct(held, reason=" ")
    with pytest.raises(RowNotCounting):
        correct(held, row=2)  # no rule complained about it
    with pytest.raises(AccessDenied):
        correct(held, actor=Actor(1, 1, frozenset({Role.AUDITOR}), "审计"))
    decide(held[0], Verdict.ACCEPT)
    with pytest.raises(AlreadyDecided):
        correct(held)


def test_a_batch_that_counts_is_corrected_in_the_ledger_and_not_here(held):
    Batch.objects.filter(pk=held[0]).update(state=BatchState.DONE)
    with pytest.raises(NotDecidable):
        correct(held)


def _dies(*_args: object, **_kwargs: object) -> None:
    raise SystemExit
