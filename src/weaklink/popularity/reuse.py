"""Who is fine-tuned from whom, and how often (RQ1.2, section 4.2.2 of the paper).

The set is the models of one task. Every figure counts models or distinct pairs (downstream,
upstream), however many pieces of evidence a pair has. Two scopes are kept apart, because the paper
mixes them: ``within`` has both ends in the set (its Table 1); ``any`` only the downstream.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from pydantic import model_validator

from weaklink.lineage.evidence import TIERS
from weaklink.popularity.downloads import Figures, Share
from weaklink.popularity.paper_tables import PaperUpstream, paper_upstream

_TOP = 10


class Coverage(Figures):
    """Models of the set that one kind of evidence gives an upstream."""

    tier: str
    kind: str
    models: Share
    alone: int
    """Of these, the models that no other kind gives an upstream."""


class Upstream(Figures):
    """One row of the table of most reused upstreams (Table 1)."""

    id: str
    downstream_task: str | None
    """The data set, or else the pipeline tag, that most of its downstream models declare."""
    reused: Share
    """Downstream models, of all that have an upstream in the same scope."""
    downloads: int | None
    """Of the upstream, of 30 days; None where it is not in the snapshot."""
    rank: int | None
    """By downloads in the set, 1 the most; None where it is not in the set."""
    paper: PaperUpstream | None
    """The paper's row about it, if there is one."""

    @model_validator(mode="before")
    @classmethod
    def _read_version_1(cls, row: Any) -> Any:  # noqa: ANN401 - what a file holds
        """Complete a row of version 1 of the report, which has no row of the paper's."""
        return {"paper": None} | row if isinstance(row, dict) else row


class LicenceChange(Figures):
    """Pairs that go from one licence to another."""

    upstream: str
    downstream: str
    pairs: int


class Licences(Figures):
    """How licences change along pairs with an upstream in the snapshot."""

    kept: Share
    changed: Share
    dropped: Share
    """The upstream declares a licence, the downstream none."""
    unknown: Share
    """The upstream declares none."""
    changes: tuple[LicenceChange, ...]
    """The most common changes, without drops."""


class Reuse(Figures):
    """The figures of section 4.2.2, with the counts that they rest on."""

    with_upstream: dict[str, Share]
    """Models with an upstream, by each tier of evidence and all stronger ones; without ``weights``
    where these were not read."""
    used_as_upstream: dict[str, Share]
    """Models that are an upstream: ``within``, share of the set; ``any``, share of all upstreams
    and of the set together."""
    pairs: dict[str, int]
    """Distinct pairs, by scope."""
    relations: dict[str, int]
    """Distinct pairs of scope ``any`` by relation."""
    coverage: tuple[Coverage, ...]
    missing: Share
    """Distinct upstreams that are not in the snapshot, of all distinct upstreams."""
    most_reused: dict[str, tuple[Upstream, ...]]
    """Table 1, by scope."""
    licences: Licences

    @property
    def top_ten_models(self) -> Share:
        """The ten most reused upstreams, of all upstreams within the set."""
        reused = self.used_as_upstream["within"].count
        return Share(count=min(_TOP, reused), of=reused)

    @property
    def top_ten(self) -> Share | None:
        """Pairs within the set that the ten have; None where fewer rows are held."""
        rows = self.most_reused["within"][:_TOP]
        if len(rows) < self.top_ten_models.count:
            return None
        return Share(count=sum(row.reused.count for row in rows), of=self.pairs["within"])


def reuse(
    models: pl.DataFrame,
    stated: pl.DataFrame,
    counted: pl.DataFrame,
    task: str | None,
    *,
    rows: int = 10,
    weighed: bool = False,
) -> Reuse:
    """Compute the figures.

    Args:
        models: All models of the snapshot that exist: id, pipeline, downloads, datasets, licence.
        stated: All edges, of every tier: downstream, upstream, relation, evidence_kind, tier. They
            give ``with_upstream`` and ``coverage``.
        counted: The edges of the graph, one for each pair, which give all other figures.
        task: Pipeline tag of the set; None for all models.
        rows: Rows of the tables.
        weighed: Whether weights were read.
    """
    members = models if task is None else models.filter(pl.col("pipeline") == task)
    of_set = stated.join(members.select("id"), left_on="downstream", right_on="id", how="semi")
    pairs = counted.join(members.select("id"), left_on="downstream", right_on="id", how="semi")
    within = pairs.join(members.select("id"), left_on="upstream", right_on="id", how="semi")
    scopes = {"within": within, "any": pairs}
    upstreams = pairs.select("upstream").unique()
    absent = upstreams.join(models.select("id"), left_on="upstream", right_on="id", how="anti")
    together = pl.concat([members["id"], upstreams["upstream"]]).n_unique()
    return Reuse(
        with_upstream=_with_upstream(of_set, len(members), weighed=weighed),
        used_as_upstream={
            "within": Share(count=within["upstream"].n_unique(), of=len(members)),
            "any": Share(count=len(upstreams), of=together),
        },
        pairs={scope: len(frame) for scope, frame in scopes.items()},
        relations=dict(pairs["relation"].value_counts(sort=True).sort("relation").iter_rows()),
        coverage=_coverage(of_set, len(members)),
        missing=Share(count=len(absent), of=len(upstreams)),
        most_reused={
            scope: _most_reused(frame, models, members, rows) for scope, frame in scopes.items()
        },
        licences=_licences(pairs, models, rows),
    )


