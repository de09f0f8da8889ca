"""Rows of token ids as the tensors that a transformers model takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def pad(rows: Sequence[Sequence[int]], filler: int, device: torch.device) -> dict[str, Tensor]:
    """Return ids and attention mask, padded on the right to the longest row and no further.

    Padding on the right is right for encoders and for decoders alike: transformers classifies a
    decoder's last token that is no padding. Token types are left to the model, which takes all as
    the first segment.
    """
    shape = len(rows), max(map(len, rows))
    ids, mask = np.full(shape, filler), np.zeros(shape, dtype=np.int64)
    for row, tokens in enumerate(rows):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return {
        "input_ids": torch.from_numpy(ids).to(device),
        "attention_mask": torch.from_numpy(mask).to(device),
    }
