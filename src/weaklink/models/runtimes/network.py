"""A model's forward pass from token ids to rows of numbers, and torch's way to compute it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch.nn import Module

Precision = Literal["float32", "bf16"]

Ids: TypeAlias = Sequence[Sequence[int]]
"""Token ids of texts, each of its own length."""

Rows: TypeAlias = NDArray[np.float64]
"""One row of numbers for each text."""


class Network(Protocol):
    """A forward pass. Rows may differ in their last bits with the batch."""

    @property
    def name(self) -> str:
        """What computes it, with its version."""

    def __call__(self, batch: Ids, /) -> Rows:
        """Return one row for each text, shape (batch, width)."""


class TorchNetwork:
    """A forward pass by torch, where the module's parameters are.

    Args:
        module: Maps ids and mask, both of shape (batch, length), to a tensor (batch, width).
        filler: The token to pad with.
    """

    def __init__(self, module: Module, filler: int) -> None:
        self.module = module.eval()
        self.filler = filler

    @property
    def name(self) -> str:
        """What computes it, with its version."""
        return f"torch {version('torch')}"

    @property
    def device(self) -> str:
        """Where it computes."""
        return str(next(self.module.parameters()).device)

    def __call__(self, batch: Ids) -> Rows:
        """Return one row for each text, shape (batch, width)."""
        import torch

        from weaklink.models.runtimes.linear import fast_linear

        with torch.inference_mode(), fast_linear(self.device):
            tensors = (torch.from_numpy(part).to(self.device) for part in pad(batch, self.filler))
            rows = self.module(*tensors).to("cpu", torch.float64).numpy()
        return np.asarray(rows)


def pad(batch: Ids, filler: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ids and attention mask, padded on the right to the longest text and no further.

    Padding on the right is right for encoders and for decoders alike: transformers classifies a
    decoder's last token that is no padding. Token types are left to the model, which takes all as
    the first segment.
    """
    shape = len(batch), max(map(len, batch))
    ids, mask = np.full(shape, filler), np.zeros(shape, dtype=np.int64)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return ids, mask
