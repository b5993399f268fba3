"""What is needed to say yes or no to an act of a rule: what it would do, for whom, and on which figures."""

from django.utils.translation import gettext as _

from sextant.lowcode.contracts.work import Preview, WorkRow
from sextant.lowcode.queries.rules import find_firing_of_act


def preview_of_act(item: WorkRow) -> Preview:
    """As `WorkSpec.preview`. At most four queries."""
    firing = find_firing_of_act(item.subject[1])
    if firing is None:
        return Preview()
    wanted = [one.said for one in firing.acts if one.id == item.subject[1]]
    pairs = (
        (_("规则"), firing.rule_name),
        (_("关于"), firing.subject_name),
        *((_("将要"), one) for one in wanted),
        *firing.figures,
    )
    return Preview(tuple(pairs))
