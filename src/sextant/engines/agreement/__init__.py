"""Agreement of two sides on the text of goals: terms, their one form, their hash, their differences."""

from sextant.engines.agreement.difference import FieldChange, diff
from sextant.engines.agreement.terms import GoalTerms, StepTerms, canonical, digest, plain, read_terms

__all__ = ["FieldChange", "GoalTerms", "StepTerms", "canonical", "diff", "digest", "plain", "read_terms"]
