"""How many chains there are, and how long: counted without listing them.

A chain is a path from a root (a model with no known upstream) to a leaf (a model that nobody is
known to have fine-tuned). Merges of merges make so many paths that they can only be counted: level
by level, the number of paths from any root that end at each model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from weaklink.lineage.popularity import Figures

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Chains(Figures):
    """Chains of one scope."""

    chains: int
    """Exact up to 2**53."""
    lengths: dict[int, int]
    """Number of chains by length, in models, both ends included (Figure 5)."""
    mean: float | None
    """Mean length; None without chains."""


def count_chains(pairs: pl.DataFrame) -> Chains:
    """Count the root-to-leaf paths of an acyclic graph.

    Args:
        pairs: Columns downstream and upstream, distinct.

    Raises:
        ValueError: The graph has a cycle.
    """
    below, above, models = _numbered(pairs)
    roots = np.bincount(below, minlength=models) == 0
    leaves = np.bincount(above, minlength=models) == 0
    paths = roots.astype(np.float64)
    lengths: dict[int, int] = {}
    for length in range(2, models + 3):
        paths = np.bincount(below, weights=paths[above], minlength=models)
        if not paths.any():
            break
        if ended := int(paths[leaves].sum()):
            lengths[length] = ended
    else:
        raise ValueError("the graph of pairs has a cycle")
    chains = sum(lengths.values())
    total = sum(length * count for length, count in lengths.items())
    return Chains(chains=chains, lengths=lengths, mean=total / chains if chains else None)


def with_ancestors(pairs: pl.DataFrame, members: pl.Series) -> pl.DataFrame:
    """Return the pairs among the members and all their ancestors."""
    reached = members.rename("downstream")
    found = pairs.join(reached.to_frame(), on="downstream", how="semi")
    newest = found
    while len(newest):
        upstreams = newest["upstream"].unique().rename("downstream").to_frame()
        newest = pairs.join(upstreams, on="downstream", how="semi").join(
            found, on=["downstream", "upstream"], how="anti"
        )
        found = pl.concat([found, newest])
    return found


def _numbered(pairs: pl.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return the downstream and upstream ends as numbers, and how many models there are."""
    ids = pl.concat([pairs["downstream"], pairs["upstream"]])
    numbers = (ids.rank("dense") - 1).to_numpy().astype(np.int64)
    models = int(numbers.max()) + 1 if len(numbers) else 0
    return numbers[: len(pairs)], numbers[len(pairs) :], models
