"""Saying whom a key of a source stands for, and taking in the rows that waited for it.

A replay is a batch of its own: it names the batch whose rows it takes in, keeps their numbers, and passes through the
same steps as a delivery (`actions.ingest`), so a kill at any moment is as harmless. Rows are claimed by the replay
before anything is written; a row that is claimed is never replayed again, unless its replay was given up.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.foundation.clock import company_day
from sextant.metrics.actions.audits import audit_judged, hold_batch
from sextant.metrics.actions.ingest import commit_to_ledger, save_outcome
from sextant.metrics.contracts import BatchKind, BatchState, SubjectKind
from sextant.metrics.intake.locks import locked, transaction_locked
from sextant.metrics.intake.subjects import resolve_subjects
from sextant.metrics.ledger import store as ledger
from sextant.metrics.mapping import build_mapping
from sextant.metrics.matching.queries import IGNORED
from sextant.metrics.matching.replay import judged_replay
from sextant.metrics.models import Batch, QuarantinedRow, SubjectMatch
from sextant.metrics.models.batches import SUBJECT_CODES
from sextant.metrics.queries.matching import IGNORED_CODE, waiting_entries
from sextant.people.queries import names_of_persons, names_of_units

LONGEST_KEY = 300


@dataclass(frozen=True, slots=True)
class Replayed:
    """One replay: `rows` of batch `origin` came in as batch `batch`, giving `accepted` measurements; `quarantined`
    rows were kept back again, for another reason. `is_held`: an audit rule keeps it out until somebody decides."""

    batch: int
    origin: int
    rows: int
    accepted: int
    quarantined: int
    is_held: bool = False


class SubjectUnknown(Exception):
    """There is no person, or unit, with this id."""


class KeyTooLong(Exception):
    """A key of more than `LONGEST_KEY` characters cannot be remembered."""


class ReasonMissing(Exception):
    """To ignore a key somebody must say why."""


class KeyAlreadyMatched(Exception):
    """Somebody else said something different about the key before; nothing was changed."""

    def __init__(self, match: SubjectMatch) -> None:
        super().__init__(match.key)
        self.by, self.at, self.subject_id = match.matched_by, match.matched_at, match.subject_id


def match_subject(
    source: str,
    *,
    kind: SubjectKind,
    key: str,
    subject_id: int | None,
    actor: Actor,
    now: datetime,
    reason: str = "",
    replace: bool = False,
) -> list[Replayed]:
    """Remember whom `key` of `source` stands for and take in the rows that waited for it; the replays, oldest first.

    `subject_id` None ignores the key, for a `reason`: its rows stay in quarantine and wait for nobody. What somebody
    said before is kept unless `replace`; rows taken in under an earlier word stay with whom they were given.

    Raises AccessDenied, SubjectUnknown, ReasonMissing, KeyTooLong, KeyAlreadyMatched; MappingRefused when rows that
    waited cannot be judged any more (the match itself stands).
    """
    require(actor, Permission.SUBJECT_MATCH)
    if len(key) > LONGEST_KEY:
        raise KeyTooLong
    if subject_id is None and not reason.strip():
        raise ReasonMissing
    if subject_id is not None and not _exists(kind, subject_id):
        raise SubjectUnknown(subject_id)
    with transaction_locked(f"metrics.match:{source}:{int(kind)}:{key}"):
        match = SubjectMatch.objects.filter(source=source, kind=kind, key=key).first()
        if match is not None and match.subject_id != subject_id and not replace:
            raise KeyAlreadyMatched(match)
        _remember(match, source, kind, key, subject_id, reason=reason.strip(), actor=actor, now=now)
    if subject_id is None:
        return []
    origins = waiting_entries(source, kind, key).values_list("batch_id", flat=True).distinct()
    return _replay_all(sorted(origins), lambda _: {key}, actor=actor, now=now)


def replay_resolved(*, actor: Actor, now: datetime) -> list[Replayed]:
    """Look every waiting key up once more and take in the rows of those that are known by now: somebody was added to
    the roster, or a replay was cut off. Raises as `match_subject`."""
    require(actor, Permission.SUBJECT_MATCH)
    waiting = QuarantinedRow.objects.filter(code__in=SUBJECT_CODES, released_in=None, batch__state=BatchState.DONE)
    cut_off = Batch.objects.filter(kind=BatchKind.REPLAY, state=BatchState.RUNNING)
    origins = {*waiting.values_list("batch_id", flat=True).distinct(), *cut_off.values_list("origin_id", flat=True)}

    def known_keys(origin: Batch) -> set[str]:
        keys = set(waiting.filter(batch=origin).values_list("value", flat=True).distinct())
        found = resolve_subjects(build_mapping(origin.mapping), keys)
        return {key for key, subject in found.items() if subject not in {None, IGNORED}}

    return _replay_all(sorted(pk for pk in origins if pk is not None), known_keys, actor=actor, now=now)


def _exists(kind: SubjectKind, subject_id: int) -> bool:
    names = names_of_persons([subject_id]) if kind is SubjectKind.PERSON else names_of_units([subject_id])
    return subject_id in names


def _remember(
    match: SubjectMatch | None,
    source: str,
    kind: SubjectKind,
    key: str,
    subject_id: int | None,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    before = match.subject_id if match else None
    match = match or SubjectMatch(source=source, kind=kind, key=key)
    match.subject_id, match.reason = subject_id, reason
    match.matched_by, match.matched_at = actor.label, now
    match.save()
    if subject_id is None:
        waiting_entries(source, kind, key).update(code=IGNORED_CODE)
    changes = {"source": source, "kind": int(kind), "from": before, "to": subject_id}
    record("match_subject", actor=actor, now=now, object_kind="match", object_id=match.pk, changes=changes)


def _replay_all(
    origins: Iterable[int], keys_of: Callable[[Batch], set[str]], *, actor: Actor, now: datetime
) -> list[Replayed]:
    """Oldest delivery first: of two that hold the same record the later one must have the last word."""
    done: list[Replayed] = []
    for pk in origins:
        with locked(f"metrics.replay:{pk}"):
            origin = Batch.objects.get(pk=pk)
            for cut_off in Batch.objects.filter(origin=origin, kind=BatchKind.REPLAY, state=BatchState.RUNNING):
                done.append(_complete(cut_off, actor=actor, now=now))
            claimed = _claim(origin, keys_of(origin), actor=actor, now=now)
            if claimed is not None:
                done.append(_complete(claimed, actor=actor, now=now))
    return done


@transaction.atomic
def _claim(origin: Batch, keys: set[str], *, actor: Actor, now: datetime) -> Batch | None:
    """Step 1: a batch that holds the waiting rows of these keys from now on; None when none waits any more."""
    codes = [*SUBJECT_CODES, IGNORED_CODE]
    waiting = QuarantinedRow.objects.filter(batch=origin, released_in=None, code__in=codes, value__in=keys)
    rows = sorted(set(waiting.values_list("row", flat=True)))
    if not rows:
        return None
    key = hashlib.sha256(f"replay {origin.key} {now.isoformat()} {rows}".encode()).hexdigest()
    batch = Batch.objects.create(
        key=key,
        kind=BatchKind.REPLAY,
        origin=origin,
        source=origin.source,
        filename=origin.filename,
        sha256=origin.sha256,
        mapping=origin.mapping,
        columns=origin.columns,
        state=BatchState.RUNNING,
        delivered_at=now,
        delivered_by=actor.label,
    )
    # the row goes as a whole: what else was wrong with it will be found again, and said by the new batch
    QuarantinedRow.objects.filter(batch=origin, released_in=None, row__in=rows).update(
        released_in=batch, released_at=now, released_by=actor.label
    )
    return batch


def _complete(batch: Batch, *, actor: Actor, now: datetime) -> Replayed:
    """Steps 2 to 4 of a claimed replay; what cannot be judged gives its rows back."""
    if not ledger.holds_batch(batch.pk):
        try:
            with judged_replay(batch, today=company_day(now, settings.SEXTANT_ZONE)) as judged:
                save_outcome(batch, judged)
                if audit_judged(batch, judged, now=now):
                    hold_batch(batch, judged, actor=actor, now=now)
                    return _report(batch)
                batch.ledger_version = commit_to_ledger(batch, judged)
        except Exception:
            _give_up(batch)
            raise
    else:
        batch.ledger_version = ledger.current_version()
    return _finish(batch, actor=actor, now=now)


@transaction.atomic
def _finish(batch: Batch, *, actor: Actor, now: datetime) -> Replayed:
    batch.state = BatchState.DONE
    batch.save(update_fields=["state", "ledger_version"])
    done = _report(batch)
    changes = {"origin": done.origin, "rows": done.rows, "accepted": done.accepted, "quarantined": done.quarantined}
    record("replay_rows", actor=actor, now=now, object_kind="batch", object_id=batch.pk, changes=changes)
    return done


def _report(batch: Batch) -> Replayed:
    is_held = batch.state == BatchState.HELD
    accepted = 0 if is_held else batch.accepted
    return Replayed(batch.pk, batch.origin_id or 0, batch.rows_read, accepted, batch.rows_quarantined, is_held)


@transaction.atomic
def _give_up(batch: Batch) -> None:
    if not ledger.holds_batch(batch.pk):
        QuarantinedRow.objects.filter(released_in=batch).update(released_in=None, released_at=None, released_by="")
        batch.delete()
