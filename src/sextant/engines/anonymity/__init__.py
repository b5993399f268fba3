"""匿名: which sums over groups of people may be shown, so that none of them, nor any two together, points at a few.

Import from this package, not from its modules.
"""

from sextant.engines.anonymity.blocks import Group, Publication, Shown, decide_publication

__all__ = ["Group", "Publication", "Shown", "decide_publication"]
