"""An instance in hand: what the engine needs of it, and what is written back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.urls import reverse

from sextant.engines.flow import Flow, State
from sextant.lowcode.actions.flow_writing import LogHead, Row
from sextant.lowcode.contracts.flows import InstanceState


@dataclass
class Running:
    """One instance at one instant."""

    id: int
    flow: Flow
    flow_code: str
    flow_name: str
    title: str
    about_id: int
    starter_id: int | None
    started_at: datetime
    values: Mapping[str, object]
    chosen: Mapping[str, list[int]]
    state: State = field(default_factory=State)
    standing: InstanceState = InstanceState.RUNNING
    head: LogHead = field(default_factory=LogHead)
    root_id: int | None = None
    parent_step_id: int | None = None

    @property
    def path(self) -> str:
        """Its page."""
        before, after = _page()
        return f"{before}{self.id}{after}"

    def changed_row(self, now: datetime) -> Row:
        """What an event may change of it."""
        ended = self.standing not in (InstanceState.RUNNING, InstanceState.STOPPED)
        return {
            "id": self.id,
            "values": self.values,
            "state": self.standing.value,
            "serials": self.state.serials,
            "forks": self.state.forks,
            "ended_at": now.isoformat() if ended else None,
            "lines": self.head.lines,
            "log_head": self.head.digest,
        }


@cache
def _page() -> tuple[str, str]:
    """What stands before and behind the id in the address of an instance."""
    before, _, after = reverse("lowcode:flow_run", args=[0]).rpartition("0")
    return before, after
