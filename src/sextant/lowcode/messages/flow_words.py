"""How a flow is read aloud: who is asked, how many must agree, what a passed limit does."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Role
from sextant.lowcode.messages.flows import SPANS, say_span
from sextant.lowcode.policy.flow_starting import PERSON, ROLE, UNIT
from sextant.lowcode.registry_people import list_assignee_sources

OWN_SOURCES: Mapping[str, Promise | str] = {
    "starter": _("发起人"),
    "about": _("当事人"),
    "person": _("指定的人"),
    "chosen": _("发起时选"),
    "formula": _("公式算出的工号"),
}
ROLES: Mapping[str, Promise | str] = {
    Role.HR: _("人力资源"),
    Role.EXECUTIVE: _("高管"),
    Role.AUDITOR: _("审计"),
    Role.DATA_AUDITOR: _("数据审计"),
    Role.ADMIN: _("系统管理员"),
}
QUORUMS: Mapping[str, Promise | str] = {"all": _("会签"), "any": _("或签"), "count": _("几人同意")}
REACTIONS: Mapping[str, Promise | str] = {
    "notify": _("提醒处理人"),
    "escalate": _("升级"),
    "start": _("另开流程"),
}
UNITS: Mapping[str, Promise | str] = {"minute": _("分钟"), "hour": _("小时"), "workday": _("个工作日")}
Plain = Mapping[str, Any]
Names = Mapping[int, str]


def source_options() -> list[tuple[str, str]]:
    """Every way to say who is asked, by its code, in the reader's language."""
    own = [(code, str(name)) for code, name in OWN_SOURCES.items()]
    return [*((one.code, str(one.name)) for one in list_assignee_sources().values()), *own]


def starter_options() -> list[tuple[str, str]]:
    """Every way to say who may start a flow."""
    return [(UNIT, gettext("部门")), (ROLE, gettext("角色")), (PERSON, str(OWN_SOURCES[PERSON]))]


def say_assignee(asked: Plain, names: Names) -> str:
    """One expression: 直属主管（9 级以上）, 角色：人力资源, the names of persons."""
    source, params = str(asked.get("source", "")), asked.get("params") or {}
    if source == "person":
        found = [names.get(one, "—") for one in ids_of(asked)]
        return _listed(found) or str(OWN_SOURCES["person"])
    known = list_assignee_sources().get(source)
    said = str(OWN_SOURCES.get(source) or (known.name if known else source))
    if params.get("grade"):
        return gettext("%(who)s（%(grade)s 级以上）") % {"who": said, "grade": params["grade"]}
    if source == "people.role":
        return str(ROLES.get(str(params.get("role", "")), said))
    if params.get("unit"):
        return gettext("%(unit)s的人") % {"unit": params["unit"]}
    return said


def say_assignees(asked: Sequence[Plain], names: Names) -> str:
    """All of them, "" where nobody is named."""
    return _listed([say_assignee(one, names) for one in asked])


def say_quorum(step: Plain) -> str:
    """How many must agree, where several may be asked: 都要同意, 一人同意即可, 2 人同意."""
    quorum = str(step.get("quorum", "all"))
    if quorum == "any":
        return gettext("一人同意即可")
    if quorum == "count":
        count = step.get("count", 1)
        number = count if isinstance(count, int) else 1
        return ngettext("%(n)s 人同意即可", "%(n)s 人同意即可", number) % {"n": number}
    return gettext("都要同意")


def say_after(span: object) -> str:
    """A length of time of a document; "" for one that is not written."""
    if not isinstance(span, Mapping) or not isinstance(span.get("amount"), int):
        return ""
    unit = str(span.get("unit", "hour"))
    return say_span(span["amount"], unit) if unit in SPANS else ""


def say_reaction(limit: Plain, names: Names, flows: Mapping[str, str]) -> str:
    """What a rung of the ladder does: 提醒处理人, 升级到直属主管, 另开“复盘”."""
    do = str(limit.get("do", "notify"))
    if do == "escalate":
        told = say_assignees(plain_list(limit.get("to")), names) or "—"
        return gettext("升级到%(who)s") % {"who": told}
    if do == "start":
        code = str(limit.get("flow", ""))
        return gettext("另开“%(flow)s”") % {"flow": flows.get(code, code) or "—"}
    return str(REACTIONS["notify"])


def ids_of(asked: Plain) -> list[int]:
    """Persons that an expression names."""
    found = (asked.get("params") or {}).get("ids") if asked.get("source") == "person" else ()
    return [one for one in found if isinstance(one, int)] if isinstance(found, list | tuple) else []


def plain_list(value: object) -> list[Plain]:
    """The parts of a list of a plain document; what are no parts is left out."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def _listed(texts: Sequence[str]) -> str:
    return gettext("、").join(texts)
