"""Trains a network by gradient descent on one loss, so that it can be interrupted anywhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from weaklink.generators.checkpoint import Checkpoint, seed_step
from weaklink.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast to learn.

    Attributes:
        steps: At most so many steps.
        learning_rate: The highest; it rises linearly and falls to zero as a cosine.
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


class Trained:
    """What came of training so far: a part of the checkpoint.

    Attributes:
        step: Steps taken.
        losses: Validation losses, one for each validation.
        best: The weights with the lowest of them.
        seconds: Time taken, earlier runs included.
    """

    def __init__(self) -> None:
        self.step = 0
        self.losses: list[float] = []
        self.best: dict[str, Tensor] = {}
        self.seconds = 0.0

    def note(self, loss: float, network: nn.Module) -> None:
        """Note a validation loss, and keep the weights if it is the lowest."""
        if loss < min(self.losses, default=math.inf):
            self.best = {name: t.detach().clone() for name, t in network.state_dict().items()}
        self.losses.append(loss)

    def stale(self) -> int:
        """Return how many validations the lowest loss is back."""
        return len(self.losses) - 1 - self.losses.index(min(self.losses)) if self.losses else 0

    def state_dict(self) -> dict[str, Any]:
        """Return all of it."""
        return dict(vars(self))

    def load_state_dict(self, state_dict: dict[str, Any], /) -> None:
        """Go back to it."""
        vars(self).update(state_dict)


def train(
    network: nn.Module,
    loss: Callable[[int], Tensor],
    validate: Callable[[], float],
    schedule: Schedule,
    work: Path,
    progress: Progress,
) -> Trained:
    """Train a network with Adam, and leave it with the weights that validated best.

    The same inputs give the same weights, interrupted or not, on the same machine and threads.

    Args:
        network: Is changed in place.
        loss: Returns the loss of a step, given its number.
        validate: Returns the loss on sentences that are not learnt from.
        schedule: How long and how fast.
        work: Folder of the checkpoint, from which training goes on if it was interrupted.
        progress: Is told of each step.
    """
    optimizer = torch.optim.Adam(network.parameters(), betas=(0.9, 0.98), fused=True)
    trained = Trained()
    checkpoint = Checkpoint(
        work / "checkpoint.pt", {"network": network, "optimizer": optimizer, "trained": trained}
    )
    checkpoint.restore()
    progress.begin("Training", schedule.steps)
    progress.advance(trained.step)
    began = time.monotonic() - trained.seconds
    while trained.step < schedule.steps and trained.stale() < schedule.patience:
        seed_step(schedule.seed, trained.step)
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate(trained.step)
        network.train()
        optimizer.zero_grad()
        torch.autograd.backward(loss(trained.step))
        nn.utils.clip_grad_norm_(network.parameters(), schedule.clip)
        optimizer.step()
        trained.step += 1
        if trained.step % schedule.validate_every == 0 or trained.step == schedule.steps:
            network.eval()
            with torch.no_grad():
                trained.note(validate(), network)
        trained.seconds = time.monotonic() - began
        checkpoint.save_if_due()
        progress.advance()
    checkpoint.save()
    network.load_state_dict(trained.best)
    return trained
