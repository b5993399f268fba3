"""规则: the document of a rule, and what it becomes for the engine."""
