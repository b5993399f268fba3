"""What case C3 is made of: the head counts of the source, and orders whose times make sense."""

from collections import Counter

from sextant.demo.cases.c3 import Distributor
from sextant.demo.weeks import Quarter

QUARTERS = (Quarter(2026, 2), Quarter(2026, 3))


def test_the_company_has_the_people_of_the_source() -> None:
    people = Distributor(QUARTERS).company.people
    titles = Counter(one.title for one in people)
    assert len(people) == 287
    assert titles["销售代表"] + titles["区域经理"] == 132
    assert titles["工程师"] + titles["服务主管"] == 48
    assert titles["物流专员"] == 36


def test_orders_come_in_within_the_quarter_and_are_closed_after_their_plan() -> None:
    visits = Distributor(QUARTERS).visits()
    assert all(one.at < one.plan_at < one.close_at and one.accept_at < one.close_at for one in visits)
    assert len({one.number for one in visits}) == len(visits)
    assert visits[-1].close_at.date() < QUARTERS[1].period.until_on
    assert Distributor(QUARTERS).visits() == visits


def test_two_of_five_orders_waited_longer_than_two_days_before() -> None:
    rows = Distributor(QUARTERS).ledger().rows
    late = sum(int(row[2] or 0) for row in rows) / sum(int(row[3] or 0) for row in rows)
    assert 0.36 < late < 0.46
