"""随产品提供的方案: installed where they are not there yet, never over what HR made of them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.webhooks.actions.triggers import create_trigger
from sextant.foundation.webhooks.contracts import TriggerTerms
from sextant.foundation.webhooks.models import Trigger
from sextant.lowcode.actions.definition_files import FileLine, import_definitions
from sextant.lowcode.definition_files import read_file
from sextant.lowcode.queries.definitions import current_versions, find_definition
from sextant.tracking.intake_document import KIND, IntakeDocument

FOLDER = Path(__file__).parents[1] / "shipped"


@dataclass(frozen=True, slots=True)
class Opened:
    """A trigger that was opened: where it is called, and the secret its caller signs with, shown this once."""

    name: str
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did: files published (or refused, with their problems), those that were there already by
    (kind, code), and triggers opened."""

    lines: tuple[FileLine, ...]
    present: tuple[tuple[str, str], ...]
    triggers: tuple[Opened, ...]

    @property
    def refused(self) -> tuple[FileLine, ...]:
        """Files that could not be published."""
        return tuple(line for line in self.lines if not line.is_published)


def install_shipped(*, actor: Actor, now: datetime) -> Installed:
    """Publish every shipped definition whose code nobody used yet, and open the triggers that intakes name. Running it
    again changes nothing. All or nothing: a definition refused leaves none of the new ones behind half-published.

    Raises AccessDenied.
    """
    require(actor, Permission.DEFINITION_PUBLISH)
    require(actor, Permission.WEBHOOK_MANAGE)
    found = [(path, read_file(path)) for path in sorted(FOLDER.glob("*.yaml"))]
    there = {path: find_definition(one.kind, one.code) is not None for path, one in found}
    new = [path for path, _one in found if not there[path]]
    present = tuple((one.kind, one.code) for path, one in found if there[path])
    with transaction.atomic():
        lines = import_definitions(new, reason=_("随产品提供"), actor=actor, now=now) if new else ()
        installed = Installed(lines, present, ())
        if installed.refused:
            transaction.set_rollback(True)
            return installed
        return Installed(lines, present, _open_triggers(actor=actor, now=now))


def _open_triggers(*, actor: Actor, now: datetime) -> tuple[Opened, ...]:
    """A trigger for every intake whose trigger is not there."""
    opened = []
    for version in current_versions(KIND, on=now).values():
        document = IntakeDocument.model_validate(version.document)
        if Trigger.objects.filter(name=document.trigger).exists():
            continue
        terms = TriggerTerms(document.trigger, schema=dict(document.accepts))
        trigger_id, secret = create_trigger(terms, actor=actor, now=now)
        opened.append(Opened(document.trigger, Trigger.objects.get(pk=trigger_id).key, secret))
    return tuple(opened)
