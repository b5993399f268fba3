"""Whether a rule's condition holds for a subject: the one answer that acting, explaining and looking back share."""

from sextant.engines.rules import Judgement
from sextant.lowcode.queries.rule_loading import Facts, ReadyRule, is_lit

NOT_LIT = Judgement(False, ())


def judge_subject(rule: ReadyRule, facts: Facts, subject_id: int) -> Judgement:
    """The condition for one subject; a subject out of sight is unknown, one without the light of several weeks that the
    rule waits for does not hold."""
    found = facts.now.get(subject_id, {})
    return rule.read.judge(found, before=facts.before(subject_id)) if is_lit(rule, found) else NOT_LIT
