"""Agreement of two sides on goals: terms, their one form, their hash, their differences; plans and signed contracts."""

from sextant.engines.agreement.contract import SIDES, SignatureText, check_contract, write_contract
from sextant.engines.agreement.difference import FieldChange, diff
from sextant.engines.agreement.form import canonical_text, hash_of
from sextant.engines.agreement.plan import (
    AdjustmentText,
    GoalText,
    Party,
    PlanText,
    SupportText,
    plain_plan,
    plan_digest,
)
from sextant.engines.agreement.terms import GoalTerms, StepTerms, canonical, digest, plain, read_terms

__all__ = [
    "SIDES",
    "AdjustmentText",
    "FieldChange",
    "GoalTerms",
    "GoalText",
    "Party",
    "PlanText",
    "SignatureText",
    "StepTerms",
    "SupportText",
    "canonical",
    "canonical_text",
    "check_contract",
    "diff",
    "digest",
    "hash_of",
    "plain",
    "plain_plan",
    "plan_digest",
    "read_terms",
    "write_contract",
]
