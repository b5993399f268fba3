"""Jobs of tracking, one file a noun."""

from sextant.tracking.jobs import cases

__all__ = ["cases"]
