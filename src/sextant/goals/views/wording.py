"""措辞: what is to be said about how the goals of a plan are written, and how each could be written instead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sextant.goals.contracts import GoalKind, PlanGoal
from sextant.goals.messages.quality import WORDS, say_quality, write_rewrite
from sextant.goals.queries.quality import assess_terms, with_results
from sextant.goals.views.plan_parts import AskedPlan
from sextant.metrics.contracts import MetricRow


@dataclass(frozen=True, slots=True)
class Wording:
    """Findings about one goal as (word, sentence), and one sentence that answers all of them; "" where none does."""

    findings: tuple[tuple[str, str], ...]
    rewrite: str


def tell_wording(goals: Sequence[PlanGoal], *, asked: AskedPlan, metrics: Iterable[MetricRow]) -> dict[int, Wording]:
    """What is to be said about the reader's text of each goal; goals with nothing to say are absent. One query where
    there are objectives, else none."""
    texts = [(goal.id, terms) for goal in goals if (terms := goal.terms(asked.view_side)) is not None]
    objectives = [id_ for id_, terms in texts if terms.kind == GoalKind.OBJECTIVE]
    assessed = assess_terms(
        texts,
        owner=asked.row.owner_name,
        last_on=asked.plan.cycle.until_on - timedelta(days=1),
        results=with_results(objectives) if objectives else (),
        known={one.code: one for one in metrics},
    )
    titles = {id_: terms.title for id_, terms in texts}
    return {
        one.key: Wording(
            findings=tuple((str(WORDS[found.code]), say_quality(found, titles)) for found in one.findings),
            rewrite=write_rewrite(one.rewrite) if one.rewrite else "",
        )
        for one in assessed
        if one.findings
    }
