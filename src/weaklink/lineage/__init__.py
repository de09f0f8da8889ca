"""Evidence, edges, graph and chains: where models came from; popularity and reuse."""

from weaklink.lineage.build import build
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
    "build",
    "exposure",
    "surroundings",
]
