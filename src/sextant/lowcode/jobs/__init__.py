"""Jobs of the low-code core, one file a noun."""

from sextant.lowcode.jobs import flows

__all__ = ["flows"]
