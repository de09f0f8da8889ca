"""Compares edges with upstreams that were labelled by hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from weaklink.errors import WeaklinkError
from weaklink.hub import Snapshot
from weaklink.lineage.cards.declared import configured_edges, declared
from weaklink.lineage.cards.snapshot import card_edges, inferred_edges
from weaklink.lineage.catalogue import same
from weaklink.lineage.evidence import COUNTED_TIERS
from weaklink.lineage.graph.lineage import strongest


@dataclass(frozen=True, slots=True)
class Label:
    """What somebody who read the card says of one model.

    Attributes:
        model: Its id.
        upstreams: The ids that it was made from; none if it has none on the Hub, or none is stated.
        certainty: How sure the reader is: sure, likely or uncertain.
        evidence_kind: By what the reader knows.
    """

    model: str
    upstreams: tuple[str, ...]
    certainty: str
    evidence_kind: str


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share, with its 95 % Wilson interval."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share; NaN of none."""
        return self.hits / self.of if self.of else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """The interval; everything, where the share is of none."""
        from statsmodels.stats.proportion import proportion_confint

        if not self.of:
            return 0.0, 1.0
        low, high = proportion_confint(self.hits, self.of, method="wilson")
        return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Miss:
    """A model with edges that contradict its label."""

    label: Label
    proposed: tuple[str, ...]
    quotes: tuple[str, ...]


@dataclass
class EvidenceScores:
    """The edges of labelled models against their labels.

    Attributes:
        precision: Of the proposed edges, those whose upstream the label has.
        recall: Of the labelled upstreams, those proposed.
        accuracy: Of the models, those whose proposed upstreams are exactly the labelled ones.
        abstention: Of the models, those for which nothing is proposed.
        by_evidence: Precision of each kind of evidence that weaklink used.
        by_label: Accuracy over the models of each kind of evidence that the reader used.
        misses: The models with a wrong answer.
        unknown: Labelled models that the snapshot does not hold, left out of all figures.
    """

    precision: Proportion
    recall: Proportion
    accuracy: Proportion
    abstention: Proportion
    by_evidence: dict[str, Proportion] = field(default_factory=dict)
    by_label: dict[str, Proportion] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def read_labels(path: Path, certainty: str | None = "sure") -> list[Label]:
    """Read labels from JSON Lines with ``model_id``, ``upstream`` (a list) and ``certainty``.

    Args:
        path: The file.
        certainty: Keep only labels of this certainty; None: all.

    Raises:
        WeaklinkError: The file cannot be read as labels, or none is left.
    """
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        labels = [_label(json.loads(line)) for line in lines]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeaklinkError(
            f"{path} cannot be read as labels: {error!r}.",
            'Give JSON Lines such as {"model_id": "a/b", "upstream": ["c/d"]}.',
        ) from error
    kept = [label for label in labels if certainty in (None, label.certainty)]
    if not kept:
        raise WeaklinkError(f"{path} has no {certainty} label.", "Try --certainty all.")
    return kept


def _label(record: dict[str, Any]) -> Label:
    return Label(
        model=record["model_id"],
        upstreams=tuple(record["upstream"]),
        certainty=record.get("certainty", "sure"),
        evidence_kind=record.get("evidence_kind", "unknown"),
    )


def rule_edges(snapshot: Snapshot, only: Iterable[str]) -> pl.DataFrame:
    """Return the edges that metadata and rules give for some models, without writing them."""
    models = list(only)
    bases = declared(snapshot.models)
    told = bases.less_repeated(card_edges(snapshot, only=models))
    rest = pl.concat([bases.edges, configured_edges(snapshot.models)])
    mine = rest.filter(pl.col("downstream").is_in(models))
    configured_too = (pl.col("evidence_kind") == "config") & pl.col("downstream").is_in(
        told["downstream"].to_list()
    )
    stated = pl.concat([told, mine.filter(~configured_too)])
    return pl.concat([stated, inferred_edges(snapshot, stated)])


def evaluate(labels: Iterable[Label], snapshot: Snapshot, edges: pl.DataFrame) -> EvidenceScores:
    """Compare edges with labels; ids that are known to name one model count as one.

    Args:
        labels: The labels.
        snapshot: The snapshot that the edges were found in.
        edges: Edges; of each model's only those of the strongest stated tier count.
    """
    labels = list(labels)
    known = set(
        snapshot.models.filter(pl.col("id").is_in([label.model for label in labels]))
        .select("id")
        .collect()["id"]
    )
    counting = strongest(edges.lazy(), COUNTED_TIERS).collect()
    proposed = {
        str(model): rows.to_dicts()
        for (model,), rows in counting.group_by("downstream", maintain_order=True)
    }
    tally = _Tally()
    for label in labels:
        if label.model in known:
            tally.add(label, proposed.get(label.model, []))
    return tally.scores([label.model for label in labels if label.model not in known])


class _Tally:
    def __init__(self) -> None:
        self.hits = self.proposed = self.found = self.labelled = self.abstained = 0
        self.right, self.models = Counter[str](), Counter[str]()
        self.edges_right, self.edges = Counter[str](), Counter[str]()
        self.misses = list[Miss]()

    def add(self, label: Label, edges: list[dict[str, Any]]) -> None:
        hits = [any(same(e["upstream"], u) for u in label.upstreams) for e in edges]
        found = [any(same(e["upstream"], u) for e in edges) for u in label.upstreams]
        self.hits, self.proposed = self.hits + sum(hits), self.proposed + len(hits)
        self.found, self.labelled = self.found + sum(found), self.labelled + len(found)
        self.abstained += not edges
        self.models[label.evidence_kind] += 1
        for edge, hit in zip(edges, hits, strict=True):
            self.edges[edge["evidence_kind"]] += 1
            self.edges_right[edge["evidence_kind"]] += hit
        if all(hits) and all(found):
            self.right[label.evidence_kind] += 1
        else:
            proposed = tuple(e["upstream"] for e in edges)
            self.misses.append(Miss(label, proposed, tuple(e["quote"] for e in edges)))

    def scores(self, unknown: list[str]) -> EvidenceScores:
        of = self.models.total()
        return EvidenceScores(
            precision=Proportion(self.hits, self.proposed),
            recall=Proportion(self.found, self.labelled),
            accuracy=Proportion(self.right.total(), of),
            abstention=Proportion(self.abstained, of),
            by_evidence={
                k: Proportion(self.edges_right[k], n) for k, n in sorted(self.edges.items())
            },
            by_label={k: Proportion(self.right[k], n) for k, n in sorted(self.models.items())},
            misses=self.misses,
            unknown=unknown,
        )
