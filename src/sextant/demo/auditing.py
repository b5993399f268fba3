"""What the data auditor of the demo finds: rules, a delivery that one of them holds, and who did not report."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from sextant.demo.contracts import DemoRefused
from sextant.demo.production import SLIPPED_FILE
from sextant.demo.story import MAPPINGS
from sextant.foundation.access.contracts import Actor
from sextant.metrics.actions.audits import audit_standing, save_rule
from sextant.metrics.actions.ingest import ingest_file
from sextant.metrics.audits.rules import parse_rule
from sextant.metrics.mapping import load_mapping

RULES = Path(__file__).parent / "audit"


def load_audit(folder: Path, *, actor: Actor, now: datetime, say: Callable[[str], None]) -> None:
    """Publish the rules, deliver the day with a slip in it, and look for what did not come.

    Raises DemoRefused when the slip came through: the auditor would have nothing to decide.
    """
    for path in sorted(RULES.glob("*.yaml")):
        save_rule(parse_rule(path.read_text(encoding="utf-8")), actor=actor, now=now)
    say(_("接收 %(file)s") % {"file": SLIPPED_FILE})
    report = ingest_file(folder / SLIPPED_FILE, mapping=load_mapping(MAPPINGS / "lines.yaml"), actor=actor, now=now)
    if not report.is_held:
        raise DemoRefused(f"{SLIPPED_FILE} was not held")
    audit_standing(actor=actor, now=now)
