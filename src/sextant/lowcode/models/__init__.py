"""Tables of the low-code core, one file a noun."""

from sextant.lowcode.models.work import Deputy, WorkItem

__all__ = ["Deputy", "WorkItem"]
