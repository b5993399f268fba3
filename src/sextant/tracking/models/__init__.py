"""Tables of tracking."""

from sextant.tracking.models.cases import (
    TalkCase,
    TalkMark,
    TalkMeasure,
    TalkMinutes,
    TalkRestriction,
    TalkSeat,
)
from sextant.tracking.models.help import HelpAct, HelpOffer, HelpPack, Intake, Script

__all__ = [
    "HelpAct",
    "HelpOffer",
    "HelpPack",
    "Intake",
    "Script",
    "TalkCase",
    "TalkMark",
    "TalkMeasure",
    "TalkMinutes",
    "TalkRestriction",
    "TalkSeat",
]
