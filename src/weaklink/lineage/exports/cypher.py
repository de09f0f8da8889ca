"""Cypher: statements that merge models and edges into Neo4j or another openCypher store."""

from __future__ import annotations

from weaklink.lineage.graph.surroundings import Surroundings

_OF_EDGES = ("tier", "evidence_kind", "method", "confidence", "quote")


def to_cypher(around: Surroundings) -> str:
    """Return ``MERGE`` statements; run twice, they change nothing."""
    lines = [f"MERGE (:Model {{id: {_literal(model)}}});" for model in sorted(around.models["id"])]
    for name, by_model in around.doubts.items():
        for model, said in sorted(by_model.items()):
            listed = ", ".join(map(_literal, said))
            lines.append(f"MATCH (m:Model {{id: {_literal(model)}}}) SET m.{name} = [{listed}];")
    for edge in around.edges.iter_rows(named=True):
        properties = ", ".join(f"e.{name} = {_literal(edge[name])}" for name in _OF_EDGES)
        lines.append(
            f"MATCH (u:Model {{id: {_literal(edge['upstream'])}}}), "
            f"(d:Model {{id: {_literal(edge['downstream'])}}}) "
            f"MERGE (d)-[e:{edge['relation'].upper()}_OF]->(u) SET {properties};"
        )
    return "\n".join(lines) + "\n"


def _literal(value: object) -> str:
    if isinstance(value, float):
        return repr(value)
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c) & 0xFFFF:04x}" for c in text) + "'"
