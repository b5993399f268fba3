"""Rules of lights in words: what each constant is called, how its value is written, what differs between versions."""

from decimal import Decimal
from typing import Any

import yaml
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from sextant.metrics.light_rules import COMPANY
from sextant.metrics.queries.rules_in_force import RulesInForce, RulesVersion, flatten
from sextant.metrics.wording import write_share
from sextant.ui.formats import write_number

NAMES = {
    "red_below": _("完成率低于此值为风险"),
    "yellow_below": _("完成率低于此值为关注"),
    "red_line": _("实际值越过此值为风险"),
    "yellow_line": _("实际值越过此值为关注"),
    "late_days": _("落后于多少天前的应到为风险"),
    "streak.yellow": _("连续几期低于基准线为关注"),
    "streak.red": _("连续几期低于基准线为风险"),
    "streak.grain": _("一期是"),
    "streak.share": _("基准线占当期应到"),
    "streak.line": _("基准线的绝对值"),
    "hysteresis": _("变好要过周末才换灯"),
    "calendar": _("日历"),
    "season": _("季节曲线"),
    "score": _("计分"),
    "dynamic": _("动态阈值"),
}
"""Every key a document may state, in the order of the page. A key that is not here shows its own name."""
GRAINS = {"day": _("工作日"), "week": _("周"), "month": _("月")}
SWITCH = {True: _("是"), False: _("否")}
_SHARES = frozenset({"red_below", "yellow_below", "streak.share"})
_LENGTHS = frozenset({"late_days", "streak.yellow", "streak.red"})
_LINES = frozenset({"red_line", "yellow_line", "streak.line"})


def name_of_rule(path: str) -> str:
    """What a constant is called."""
    return str(NAMES.get(path, path))


def write_rule(path: str, value: Any) -> str:
    """A constant as people read it; a length that is off, or a line that is not drawn, says so.

    >>> write_rule("red_below", "0.5")
    '50%'
    """
    if path in _LENGTHS:
        return write_number(Decimal(value)) if value else pgettext("规则", "不看")
    if path in _LINES:
        return write_plain(Decimal(str(value))) if value is not None else pgettext("规则", "不设")
    if path in _SHARES:
        return write_share(Decimal(str(value)))
    if path == "hysteresis":
        return str(SWITCH[bool(value)])
    if path == "streak.grain":
        return str(GRAINS[str(value)])
    if path == "calendar":
        return _now("公司日历") if value == COMPANY else str(value)
    return to_yaml(value).strip()


def rows_in_force(rules: RulesInForce) -> list[tuple[str, str, str]]:
    """The constants as (name, value, where it comes from)."""
    return [
        (
            name_of_rule(one.path),
            write_rule(one.path, one.value),
            name_of_version(one.origin) if one.origin else _now("默认"),
        )
        for one in rules.constants
    ]


def name_of_version(version: RulesVersion) -> str:
    """A version by name: 产线质量 第 3 版."""
    return _now("%(name)s 第 %(version)s 版") % {"name": version.name, "version": version.version}


def changes_between(before: RulesVersion | None, after: RulesVersion) -> list[tuple[str, str, str]]:
    """What differs between two versions as (name, before, after); what one does not state is ""."""
    old, new = flatten(before.document) if before else {}, flatten(after.document)
    paths = [*NAMES, *sorted({*old, *new} - NAMES.keys())]
    return [
        (
            name_of_rule(path),
            write_rule(path, old[path]) if path in old else "",
            write_rule(path, new[path]) if path in new else "",
        )
        for path in paths
        if old.get(path) != new.get(path)
    ]


def write_plain(amount: Decimal) -> str:
    """A number as a field shows it: no grouping, no trailing zeros.

    >>> write_plain(Decimal("12.500000")), write_plain(Decimal("1E+2"))
    ('12.5', '100')
    """
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_yaml(value: Any) -> str:
    """A part of a stored document as people would write it: stored decimals are texts, here they are numbers."""
    return yaml.safe_dump(_numbers(value), allow_unicode=True, sort_keys=False, default_flow_style=None)


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(one) for one in value]
    if isinstance(value, str) and value.replace(".", "", 1).lstrip("-").isdecimal():
        return float(value) if "." in value else int(value)
    return value
