"""A draft of a rule over the last weeks, as the centre shows dry runs: on whom it would have acted how often."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

from django.utils.translation import ngettext

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.lowcode.contracts.definitions import DryRunReport, Mover
from sextant.lowcode.queries.rule_loading import ready_rule
from sextant.lowcode.queries.rule_simulation import look_back
from sextant.lowcode.rules.document import RuleDocument

WEEKS = 12
MOVERS = 200


def dry_run_rule(
    document: RuleDocument, *, before: RuleDocument | None, code: str, actor: Actor, now: datetime
) -> DryRunReport | None:
    """How often it would have acted on each subject, beside the version in force; None where it cannot be read, or the
    past keeps nothing of it. Raises AccessDenied. As many queries as `simulate`."""
    require(actor, Permission.GOAL_READ_ALL)
    rule, former = ready_rule(document), ready_rule(before) if before else None
    if rule is None:
        return None
    after = look_back(rule, weeks=WEEKS, actor=actor, now=now)
    if not after.known_names:
        return None
    was = look_back(former, weeks=WEEKS, actor=actor, now=now) if former and former.document.on else None
    new = Counter(subject_id for subject_id, _ in after.acted)
    old = Counter(subject_id for subject_id, _ in was.acted) if was else Counter[int]()
    moved = (one for one in new | old if new[one] != old[one])
    changed = sorted(moved, key=lambda one: (-abs(new[one] - old[one]), one))
    rows = rule.subjects.rows(changed[:MOVERS], now=now)
    movers = (
        Mover(one, rows[one].name, Decimal(old[one]), Decimal(new[one]), rows[one].person_id)
        for one in changed[:MOVERS]
        if one in rows
    )
    return DryRunReport(
        over=ngettext("过去 %(n)s 周", "过去 %(n)s 周", WEEKS) % {"n": WEEKS},
        subjects=len(new | old),
        changed=len(changed) if was else 0,
        failed_before=was.unknown if was else 0,
        failed_after=after.unknown,
        is_sample=after.is_sample,
        movers=tuple(movers),
    )
