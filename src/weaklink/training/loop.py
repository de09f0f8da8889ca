"""The one loop: trains any network by gradient descent, so that it can be interrupted anywhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from weaklink.progress import Progress
from weaklink.training.checkpoint import Checkpoint, RandomState
from weaklink.training.schedule import Schedule


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
    schedule: Schedule,
    work: Path,
    progress: Progress,
    *,
    validate: Callable[[], float] | None = None,
) -> Trained:
    """Train a network, and leave it in evaluation mode.

    The same inputs give the same weights, interrupted or not, on the same machine and threads.

    Args:
        network: Is changed in place.
        loss: Returns the loss of a step, given its number.
        schedule: How long and how fast.
        work: Folder of the checkpoint, from which training goes on if it was interrupted.
        progress: Is told of each step.
        validate: Returns the loss on what is not learnt from; the weights with the lowest are kept.
            Without it the last weights are.
    """
    optimizer = schedule.optimizer(network.parameters())
    trained = Trained()
    random = RandomState(next(network.parameters()).device)
    checkpoint = Checkpoint(
        work / "checkpoint.pt",
        {"network": network, "optimizer": optimizer, "trained": trained, "random": random},
    )
    checkpoint.restore()
    progress.begin("Training", schedule.steps)
    progress.advance(trained.step)
    began = time.monotonic() - trained.seconds
    while trained.step < schedule.steps and trained.stale() < schedule.patience:
        take_step(network, optimizer, loss, schedule, trained.step)
        trained.step += 1
        if validate and schedule.validates_after(trained.step):
            network.eval()
            with torch.no_grad():
                trained.note(validate(), network)
        trained.seconds = time.monotonic() - began
        checkpoint.save_if_due()
        progress.advance()
    if trained.best:
        network.load_state_dict(trained.best)
    network.eval()
    return trained


def take_step(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Callable[[int], Tensor],
    schedule: Schedule,
    step: int,
) -> None:
    """Descend the gradient of the loss of a step's batch."""
    schedule.reseed(step)
    for group in optimizer.param_groups:
        group["lr"] = schedule.rate(step)
    network.train()
    optimizer.zero_grad()
    torch.autograd.backward(loss(step))
    nn.utils.clip_grad_norm_(network.parameters(), schedule.clip)
    optimizer.step()
