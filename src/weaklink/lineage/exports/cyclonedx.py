"""CycloneDX 1.6: a bill of materials with a model's ancestry as its pedigree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from weaklink.lineage.graph.surroundings import Edge, Surroundings
from weaklink.version import __version__

Component = dict[str, Any]


def to_cyclonedx(around: Surroundings) -> str:
    """Return a CycloneDX 1.6 document in JSON.

    The model is the subject; ``pedigree.ancestors`` holds its upstreams, each with its own pedigree
    (given once, however many ways lead to it), and properties say by which evidence we know. The
    document is the same whenever it is made.
    """
    declared = _doubts(around, around.model)
    subject = component(around.model, _revision(around), declared)
    _add_ancestors(subject, around, around.model, {around.model})
    return document(subject)


def document(subject: Component, **further: list[Component]) -> str:
    """Return a CycloneDX 1.6 document about one component, the same whenever it is made.

    ``further`` are other members of the document by name.
    """
    content = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {
                "components": [{"type": "application", "name": "weaklink", "version": __version__}]
            },
            "component": subject,
        },
        **further,
    }
    named = uuid5(NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return json.dumps({**content, "serialNumber": f"urn:uuid:{named}"}, indent=2) + "\n"


def _add_ancestors(above: Component, around: Surroundings, model: str, seen: set[str]) -> None:
    ancestors = list[Component]()
    for edge in around.upstreams(model):
        upstream = edge["upstream"]
        properties = _properties(edge) + _doubts(around, upstream)
        ancestor = component(upstream, edge["upstream_sha"], properties)
        if upstream not in seen:
            seen.add(upstream)
            _add_ancestors(ancestor, around, upstream, seen)
        ancestors.append(ancestor)
    if ancestors:
        above["pedigree"] = {"ancestors": ancestors}


def component(
    model: str, revision: str | None = None, properties: list[dict[str, str]] | None = None
) -> Component:
    """Return a model as a component; ``properties`` say by which evidence we know of it."""
    owner, _, name = model.rpartition("/")
    made: Component = {"type": "machine-learning-model", "name": name}
    if owner:
        made["group"] = owner
    if revision:
        made["version"] = revision
    made["purl"] = _purl(owner, name, revision)
    if properties:
        made["properties"] = properties
    return made


def _revision(around: Surroundings) -> str | None:
    known = [e["downstream_sha"] for e in around.upstreams(around.model)]
    known += around.downstreams([around.model])["upstream_sha"].head(1).to_list()
    return next(iter(known), None)


def _purl(owner: str, name: str, revision: str | None) -> str:
    from packageurl import PackageURL

    version = revision.lower() if revision else None
    return PackageURL("huggingface", owner or None, name, version).to_string()


def _properties(edge: Edge) -> list[dict[str, str]]:
    stated = {
        "relation": edge["relation"],
        "tier": edge["tier"],
        "evidence": edge["evidence_kind"],
        "method": edge["method"],
        "confidence": f"{edge['confidence']:.2f}",
        "quote": edge["quote"],
    }
    return lineage_properties(stated)


def _doubts(around: Surroundings, model: str) -> list[dict[str, str]]:
    return [
        p
        for name, by_model in around.doubts.items()
        for text in by_model.get(model, ())
        for p in lineage_properties({name: text})
    ]


def lineage_properties(stated: Mapping[str, object]) -> list[dict[str, str]]:
    """Return what is stated of an edge as properties."""
    return [{"name": f"weaklink:lineage:{k}", "value": str(v)} for k, v in stated.items()]
