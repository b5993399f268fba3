"""Work and notices of 人员异动."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.notices.contracts import NoticeGroup, NoticeSpec
from sextant.foundation.notices.registry import register_notice
from sextant.goals.contracts.movement import NOTICE_COUNTERPART, NOTICE_MOVED, NOTICE_RECEIVED, WORK_KIND
from sextant.lowcode.contracts.work import WorkGroup
from sextant.lowcode.registry_work import WorkSpec, register_work

register_work(
    WorkSpec(
        kind=WORK_KIND,
        name=_("人员异动"),
        title=_("%(name)s有异动，目标要有着落"),
        verb=_("办理"),
        group=WorkGroup.CONFIRM,
    )
)
register_notice(
    NoticeSpec(
        code=NOTICE_RECEIVED,
        name=_("接手目标"),
        subject=_("你从%(name)s接手了 %(n)s 个目标"),
        body=_("从 %(on)s 起由你负责。请看一遍数字和截止日期，有方案的请和主管重新商量权重。"),
        params=("name", "n", "on"),
        group=NoticeGroup.GOALS,
        hint=_("同事异动，目标移交给你时"),
    )
)
register_notice(
    NoticeSpec(
        code=NOTICE_COUNTERPART,
        name=_("成为目标方案的对方"),
        subject=_("%(name)s的目标方案由你代表公司"),
        body=_("%(name)s有异动，方案的对方改为你。有改动的目标要双方重新签署。"),
        params=("name",),
        group=NoticeGroup.GOALS,
        hint=_("下属异动，方案改由你签署时"),
    )
)
register_notice(
    NoticeSpec(
        code=NOTICE_MOVED,
        name=_("我的目标有变动"),
        subject=_("你的目标因异动有变动"),
        body=_("从 %(on)s 起生效，%(by)s 办理。每个目标怎样处理，都写在变动说明里。"),
        params=("on", "by"),
        group=NoticeGroup.GOALS,
        hint=_("本人调动、休假或换主管，目标随之变动时"),
    )
)
