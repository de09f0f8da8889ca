"""From what was seen of two models to what one is to the other, with a probability."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from weaklink.lineage.catalogue import same
from weaklink.lineage.weights.alignment import shapes_by_role, swapped
from weaklink.lineage.weights.columns import SHARED, shared_columns
from weaklink.lineage.weights.compare import ALIKE, WeightsComparison
from weaklink.lineage.weights.layout import Anatomy
from weaklink.lineage.weights.match import Match
from weaklink.lineage.weights.sources import Weights, adapter_base

Kind = Literal[
    "same weights",
    "fine-tuned from",
    "adapter of",
    "quantised or converted copy",
    "merge of",
    "distilled or trained anew",
    "unrelated",
    "cannot tell",
]

DESCENDED: frozenset[Kind] = frozenset(
    {
        "same weights",
        "fine-tuned from",
        "adapter of",
        "quantised or converted copy",
        "merge of",
    }
)
"""Verdicts that make the other model an upstream."""

INTERCEPT, CORRELATION, SHARE = -4.14, 5.07, 5.48
"""Logistic regression of common start on median correlation and share of alike matrices, fitted by
``benchmarks/lineage/weights_pairs.py``; leaving one start out says how well it is calibrated."""
SURE = 0.9
ARCHITECTURE = 0.8
FEWEST = 2
PACKED_ALIKE, PACKED_OTHER = 0.9, 0.5
COLUMNS = 0.95
AVERAGED, REST = (0.25, 0.8), 0.05
"""How much of a candidate an average of two holds, and what of it is at least another's: of a
model that was only scaled nothing is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one model is to another.

    Attributes:
        kind: The relation.
        probability: That the verdict, as to a common start, is right.
        signals: What it rests on, in words and numbers.
    """

    kind: Kind
    probability: float
    signals: tuple[str, ...]


def common_start(seen: WeightsComparison) -> float:
    """Return the probability that two models have a common start."""
    score = INTERCEPT + CORRELATION * max(0.0, seen.correlation) + SHARE * seen.share
    return 1 / (1 + math.exp(-score))


def judge(
    mine: Weights,
    theirs: Weights,
    my_anatomy: Anatomy,
    their_anatomy: Anatomy,
    seen: WeightsComparison,
) -> Verdict:
    """Say what a downstream is to a supposed upstream."""
    signals = [*_signals(seen)]
    if my_anatomy.adapters and not my_anatomy.body:
        return _adapter(mine, theirs, my_anatomy)
    models = mine, theirs, my_anatomy, their_anatomy
    if len(seen.matches) < FEWEST:
        return _unmatched(*models, seen, signals)
    probability = common_start(seen)
    if probability >= SURE:
        kind, why = _descent(mine, theirs, my_anatomy, their_anatomy, seen)
        return Verdict(kind, probability, (*signals, *why))
    if 1 - probability < SURE:
        return Verdict("cannot tell", max(probability, 1 - probability), tuple(signals))
    return _apart(*models, seen, signals, 1 - probability)


def _apart(
    mine: Weights,
    theirs: Weights,
    my_anatomy: Anatomy,
    their_anatomy: Anatomy,
    seen: WeightsComparison,
    signals: list[str],
    probability: float,
) -> Verdict:
    """Judge a model of whose matrices few or none are the other's."""
    models = mine, theirs, my_anatomy, their_anatomy
    if sum(m.correlation > ALIKE for m in seen.layers) >= FEWEST:
        return Verdict("cannot tell", 0.5, (*signals, "a part of one is in the other"))
    if found := _by_columns(*models, signals):
        return found
    if swapped(*models) and not shapes_by_role(*models):
        told = "its matrices are stored transposed, and their names do not say which are which"
        return Verdict("cannot tell", 0.5, (*signals, told))
    alike = seen.shared_shapes >= ARCHITECTURE and _as_deep(my_anatomy, their_anatomy)
    return Verdict(
        "distilled or trained anew" if alike else "unrelated", probability, tuple(signals)
    )


