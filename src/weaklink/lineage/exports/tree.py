"""A tree for the terminal: the ancestry above, the model, its descendants below."""

from __future__ import annotations

from rich.text import Text
from rich.tree import Tree

from weaklink.lineage.graph.surroundings import FEWER, Edge, Surroundings

_QUOTE = 120


def to_tree(around: Surroundings, most: int = 20) -> Tree:
    """Return a tree of the model, with a branch of its upstreams and one of its downstreams.

    Args:
        around: The model's surroundings.
        most: How many direct downstreams to show; of each of these a quarter as many, and so on.
    """
    tree = Tree(Text(around.model, style="bold"))
    _add_doubts(tree, around, around.model)
    if around.upstreams(around.model):
        _above(tree.add(Text("comes from", style="dim")), around, around.model, {around.model})
    if len(around.descendants):
        generations = around.descendants["depth"].n_unique()
        label = f"{len(around.descendants):,} descend from it in {generations} generations"
        branch = tree.add(Text(label, style="dim"))
        _Below(around).add(branch, around.model, most)
    return tree


def _above(branch: Tree, around: Surroundings, model: str, seen: set[str]) -> None:
    for edge in around.upstreams(model):
        upstream = edge["upstream"]
        twig = branch.add(_label(upstream, edge, again=upstream in seen))
        if upstream not in seen:
            seen.add(upstream)
            _add_doubts(twig, around, upstream)
            _above(twig, around, upstream, seen)


def _add_doubts(branch: Tree, around: Surroundings, model: str) -> None:
    for written in around.unresolved.get(model, ()):
        label = f"declares {_plain(written)}, which is not a known model"
        branch.add(Text(label, style="yellow"))
    for said in around.refuted.get(model, ()):
        branch.add(Text(f"refuted by weights: {_plain(said)}", style="red"))


class _Below:
    """Adds descendants, each with its own the first time that it comes."""

    def __init__(self, around: Surroundings) -> None:
        self._left_out, self._none = around.left_out, around.edges.clear()
        self._edges = {
            str(upstream): edges
            for (upstream,), edges in around.edges.partition_by("upstream", as_dict=True).items()
        }
        self._seen = {around.model}

    def add(self, branch: Tree, model: str, most: int) -> None:
        edges = self._edges.get(model, self._none)
        for edge in edges.head(most).iter_rows(named=True):
            downstream = edge["downstream"]
            twig = branch.add(_label(downstream, edge, again=downstream in self._seen))
            if downstream not in self._seen:
                self._seen.add(downstream)
                self.add(twig, downstream, most // FEWER)
        more = len(edges) - most + self._left_out.get(model, 0)
        if more > 0:
            branch.add(Text(f"… and {more:,} more", style="dim"))


def _label(model: str, edge: Edge, *, again: bool) -> Text:
    quote = _plain(edge["quote"])
    why = f"{edge['tier']}, {edge['method']}, {edge['confidence']:.2f}"
    label = Text(model)
    label.append(f"  {edge['relation']}", style="cyan")
    label.append(f"  [{why}]", style="dim")
    label.append(f"  “{quote}”", style="italic dim")
    if again:
        label.append("  (shown above)", style="yellow")
    return label


def _plain(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= _QUOTE else f"{plain[: _QUOTE - 1]}…"
