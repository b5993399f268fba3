"""Actions of the product that a flow may call at a step. An app registers them in its `catalog.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from sextant.foundation.access.contracts import Actor
from sextant.foundation.catalogs import load_catalogs

Text = Promise | str


class Run(Protocol):
    """Does it for the person an instance is about, in the transaction of the step.

    `values` are those of the instance, `params` what the step says. Raises whatever the app's action raises: the
    instance then stops with the reason, and goes on when HR has repaired it. What it returns is merged into the values.
    """

    def __call__(
        self,
        about_id: int,
        *,
        params: Mapping[str, object],
        values: Mapping[str, object],
        actor: Actor,
        now: datetime,
    ) -> Mapping[str, object] | None: ...


@dataclass(frozen=True, slots=True)
class FlowAction:
    """Something a step may do. `params` are the names of what the step has to say."""

    code: str
    name: Text
    run: Run
    params: tuple[str, ...] = ()


_ACTIONS: dict[str, FlowAction] = {}


def register_flow_action(action: FlowAction) -> None:
    """Add an action; ValueError when its code is taken."""
    if _ACTIONS.get(action.code, action) != action:
        raise ValueError(f"{action.code} is registered twice")
    _ACTIONS[action.code] = action


def list_flow_actions() -> Mapping[str, FlowAction]:
    """Every action by its code."""
    load_catalogs()
    return _ACTIONS
