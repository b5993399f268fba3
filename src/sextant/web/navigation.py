"""Which entries the navigation has: only pages that exist and that the actor may open."""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may
from sextant.web.contracts import NavEntry
from sextant.web.routes import find_url

PHONE_ENTRIES = 5
"""Thumb-wide targets that fit on 390 px."""


@dataclass(frozen=True, slots=True)
class _Place:
    url_name: str
    text: str | Promise
    short: str | Promise
    icon: str
    permission: Permission
    within: tuple[str, ...]
    """Beginnings of view names that count as being at this place, unless another place knows the view more closely."""


_MAIN = (
    _Place(
        "web:workbench",
        pgettext_lazy("导航", "工作台"),
        pgettext_lazy("导航", "工作台"),
        "layout-dashboard",
        Permission.WORKBENCH_READ,
        ("web:workbench",),
    ),
    _Place(
        "lowcode:inbox",
        _("待我处理"),
        pgettext_lazy("导航", "待办"),
        "inbox",
        Permission.WORK_READ,
        ("lowcode:inbox", "lowcode:work", "lowcode:flow_"),
    ),
    _Place(
        "goals:map",
        pgettext_lazy("导航", "目标"),
        pgettext_lazy("导航", "目标"),
        "target",
        Permission.GOAL_READ,
        ("goals:",),
    ),
    _Place(
        "tracking:cases",
        _("过程跟踪"),
        pgettext_lazy("导航", "跟踪"),
        "activity",
        Permission.TRACKING_READ,
        ("tracking:",),
    ),
    _Place(
        "goals:plans",
        _("我的目标"),
        _("我的目标"),
        "notebook-pen",
        Permission.PLAN_EDIT,
        ("goals:plan",),
    ),
    _Place(
        "goals:team",
        _("团队目标"),
        pgettext_lazy("导航", "团队"),
        "users-round",
        Permission.PLAN_EDIT,
        ("goals:team",),
    ),
    _Place(
        "goals:adjustments",
        _("目标校调"),
        pgettext_lazy("导航", "校调"),
        "scale",
        Permission.GOAL_ADJUST,
        ("goals:adjust",),
    ),
    _Place(
        "goals:workshops",
        _("研讨会"),
        pgettext_lazy("导航", "会议"),
        "message-circle",
        Permission.WORKSHOP_READ,
        ("goals:workshop",),
    ),
    _Place(
        "web:people",
        _("组织与人员"),
        pgettext_lazy("导航", "组织"),
        "users",
        Permission.PERSON_READ,
        ("web:people", "web:person", "web:unit", "people:"),
    ),
)
_ADMIN = (
    _Place(
        "lowcode:definitions",
        _("方案中心"),
        pgettext_lazy("导航", "方案中心"),
        "layers",
        Permission.DEFINITION_READ,
        ("lowcode:definition", "lowcode:formula", "lowcode:flow_trial"),
    ),
    _Place(
        "goals:templates",
        _("方案与周期"),
        pgettext_lazy("导航", "方案"),
        "sliders-horizontal",
        Permission.TEMPLATE_MANAGE,
        ("goals:template", "goals:cycles"),
    ),
    _Place(
        "goals:movements",
        _("人员变动"),
        pgettext_lazy("导航", "变动"),
        "workflow",
        Permission.PLAN_MANAGE,
        ("goals:movement", "goals:move"),
    ),
    _Place(
        "goals:surveys",
        _("共识调查"),
        pgettext_lazy("导航", "调查"),
        "list-checks",
        Permission.PLAN_MANAGE,
        ("goals:surveys", "goals:survey_results"),
    ),
    _Place(
        "metrics:library",
        _("指标库"),
        pgettext_lazy("导航", "指标"),
        "chart-column",
        Permission.METRIC_READ,
        ("metrics:library", "metrics:metric", "metrics:rules"),
    ),
    _Place(
        "metrics:batches",
        _("数据批次"),
        pgettext_lazy("导航", "数据"),
        "database",
        Permission.BATCH_READ,
        ("metrics:batch", "metrics:ingest", "metrics:preview", "metrics:quarantine"),
    ),
    _Place(
        "metrics:connectors",
        _("连接器"),
        pgettext_lazy("导航", "连接"),
        "cable",
        Permission.CONNECTOR_READ,
        ("metrics:connector",),
    ),
    _Place(
        "metrics:audit_desk",
        _("数据稽核"),
        pgettext_lazy("导航", "稽核"),
        "clipboard-check",
        Permission.DATA_AUDIT_READ,
        ("metrics:audit", "metrics:matching"),
    ),
    _Place(
        "metrics:runs",
        _("评估运行"),
        pgettext_lazy("导航", "评估"),
        "activity",
        Permission.RUN_READ,
        ("metrics:run",),
    ),
    _Place(
        "api:clients",
        _("接口客户端"),
        pgettext_lazy("导航", "接口"),
        "plug",
        Permission.API_CLIENT_MANAGE,
        ("api:",),
    ),
    _Place("webhooks:webhooks", "Webhook", "Webhook", "webhook", Permission.WEBHOOK_MANAGE, ("webhooks:", "events:")),
    _Place(
        "notices:channels",
        _("通知设置"),
        pgettext_lazy("导航", "通知"),
        "bell-ring",
        Permission.NOTICE_MANAGE,
        ("notices:channel", "notices:log", "notices:text"),
    ),
)


_STARTS = tuple(start for place in (*_MAIN, *_ADMIN) for start in place.within)


def with_badge(places: tuple[NavEntry, ...], *, url_name: str, number: int) -> tuple[NavEntry, ...]:
    """The same entries, the one that leads to `url_name` with a number beside it; 0 shows none."""
    href = find_url(url_name)
    return tuple(replace(one, badge=number) if one.href == href else one for one in places)


def entries(actor: Actor, *, view_name: str) -> tuple[tuple[NavEntry, ...], tuple[NavEntry, ...]]:
    """Main and administrative entries for `actor`, the one around `view_name` marked as current."""
    return _open_places(_MAIN, actor, view_name), _open_places(_ADMIN, actor, view_name)


def bottom_entries(main: tuple[NavEntry, ...], admin: tuple[NavEntry, ...]) -> tuple[NavEntry, ...]:
    """What the phone's bottom bar holds: the same places, as far as they fit."""
    return (*main, *admin)[:PHONE_ENTRIES]


def _open_places(places: tuple[_Place, ...], actor: Actor, view_name: str) -> tuple[NavEntry, ...]:
    nearest = max((len(start) for start in _STARTS if view_name.startswith(start)), default=0)
    found = []
    for place in places:
        href = find_url(place.url_name) if may(actor, place.permission) else None
        if href is not None:
            current = any(len(start) == nearest and view_name.startswith(start) for start in place.within)
            found.append(NavEntry(str(place.text), str(place.short), href, place.icon, current))
    return tuple(found)
