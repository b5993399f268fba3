"""发起: somebody starts a flow about themselves from their own list."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import AccessDenied, Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.clock import company_day
from sextant.lowcode.actions.flow_starting import start_flow
from sextant.lowcode.contracts.flows import FlowRefused, NewInstance
from sextant.lowcode.queries.flow_starts import list_startable
from sextant.lowcode.registry_people import directory


def start_own_flow(
    code: str, *, title: str, chosen: Mapping[str, list[int]], key: str | None = None, actor: Actor, now: datetime
) -> int | None:
    """Start the flow about the actor; the id of the run, None when one with this key was started before. `chosen` are
    the persons named for each step that asks for them.

    Raises AccessDenied (not in their list), FlowRefused (flow.nobody_named, .not_at_work).
    """
    require(actor, Permission.FLOW_START)
    found = next(iter(list_startable(actor, now=now, code=code)), None)
    if found is None or actor.person_id is None:
        raise AccessDenied(Permission.FLOW_START)
    wanted = {step: list(chosen.get(step, ())) for step, _name in found.choices}
    if any(not persons for persons in wanted.values()):
        raise FlowRefused(Problem("flow.nobody_named"))
    named = {person for persons in wanted.values() for person in persons}
    if named and directory().gone(named, on=company_day(now, settings.SEXTANT_ZONE)):
        raise FlowRefused(Problem("flow.not_at_work"))
    new = NewInstance(
        title=title.strip() or found.version.name,
        about_id=actor.person_id,
        starter_id=actor.person_id,
        chosen=wanted,
        key=key,
    )
    return start_flow(code, new, actor=actor, now=now)
