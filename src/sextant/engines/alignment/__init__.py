"""对齐: what is wrong with the graph of who supports what, and how much of it hangs together.

Import from this package, not from its modules.
"""

from sextant.engines.alignment.analyse import analyse
from sextant.engines.alignment.codes import FIELDS, Code
from sextant.engines.alignment.graph import Edge, Graph, Node
from sextant.engines.alignment.rate import AlignmentRate, measure_rate
from sextant.engines.alignment.ways import find_way

__all__ = ["FIELDS", "AlignmentRate", "Code", "Edge", "Graph", "Node", "analyse", "find_way", "measure_rate"]
