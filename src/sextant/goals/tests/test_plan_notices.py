"""Both sides of a plan hear of each step towards the contract, once."""

from django.utils import translation

from sextant.foundation.events.models import Event
from sextant.foundation.notices.models import Notice
from sextant.foundation.notices.params import unpacked
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.tests.agreement_makers import make_signed


def test_each_side_is_told_when_it_is_waited_for_and_both_when_it_runs(db) -> None:
    pair = make_signed()
    told = Notice.objects.order_by("id").values_list("code", "person_id", "path")
    sign, contract = f"/goals/plans/{pair.plan.pk}/negotiate/", f"/goals/plans/{pair.plan.pk}/contract/"
    assert list(told) == [
        ("goals.plan_proposed", pair.owner.pk, sign),
        ("goals.plan_signed", pair.manager.pk, sign),
        *(("goals.contract_in_force", one, contract) for one in sorted([pair.owner.pk, pair.manager.pk])),
    ]
    cycle = pair.plan.cycle
    shown = Notice.objects.order_by("id").first()
    assert shown is not None and shown.params["cycle"] == {"phrase": ["%(year)s 第一季度", {"year": cycle.code[:4]}]}
    assert unpacked(shown.params)["cycle"] == name_of_cycle(cycle.code, cycle.name) == "2026 第一季度"
    with translation.override("en"):
        assert unpacked(shown.params)["cycle"] == name_of_cycle(cycle.code, cycle.name) != "2026 第一季度"
    assert list(Event.objects.order_by("id").values_list("code", flat=True)) == ["plan.proposed", "contract.concluded"]
