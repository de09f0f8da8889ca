"""GraphML: for Gephi, Cytoscape, networkx and the like."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from weaklink.lineage.graph.surroundings import Surroundings

_OF_EDGES = ("relation", "tier", "evidence_kind", "method", "confidence", "quote")


def to_graphml(around: Surroundings) -> str:
    """Return a directed graph from upstream to downstream, its edges with their evidence."""
    root = Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    SubElement(
        root, "key", {"id": "depth", "for": "node", "attr.name": "depth", "attr.type": "int"}
    )
    for name in _OF_EDGES:
        kind = "double" if name == "confidence" else "string"
        SubElement(root, "key", {"id": name, "for": "edge", "attr.name": name, "attr.type": kind})
    for name in around.doubts:
        SubElement(root, "key", {"id": name, "for": "node", "attr.name": name,
                                 "attr.type": "string"})  # fmt: skip
    graph = SubElement(root, "graph", edgedefault="directed")
    for model, depth in around.models.sort("id").iter_rows():
        node = SubElement(graph, "node", id=model)
        SubElement(node, "data", key="depth").text = str(depth)
        for name, by_model in around.doubts.items():
            if said := by_model.get(model):
                SubElement(node, "data", key=name).text = _printable(", ".join(said))
    for edge in around.edges.iter_rows(named=True):
        line = SubElement(graph, "edge", source=edge["upstream"], target=edge["downstream"])
        for name in _OF_EDGES:
            SubElement(line, "data", key=name).text = _printable(str(edge[name]))
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return "".join(c for c in text if c.isprintable())
