"""Sentences about signing, support and copies of contracts, in the active language."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.engines.values import Problem
from sextant.goals.contracts import PlanState, Side, SupportKind
from sextant.goals.messages.plans import STATES, say_plan
from sextant.ui.formats import write_moment

SENTENCES: Mapping[str, Promise | str] = {
    "sign.not_proposed": _("双方提请签署后可签，现在是“%(state)s”。"),
    "sign.support_open": _("还有 %(n)s 项支持没有答复。"),
    "sign.moved": _("内容刚刚变了，这里已是最新的。请看过再签。"),
    "sign.already": _("您已经签过这一版。"),
    "sign.name": _("姓名不符。请照“%(name)s”填写。"),
    "sign.password": _("密码不对。请重新输入。"),
    "sign.locked": _("密码错了太多次，%(until)s 后再试。"),
    "words.missing": _("还没有写内容。"),
    "words.long": _("最多 %(most)s 个字。请缩短。"),
    "support.owner_asks": _("支持由员工一方提出。"),
    "support.company_answers": _("由主管一方答复。"),
    "support.owner_judges": _("是否兑现由员工一方填写。"),
    "support.due_missing": _("答应了就要有日期。请填写。"),
    "support.reason_missing": _("不给要写明原因。"),
    "support.not_promised": _("这一项没有答应过，谈不上兑现。"),
    "copy.not_pdf": _("不是 PDF 文件。"),
    "copy.too_large": _("文件太大，不是六分仪的契约。"),
    "copy.no_seal": _("没有封签，或封签被改过。这不是六分仪发出的文件，或末尾有改动。"),
    "copy.changed": _("文件与封签不符：发出之后改过。"),
    "copy.content": _("随附的签署文本不在，或被改过。"),
    "copy.not_ours": _("文本与存档一致，但这个文件不是系统发出的那一份，纸面文字可能不同。"),
    "contract.digest": _("签署文本与指纹不符。"),
    "contract.unreadable": _("签署文本读不了。"),
    "contract.form": _("签署文本不是规范写法，改写过。"),
    "contract.signature_missing": _("缺%(side)s的签名。"),
    "contract.signature_text": _("%(side)s签的不是这一份文本。"),
    "contract.one_signer": _("两个签名是同一个人。"),
    "contract.not_here": _("存档里没有 %(number)s。"),
    "contract.other_text": _("与存档的 %(number)s 不一致。"),
}

ROLES: Mapping[Side, Promise | str] = {
    Side.OWNER: pgettext_lazy("签署", "员工"),
    Side.COUNTERPART: pgettext_lazy("签署", "主管"),
}
SUPPORT_KINDS: Mapping[SupportKind, Promise | str] = {
    SupportKind.TRAINING: _("培训"),
    SupportKind.BUDGET: _("预算"),
    SupportKind.AUTHORITY: _("授权"),
    SupportKind.PEOPLE: _("人手"),
    SupportKind.OTHER: _("其他"),
}
CURVES: Mapping[str, Promise | str] = {
    "parallel": _("平行：基准和挑战各算一份"),
    "ladder": _("阶梯：基准满了才算挑战"),
}


def say(problem: Problem) -> str:
    """The sentence of a problem of signing, support or a copy, else of the plan. KeyError for a code nobody wrote
    down."""
    if problem.code not in SENTENCES:
        return say_plan(problem)
    return str(SENTENCES[problem.code]) % {key: _worded(key, value) for key, value in problem.params.items()}


def _worded(key: str, value: object) -> object:
    if key == "state":
        return str(STATES[PlanState(str(value))])
    if key == "side":
        return str(ROLES[Side(str(value))])
    return write_moment(value) if isinstance(value, datetime) else value
