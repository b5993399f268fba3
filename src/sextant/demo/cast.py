"""The six people whose log-ins the demo prints, what each of them will find, and who else can sign in."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.demo import units
from sextant.demo.organisation import CAST
from sextant.foundation.access.contracts import Role

PASSWORD = "sextant-demo-2026"
"""Printed at every start, on purpose: the demo listens on the loopback address alone and holds invented people."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part in the tour: which seat plays it, with which role beyond that of an employee."""

    username: str
    seat: tuple[str, int]
    role: Role
    label: str | Promise
    what_to_see: str | Promise


PARTS = (
    Part(
        "employee",
        ("XC-S-E1", 1),
        Role.EMPLOYEE,
        _("员工"),
        _("红灯的原因一路打开到每一笔回款；签过的契约里有一项支持没有兑现；下季度的回款目标等您回话"),
    ),
    Part(
        "manager",
        (units.SLIDING, 0),
        Role.EMPLOYEE,
        _("主管"),
        _("华东大区三十一人，先找谁谈；和陈嘉禾还差两处没谈拢；中心分下来的回款目标"),
    ),
    Part("hr", ("XC-F-H", 0), Role.HR, _("人力资源"), _("数据怎么进来，各部门方案走到哪一步，模板和周期，评估")),
    Part(
        "executive",
        ("XC", 0),
        Role.EXECUTIVE,
        _("高管"),
        _("公司目标怎样一层层落到各组；营销中心下季度的方案等您签；研发中心还差四个百分点"),
    ),
    Part(
        "auditor",
        ("XC-F-A", 0),
        Role.AUDITOR,
        _("审计"),
        _("每次评估的指纹、每批数据的来源和去处；自己下季度的方案等签署"),
    ),
    Part(
        "data",
        ("XC-F-C", 0),
        Role.DATA_AUDITOR,
        _("数据稽核"),
        _("哪些批次等人决定，哪些写法认不出是谁，哪里缺数；自己的契约"),
    ),
)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in, with the password all of the demo share."""

    username: str
    seat: tuple[str, int]
    role: Role = Role.EMPLOYEE


ACCOUNTS = (
    *(Account(part.username, part.seat, part.role) for part in PARTS),
    Account("leader", ("XC-S-E1", 0)),
    Account("star", ("XC-S-E1", 2)),
    Account("sales", ("XC-S", 0)),
    Account("operations", ("XC-F", 0)),
)
"""All accounts: those of the tour, and of the people who sign with them."""


def names_by_username() -> Mapping[str, str]:
    """Name of the person behind each log-in."""
    return {part.username: CAST[part.seat] for part in PARTS}
