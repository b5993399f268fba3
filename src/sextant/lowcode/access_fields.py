"""Who somebody is to the subjects of custom fields, and so which values they may see and write.

Asked for every subject at once: what somebody may not see must be in no list, no filter and no sum either.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sextant.engines.forms import Field, Viewer
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission, Role
from sextant.foundation.access.policy import may, require
from sextant.lowcode.registry_hosts import RELATIONS, FieldHost, find_field_host
from sextant.lowcode.registry_rules import RULE_READER

HR = "hr"


@dataclass
class FieldSight:
    """One actor's sight of one host's fields on a day, over the subjects `among` (None: all). The host is asked for a
    relation once, and only where a field names it."""

    host: FieldHost
    actor: Actor
    on: date
    among: Collection[int] | None = None
    _asked: dict[str, frozenset[int]] = field(default_factory=dict)

    @property
    def is_hr(self) -> bool:
        """Whether what HR may see is theirs to see. Auditors read with HR's eyes, and so do rules: their log is read by
        those two."""
        return may(self.actor, Permission.FLOW_READ_ALL) or self.actor is RULE_READER

    @property
    def sees_all(self) -> bool:
        """Whether the product itself looks: scores are computed over everything."""
        return self.actor.person_id is None and self.actor.roles == frozenset(Role)

    def seeing(self, one: Field) -> frozenset[int] | None:
        """The subjects for which the field may be seen: None for all that may be opened. A query for each relation the
        field is the first to name."""
        if not one.reach.see or self.sees_all or (self.is_hr and HR in one.reach.see):
            return None
        named = [relation for relation in RELATIONS if relation in one.reach.see]
        return frozenset().union(*(self._related(relation) for relation in named))

    def is_offered(self, one: Field) -> bool:
        """Whether there is any subject for which the actor sees the field."""
        seeing = self.seeing(one)
        return seeing is None or bool(seeing)

    def viewer(self, subject_id: int) -> Viewer:
        """Who the actor is to one subject. At most a query for each relation. Who reads as HR and is not, writes
        nothing."""
        found = {relation for relation in RELATIONS if subject_id in self._related(relation)}
        if self.is_hr:
            found.add(HR)
        return Viewer(frozenset(found), is_reader=self.is_hr and not may(self.actor, Permission.DEFINITION_EDIT))

    def _related(self, relation: str) -> frozenset[int]:
        if relation not in self._asked:
            self._asked[relation] = self.host.related_ids(relation, actor=self.actor, on=self.on, among=self.among)
        return self._asked[relation]


def access_subject(actor: Actor, *, host_code: str, subject_id: int, on: date) -> FieldSight:
    """The actor's sight of this one subject; AccessDenied when it is missing or out of sight."""
    require(actor, Permission.FIELD_FILL)
    host = find_field_host(host_code)
    if host is None or not host.is_visible(subject_id, actor=actor, on=on):
        raise AccessDenied(Permission.FIELD_FILL)
    return FieldSight(host, actor, on, (subject_id,))
