"""Writes the likeliest sentence of a code, word by word."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from weaklink.generators.gan.networks import Autoencoder, DecoderState
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
    written: list[list[int]] = [[] for _ in spare]
    unfinished = written
    for position in range(most):
        told, state = autoencoder.step(state, words, position)
        scores = autoencoder.logits(told)
        scores[:, [PAD, BOS] if position else [PAD, BOS, EOS]] = -torch.inf
        scores[left == 0, UNK] = -torch.inf
        words = scores.argmax(dim=-1)
        goes_on = words != EOS
        unfinished = [row for row, more in zip(unfinished, goes_on.tolist(), strict=True) if more]
        if not unfinished:
            break
        words = words[goes_on]
        left = left[goes_on] - (words == UNK).long()
        state = DecoderState(state.remainder[goes_on], state.memory[:, goes_on])
        for row, word in zip(unfinished, words.tolist(), strict=True):
            row.append(word)
    return written
