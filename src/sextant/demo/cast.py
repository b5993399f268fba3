"""The six people whose log-ins the demo prints, and what each of them will find."""

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
    Part("employee", ("XC-S-E1", 1), Role.EMPLOYEE, _("员工"), _("拜访和回款连续下滑，红灯的原因一路打开到每一笔回款")),
    Part("manager", (units.SLIDING, 0), Role.EMPLOYEE, _("主管"), _("华东大区三十一人，先找谁谈，各自卡在哪里")),
    Part("hr", ("XC-F-H", 0), Role.HR, _("人力资源"), _("导入数据、查看隔离的行、运行评估")),
    Part("executive", ("XC", 0), Role.EXECUTIVE, _("高管"), _("公司目标怎样一层层落到各中心、各组")),
    Part("auditor", ("XC-F-A", 0), Role.AUDITOR, _("审计"), _("每次评估的指纹、每批数据的来源和去处")),
    Part("data", ("XC-F-C", 0), Role.DATA_AUDITOR, _("数据稽核"), _("哪些批次等人决定，哪些写法认不出是谁，哪里缺数")),
)


def names_by_username() -> Mapping[str, str]:
    """Name of the person behind each log-in."""
    return {part.username: CAST[part.seat] for part in PARTS}
