"""What tracking registers with the floors below of tracking."""

from sextant.tracking.catalog import cases, help

__all__ = ["cases", "help"]
