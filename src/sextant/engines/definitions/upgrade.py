"""Documents written in an older format, brought up to date while they are read; what was published is never rewritten.

An upgrade is a pure function `upgrade_vN_to_vM(document)`, M = N + 1, that gets a copy and returns the document of the
next format. Once released it is never edited: a case file with before and after stands beside it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
_NAME = re.compile(r"upgrade_v(\d+)_to_v(\d+)")


class UpgradeImpossible(Exception):
    """The document is of a format that this program does not know: it was written by a newer one."""


def check_chain(upgrades: Sequence[Upgrade]) -> None:
    """ValueError unless the functions are named upgrade_v1_to_v2, upgrade_v2_to_v3 … without a gap."""
    for number, upgrade in enumerate(upgrades, start=1):
        found = _NAME.fullmatch(upgrade.__name__)
        if found is None or (int(found[1]), int(found[2])) != (number, number + 1):
            raise ValueError(f"{upgrade.__name__} stands where upgrade_v{number}_to_v{number + 1} belongs")


def upgrade_document(document: Mapping[str, Any], *, from_format: int, upgrades: Sequence[Upgrade]) -> dict[str, Any]:
    """The document in the newest format, which is `len(upgrades) + 1`; the one given stays as it is.

    Raises UpgradeImpossible for a format that is not known.

    >>> def upgrade_v1_to_v2(document):
    ...     return {**document, "title": document.pop("name")}
    >>> upgrade_document({"name": "a"}, from_format=1, upgrades=[upgrade_v1_to_v2])
    {'name': 'a', 'title': 'a'}
    """
    if not 1 <= from_format <= len(upgrades) + 1:
        raise UpgradeImpossible(f"format {from_format}, newest known is {len(upgrades) + 1}")
    current = deepcopy(dict(document))
    for upgrade in upgrades[from_format - 1 :]:
        current = upgrade(current)
    return current
