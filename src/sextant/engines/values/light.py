"""The traffic light 红黄绿灯 and its order."""

from enum import StrEnum


class Light(StrEnum):
    """State of a goal on a day. `none` (grey) means "we do not know" and is never better than green.

    Source: design/evaluation.md, "Light".
    """

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"

    @property
    def severity(self) -> int:
        """0 green, 1 yellow, 2 red; `none` is -1, because grey is outside the order."""
        return _SEVERITY[self]

    @classmethod
    def worse(cls, one: "Light", other: "Light") -> "Light":
        """The worse of two lights; grey gives way to any colour.

        >>> Light.worse(Light.GREEN, Light.YELLOW)
        <Light.YELLOW: 'yellow'>
        >>> Light.worse(Light.NONE, Light.GREEN)
        <Light.GREEN: 'green'>
        """
        return one if one.severity >= other.severity else other


_SEVERITY = {Light.NONE: -1, Light.GREEN: 0, Light.YELLOW: 1, Light.RED: 2}
