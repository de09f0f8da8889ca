"""How long and how fast a network learns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn

from weaklink.validation import SEEDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Adam, with a rate that rises linearly and falls to zero as a cosine.

    Attributes:
        steps: At most so many steps.
        learning_rate: The highest.
        warm_up: Steps until the highest.
        validate_every: Steps from one validation to the next.
        patience: Validations without a better loss after which training ends.
        clip: The greatest norm of a gradient.
        seed: What every random choice depends on.
    """

    steps: int
    learning_rate: float = 1e-3
    warm_up: int = 500
    validate_every: int = 500
    patience: int = 4
    clip: float = 1.0
    seed: int = 0

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        rising = min(1.0, (step + 1) / self.warm_up)
        falling = 0.5 * (1 + math.cos(math.pi * step / self.steps))
        return self.learning_rate * rising * falling

    def optimizer(self, weights: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """Return what moves the weights."""
        return torch.optim.Adam(weights, betas=(0.9, 0.98), fused=True)

    def reseed(self, step: int) -> None:
        """Make what a step draws depend on the seed and its number alone."""
        seed_step(self.seed, step)

    def validates_after(self, step: int) -> bool:
        """Return whether there is a validation after so many steps."""
        return step % self.validate_every == 0 or step == self.steps


class FinetuneSchedule(Schedule):
    """AdamW, with a rate that rises linearly and falls linearly to zero."""

    __slots__ = ()

    def rate(self, step: int) -> float:
        """Return the learning rate of a step."""
        rising = (step + 1) / self.warm_up
        falling = (self.steps - step) / max(1, self.steps - self.warm_up + 1)
        return self.learning_rate * min(rising, falling)

    def optimizer(self, weights: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """Return what moves the weights."""
        return torch.optim.AdamW(weights, lr=self.learning_rate)

    def reseed(self, step: int) -> None:
        """Go on drawing where the step before ended."""


def seed_step(seed: int, step: int) -> None:
    """Make all that is drawn in a step depend on nothing but the seed and the step's number."""
    torch.manual_seed((seed * 1_000_003 + step) % SEEDS)
