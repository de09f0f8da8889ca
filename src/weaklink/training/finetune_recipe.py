"""How a classifier is fine-tuned, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train.

    Attributes:
        epochs: Times that every sample is seen.
        learning_rate: Peak of AdamW's rate, reached after a tenth of the steps and then lowered
            linearly to zero.
        batch_size: Samples in a step.
        max_length: Tokens read of each text, also by the model that comes out.
        seed: Chooses the samples, the new head's weights, dropout and the order.
        device: ``auto`` (CUDA, else MPS, else CPU) or a torch device.
    """

    epochs: int = 1
    learning_rate: float = 2e-4
    batch_size: int = 32
    max_length: int = 128
    seed: int = 0
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class FinetuneResult:
    """What came out of a fine-tuning.

    Attributes:
        folder: The folder of the new model.
        accuracy: Share of the held-out samples that it classifies correctly.
        trained_on: Number of samples that it was trained on.
        held_out: Number of samples that it was tested on, and not trained on.
        seconds: How long training and testing took, earlier runs included.
    """

    folder: Path
    accuracy: float
    trained_on: int
    held_out: int
    seconds: float
