"""Work that comes out of 研讨会."""

from django.utils.translation import gettext_lazy as _

from sextant.goals.contracts.workshops import MARK_WORK
from sextant.lowcode.contracts.work import WorkGroup
from sextant.lowcode.registry_work import WorkSpec, register_work

register_work(
    WorkSpec(
        kind=MARK_WORK,
        name=_("红点行动"),
        title=_("%(action)s"),
        verb=_("查看"),
        group=WorkGroup.CONFIRM,
    )
)
