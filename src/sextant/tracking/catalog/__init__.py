"""What tracking registers with the floors below of tracking."""

from sextant.tracking.catalog import case_rules, cases, help, help_rules, intakes

__all__ = ["case_rules", "cases", "help", "help_rules", "intakes"]
