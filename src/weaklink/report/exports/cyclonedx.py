"""What a study found of a model, in a CycloneDX bill of materials: figures and ancestry."""

from __future__ import annotations

from collections.abc import Iterator

from weaklink.lineage.exports.cyclonedx import (
    Component,
    component,
    document,
    lineage_properties,
)
from weaklink.measures import Estimate
from weaklink.measures.goals import measure_of
from weaklink.measures.results import GoalResult, Results
from weaklink.report.exports.subject import Subject
from weaklink.store.record import Link

_MEASURES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")


def to_bom(subject: Subject, results: Results) -> str:
    """Return a CycloneDX 1.6 document in JSON.

    The model's card holds every rate with its interval, and its pedigree the chain above it, each
    ancestor with the evidence for it.
    """
    model = component(subject.model.name)
    model["modelCard"] = {
        "modelParameters": {
            "task": "text-classification",
            **_architecture(subject),
            "datasets": [{"type": "dataset", "name": name} for name in results.datasets],
        },
        "quantitativeAnalysis": {"performanceMetrics": [*_metrics(subject, results.goal)]},
        "properties": [
            {"name": "weaklink:study", "value": results.name},
            {"name": "weaklink:study:digest", "value": results.digest},
        ],
    }
    _add_ancestors(model, subject, subject.model.name)
    return document(model)


def _architecture(subject: Subject) -> dict[str, str]:
    known = subject.model.architecture
    return {"modelArchitecture": known} if known else {}


def _metrics(subject: Subject, goal: GoalResult) -> Iterator[dict[str, object]]:
    for name in _MEASURES:
        average = getattr(subject.group.rates, name)
        if average is not None:
            yield _metric(
                measure_of(name, goal), average.macro, "all attacks and data sets, macro average"
            )
    if subject.worst.robust_accuracy is not None:
        yield _metric("robust_accuracy", subject.worst.robust_accuracy, "union of all attacks")
    for scenario in subject.scenarios:
        for name in _MEASURES:
            figure = getattr(scenario, name)
            if figure is not None:
                named = measure_of(name, goal)
                yield _metric(named, figure, f"{scenario.attack} on {scenario.dataset}")
    for link in subject.links:
        for name, found in (
            ("delta", link.all.delta),
            ("sample_transfer", link.all.sample_transfer),
            ("text_transfer", link.all.text_transfer),
        ):
            if found is not None:
                yield _metric(name, found, f"from {link.upstream}")


def _metric(name: str, figure: Estimate, where: str) -> dict[str, object]:
    return {
        "type": name,
        "value": f"{figure.value:.4f}",
        "slice": where,
        "confidenceInterval": {
            "lowerBound": f"{figure.low:.4f}",
            "upperBound": f"{figure.high:.4f}",
        },
    }


def _add_ancestors(above: Component, subject: Subject, model: str) -> None:
    ancestors = []
    for link in subject.ancestry:
        if link.downstream == model:
            ancestor = component(link.upstream, properties=lineage_properties(_stated(link)))
            _add_ancestors(ancestor, subject, link.upstream)
            ancestors.append(ancestor)
    if ancestors:
        above["pedigree"] = {"ancestors": ancestors}


def _stated(link: Link) -> dict[str, object]:
    stated: dict[str, object] = {"relation": link.relation, "method": link.method}
    if link.confidence is not None:
        stated["confidence"] = f"{link.confidence:.2f}"
    if link.quote is not None:
        stated["quote"] = link.quote
    if link.weights is not None:
        stated["weights"] = f"{link.weights.said}: {link.weights.why}"
    return stated
