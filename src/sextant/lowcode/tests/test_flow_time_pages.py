"""How long a flow takes, as pages, as a file and at the command line."""

import csv
import io
from datetime import timedelta

import pytest

from sextant.foundation.access.contracts import Role
from sextant.lowcode.queries.definitions import find_definition
from sextant.lowcode.tests.flow_makers import NOW, approve, end, limit, make_flow, manager, persons, say, start
from sextant.lowcode.tests.test_definition_pages import read, sign_in
from sextant.lowcode.tests.test_flow_cli import run as sextant

pytestmark = pytest.mark.django_db


@pytest.fixture
def flow(company, monkeypatch):
    """Two runs: one answered early and late, one that nobody answers."""
    monkeypatch.setenv("SEXTANT_NOW", (NOW + timedelta(hours=30)).isoformat())
    make_flow([approve("ask", manager(), limits=[limit("late", 4)], then="two"), approve("two", persons(5, 6)), end()])
    run_id, _never = start(), start()
    for person, hours in ((2, 2), (5, 5), (6, 26)):
        say(person, run_id=run_id, now=NOW + timedelta(hours=hours))
    return find_definition("flow", "adjust")


def test_hr_sees_steps_persons_and_units_with_their_times(flow):
    hr = sign_in("唐予安", Role.HR)
    page = read(hr, "definition_times", flow)
    assert all(
        text in page for text in ("审批ask", "审批two", "24 小时", "50.0%", "其中 1 超时", "2 次有时限，1 次超时")
    )
    by_person = read(hr, "definition_times", flow, by="person", days="30")
    assert by_person.index("何书瑶") < by_person.index("顾北辰") < by_person.index("程之远")
    assert all(text in read(hr, "definition_times", flow, by="unit", page="9") for text in ("销售", "交付"))
    assert "审批ask" in read(hr, "definition_times_part", flow)
    assert f"/definitions/{flow}/times/part/" in read(hr, "definition", flow)

    answer = hr.get(f"/lowcode/definitions/{flow}/times.csv?by=unit")
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0][0] == "部门" and table[1] == ["销售", "1", "2.00", "2.00", "2", "1", "0.5000", "1", "1"]
    assert sign_in("许念安", Role.EMPLOYEE).get(f"/lowcode/definitions/{flow}/times/").status_code == 403
    assert hr.get(f"/lowcode/definitions/{flow + 99}/times/").status_code == 404


def test_a_flow_nobody_started_says_so(company, monkeypatch):
    monkeypatch.setenv("SEXTANT_NOW", NOW.isoformat())
    make_flow([approve("ask", manager()), end()])
    flow, hr = find_definition("flow", "adjust"), sign_in("唐予安", Role.HR)
    assert "还没有运行过" in read(hr, "definition_times_part", flow)
    assert "这段时间没有人处理过" in read(hr, "definition_times", flow, by="unit")


def test_the_command_line_tells_the_same(flow):
    status, told = sextant("times", "adjust", "--by", "person", "--csv")
    assert (status, told.splitlines()[0].split(",")[0]) == (0, "处理人")
    assert "何书瑶,0,,,0,0,,1,0" in told  # its clock stands where the runs began
    assert sextant("times", "adjust")[0] == 0
    assert sextant("times", "nothing")[0] == 1
