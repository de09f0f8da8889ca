"""Evidence, edges, graph and chains: where models came from; popularity and reuse.

To find edges is in ``weaklink.lineage.build``, which takes longer to import.
"""

from weaklink.lineage.edges import EDGES, EdgeTable
from weaklink.lineage.evidence import Evidence
from weaklink.lineage.exposure import exposure
from weaklink.lineage.graph import Chains, Lineage
from weaklink.lineage.walk import Surroundings, surroundings

__all__ = [
    "EDGES",
    "Chains",
    "EdgeTable",
    "Evidence",
    "Lineage",
    "Surroundings",
    "exposure",
    "surroundings",
]
