"""Derived metrics: computed from the ledger and written back into it as batches of their own.

What a formula means is in `engines.derivation`; `actions.derive` decides when; here is how.
"""
