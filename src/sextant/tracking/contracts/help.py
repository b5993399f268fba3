"""Words of 干预建议包: why somebody is behind, what is done about it, and what came of it."""

from enum import StrEnum

from sextant.engines.values import Problem

PACK_WORK = "tracking.help_pack"
"""Work: a pack waits for the manager's choice."""
ACT_WORK = "tracking.help_act"
"""Work: somebody was given something to do."""
REQUEST_WORK = "tracking.help_request"
"""Work: somebody is asked for help, and accepts or declines."""
PACK, ACT = "help_pack", "help_act"
"""What items, events and the audit trail call a pack and something chosen."""
HELP_OPENED, HELP_CLOSED = "tracking.help_opened", "tracking.help_closed"
HELP_ASKED, HELP_ANSWERED = "tracking.help_asked", "tracking.help_answered"
"""Notices."""
MOST_ACTS = 20
TITLE_LENGTH = 120
TEXT_LENGTH = 2000
LINE_LENGTH = 300
NOTE_LENGTH = 500


class Cause(StrEnum):
    """Why somebody is probably behind: the hypothesis that help answers."""

    ACCESS = "access"
    RECORDS = "records"
    METHOD = "method"
    TIME = "time"
    TARGET = "target"
    RESOURCES = "resources"
    PERSONAL = "personal"
    OTHER = "other"


class PackState(StrEnum):
    """open: nothing was chosen yet. watched: something was, and the light is watched. closed: the end was recorded."""

    OPEN = "open"
    WATCHED = "watched"
    CLOSED = "closed"


class PackOutcome(StrEnum):
    """What the light showed at the end of the watch: green; yellow as before; red; nothing to tell by. `alone`: it was
    green again before anything was chosen. `ended`: the goal ended, or was dropped, before."""

    TURNED = "turned"
    SAME = "same"
    WORSE = "worse"
    UNKNOWN = "unknown"
    ALONE = "alone"
    ENDED = "ended"


class ActKind(StrEnum):
    """What is done: a script is used, a case is followed, somebody is asked to help, or something of one's own."""

    SCRIPT = "script"
    CASE = "case"
    REQUEST = "request"
    OWN = "own"


class ActState(StrEnum):
    """A request is `asked` until its helper accepts (`agreed`) or declines; everything else begins agreed."""

    ASKED = "asked"
    AGREED = "agreed"
    DONE = "done"
    DECLINED = "declined"
    DROPPED = "dropped"


LIVE = (ActState.ASKED, ActState.AGREED, ActState.DONE)
"""States in which an act counts as something that was tried, or is."""


class HelpRefused(Exception):
    """Something about help was not taken; `problems` say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*(problem.code for problem in problems))
        self.problems = problems
