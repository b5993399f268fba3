"""The measurement ledger: append-only Delta tables, their log, health and reading."""
