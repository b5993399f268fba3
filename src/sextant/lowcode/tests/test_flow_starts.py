"""发起: who finds which flow in their list, and what starting one asks."""

import pytest

from sextant.foundation.access.contracts import AccessDenied
from sextant.lowcode.actions.flow_own_start import start_own_flow
from sextant.lowcode.contracts.flows import FlowRefused
from sextant.lowcode.models import FlowInstance
from sextant.lowcode.queries.flow_starts import list_startable
from sextant.lowcode.tests.flow_makers import HR, NOW, actor, approve, end, make_flow, manager, waiting

CHOSEN = {"source": "chosen"}


def some(source, **params):
    return {"who": "some", "among": [{"source": source, "params": params}]}


def test_everybody_finds_what_is_theirs(db, company):
    steps = [approve("a", manager()), end()]
    make_flow(steps, code="everyone", starters={"who": "everyone"})
    make_flow(steps, code="nobody")
    make_flow(steps, code="unit", starters=some("unit", unit="S1"))
    make_flow(steps, code="hr", starters=some("people.role", role="hr"))
    make_flow(steps, code="named", starters=some("person", ids=[5]))

    def codes(who):
        return {one.version.code for one in list_startable(who, now=NOW)}

    assert codes(actor(1)) == {"everyone", "unit"}
    assert codes(actor(5)) == {"everyone", "named"}
    assert codes(HR) == {"everyone", "hr"}
    with pytest.raises(AccessDenied):
        start_own_flow("unit", title="", chosen={}, actor=actor(5), now=NOW)


def test_starter_names_who_is_asked_and_starts_once(db, company):
    make_flow([approve("a", CHOSEN), end()], starters={"who": "everyone"})

    def begin(**chosen):
        return start_own_flow("adjust", title=" ", chosen=chosen, key="own:1:a", actor=actor(1), now=NOW)

    with pytest.raises(FlowRefused):
        begin()
    with pytest.raises(FlowRefused):
        begin(a=[66])
    run = begin(a=[5], z=[6])
    assert waiting(run) == [("approve", 5)]
    started = FlowInstance.objects.get()
    assert (started.title, started.about_id, started.starter_id, started.chosen) == ("目标调整", 1, 1, {"a": [5]})
    assert begin(a=[5]) is None
