"""A tree for the terminal: the ancestry above, the model, its descendants below."""

from __future__ import annotations

import polars as pl
from rich.text import Text
from rich.tree import Tree

from weaklink.lineage.walk import Edge, Surroundings

TREE_COLUMNS = ("downstream", "upstream", "relation", "tier", "method", "confidence", "quote")
"""The columns of edges that a tree shows."""

_QUOTE = 120
_FEWER = 4


def to_tree(around: Surroundings, most: int = 20) -> Tree:
    """Return a tree of the model, with a branch of its upstreams and one of its downstreams.

    Args:
        around: The model's surroundings.
        most: How many direct downstreams to show; of each of these a quarter as many, and so on.
    """
    tree = Tree(Text(around.model, style="bold"))
    if around.upstreams(around.model):
        _above(tree.add(Text("comes from", style="dim")), around, around.model, {around.model})
    if len(around.descendants):
        generations = around.descendants["depth"].n_unique()
        label = f"{len(around.descendants):,} descend from it in {generations} generations"
        branch = tree.add(Text(label, style="dim"))
        _below(branch, _offspring(around, most), around.model, {around.model}, most)
    return tree


def _offspring(around: Surroundings, most: int) -> dict[str, pl.DataFrame]:
    """Return the edges to direct downstreams of every model that the tree unfolds."""
    found, parents = dict[str, pl.DataFrame](), {around.model}
    while parents:
        level = around.downstreams(parents).partition_by("upstream", as_dict=True)
        edges = {str(upstream): rows for (upstream,), rows in level.items()}
        found |= edges
        parents = {name for rows in edges.values() for name in rows["downstream"].head(most)}
        parents -= found.keys()
        most //= _FEWER
    return found


def _above(branch: Tree, around: Surroundings, model: str, seen: set[str]) -> None:
    for edge in around.upstreams(model):
        upstream = edge["upstream"]
        twig = branch.add(_label(upstream, edge, again=upstream in seen))
        if upstream not in seen:
            seen.add(upstream)
            _above(twig, around, upstream, seen)


def _below(
    branch: Tree, offspring: dict[str, pl.DataFrame], model: str, seen: set[str], most: int
) -> None:
    if model not in offspring:
        return
    edges = offspring[model]
    for edge in edges.head(most).iter_rows(named=True):
        downstream = edge["downstream"]
        twig = branch.add(_label(downstream, edge, again=downstream in seen))
        if downstream not in seen:
            seen.add(downstream)
            _below(twig, offspring, downstream, seen, most // _FEWER)
    if len(edges) > most:
        branch.add(Text(f"… and {len(edges) - most:,} more", style="dim"))


def _label(model: str, edge: Edge, *, again: bool) -> Text:
    quote = "".join(c if c.isprintable() else " " for c in edge["quote"])[:_QUOTE]
    why = f"{edge['tier']}, {edge['method']}, {edge['confidence']:.2f}"
    label = Text(model)
    label.append(f"  {edge['relation']}", style="cyan")
    label.append(f"  [{why}]", style="dim")
    label.append(f"  “{quote}”", style="italic dim")
    if again:
        label.append("  (shown above)", style="yellow")
    return label