def _as_deep(mine: Anatomy, theirs: Anatomy) -> bool:
    if mine.layers and theirs.layers:
        return mine.layers == theirs.layers
    return 0.8 < len(mine.body) / max(1, len(theirs.body)) < 1.25  # noqa: PLR2004


def _signals(seen: WeightsComparison) -> list[str]:
    found = seen.layers
    if not found:
        return ["no two matrices have the same width"]
    alike = [m for m in found if m.correlation > ALIKE]
    share = f"{len(alike)} of {len(found)} matrices have a common start"
    told = [f"{share} (median correlation {seen.correlation:.3f}; strangers are within ±0.05)"]
    if alike:
        told.append(f"these moved by {seen.moved:.2%} of their length")
    if seen.searched and alike:
        moved = [
            f"{m.other.layer} → {m.role.layer}" for m in alike if m.role.layer != m.other.layer
        ]
        if moved:
            told.append(f"layers found elsewhere: {', '.join(dict.fromkeys(moved))}")
        renamed = sum(m.role.kind != m.other.kind for m in alike)
        if renamed:
            told.append(f"{renamed} matrices have other names")
    stored = Counter(m.laid for m in alike if m.laid != "alike")
    told += [f"{count} of these are stored {laid}" for laid, count in sorted(stored.items())]
    if seen.vectors is not None:
        told.append(f"norms and biases correlate at {seen.vectors:.3f}")
    return told


def _adapter(mine: Weights, theirs: Weights, my_anatomy: Anatomy) -> Verdict:
    """Judge an adapter by the widths that it fits; its numbers do not say to what it was added."""
    widths = {place.columns for place in theirs.places.values()}
    fits = [mine.places[n].columns in widths for n in my_anatomy.adapters if "lora_A" in n]
    share = float(np.mean(fits)) if fits else 0.0
    named = adapter_base(mine)
    told = f"its matrices are an adapter's; {share:.0%} of them fit the widths of {theirs.name}"
    if share == 0:
        return Verdict("unrelated", 0.97, (told,))
    if named is None:
        return Verdict("cannot tell", 0.5, (told, "it names no base"))
    said = f"its own configuration names {named}"
    if not same(named, theirs.name.partition("@")[0]):
        return Verdict("unrelated", 0.9, (told, said))
    return Verdict("adapter of" if share == 1 else "cannot tell", 0.97, (told, said))


def _by_columns(
    mine: Weights,
    theirs: Weights,
    my_anatomy: Anatomy,
    their_anatomy: Anatomy,
    signals: Sequence[str],
) -> Verdict | None:
    """Judge a model that has columns of the other, cut or permuted."""
    alike = shared_columns(mine, theirs, my_anatomy, their_anatomy)
    if alike is None or alike < SHARED:
        return None
    told = f"its columns are the other's, in other places (correlation {alike:.3f})"
    return Verdict("fine-tuned from", COLUMNS, (told, *signals))


def _unmatched(
    mine: Weights,
    theirs: Weights,
    my_anatomy: Anatomy,
    their_anatomy: Anatomy,
    seen: WeightsComparison,
    signals: list[str],
) -> Verdict:
    if seen.vectors is not None and seen.vectors > PACKED_ALIKE:
        return Verdict("quantised or converted copy", 0.95, tuple(signals))
    if seen.vectors is not None and seen.vectors < PACKED_OTHER:
        return Verdict("distilled or trained anew", 0.9, tuple(signals))
    if found := _by_columns(mine, theirs, my_anatomy, their_anatomy, signals):
        return found
    strangers = all(m.correlation <= ALIKE for m in seen.matches)
    if not seen.matches and seen.shared_shapes:
        told = "no numbers of matrices of the same width say anything"
        return Verdict("cannot tell", 0.5, (told,))
    if strangers and len(my_anatomy.body) >= FEWEST and len(their_anatomy.body) >= FEWEST:
        return Verdict("unrelated", 0.97, tuple(signals))
    return Verdict("cannot tell", 0.5, (*signals, "too few matrices can be read"))


