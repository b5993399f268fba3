"""What a saved formula should be asked about: branches that never run, divisions by a possible zero, and the like."""

from sextant.engines.formula.lint.visit import lint

__all__ = ["lint"]
