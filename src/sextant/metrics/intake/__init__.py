"""From a delivered file to judged measurements: check the mapping, stage the rows, judge each of them.

Nothing here writes to the ledger or to PostgreSQL; `actions.ingest` does.
"""