def _strength() -> pl.Expr:
    return pl.col("tier").replace_strict(TIERS, range(len(TIERS)))


def _with_upstream(edges: pl.DataFrame, models: int, *, weighed: bool) -> dict[str, Share]:
    return {
        tier: Share(
            count=edges.filter(pl.col("tier").is_in(TIERS[: place + 1]))["downstream"].n_unique(),
            of=models,
        )
        for place, tier in enumerate(TIERS)
        if weighed or tier != "weights"
    }


def _coverage(edges: pl.DataFrame, models: int) -> tuple[Coverage, ...]:
    seen = edges.select("downstream", "tier", "evidence_kind").unique()
    kinds = pl.col("evidence_kind").n_unique().over("downstream")
    table = (
        seen.with_columns(alone=kinds == 1)
        .group_by("tier", "evidence_kind")
        .agg(pl.col("downstream").n_unique().alias("models"), pl.col("alone").sum())
        .sort(_strength(), "evidence_kind")
    )
    return tuple(
        Coverage(
            tier=row["tier"],
            kind=row["evidence_kind"],
            models=Share(count=row["models"], of=models),
            alone=row["alone"],
        )
        for row in table.iter_rows(named=True)
    )


def _most_reused(
    pairs: pl.DataFrame, models: pl.DataFrame, members: pl.DataFrame, rows: int
) -> tuple[Upstream, ...]:
    whole = pairs["downstream"].n_unique()
    counts = (
        pairs.group_by("upstream")
        .agg(pl.col("downstream").n_unique().alias("reused"))
        .sort(["reused", "upstream"], descending=[True, False])
        .head(rows)
    )
    downloads = pl.col("downloads").fill_null(0)
    ranks = members.select("id", downloads.rank("min", descending=True).alias("rank"))
    table = (
        counts.join(models.select("id", "downloads"), left_on="upstream", right_on="id", how="left")
        .join(ranks, left_on="upstream", right_on="id", how="left", maintain_order="left")
        .join(_tasks(pairs, counts, models), on="upstream", how="left", maintain_order="left")
        .sort(["reused", "upstream"], descending=[True, False])
    )
    return tuple(
        Upstream(
            id=row["upstream"],
            downstream_task=row["task"],
            reused=Share(count=row["reused"], of=whole),
            downloads=row["downloads"],
            rank=row["rank"],
            paper=paper_upstream(row["upstream"]),
        )
        for row in table.iter_rows(named=True)
    )


def _tasks(pairs: pl.DataFrame, counts: pl.DataFrame, models: pl.DataFrame) -> pl.DataFrame:
    """Return for each counted upstream what most of its downstream models are for; ties by name."""
    told = models.select("id", task=pl.col("datasets").list.first().fill_null(pl.col("pipeline")))
    return (
        pairs.join(counts, on="upstream", how="semi")
        .join(told, left_on="downstream", right_on="id")
        .drop_nulls("task")
        .group_by("upstream", "task")
        .len()
        .sort(["len", "task"], descending=[True, False])
        .unique("upstream", keep="first", maintain_order=True)
        .select("upstream", "task")
    )


def _licences(pairs: pl.DataFrame, models: pl.DataFrame, rows: int) -> Licences:
    licence = models.select("id", pl.col("licence").str.to_lowercase())
    joined = (
        pairs.select("downstream", "upstream")
        .join(licence, left_on="upstream", right_on="id")
        .rename({"licence": "before"})
        .join(licence.rename({"licence": "after"}), left_on="downstream", right_on="id")
    )
    before, after = pl.col("before"), pl.col("after")
    known = joined.filter(before.is_not_null())
    both = known.filter(after.is_not_null())
    changes = both.filter(before != after).group_by("before", "after").len()
    whole = len(joined)
    kept = both.filter(before == after).height
    top = changes.sort(["len", "before", "after"], descending=[True, False, False]).head(rows)
    return Licences(
        kept=Share(count=kept, of=whole),
        changed=Share(count=len(both) - kept, of=whole),
        dropped=Share(count=len(known) - len(both), of=whole),
        unknown=Share(count=whole - len(known), of=whole),
        changes=tuple(
            LicenceChange(upstream=old, downstream=new, pairs=count)
            for old, new, count in top.iter_rows()
        ),
    )
