"""How large a formula may be. A formula beyond a limit is a problem with a code, never an exception.

The numbers come from the architecture record ("Compute: Formula"); WEIGHT was measured: see `WEIGHT`.
"""

CHARACTERS = 4_000
NODES = 500
DEPTH = 60

WEIGHT = 5_000
"""Nodes the database may see. `CASE (condition) WHEN TRUE … WHEN FALSE …` makes DuckDB plan the condition twice, so
conditions nested in conditions double at each level: 14 levels took 5.5 s to plan, 10 took 0.2 s. Divisors double
too (NULLIF). See `weight.py`."""

EXCERPT = 60
"""Characters of the user's own text that a problem quotes back."""
