"""Who asks, and what may be asked: actors, roles and permissions.

A permission reads `scope:resource:action`. The scope is the widest set of rows the permission reaches; rows
inside the scope are still chosen by the `access.py` of the app that owns them.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an account was granted. Being somebody's manager is no role: it follows from reporting lines."""

    EMPLOYEE = "employee"
    HR = "hr"
    EXECUTIVE = "executive"
    AUDITOR = "auditor"
    ADMIN = "admin"
    DATA_AUDITOR = "data_auditor"


class Permission(StrEnum):
    """`scope:resource:action`; scopes: own (oneself), line (the people below), all."""

    ACCOUNT_MANAGE = "all:account:manage"
    WORKBENCH_READ = "own:workbench:read"
    SESSION_MANAGE = "own:session:manage"
    GOAL_READ = "line:goal:read"
    GOAL_READ_ALL = "all:goal:read"
    GOAL_IMPORT = "all:goal:import"
    GOAL_ALIGN = "line:goal:align"
    GOAL_CASCADE = "line:goal:cascade"
    GOAL_SUSPEND = "line:goal:suspend"
    GOAL_ADJUST = "line:goal:adjust"
    GOAL_HAND_OVER = "line:goal:hand_over"
    ADJUSTMENT_READ_ALL = "all:adjustment:read"
    ADJUSTMENT_APPROVE = "all:adjustment:approve"
    PROGRESS_RECORD = "line:progress:record"
    SURVEY_ANSWER = "own:survey:answer"
    WORKSHOP_READ = "line:workshop:read"
    WORKSHOP_RUN = "line:workshop:run"
    PLAN_EDIT = "line:plan:edit"
    PLAN_SIGN = "line:plan:sign"
    PLAN_MANAGE = "all:plan:manage"
    TEMPLATE_MANAGE = "all:plan_template:manage"
    PERSON_READ = "line:person:read"
    PERSON_READ_ALL = "all:person:read"
    PERSON_IMPORT = "all:person:import"
    UNIT_READ = "line:unit:read"
    METRIC_INGEST = "all:metric:ingest"
    METRIC_READ = "all:metric:read"
    METRIC_DEFINE = "all:metric:define"
    CONNECTOR_READ = "all:connector:read"
    CONNECTOR_MANAGE = "all:connector:manage"
    DATA_AUDIT_READ = "all:data_audit:read"
    DATA_AUDIT_DECIDE = "all:data_audit:decide"
    SUBJECT_MATCH = "all:subject:match"
    LIGHT_SET = "line:light:set"
    MEASUREMENT_RECORD = "own:measurement:record"
    API_CLIENT_MANAGE = "all:api_client:manage"
    BATCH_READ = "all:batch:read"
    RUN_READ = "all:run:read"
    RUN_START = "all:run:start"
    DEFINITION_READ = "all:definition:read"
    DEFINITION_EDIT = "all:definition:edit"
    DEFINITION_PUBLISH = "all:definition:publish"
    FORM_FILL = "own:form:fill"
    FLOW_START = "own:flow:start"
    FLOW_READ_ALL = "all:flow:read"
    FLOW_MANAGE = "all:flow:manage"
    WORK_READ = "own:work:read"
    FIELD_FILL = "line:custom_field:fill"
    TRACKING_READ = "line:tracking:read"
    TRACKING_ACT = "line:tracking:act"
    TRACKING_READ_ALL = "all:tracking:read"
    NOTICE_READ = "own:notice:read"
    NOTICE_MANAGE = "all:notice:manage"
    WEBHOOK_MANAGE = "all:webhook:manage"
    GALLERY_READ = "all:gallery:read"


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission given to one actor directly, by an agreement. `only` narrows it to these keys of what it reaches
    (metric codes, say); None is no limit."""

    permission: Permission
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf something is read or written.

    `person_id` is None for accounts without a person (a pure administrator), for programs and for the system itself.
    `label` is what the audit log shows. People hold permissions by `roles`, programs by `grants` of their agreement.
    """

    user_id: int | None
    person_id: int | None
    roles: frozenset[Role] = field(default_factory=frozenset)
    label: str = ""
    grants: frozenset[Grant] = field(default_factory=frozenset)

    @classmethod
    def system(cls, label: str) -> "Actor":
        """The product itself or an operator at the command line: every role, no person."""
        return cls(user_id=None, person_id=None, roles=frozenset(Role), label=label)


class AccessDenied(Exception):
    """Missing and forbidden look the same to the asker: edges turn both into 404 (or 403 without a row)."""
