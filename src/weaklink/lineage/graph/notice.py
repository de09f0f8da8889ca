"""A recall notice: the descendants of a weak base, by how much of the weakness may reach them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from weaklink.lineage.catalogue import current
from weaklink.lineage.graph.exposure import exposure
from weaklink.lineage.graph.surroundings import Surroundings

Link = tuple[str, str]
"""Upstream and downstream."""


class MeasuredTransfer(NamedTuple):
    """Sample transfer of a link.

    Attributes:
        share: Of the upstream's vulnerable samples, the share that falls downstream too.
        high: Upper end of its 95 % interval.
        n: The number of vulnerable samples.
    """

    share: float
    high: float
    n: int


def notice(
    around: Surroundings, models: pl.LazyFrame, transfer: Mapping[Link, MeasuredTransfer]
) -> pl.DataFrame:
    """Return the descendants of a model, those first through which most downloads are exposed.

    Args:
        around: The model's surroundings.
        models: The models of the snapshot, for their downloads.
        transfer: Measured sample transfer by link.

    Returns:
        The columns of ``exposure``, with ``transfer`` (of the link from the model, or else the mean
        of all measured links), ``measured`` (whether it is the link's own), ``transfer_high`` and
        ``transfer_n`` (upper end of its interval and number of samples; null unless measured),
        ``exposed`` (downloads of 30 days times transfer; null without a figure for either), and
        ``tier`` and ``quote`` of the edge through which the descendant is known.
    """
    own = {_key(link): figure for link, figure in transfer.items()}
    mean = sum(one.share for one in own.values()) / len(own) if own else None
    found = exposure(around, models)
    figures = [own.get(_key((around.model, name))) for name in found["id"]]
    why = around.edges.sort("confidence", descending=True).unique("downstream", keep="first")
    return (
        found.with_columns(
            measured=pl.Series([one is not None for one in figures], dtype=pl.Boolean),
            transfer=pl.Series([one.share if one else mean for one in figures], dtype=pl.Float64),
            transfer_high=pl.Series([one and one.high for one in figures], dtype=pl.Float64),
            transfer_n=pl.Series([one and one.n for one in figures], dtype=pl.Int64),
        )
        .with_columns(exposed=pl.col("downloads") * pl.col("transfer"))
        .join(why.select("downstream", "tier", "quote"), left_on="id", right_on="downstream")
        .sort("exposed", "downloads", "id", descending=[True, True, False], nulls_last=True)
    )


def _key(link: Link) -> Link:
    return current(link[0]).lower(), current(link[1]).lower()
