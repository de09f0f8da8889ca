"""Popularity and reuse of one snapshot: each figure with its definition and the paper's value."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
from pydantic import field_validator

from weaklink.document import Document, now
from weaklink.lineage.evidence import COUNTED_TIERS, TIERS
from weaklink.lineage.graph.lineage import Chains, Lineage
from weaklink.popularity.downloads import Figures, Interval, Popularity, popularity
from weaklink.popularity.reference import Reference, references
from weaklink.popularity.reuse import Reuse, reuse

if TYPE_CHECKING:
    from weaklink.hub import Snapshot
    from weaklink.lineage.graph.edges import EdgeTable

_RESAMPLES = 1000
_CHAIN_LENGTHS = {"two": {2}, "three": {3}, "short": {2, 3}}
_EDGES = ("downstream", "upstream", "relation", "tier", "evidence_kind", "confidence")


class ReportedFigure(Figures):
    """One figure of ours beside the paper's."""

    reference: Reference
    ours: float | None
    interval: Interval | None


class PopularityReport(Document):
    """Popularity and reuse of the models in one snapshot (RQ1 of the paper)."""

    kind: Literal["popularity"] = "popularity"
    schema_version: Literal[2] = 2
    source: str
    taken: datetime
    task: str | None
    tiers: tuple[str, ...]
    """Tiers of evidence that count, where a figure does not say otherwise."""
    cards: int
    without_card: int | None
    """Models of the set that have no card; None where the snapshot does not say."""
    popularity: Popularity
    reuse: Reuse | None
    """None without a lineage, and so are the chains."""
    chains: dict[str, Chains] | None
    """By scope, ``within`` and ``any``."""

    @field_validator("schema_version", mode="before")
    @classmethod
    def _read_version_1(cls, version: Any) -> Any:  # noqa: ANN401 - what a file holds
        """Take version 1, which lacks the rows of the paper's Table 1 alone."""
        return 2 if version == 1 else version

    def figures(self) -> tuple[ReportedFigure, ...]:
        """Return every figure that the report lists, in its order."""
        ours = self._values()
        intervals = self.popularity.intervals
        return tuple(
            ReportedFigure(
                reference=figure,
                ours=ours.get(figure.key),
                interval=intervals.get(figure.key),
            )
            for figure in references()
        )

    def _values(self) -> dict[str, float | None]:
        downloads = self.popularity
        values: dict[str, float | None] = {
            "models": downloads.models,
            "downloaded": downloads.downloaded.value,
            "often_models": downloads.often.count,
            "often": downloads.often.value,
            "top_20": downloads.top_20,
            "top_20_downloads": downloads.top_20_downloads,
            "top_permille": downloads.top_permille,
            "top_permille_models": downloads.top_permille_models,
            "gini": downloads.gini,
        }
        if self.reuse and self.chains:
            found = self.reuse
            values |= {
                f"upstream_{tier}": share.value for tier, share in found.with_upstream.items()
            }
            values |= {
                "used_within": found.used_as_upstream["within"].value,
                "used_within_models": found.used_as_upstream["within"].count,
                "top_ten_models": found.top_ten_models.value,
                "top_ten": found.top_ten.value if found.top_ten else None,
                "missing": found.missing.value,
                "licence_changed": found.licences.changed.value,
            }
            for scope, chains in self.chains.items():
                values[f"chains_{scope}"] = chains.paths
                values[f"mean_length_{scope}"] = chains.mean_length if chains.paths else None
                values[f"pairs_{scope}"] = found.pairs[scope]
                values[f"chain_models_{scope}"] = chains.models
                for name, lengths in _CHAIN_LENGTHS.items():
                    values[f"chains_{name}_{scope}"] = chains.share(lengths)
        return values


def measure(
    snapshot: Snapshot,
    edges: EdgeTable | None,
    *,
    task: str | None = "text-classification",
    names: bool = False,
    rows: int = 10,
    created: datetime | None = None,
) -> PopularityReport:
    """Measure popularity and reuse.

    Intervals are bootstrapped where the snapshot was collected with a limit, and so is a sample.

    Args:
        snapshot: The models.
        edges: The edges of its lineage; None: downloads only.
        task: Pipeline tag of the set; None for all models.
        names: Whether upstreams guessed from models' names count.
        rows: Rows of the tables of upstreams.
        created: When this is measured; None: now.
    """
    columns = ("id", "pipeline", "downloads", "datasets", "licence", "has_card")
    existing = pl.col("status").is_in(["ok", "gated"])
    models = snapshot.models.filter(existing).select(columns).collect()
    members = models if task is None else models.filter(pl.col("pipeline") == task)
    tiers = TIERS if names else COUNTED_TIERS
    sampled = snapshot.manifest.query.get("limit") is not None
    without = members["has_card"]
    found, chains = None, None
    if edges:
        stated = edges.frame.select(*_EDGES).collect()
        lineage = Lineage(stated, tiers)
        weighed = edges.manifest.weights is not None
        found = reuse(models, stated, lineage.edges, task, rows=rows, weighed=weighed)
        chains = {
            "within": lineage.restricted(members["id"], any_upstream=False).chains(),
            "any": lineage.restricted(members["id"], any_upstream=True).chains(),
        }
    return PopularityReport(
        created=created or now(),
        source=snapshot.manifest.source,
        taken=snapshot.manifest.started,
        task=task,
        tiers=tiers,
        cards=snapshot.manifest.cards,
        without_card=None if without.null_count() == len(without) else int((~without).sum()),
        popularity=popularity(members["downloads"], resamples=_RESAMPLES if sampled else 0),
        reuse=found,
        chains=chains,
    )