def _descent(
    mine: Weights,
    theirs: Weights,
    my_anatomy: Anatomy,
    their_anatomy: Anatomy,
    seen: WeightsComparison,
) -> tuple[Kind, list[str]]:
    alike = [m for m in seen.matches if m.correlation > ALIKE]
    new_head = bool(my_anatomy.task_heads) and not their_anatomy.task_heads
    if my_anatomy.packed and not their_anatomy.packed and not new_head:
        return "quantised or converted copy", [f"{len(my_anatomy.packed)} matrices are packed"]
    differs = "its head is new" if new_head else None
    differs = differs or _differs(mine, theirs, my_anatomy, their_anatomy, seen)
    otherwise = my_anatomy.in_layers != their_anatomy.in_layers
    if copied := _copied(mine, alike, differs, otherwise=otherwise):
        return copied
    if seen.sparser:
        zeros = "{:.0%} of its numbers are zero, and {:.0%} of the other's".format(*seen.zeros)
        return "fine-tuned from", [zeros]
    if seen.reduced:
        return "fine-tuned from", ["its matrices are projections of the other's"]
    low, high = AVERAGED
    parts = [m.projection for m in seen.layers if m.correlation > ALIKE]
    whole = [m.projection * m.back for m in seen.layers if m.correlation > ALIKE]
    rest = 1 - float(np.median(whole)) if whole else 0.0
    if rest > REST and low < float(np.median(parts)) < high and float(np.std(parts)) < 0.15:  # noqa: PLR2004
        return "merge of", [f"it holds {float(np.median(parts)):.2f} of it, the rest is another's"]
    frozen = sum(m.equal for m in alike)
    return "fine-tuned from", [f"{frozen} of these are unchanged"] if frozen else []


def _differs(
    mine: Weights,
    theirs: Weights,
    my_anatomy: Anatomy,
    their_anatomy: Anatomy,
    seen: WeightsComparison,
) -> str | None:
    """Return what keeps a body from being a copy: other layers, other matrices, or other sizes."""
    if not _as_deep(my_anatomy, their_anatomy):
        return "it has other layers"
    if foreign := sum(m.correlation <= ALIKE for m in seen.matches):
        return f"{foreign} of {len(seen.matches)} matrices are others"
    sizes = shapes_by_role(mine, theirs, my_anatomy, their_anatomy)
    if any(sorted(one) != sorted(two) for one, two in sizes):
        return "some matrices have another size"
    same = _numbers(mine, my_anatomy) == _numbers(theirs, their_anatomy)
    return None if same else "its layers have other matrices"


def _numbers(weights: Weights, anatomy: Anatomy) -> int:
    """Count the numbers of the matrices of layers, however these are cut."""
    places = [weights.places[name] for name, role in anatomy.body.items() if role.layer >= 0]
    return sum(place.rows * place.columns for place in places)


def _copied(
    mine: Weights, alike: Sequence[Match], differs: str | None, *, otherwise: bool
) -> tuple[Kind, list[str]] | None:
    """Judge a model whose numbers are the other's, or the other's rounded; None: they are not."""
    if all(m.equal for m in alike):
        if differs:
            return "fine-tuned from", [f"what both have is unchanged, and {differs}"]
        if otherwise or any(m.laid != "alike" for m in alike):
            return "quantised or converted copy", ["all numbers are equal, and stored otherwise"]
        return "same weights", ["all numbers that were read are equal"]
    if all(m.rounded or m.equal for m in alike) and not differs:
        stored = {mine.places[m.mine].dtype for m in alike}
        return "quantised or converted copy", [f"its numbers are rounded ({', '.join(stored)})"]
    return None
