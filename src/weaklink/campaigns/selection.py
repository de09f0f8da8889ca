"""Which chains of a lineage are measured (section 5.1.1 of the paper), and why others are not.

A chain is a path of fine-tuning from a root to a leaf that is a model of the task. A bare encoder
has no robustness of its own: it ends the measurable part of a chain, which is what follows it. The
criteria are asked of that part alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import polars as pl

from weaklink.campaigns.specification import Criteria
from weaklink.lineage import Lineage
from weaklink.store.record import Excluded, FunnelStep

Facts: TypeAlias = Mapping[str, Any]
"""What the snapshot says of a model: columns of ``hub.snapshot.MODELS`` by name."""

EXAMPLES = 1000
"""Excluded chains that a step of the funnel keeps; all are counted."""

_COLUMNS = (
    "id", "pipeline", "architecture", "downloads", "downloads_all_time", "datasets", "languages",
    "status",
)  # fmt: skip
_THERE = ("ok", "gated")
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chain, the root first, and the part of it that can be measured."""

    models: tuple[str, ...]
    measured: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """What was selected.

    Attributes:
        chains: The chains.
        singles: The most downloaded and the most reused model, where they are asked for.
        funnel: What each criterion kept.
        facts: What the snapshot says of each model of the task and of what they come from.
    """

    chains: tuple[Candidate, ...] = ()
    singles: tuple[str, ...] = ()
    funnel: tuple[FunnelStep, ...] = ()
    facts: Mapping[str, Facts] = field(default_factory=dict)


def select(models: pl.LazyFrame, edges: pl.LazyFrame, criteria: Criteria) -> Selection:
    """Select chains and single models.

    Args:
        models: The models of a snapshot.
        edges: The edges of its lineage.
        criteria: What is asked of a chain.
    """
    columns = ("downstream", "upstream", "relation", "tier", "evidence_kind", "confidence")
    tuned = edges.select(*columns).filter(pl.col("relation") == "finetune").collect()
    of_task = (pl.col("pipeline") == criteria.task) & pl.col("status").is_in(_THERE)
    members = models.filter(of_task).select(_COLUMNS).collect()
    lineage = Lineage(tuned).restricted(members["id"], any_upstream=True)
    wanted = pl.col("id").is_in([*lineage.ids, *members["id"]])
    known = models.filter(wanted).select(_COLUMNS).collect()
    facts = {row["id"]: row for row in known.iter_rows(named=True)}
    heads = _Heads(facts, criteria.task)
    chains, funnel = _sift([heads.candidate(path) for path in lineage.paths()], heads, criteria)
    return Selection(chains, _singles(members, lineage.edges, criteria), funnel, facts)


@dataclass(frozen=True)
class _Heads:
    """Which models have a classification head, as far as the snapshot tells."""

    facts: Mapping[str, Facts]
    task: str

    def fault(self, model: str) -> str | None:
        """Return why a model cannot be measured, or None if it can."""
        row = self.facts.get(model)
        if row is None:
            return f"{model} is not in the snapshot"
        if row["status"] not in _THERE:
            return f"{model} is not on the Hub any more ({row['status']})"
        architecture = row["architecture"]
        if architecture is None and row["pipeline"] == self.task:
            return None
        if architecture is None or "ForSequenceClassification" not in architecture:
            return f"{model} is a bare encoder ({architecture or 'of unknown architecture'})"
        return None

    def candidate(self, path: tuple[str, ...]) -> Candidate:
        """Return the path with its measurable part: what follows the last unmeasurable model."""
        faulty = [i for i, model in enumerate(path) if self.fault(model)]
        return Candidate(path, path[faulty[-1] + 1 :] if faulty else path)

    def end(self, candidate: Candidate) -> str | None:
        """Return why the measurable part does not reach further up, or None if it is all."""
        length = len(candidate.models) - len(candidate.measured)
        return self.fault(candidate.models[length - 1]) if length else None


