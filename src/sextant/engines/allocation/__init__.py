"""目标分摊: a total split over people or units by weighted factors, exactly and with its reasons.

Import from this package, not from its modules.
"""

from sextant.engines.allocation.allocate import allocate
from sextant.engines.allocation.codes import Code
from sextant.engines.allocation.order import Factor, Order, Recipient
from sextant.engines.allocation.result import Allocation, Bound, FactorPart, Share

__all__ = ["Allocation", "Bound", "Code", "Factor", "FactorPart", "Order", "Recipient", "Share", "allocate"]
