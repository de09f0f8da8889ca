"""The null of transfer: what models without a common ancestor share on the same attempts.

Samples differ in difficulty for every model, so two models that share nothing fall together more
often than chance has it. The difficulty of an attempt (one attack on one sample in one repetition)
is the mean, over all models of other lineages, of how much more they fell than they do on average.
The null transfer of a link is the downstream's rate on the upstream's vulnerable samples as a
straight line through difficulty predicts it. A difficulty seen through few models is noisy, which
flattens the line; its slope is divided by the difficulty's reliability: the share of its variance
that different lineages have in common (errors in variables: Spearman 1904, Fuller 1987). The
line's prediction then depends neither on how many models there are nor on how often they fall.

Where all models of other lineages are of one, as the reference model of an audit is, nothing tells
what others agree on. The null is then the downstream's rate on the upstream's vulnerable samples if
both fell together as much as each does with that lineage's models: with the mean of the two
correlations of what decides the falls (tetrachoric; its series to the second term). Correlations
of the falls themselves (phi) depend on how often each falls, and say little of other rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import ndtri

from weaklink.measures.arrays import Arrays, DatasetArrays
from weaklink.measures.links.pairs import Attempts, attempts
from weaklink.measures.statistics.means import Floats, Truths, mean_where

_LEAST_RELIABILITY = 0.25
"""Reliability is no lower: a slope that noise alone makes must not be blown up."""
_FLAT = 1e-12
_RARE = 0.01
"""Thresholds are those of rates no nearer to 0 or 1 than this."""
_LONE = 0.25
"""Variance of one sample that falls or does not: at most this."""

_NEVER = np.inf
"""In place of a reliability where no model of another lineage was attacked: there is no null."""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A figure of every link and attack on one data set, and what samples add to its error.

    Attributes:
        values: Shape (cells,), NaN where there is none.
        influences: Shape (cells, samples): by how much each sample moved the figure, from leaving
            it out (the jackknife); their squares sum to the variance.
        unseen: Shape (cells,): the variance that influences cannot show, as only one sample fell.
    """

    values: Floats
    influences: Floats
    unseen: Floats


class Nulls(NamedTuple):
    """Null transfer, and transfer less null transfer, of every cell of a data set."""

    transfer: Parts
    advantage: Parts


_NOTHING = Parts(np.empty(0), np.empty((0, 0)), np.empty(0))
_NONE = Nulls(_NOTHING, _NOTHING)


def nulls(arrays: Arrays, *, both_correct: bool) -> list[Nulls]:
    """Return the null of every link and attack, for each data set.

    Args:
        arrays: The outcomes, and which models are related.
        both_correct: Whether only samples that both ends classified correctly count.
    """
    if not arrays.datasets or not arrays.links:
        return [_NONE for _ in arrays.datasets]
    every = [*zip(arrays.datasets, _of_references(arrays), strict=True)]
    shared = [_Shared.of(arrays, dataset, fell) for dataset, fell in every]
    related = _lineages_of_links(arrays)
    reliability = _reliability(shared)[related]
    return [
        _nulls(attempts(arrays, dataset, both_correct=both_correct), one, related, reliability)
        for dataset, one in zip(arrays.datasets, shared, strict=True)
    ]


def _of_references(arrays: Arrays) -> list[Floats]:
    """Return whether the reference models fell, for each data set."""
    if arrays.references is None:
        return [dataset.fell[:0] for dataset in arrays.datasets]
    return [dataset.fell for dataset in arrays.references.datasets]


