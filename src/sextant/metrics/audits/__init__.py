"""数据稽核: rules about measurements, written as definitions, judged in SQL before a batch counts and every night.

A rule is a document (`rules`), compiled to one SELECT (`sql`) over the rows of a batch and what the ledger knows
(`running`); what it finds is said in words by `messages`. Nothing here writes.
"""
