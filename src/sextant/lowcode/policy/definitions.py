"""What may be done with a definition and its draft."""

import re
from collections.abc import Collection
from datetime import datetime

from sextant.engines.values import Problem
from sextant.lowcode.contracts.definitions import VersionState

CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
REASON_LEAST = 2
REASON_MOST = 500
NAME_MOST = 120


def decide_identity(*, code: str, name: str) -> tuple[Problem, ...]:
    """Whether a definition may be called so: codes definition.bad_code, definition.bad_name; () when it may.

    >>> [one.code for one in decide_identity(code="leave_2", name="请假")]
    []
    """
    problems = []
    if not CODE.fullmatch(code):
        problems.append(Problem("definition.bad_code", {"code": code[:80]}))
    if not name.strip() or len(name) > NAME_MOST:
        problems.append(Problem("definition.bad_name", {"most": NAME_MOST}))
    return tuple(problems)


def decide_publish(
    state: VersionState,
    *,
    reason: str,
    effective_at: datetime,
    now: datetime,
    waiting_at: datetime | None,
    is_review_needed: bool,
    writers: Collection[str],
    publisher: str,
) -> tuple[Problem, ...]:
    """Whether an open draft may be published by `publisher` so that it holds from `effective_at`; () when it may.

    `waiting_at` is when an earlier published version comes into force, None when none waits: the newer one may not
    come before it, or the earlier would never hold. Where a review is needed, the draft must be in review and the
    publisher must not be among its `writers`. Codes: definition.reason_missing, definition.effective_in_the_past,
    definition.before_waiting (at), definition.review_needed, definition.own_review.
    """
    problems = []
    if not REASON_LEAST <= len(reason.strip()) <= REASON_MOST:
        problems.append(Problem("definition.reason_missing", {"most": REASON_MOST}))
    if effective_at < now:
        problems.append(Problem("definition.effective_in_the_past"))
    if waiting_at is not None and effective_at < waiting_at:
        problems.append(Problem("definition.before_waiting", {"at": waiting_at}))
    if is_review_needed and state is not VersionState.REVIEW:
        problems.append(Problem("definition.review_needed"))
    elif is_review_needed and publisher in writers:
        problems.append(Problem("definition.own_review"))
    return tuple(problems)