def _lineages_of_links(arrays: Arrays) -> NDArray[np.int64]:
    lineages = dict(zip(arrays.models, arrays.lineages, strict=True))
    return np.array([lineages[upstream] for upstream, _ in arrays.links], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """What each lineage fell more than on average, of shape (lineages, attacks, samples, times).

    ``falls`` is the sum of its models' rates, and ``models`` how many have one, of shape (lineages,
    attacks).
    """

    excess: Floats
    known: Floats
    falls: Floats
    models: Floats

    @classmethod
    def of(cls, arrays: Arrays, dataset: DatasetArrays, references: Floats) -> _Shared:
        fell = np.concatenate([dataset.fell, references])
        counted = ~np.isnan(fell)
        rates = mean_where(fell, counted, axis=(2, 3))[..., None, None]
        excess = np.where(counted, fell - rates, 0.0)
        models = len(fell)
        of_references = () if arrays.references is None else arrays.references.lineages
        lineages = np.array([*arrays.lineages, *of_references], dtype=np.int64)
        at = (lineages, np.arange(models))
        shape = (int(lineages.max(initial=-1)) + 1, models)
        members = sparse.csr_array((np.ones(models), at), shape=shape)
        usual = rates[..., 0, 0]
        parts = (excess, counted.astype(float), np.nan_to_num(usual), ~np.isnan(usual))
        summed = (members @ part.reshape(models, -1).astype(float) for part in parts)
        places = (part.shape[1:] for part in parts)
        return cls(*(one.reshape(-1, *place) for one, place in zip(summed, places, strict=True)))

    def difficulty(self) -> Floats:
        """Return the mean excess of all other lineages; 0 where they made no attempt."""
        return _mean_of_others(self.excess, self.known)

    def usual(self) -> Floats:
        """Return the mean rate of the models of all other lineages; 0 where there are none."""
        return _mean_of_others(self.falls, self.models)

    def attacked(self) -> Truths:
        """Return whether any other lineage was attacked, of shape (lineages, attacks)."""
        known = self.known.sum(axis=0) - self.known
        found: Truths = known.any(axis=(2, 3))
        return found

    def agreement(self) -> tuple[Floats, Floats]:
        """Return, for each lineage, the products of excesses of different others, and how many."""
        products, pairs = (
            (part.sum(axis=0) - part) ** 2 - ((part**2).sum(axis=0) - part**2)
            for part in (self.excess, self.known)
        )
        return products.sum(axis=(1, 2, 3)), pairs.sum(axis=(1, 2, 3))


def _mean_of_others(sums: Floats, counts: Floats) -> Floats:
    """Return, for each lineage, the sum of all others over their count; 0 where they have none."""
    total, many = (part.sum(axis=0) - part for part in (sums, counts))
    mean: Floats = np.divide(total, many, out=np.zeros(total.shape), where=many > 0)
    return mean


def _reliability(shared: Sequence[_Shared]) -> Floats:
    """Return, for each lineage, that of the difficulty by all others; NaN where they are one."""
    products, pairs, squares, counted = (np.zeros(len(shared[0].known)) for _ in range(4))
    for one in shared:
        agreed, of = one.agreement()
        known = one.known.sum(axis=0) - one.known > 0
        products, pairs = products + agreed, pairs + of
        squares = squares + (one.difficulty() ** 2).sum(axis=(1, 2, 3))
        counted = counted + known.sum(axis=(1, 2, 3))
    with np.errstate(divide="ignore", invalid="ignore"):
        common, whole = np.divide(products, pairs), np.divide(squares, counted)
        found = np.where(whole > _FLAT, common / whole, 1.0)
    clipped: Floats = np.where(pairs > 0, np.clip(found, _LEAST_RELIABILITY, 1), np.nan)
    return clipped


class _Moments(NamedTuple):
    """Sums over samples: counts, downstream's falls, difficulty, their products; of the vulnerable.

    ``transferred`` and ``hard`` are falls and difficulty over the ``vulnerable`` samples.
    """

    samples: Floats
    falls: Floats
    difficulty: Floats
    product: Floats
    square: Floats
    vulnerable: Floats
    transferred: Floats
    hard: Floats

    @property
    def share(self) -> Floats:
        """The share of the samples that are vulnerable."""
        return self.vulnerable / self.samples


class _Rates(NamedTuple):
    """How often the ends of a link fall, and the models of the other lineages on average."""

    upstream: Floats
    downstream: Floats
    usual: Floats


def _nulls(
    made: Attempts, shared: _Shared, related: NDArray[np.int64], reliability: Floats
) -> Nulls:
    difficulty = shared.difficulty()[related]
    over_paired = [made.below, difficulty, made.below * difficulty, difficulty**2]
    falls, hard, product, square = (
        np.nan_to_num(mean_where(part, made.paired)) for part in over_paired
    )
    per_sample = _Moments(
        samples=made.paired.any(axis=3).astype(float),
        falls=falls,
        difficulty=hard,
        product=product,
        square=square,
        vulnerable=made.fell.any(axis=3).astype(float),
        transferred=np.nan_to_num(mean_where(made.below, made.fell)),
        hard=np.nan_to_num(mean_where(difficulty, made.fell)),
    )
    whole = _Moments(*(part.sum(axis=2, keepdims=True) for part in per_sample))
    without = _Moments(*(all_ - part for all_, part in zip(whole, per_sample, strict=True)))
    reliable = np.where(shared.attacked()[related], reliability[:, None], _NEVER)[..., None]
    usual = shared.usual()[related][..., None]
    null, transfer = _fitted(whole, reliable, usual)
    null_without, transfer_without = _fitted(without, reliable, usual)
    alone = np.where(whole.vulnerable == 1, _LONE, 0.0)
    n = np.maximum(whole.samples, 1)
    parts = []
    for figure, others in (
        (null, null_without),
        (transfer - null, transfer_without - null_without),
    ):
        moved = np.nan_to_num((figure - others) * (n - 1) / n)
        parts.append(
            Parts(
                figure.reshape(-1),
                np.where(per_sample.samples > 0, moved, 0.0).reshape(-1, moved.shape[2]),
                alone.reshape(-1),
            )
        )
    return Nulls(*parts)


def _fitted(sums: _Moments, reliability: Floats, usual: Floats) -> tuple[Floats, Floats]:
    """Return null transfer and transfer; NaN without a vulnerable sample.

    ``usual`` is how often the models of other lineages fall. Null transfer stays within what both
    rates allow any two models (Fréchet's bounds).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        falls, difficulty, product, square = (part / sums.samples for part in sums[1:5])
        spread = square - difficulty**2
        together = product - falls * difficulty
        transfer, hard = sums.transferred / sums.vulnerable, sums.hard / sums.vulnerable
        slope = np.where(spread > _FLAT, together / (reliability * spread), 0.0 * reliability)
        rates = _Rates(sums.share, falls, usual + difficulty)
        line = np.where(
            np.isnan(reliability),
            _as_with_another(rates, sums.share * (hard - difficulty), together),
            falls + slope * (hard - difficulty),
        )
        lowest, highest = (falls + sums.share - 1) / sums.share, falls / sums.share
        line = np.where(np.isinf(reliability), np.nan, line)
        return np.clip(line, np.maximum(lowest, 0), np.minimum(highest, 1)), transfer


def _as_with_another(rates: _Rates, above: Floats, below: Floats) -> Floats:
    """Return the null where both ends covary as each does with the only other lineage.

    The mean is over what each end's correlation makes of both ends' rates, so that it is that of
    the covariances where all fall equally often.

    Args:
        rates: How often the ends and that lineage's models fall.
        above: Covariance of the upstream's falls and that lineage's.
        below: Of the downstream's.
    """
    up, down, other = (ndtri(np.clip(rate, _RARE, 1 - _RARE)) for rate in rates)
    ends = (_latent(up, other, above), _latent(down, other, below))
    together = _heights(up, down) * sum(r + r**2 * up * down / 2 for r in ends) / len(ends)
    known = np.all([(rate > _FLAT) & (rate < 1 - _FLAT) for rate in rates], axis=0)
    null: Floats = rates.downstream + np.where(known, together, 0.0) / rates.upstream
    return null


def _latent(one: Floats, other: Floats, covariance: Floats) -> Floats:
    """Return the correlation of what decides falls, given thresholds and how falls covary.

    With a correlation ``r`` falls under the thresholds ``t`` and ``u`` have the covariance
    ``f(t) f(u) (r + r^2 t u / 2 + ...)``, where ``f`` is the normal density (Pearson 1900). The
    first two terms are solved for ``r``.
    """
    scaled = covariance / _heights(one, other)
    root = np.sqrt(np.maximum(1 + 2 * one * other * scaled, 0.0))
    correlation: Floats = 2 * scaled / (1 + root)
    return correlation


def _heights(one: Floats, other: Floats) -> Floats:
    """Return the product of the normal density at two thresholds."""
    product: Floats = np.exp(-(one**2 + other**2) / 2) / (2 * np.pi)
    return product
