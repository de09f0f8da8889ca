"""The surroundings of a model in the formats of others."""

from weaklink.lineage.exports.cyclonedx import to_cyclonedx
from weaklink.lineage.exports.cypher import to_cypher
from weaklink.lineage.exports.graphml import to_graphml
from weaklink.lineage.exports.mermaid import to_mermaid
from weaklink.lineage.exports.tree import to_tree

__all__ = ["to_cyclonedx", "to_cypher", "to_graphml", "to_mermaid", "to_tree"]
