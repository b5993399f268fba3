"""What tracking registers with the floors below of tracking."""

from sextant.tracking.catalog import cases

__all__ = ["cases"]
