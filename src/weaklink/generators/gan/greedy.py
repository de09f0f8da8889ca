"""Writes the likeliest sentence of a code, word by word."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from weaklink.generators.gan.networks import Autoencoder
from weaklink.generators.vocabulary import BOS, EOS, PAD, UNK


def write_greedily(
    autoencoder: Autoencoder, codes: Tensor, spare: Sequence[int], most: int
) -> list[list[int]]:
    """Return the words of each code, at least one and at most ``most``, without the end.

    Args:
        autoencoder: Writes.
        codes: Shape (batch, code).
        spare: How often ``UNK`` may be written for each code.
        most: Words of the longest sentence.
    """
    state = autoencoder.start(codes)
    words = torch.full((len(codes),), BOS, device=codes.device)
    left = torch.tensor(spare, device=codes.device)
    written: list[Tensor] = []
    for position in range(most):
        told, state = autoencoder.step(state, words, position)
        scores = autoencoder.logits(told)
        scores[:, [PAD, BOS] if position else [PAD, BOS, EOS]] = -torch.inf
        scores[left == 0, UNK] = -torch.inf
        words = scores.argmax(dim=-1)
        left = left - (words == UNK).long()
        written.append(words)
        if bool((torch.stack(written) == EOS).any(dim=0).all()):
            break
    return [_until_end(row) for row in torch.stack(written, dim=1).tolist()]


def _until_end(row: list[int]) -> list[int]:
    return row[: row.index(EOS)] if EOS in row else row
