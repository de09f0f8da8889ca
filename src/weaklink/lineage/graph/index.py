"""The ends of all edges as numbers, so that edges can be followed without reading a name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weaklink.errors import WeaklinkError
from weaklink.guards.parquet_file import scan_parquet
from weaklink.lineage.evidence import TIERS, Tier

Numbers = NDArray[np.uint32]
Mask = NDArray[np.bool_]

_IDS, _ENDS = "ids.parquet", "ends.parquet"
INDEX = {
    _IDS: pl.Schema({"id": pl.String()}),
    _ENDS: pl.Schema({"downstream": pl.UInt32(), "upstream": pl.UInt32(), "tier": pl.UInt8()}),
}
"""The files of an index, and their columns."""
_NONE = len(TIERS)


class Index:
    """Two files beside the edges: the ids of models, and the ends and tier of each edge.

    Args:
        folder: The folder of edges.

    Attributes:
        ids: The models that an edge touches, sorted; a model's number is its place.
        downstream: The number of each edge's downstream, in the order of the edges.
        upstream: The number of each edge's upstream.

    Raises:
        WeaklinkError: A file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        ids, ends = (scan_parquet(folder / name, INDEX[name]).collect() for name in INDEX)
        numbers = pl.col("downstream", "upstream")
        known = (numbers < len(ids)).all() & (numbers.null_count() == 0)
        tiers = (pl.col("tier") < _NONE).all() & (pl.col("tier").null_count() == 0)
        if not all(ends.select(known, tiers).row(0)):
            raise WeaklinkError(
                f"{folder} is damaged: its index names models that it does not list.",
                "Make it again with `weaklink lineage build`.",
            )
        self.ids = ids["id"]
        self.downstream: Numbers = ends["downstream"].to_numpy()
        self.upstream: Numbers = ends["upstream"].to_numpy()
        self._tier = ends["tier"].to_numpy()

    def number(self, model: str) -> int | None:
        """Return the number of a model; None if no edge touches it."""
        place = int(self.ids.search_sorted(model))
        return place if place < len(self.ids) and self.ids[place] == model else None

    def counting(self, tiers: Collection[Tier]) -> Mask:
        """Tell of each edge whether it is of the strongest of these tiers that its model has."""
        counted = np.array([place if tier in tiers else _NONE for place, tier in enumerate(TIERS)])
        tier = counted[self._tier]
        strongest = np.full(len(self.ids), _NONE)
        np.minimum.at(strongest, self.downstream, tier)
        counting: Mask = (tier < _NONE) & (tier == strongest[self.downstream])
        return counting


def write_index(folder: Path, edges: pl.DataFrame) -> None:
    """Write the index of edges beside them."""
    ids = pl.concat([edges["downstream"], edges["upstream"]]).unique().sort()
    ends = pl.DataFrame(
        {
            "downstream": ids.search_sorted(edges["downstream"]),
            "upstream": ids.search_sorted(edges["upstream"]),
            "tier": edges["tier"].replace_strict(list(TIERS), range(len(TIERS))),
        },
        schema=INDEX[_ENDS],
    )
    pl.DataFrame({"id": ids}, INDEX[_IDS]).write_parquet(folder / _IDS)
    ends.write_parquet(folder / _ENDS)
