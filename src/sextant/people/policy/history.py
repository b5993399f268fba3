"""History of one thing that a person has at most one of a day (a primary post, a solid manager): spans of days, each
with a value, that never overlap. A change writes the future and leaves the past alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Span(Generic[Value]):
    """`value` from `from_on` up to, and without, `until_on` (None: still). `id` is None for a span not yet stored."""

    value: Value
    from_on: date
    until_on: date | None = None
    id: int | None = None

    def holds(self, day: date) -> bool:
        """Whether `day` is inside."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


def reopen(
    spans: Sequence[Span[Value]], *, on: date, left_on: date | None, left_before: date | None
) -> tuple[Span[Value], ...]:
    """The history, in order, without the end that the leaving day stored so far (`left_before`) had set.

    So a corrected leaving day, or one that was taken back, corrects the history too. Somebody who was gone by `on` and
    now comes back (`left_on` None) keeps the gap.

    >>> stayed = reopen([Span("north", date(2026, 1, 1), date(2026, 6, 1))], on=date(2026, 5, 1), left_on=None,
    ...                 left_before=date(2026, 6, 1))
    >>> stayed[0].until_on is None
    True
    """
    history = tuple(sorted(spans, key=lambda span: span.from_on))
    returns = left_on is None and left_before is not None and left_before <= on
    if left_before is None or returns or not history or history[-1].until_on != left_before:
        return history
    return (*history[:-1], replace(history[-1], until_on=None))


def value_on(history: Sequence[Span[Value]], day: date) -> Value | None:
    """What holds on the day, or None."""
    return next((span.value for span in history if span.holds(day)), None)


def decide_start(
    *, on: date, stated_on: date | None, hired_on: date | None, has_history: bool, left_before: date | None
) -> date:
    """From which day what a row says holds.

    The day the row states itself; else for somebody new, or back since `left_before`, the day they joined; else the
    day of the import, but never before they joined.

    >>> decide_start(on=date(2026, 3, 1), stated_on=None, hired_on=date(2020, 5, 4), has_history=False,
    ...              left_before=None)
    datetime.date(2020, 5, 4)
    """
    if stated_on is not None:
        return stated_on
    if hired_on is None:
        return on
    is_back = left_before is not None and left_before <= hired_on
    return hired_on if is_back or not has_history else max(on, hired_on)


def decide_move(
    history: Sequence[Span[Value]], wanted: Value | None, *, on: date, left_on: date | None = None
) -> tuple[Span[Value], ...]:
    """The history after `wanted` (None: nothing) holds from `on`; `history` is in order and does not overlap.

    - Same value already there: nothing changes. Days before `on` never change.
    - Another value there since an earlier day: it ends on `on`, the new one begins. There since `on` itself: it was a
      mistake of the same day and is replaced, keeping its id.
    - The new span ends where the old one would have ended; with nothing there, where the next one begins.
    - `left_on`: the person leaves; nothing is held from that day on, and from that day on nothing is wanted.

    >>> moved = decide_move([Span("north", date(2026, 1, 1), id=7)], "south", on=date(2026, 4, 1))
    >>> [(span.value, span.until_on and span.until_on.isoformat(), span.id) for span in moved]
    [('north', '2026-04-01', 7), ('south', None, None)]
    """
    changed = _changed(list(history), wanted, on) if left_on is None or on < left_on else history
    return tuple(_cut(span, left_on) for span in changed if left_on is None or span.from_on < left_on)


def _changed(history: list[Span[Value]], wanted: Value | None, on: date) -> list[Span[Value]]:
    before = [span for span in history if span.from_on < on]
    after = [span for span in history if span.from_on > on]
    current = next((span for span in history if span.holds(on)), None)
    if current is not None and current.value == wanted:
        return history
    until_on = current.until_on if current else (after[0].from_on if after else None)
    before = [_cut(span, on) for span in before]
    if wanted is None:
        return before + after
    if before and before[-1].until_on == on and before[-1].value == wanted:
        # a mistake of the same day is taken back: the earlier span simply goes on
        return [*before[:-1], replace(before[-1], until_on=until_on), *after]
    kept_id = current.id if current and current.from_on == on else None
    return [*before, Span(wanted, on, until_on, kept_id), *after]


def _cut(span: Span[Value], day: date | None) -> Span[Value]:
    """The span, ending on `day` at the latest."""
    if day is None or (span.until_on is not None and span.until_on <= day):
        return span
    return replace(span, until_on=day)
