"""The low-code core: versioned definitions, forms, flows, rules, the work that waits for people. Knows no domain."""
