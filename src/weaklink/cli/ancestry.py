"""A chain that was found on the Hub, as the terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weaklink.cli.terminal import wide_console
from weaklink.text import visible

if TYPE_CHECKING:
    from weaklink.campaigns import Ancestry
    from weaklink.lineage.tracing import Ancestor

_QUOTE = 120


def show_ancestry(ancestry: Ancestry, *, stderr: bool) -> None:
    """Print each model with the evidence for its upstream, and what of it is measured."""
    if not ancestry.chain:
        return
    console = wide_console(stderr=stderr)
    for ancestor in ancestry.chain:
        console.print(visible(_line(ancestor)), markup=False, highlight=False, soft_wrap=True)
        if ancestor.evidence is not None:
            why = ancestor.evidence
            line = f"  {why.relation} of {why.upstream or 'a model left open'} "
            line += f"[{why.method}, {why.confidence:.2f}] “{why.quote[:_QUOTE]}”"
            console.print(visible(line), style="dim", markup=False, highlight=False, soft_wrap=True)
        for other in ancestor.others:
            console.print(visible(f"  and of {other}"), style="dim", markup=False, highlight=False)
    link = ancestry.spec.link
    if link is None:
        return
    measured = f"Measured: {link.upstream} → {link.downstream}"
    if link.upstream is None:
        measured = f"Measured: {link.downstream} alone; no ancestor has a classification head"
    console.print(visible(measured), style="bold", markup=False, highlight=False, soft_wrap=True)
    if link.upstream is not None:
        console.print(visible(_weights(ancestry)), markup=False, highlight=False, soft_wrap=True)


def _weights(ancestry: Ancestry) -> str:
    if ancestry.weights is None:
        return "Weights: not compared; --verify-weights compares those on the Hub, too"
    return f"Weights: {ancestry.weights.said} ({ancestry.weights.why})"


def _line(ancestor: Ancestor) -> str:
    if not ancestor.there:
        return f"{ancestor.model} (the Hub tells nothing about it)"
    return f"{ancestor.model} ({ancestor.architecture or 'architecture unknown'})"