def _sift(
    candidates: Sequence[Candidate], heads: _Heads, criteria: Criteria
) -> tuple[tuple[Candidate, ...], tuple[FunnelStep, ...]]:
    """Apply the criteria one after the other."""
    ends = [end for candidate in candidates if (end := heads.end(candidate))]
    bare = [end for end in ends if "bare encoder" in end]
    steps = [
        _kept_all(f"chains that end in a model of the task {criteria.task}", candidates),
        _kept_all(
            f"measured from the first classification head on: {len(set(bare))} bare encoders end "
            f"the measurable part of {len(bare)} chains",
            candidates,
        ),
    ]
    for criterion, reason in _criteria(heads, criteria):
        found = [(candidate, reason(candidate)) for candidate in candidates]
        candidates = [candidate for candidate, why in found if why is None]
        steps.append(_step(criterion, candidates, [(c.models, why) for c, why in found if why]))
    if criteria.most_chains is not None:
        ranked = sorted(candidates, key=lambda c: (-_least(c, heads.facts), c.models))
        candidates, rest = ranked[: criteria.most_chains], ranked[criteria.most_chains :]
        why = "others are downloaded more"
        steps.append(_step("most downloaded", candidates, [(c.models, why) for c in rest]))
    return tuple(candidates), tuple(steps)


_Reason: TypeAlias = Callable[[Candidate], str | None]


def _criteria(heads: _Heads, criteria: Criteria) -> Iterable[tuple[str, _Reason]]:
    """Yield each criterion with a function that gives the reason to exclude a chain."""
    facts = heads.facts

    def too_short(chain: Candidate) -> str | None:
        return None if len(chain.measured) >= _PAIR else heads.end(chain)

    def undeclared(chain: Candidate) -> str | None:
        silent = (model for model in chain.measured if not facts[model]["datasets"])
        return next((f"{model} declares no training data" for model in silent), None)

    def unpopular(chain: Candidate) -> str | None:
        counts = ((model, facts[model]["downloads"]) for model in chain.measured)
        few = ((m, n) for m, n in counts if n is None or n < criteria.min_downloads)
        return next((f"{m} has {_number(n)} downloads in 30 days" for m, n in few), None)

    seen = set[tuple[str, ...]]()

    def repeated(chain: Candidate) -> str | None:
        if chain.measured in seen:
            return "another chain has the same measurable part"
        seen.add(chain.measured)
        return None

    yield "two or more measurable models", too_short
    if criteria.declared_data:
        yield "every measured model declares its training data", undeclared
    if criteria.min_downloads:
        yield f"every measured model has {criteria.min_downloads} or more downloads", unpopular
    yield "each measurable part once", repeated


def _kept_all(criterion: str, candidates: Sequence[Candidate]) -> FunnelStep:
    return _step(criterion, candidates, [])


def _step(
    criterion: str, kept: Sequence[Candidate], dropped: Sequence[tuple[tuple[str, ...], str]]
) -> FunnelStep:
    examples = (Excluded(models=models, reason=why) for models, why in dropped[:EXAMPLES])
    return FunnelStep(
        criterion=criterion, kept=len(kept), excluded=tuple(examples), dropped=len(dropped)
    )


def _number(count: int | None) -> str:
    return "an unknown number of" if count is None else str(count)


def _least(chain: Candidate, facts: Mapping[str, Facts]) -> int:
    return min(facts[model]["downloads"] or 0 for model in chain.measured)


def _singles(members: pl.DataFrame, edges: pl.DataFrame, criteria: Criteria) -> tuple[str, ...]:
    """Return the most downloaded and the most reused model with a head; ties by id."""
    head = pl.col("architecture").str.contains("ForSequenceClassification").fill_null(value=True)
    able = members.filter(head).select("id", pl.col("downloads").fill_null(0))
    reuse = (
        edges.join(members.select("id"), left_on="downstream", right_on="id", how="semi")
        .join(able, left_on="upstream", right_on="id", how="semi")
        .group_by(pl.col("upstream").alias("id"))
        .agg(pl.col("downstream").n_unique().alias("reused"))
    )
    chosen = []
    if criteria.most_downloaded:
        chosen += able.sort(["downloads", "id"], descending=[True, False])["id"].head(1).to_list()
    if criteria.most_reused:
        chosen += reuse.sort(["reused", "id"], descending=[True, False])["id"].head(1).to_list()
    return tuple(dict.fromkeys(chosen))
