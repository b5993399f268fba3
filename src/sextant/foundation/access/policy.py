"""Which role holds which permission. Default deny: what is not listed here is refused."""

from collections.abc import Mapping

from sextant.foundation.access.contracts import AccessDenied, Actor, Permission, Role

_EVERYONE = frozenset(
    {
        Permission.WORKBENCH_READ,
        Permission.SESSION_MANAGE,
        Permission.GOAL_READ,
        Permission.GOAL_ALIGN,
        Permission.GOAL_CASCADE,
        Permission.GOAL_SUSPEND,
        Permission.GOAL_ADJUST,
        Permission.GOAL_HAND_OVER,
        Permission.PROGRESS_RECORD,
        Permission.SURVEY_ANSWER,
        Permission.WORKSHOP_READ,
        Permission.WORKSHOP_RUN,
        Permission.FORM_FILL,
        Permission.FLOW_START,
        Permission.WORK_READ,
        Permission.FIELD_FILL,
        Permission.TRACKING_READ,
        Permission.TRACKING_ACT,
        Permission.NOTICE_READ,
        Permission.PLAN_EDIT,
        Permission.PLAN_SIGN,
        Permission.PERSON_READ,
        Permission.UNIT_READ,
        Permission.LIGHT_SET,
        Permission.MEASUREMENT_RECORD,
    }
)
_READ_ALL = frozenset({Permission.GOAL_READ_ALL, Permission.PERSON_READ_ALL, Permission.TRACKING_READ_ALL})

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.EMPLOYEE: _EVERYONE,
    Role.HR: _EVERYONE
    | _READ_ALL
    | {
        Permission.GOAL_IMPORT,
        Permission.ADJUSTMENT_READ_ALL,
        Permission.ADJUSTMENT_APPROVE,
        Permission.DEFINITION_READ,
        Permission.DEFINITION_EDIT,
        Permission.DEFINITION_PUBLISH,
        Permission.FLOW_READ_ALL,
        Permission.FLOW_MANAGE,
        Permission.NOTICE_MANAGE,
        Permission.WEBHOOK_MANAGE,
        Permission.PLAN_MANAGE,
        Permission.TEMPLATE_MANAGE,
        Permission.PERSON_IMPORT,
        Permission.METRIC_INGEST,
        Permission.METRIC_READ,
        Permission.METRIC_DEFINE,
        Permission.CONNECTOR_READ,
        Permission.CONNECTOR_MANAGE,
        Permission.DATA_AUDIT_READ,
        Permission.DATA_AUDIT_DECIDE,
        Permission.SUBJECT_MATCH,
        Permission.API_CLIENT_MANAGE,
        Permission.BATCH_READ,
        Permission.RUN_READ,
        Permission.RUN_START,
        Permission.GALLERY_READ,
    },
    Role.EXECUTIVE: _EVERYONE
    | _READ_ALL
    | {
        Permission.RUN_READ,
        Permission.METRIC_READ,
        Permission.ADJUSTMENT_READ_ALL,
        Permission.ADJUSTMENT_APPROVE,
    },
    Role.AUDITOR: _EVERYONE
    | _READ_ALL
    | {
        Permission.ADJUSTMENT_READ_ALL,
        Permission.DEFINITION_READ,
        Permission.FLOW_READ_ALL,
        Permission.BATCH_READ,
        Permission.RUN_READ,
        Permission.METRIC_READ,
        Permission.CONNECTOR_READ,
        Permission.DATA_AUDIT_READ,
    },
    # 数据稽核岗: looks after the numbers that come in, and reads nobody's goals but what everyone may
    Role.DATA_AUDITOR: _EVERYONE
    | {
        Permission.BATCH_READ,
        Permission.METRIC_READ,
        Permission.CONNECTOR_READ,
        Permission.DATA_AUDIT_READ,
        Permission.DATA_AUDIT_DECIDE,
        Permission.SUBJECT_MATCH,
    },
    # An administrator runs the machine and reads nobody's performance.
    Role.ADMIN: frozenset(
        {
            Permission.WORKBENCH_READ,
            Permission.SESSION_MANAGE,
            Permission.ACCOUNT_MANAGE,
            Permission.NOTICE_READ,
            Permission.NOTICE_MANAGE,
            Permission.WEBHOOK_MANAGE,
            Permission.API_CLIENT_MANAGE,
            Permission.GALLERY_READ,
        }
    ),
}


def may(actor: Actor, permission: Permission) -> bool:
    """Whether a role of `actor` holds `permission`, or an agreement grants it. Rows are a second question, asked in
    `access.py`; keys a third, asked by `reach_of`.

    >>> may(Actor(1, 1, frozenset({Role.EMPLOYEE})), Permission.METRIC_INGEST)
    False
    """
    return _by_role(actor, permission) or any(grant.permission is permission for grant in actor.grants)


def reach_of(actor: Actor, permission: Permission) -> frozenset[str] | None:
    """The keys on which `actor` may use `permission`: None for all of them, empty for none.

    >>> reach_of(Actor(1, 1, frozenset({Role.HR})), Permission.METRIC_INGEST) is None
    True
    >>> from sextant.foundation.access.contracts import Grant
    >>> program = Actor(None, None, grants=frozenset({Grant(Permission.METRIC_INGEST, frozenset({"sales.calls"}))}))
    >>> sorted(reach_of(program, Permission.METRIC_INGEST))
    ['sales.calls']
    """
    granted = [grant.only for grant in actor.grants if grant.permission is permission]
    if _by_role(actor, permission) or None in granted:
        return None
    return frozenset().union(*(only for only in granted if only is not None))


def _by_role(actor: Actor, permission: Permission) -> bool:
    return any(permission in GRANTS[role] for role in actor.roles)


def require(actor: Actor, permission: Permission) -> None:
    """Raise AccessDenied unless `may(actor, permission)`. First line of every action."""
    if not may(actor, permission):
        raise AccessDenied(permission)
