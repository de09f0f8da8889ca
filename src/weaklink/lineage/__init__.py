"""Evidence, edges, graph and chains: where models came from; popularity and reuse.

To find edges is in ``weaklink.lineage.build``, which takes longer to import.
"""

from weaklink.lineage.evidence import Evidence
from weaklink.lineage.graph.edges import EDGES, EdgeTable
from weaklink.lineage.graph.exposure import exposure
from weaklink.lineage.graph.lineage import Chains, Lineage
from weaklink.lineage.graph.surroundings import Surroundings, surroundings

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
