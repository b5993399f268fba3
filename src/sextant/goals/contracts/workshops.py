"""研讨会: meetings about goals, what they decided, and what follows."""

from enum import StrEnum


class WorkshopKind(StrEnum):
    """What people meet for."""

    CALIBRATION = "calibration"
    ALIGNMENT = "alignment"
    DIAGNOSIS = "diagnosis"


class Attendance(StrEnum):
    """Whether somebody who was invited came."""

    INVITED = "invited"
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


class Topic(StrEnum):
    """Why an item is on the agenda; FREE says it in its own words."""

    FREE = "free"
    FOLLOW_UP = "follow_up"
    RED = "red"
    YELLOW = "yellow"
    ADJUSTMENT = "adjustment"
    UNALIGNED = "unaligned"
    DRAW = "draw"
    MARK = "mark"
    ANSWER = "answer"
    DECIDE = "decide"
