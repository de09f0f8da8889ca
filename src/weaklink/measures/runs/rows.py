"""One figure of a campaign under way: so far, and where the samples that are left may take it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from weaklink.measures.statistics import anytime
from weaklink.measures.statistics.estimate import Estimate
from weaklink.measures.statistics.means import Floats


class Extreme(Enum):
    """How the samples that are left may come out at the extremes."""

    LOWEST = "lowest"
    HIGHEST = "highest"


class FigureRow(Protocol):
    """One figure and its place."""

    @property
    def model(self) -> str:
        """The audited model."""

    @property
    def attack(self) -> str:
        """The attack."""

    @property
    def dataset(self) -> str:
        """The data set."""

    def figure(self, end: Extreme | None = None) -> Estimate | None:
        """Return the figure so far, or at one end; None where no attempt counts."""


@dataclass(frozen=True, slots=True, eq=False)
class SampleRow:
    """A mean over samples.

    Attributes:
        model: The audited model.
        attack: The attack.
        dataset: The data set.
        known: What each sample that is done adds; NaN where it does not count.
        lowest: The least that each sample adds, those that are left included.
        highest: The most.
        difference: Whether samples add differences in [-1, 1], and not shares in [0, 1].
    """

    model: str
    attack: str
    dataset: str
    known: Floats
    lowest: Floats
    highest: Floats
    difference: bool = False

    def figure(self, end: Extreme | None = None) -> Estimate | None:
        """Return the figure so far, or at one end; None where no attempt counts."""
        values = {None: self.known, Extreme.LOWEST: self.lowest, Extreme.HIGHEST: self.highest}[end]
        estimates = anytime.of_differences if self.difference else anytime.of_rates
        return estimates(values[None])[0]
