"""Metrics made of metrics: what a formula over them means, in which order they are computed, who uses whom.

`read_derivation` reads a definition's formula, `compute` gives its value for one subject and period, `order_of` and
`find_cycle` look at the graph. Import from this package, not from its modules.
"""

from sextant.engines.derivation.graph import find_cycle, list_reaching, order_of
from sextant.engines.derivation.reading import CODES, Derivation, KnownMetric, compute, explain, read_derivation

__all__ = [
    "CODES",
    "Derivation",
    "KnownMetric",
    "compute",
    "explain",
    "find_cycle",
    "list_reaching",
    "order_of",
    "read_derivation",
]
