"""What a campaign measures: the chains and models of its specification, before any is loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from weaklink.campaigns.defending.defended import MeasuredDefence, defences_of
from weaklink.campaigns.prepare.make import planned_folders
from weaklink.campaigns.selection import Facts, Selection, select
from weaklink.campaigns.specification import Specification
from weaklink.campaigns.specification.specification import AUTO, TFIDF
from weaklink.hub import Snapshot
from weaklink.lineage import EdgeTable
from weaklink.lineage.evidence import COUNTED_TIERS
from weaklink.lineage.graph.lineage import strongest
from weaklink.measures.links.lineages import bases_of, connected
from weaklink.store.record import ChainEntry, FunnelStep, Link

_ENOUGH = 3
"""Lineages that a null needs no reference with: that of a link, and two others."""
_STATED = "specification"
"""Method of a link that the specification states."""


@dataclass(frozen=True, slots=True)
class Design:
    """What is to be measured.

    Attributes:
        chains: The chains; ``measured`` is what is hoped for until the models are loaded.
        models: Every model to be measured, once.
        references: Models that are attacked besides, for the null of transfer.
        funnel: What the selection left out.
        facts: What the snapshot says of models, where there is one.
        bases: The models that the campaign makes, each after what it starts from.
        defences: Models with a defence, beside the same models without it.
    """

    chains: tuple[ChainEntry, ...]
    models: tuple[str, ...]
    references: tuple[str, ...] = ()
    funnel: tuple[FunnelStep, ...] = ()
    facts: Mapping[str, Facts] = field(default_factory=dict)
    bases: tuple[tuple[str, str], ...] = ()
    defences: tuple[MeasuredDefence, ...] = ()

    @property
    def paths(self) -> list[tuple[str, ...]]:
        """What connects the models of one lineage: chains, and what is made from what."""
        pairs = [(one.model, one.defended) for one in self.defences]
        return [*(chain.models for chain in self.chains), *self.bases, *pairs]


def make_design(spec: Specification, folder: Path = Path()) -> Design:
    """Read the chains of a specification, and select others where it asks for it.

    Args:
        spec: The specification.
        folder: Holds what the campaign makes.

    Raises:
        WeaklinkError: The snapshot or the lineage cannot be read.
    """
    selection, edges = Selection(), None
    if spec.selection is not None:
        edges = EdgeTable.open(spec.selection.lineage).frame
        selection = select(Snapshot.open(spec.selection.snapshot).models, edges, spec.selection)
    paths = [(chain.models, chain.models) for chain in spec.chains]
    paths += [(chain.models, chain.measured) for chain in selection.chains]
    evidence = _evidence(edges, [models for models, _ in paths])
    chains = tuple(
        ChainEntry(
            name=f"C{number}",
            models=models,
            links=tuple(_link(*pair, evidence) for pair in pairwise(models)),
            measured=measured,
        )
        for number, (models, measured) in enumerate(paths, start=1)
    )
    wanted = [model for chain in chains for model in chain.measured]
    defences = defences_of(spec, planned_folders(spec, folder))
    pairs = [name for one in defences for name in (one.model, one.defended)]
    names = dict.fromkeys([*wanted, *spec.models, *selection.singles, *pairs])
    bases = tuple(bases_of(spec.content()))
    design = Design(chains, tuple(names), (), selection.funnel, selection.facts, bases, defences)
    return replace(design, references=_references(spec, design))


def _references(spec: Specification, design: Design) -> tuple[str, ...]:
    """Return the references; of ``auto`` none where the lineages measured are a null already."""
    linked = any(len(chain.measured) > 1 for chain in design.chains)
    if AUTO not in spec.references or not linked or spec.replay is not None:
        return tuple(name for name in spec.references if name != AUTO and linked)
    numbers = connected(design.models, design.paths)
    wanted = (TFIDF,) if len(set(numbers.values())) < _ENOUGH else ()
    named = (wanted if name == AUTO else (name,) for name in spec.references)
    return tuple(dict.fromkeys(name for names in named for name in names))


def still_measured(wanted: Sequence[str], there: Collection[str]) -> tuple[str, ...]:
    """Return the longest run of consecutive models that are there, the last of several.

    >>> still_measured(["a", "b", "c"], {"b", "c"})
    ('b', 'c')
    >>> still_measured(["a", "b", "c"], {"a", "c"})
    ('c',)
    """
    best = run = tuple[str, ...]()
    for model in wanted:
        run = (*run, model) if model in there else ()
        best = run if len(run) >= len(best) else best
    return best


_Rows = Mapping[tuple[str, str], Mapping[str, Any]]


def _evidence(edges: pl.LazyFrame | None, paths: Iterable[Sequence[str]]) -> _Rows:
    """Return the strongest edge of each pair."""
    if edges is None:
        return {}
    models = list({model for path in paths for model in path})
    near = edges.filter(pl.col("downstream").is_in(models) & pl.col("upstream").is_in(models))
    rows = strongest(near, COUNTED_TIERS).sort("confidence").collect()
    return {(row["upstream"], row["downstream"]): row for row in rows.iter_rows(named=True)}


def _link(upstream: str, downstream: str, evidence: _Rows) -> Link:
    row = evidence.get((upstream, downstream))
    if row is None:
        return Link(upstream=upstream, downstream=downstream, relation="finetune", method=_STATED)
    names = ("upstream", "downstream", "relation", "method", "confidence", "quote", "tier")
    return Link(**{name: row[name] for name in names})
