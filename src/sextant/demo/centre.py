"""What the demo company keeps in 方案中心: formulas in versions, one of them being changed, taken from files."""

from datetime import datetime, timedelta
from pathlib import Path

from sextant.demo.cast import names_by_username
from sextant.foundation.access.contracts import Actor, Role
from sextant.foundation.accounts.queries import find_user_id
from sextant.lowcode.actions.definition_files import import_definitions
from sextant.lowcode.queries.definitions import count_definitions
from sextant.people.queries import resolve_persons

FORMULAS = Path(__file__).parent / "formulas"
_STEPS = (("1", "按薪酬委员会的方案上线", 90), ("2", "完成率占比提到四成，没有短板加分", 35), ("draft", "", 1))
"""Folder, reason ("" for a draft), how many days ago."""


def load_centre(*, now: datetime) -> None:
    """Formulas as HR wrote them over a quarter; nothing is done where there are some."""
    if count_definitions():
        return
    for folder, reason, days in _STEPS:
        paths = sorted((FORMULAS / folder).glob("*.yaml"))
        import_definitions(paths, reason=reason, actor=_hr(), now=now - timedelta(days=days))


def _hr() -> Actor:
    name = names_by_username()["hr"]
    person_id = resolve_persons([name], by="name")[name]
    return Actor(find_user_id("hr"), person_id, frozenset({Role.EMPLOYEE, Role.HR}), name)
