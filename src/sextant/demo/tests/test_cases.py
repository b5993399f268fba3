"""The cases, replayed small: every figure is what the engines found, and the steps help one after the other."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sextant.demo.cases import c1, c4
from sextant.demo.cases.contracts import Figure
from sextant.demo.cases.loading import CaseFolder
from sextant.demo.cases.replaying import replay_case
from sextant.demo.weeks import Quarter
from sextant.foundation.access.contracts import Actor
from sextant.goals.contracts import AdjustmentState
from sextant.goals.models import AdjustmentRequest, Goal
from sextant.metrics.models import Batch, Standing

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SPRING, SUMMER = Quarter(2026, 2), Quarter(2026, 3)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    """A home of its own, in which passwords cost nothing."""
    settings.SEXTANT_HOME = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path


def _by_name(figures: tuple[Figure, ...]) -> dict[str, Decimal | None]:
    return {one.name: one.value for one in figures}


def _silent(_words: str) -> None:
    return


def test_a_sales_force_under_static_targets_is_helped_by_a_split_and_by_an_adjustment(home: Path) -> None:
    force = c1.SalesForce((SPRING, SUMMER), teams=4, each=6)
    folder = CaseFolder(c1.CODE, Actor.system("test"), NOW)
    found = _by_name(c1.replay(force, folder, say=_silent))
    flat, split, adjusted = (found[name] for name in list(found)[:3])
    assert flat < split < adjusted
    assert adjusted == _attained_by_hand("2026Q3")
    assert flat == _attained_by_hand("2026Q2")
    asked = AdjustmentRequest.objects.values_list("state", "exceptions")
    assert set(asked.values_list("state", flat=True)) == {AdjustmentState.IN_FORCE.value}
    assert not any(exceptions for _state, exceptions in asked)
    assert found["争议处理：之后"] < Decimal(3) < found["争议处理：之前"]
    assert found["公平感：之前"] < Decimal(4) < found["公平感：之后"]


def _attained_by_hand(cycle: str) -> Decimal:
    goals = Goal.objects.filter(cycle__code=cycle, owner_unit=None)
    reached = Standing.objects.filter(goal_id__in=goals.values("id"), attainment__gte=1).count()
    return (Decimal(reached) / goals.count() * 100).quantize(Decimal("0.1"))


def test_a_split_of_the_same_total_is_exact(home: Path) -> None:
    force = c1.SalesForce((SPRING, SUMMER), teams=3, each=4)
    folder = CaseFolder(c1.CODE, Actor.system("test"), NOW)
    folder.take_people(force.company)
    folder.take_measurements(force.exports())
    force.plan_flat()
    folder.take_goals(force.company)
    folder.evaluate([SPRING])
    force.plan_split()
    assert sum(one.base for one in force.of_people(SUMMER)) == force.total
    assert len({one.base for one in force.of_people(SPRING)}) == 1
    assert len({one.base for one in force.of_people(SUMMER)}) > 1


def test_a_team_without_coaching_falls_and_recovers_and_is_replayed_once(home: Path) -> None:
    replayed = replay_case(c4.CODE, now=NOW, say=_silent)
    found = _by_name(replayed.figures)
    assert found["业绩变化：平均摊派"] < -15
    assert abs(found["业绩变化：按因子分摊并辅导"]) < 5
    assert found["人均每月辅导（标准三次）：之前"] < 2 < found["人均每月辅导（标准三次）：之后"]
    assert found["进展填报率：之前"] < 40 < 80 < found["进展填报率：之后"]
    batches = Batch.objects.count()
    again = replay_case(c4.CODE, now=NOW, say=_silent)
    assert (again, Batch.objects.count()) == (replayed, batches)
