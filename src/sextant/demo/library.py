"""What finance and HR keep in the metric library of the demo: a derived metric, a second version, rules of lights."""

from datetime import datetime
from pathlib import Path

from sextant.foundation.access.contracts import Actor
from sextant.metrics.actions.lights import save_light_rules, use_light_rules
from sextant.metrics.actions.metric_versions import save_metric
from sextant.metrics.definition import parse_document
from sextant.metrics.light_rules import load_light_rules
from sextant.metrics.queries.library import list_metrics
from sextant.metrics.queries.metric_versions import get_document

DOCUMENTS = Path(__file__).parent / "definitions"
COLLECTIONS, DESK = "sales.collections", "desk.on_time"


def load_library(*, owner_number: str, actor: Actor, now: datetime) -> None:
    """Define the derived metric, make `owner_number` answer for collections, give the desk rules of its own.

    To be done after the deliveries that define the metrics and before goals are evaluated: the evaluation computes
    what is derived, and judges by the rules. Repeated, it changes nothing.
    """
    save_metric(parse_document(_text("collection-rate")), reason="", actor=actor, now=now)
    described = {"owner": owner_number, "description": "到账的货款，以回款单为准，不含退款。"}
    changed = get_document(COLLECTIONS).model_copy(update=described)
    save_metric(changed, reason="口径由财务负责，写明不含退款", actor=actor, now=now)
    rules = load_light_rules(_text("desk-lights"))
    save_light_rules(rules, reason="工单忙闲不均，少打扰", actor=actor, now=now)
    (desk,) = list_metrics(codes=[DESK])
    use_light_rules(rules.code, metric_id=desk.id, actor=actor, now=now)


def _text(name: str) -> str:
    return (DOCUMENTS / f"{name}.yaml").read_text(encoding="utf-8")
