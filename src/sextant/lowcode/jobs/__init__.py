"""Jobs of the low-code core, one file a noun."""

from sextant.lowcode.jobs import answers, flows, rules

__all__ = ["answers", "flows", "rules"]
