"""What the low-code core itself registers, one file a noun."""

from sextant.lowcode.catalog import formulas

__all__ = ["formulas"]
