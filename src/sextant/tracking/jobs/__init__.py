"""Jobs of tracking, one file a noun."""

from sextant.tracking.jobs import cases, help

__all__ = ["cases", "help"]
