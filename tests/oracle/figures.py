"""Averages of shares, and what an expectation may be besides a plain value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import sqrt
from statistics import NormalDist
from typing import Any, NamedTuple

_Z = NormalDist().inv_cdf(0.975)


class Figure(NamedTuple):
    """An estimate: its value and number of samples, and its interval where it has a formula."""

    value: Fraction
    n: int
    interval: tuple[float, float] | None = None


class Between(NamedTuple):
    """A number that is known up to how many were drawn."""

    low: float
    high: float


class Untold(NamedTuple):
    """Something that follows from other figures of the results, and is checked by itself."""


@dataclass(frozen=True)
class Cell:
    """What each sample of a data set adds to one rate of one scenario."""

    dataset: str
    shares: Mapping[str, Fraction]

    @cached_property
    def total(self) -> Fraction:
        """The sum of the shares."""
        return sum(self.shares.values(), Fraction(0))

    @property
    def mean(self) -> Fraction:
        """The rate."""
        return self.total / len(self.shares)


def share(truths: Iterable[bool]) -> Fraction | None:
    """Return how many are true, as a share; None for none at all."""
    known = [*truths]
    return Fraction(sum(known), len(known)) if known else None


def cell(dataset: str, shares: Iterable[tuple[str, Fraction | None]]) -> Cell:
    """Return a cell of the samples that have a share."""
    return Cell(dataset, {sample: part for sample, part in shares if part is not None})


def macro(cells: Sequence[Cell]) -> Figure | None:
    """Return the mean of the cells' rates."""
    known = [one for one in cells if one.shares]
    if not known:
        return None
    return Figure(sum((one.mean for one in known), Fraction(0)) / len(known), samples(known))


def micro(cells: Sequence[Cell]) -> Figure | None:
    """Return the rate of all cells pooled."""
    pooled = sum(len(one.shares) for one in cells)
    if not pooled:
        return None
    return Figure(sum((one.total for one in cells), Fraction(0)) / pooled, samples(cells))


def average(cells: Sequence[Cell]) -> dict[str, Any] | None:
    """Return both averages and the number of cells that they are over."""
    known = [one for one in cells if one.shares]
    if not known:
        return None
    return {"macro": macro(known), "micro": micro(known), "n_scenarios": len(known)}


def samples(cells: Sequence[Cell]) -> int:
    """Return the number of different samples in the cells."""
    return len({(one.dataset, sample) for one in cells for sample in one.shares})


def wilson(one: Cell) -> Figure | None:
    """Return the rate of a cell with the interval of Wilson (1927, equation 5)."""
    n = len(one.shares)
    if not n:
        return None
    p, z = float(one.mean), _Z
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Figure(one.mean, n, (middle - half, middle + half))
