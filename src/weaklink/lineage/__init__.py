"""Evidence, edges, graph and chains: where models came from; popularity and reuse.

``weaklink.lineage.build`` finds edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from weaklink.lazy import importer

if TYPE_CHECKING:
    from weaklink.lineage.evidence import Evidence
    from weaklink.lineage.graph.edges import EDGES, EdgeTable
    from weaklink.lineage.graph.exposure import exposure
    from weaklink.lineage.graph.lineage import Chains, Lineage
    from weaklink.lineage.graph.surroundings import Surroundings, surroundings

_MODULES = {
    "EDGES": "graph.edges",
    "Chains": "graph.lineage",
    "EdgeTable": "graph.edges",
    "Evidence": "evidence",
    "Lineage": "graph.lineage",
    "Surroundings": "graph.surroundings",
    "exposure": "graph.exposure",
    "surroundings": "graph.surroundings",
}

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

__getattr__ = importer(__name__, _MODULES)
