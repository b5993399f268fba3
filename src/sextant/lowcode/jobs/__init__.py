"""Jobs of the low-code core, one file a noun."""

from sextant.lowcode.jobs import answers, flows

__all__ = ["answers", "flows"]
