"""Writes the likeliest sentence of a code, word by word."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

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
    likeliest = _Likeliest(autoencoder)
    state = autoencoder.start(codes)
    words = torch.full((len(codes),), BOS, device=codes.device)
    left = torch.tensor(spare, device=codes.device)
    written: list[list[int]] = [[] for _ in spare]
    unfinished = written
    for position in range(most):
        told, state = autoencoder.step(state, words, position)
        words = likeliest(told, [PAD, BOS] if position else [PAD, BOS, EOS], left == 0)
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


class _Likeliest:
    """The likeliest word by the autoencoder's scores, most of them in single precision.

    The scores of all words are most of the work. Where rounding to single precision may have put
    the wrong one of two words first, the autoencoder's own precision decides.
    """

    def __init__(self, autoencoder: Autoencoder) -> None:
        self._autoencoder = autoencoder
        self._vectors = autoencoder.words.weight.float()
        self._bias = autoencoder.bias.float()
        self._length = self._vectors.norm(dim=-1).max()

    def __call__(self, told: Tensor, barred: list[int], known: Tensor) -> Tensor:
        """Return a word for each row.

        Args:
            told: What tells the words, shape (batch, word).
            barred: Words that none may be.
            known: Rows that may not be ``UNK`` either, shape (batch,).
        """
        scores = _without(functional.linear(told.float(), self._vectors, self._bias), barred, known)
        highest, words = scores.max(dim=-1)
        second = scores.scatter_(1, words.unsqueeze(-1), -torch.inf).amax(dim=-1)
        unsure = highest - second <= self._rounding(told)
        exact = self._autoencoder.logits(told[unsure])
        words[unsure] = _without(exact, barred, known[unsure]).argmax(dim=-1)
        return words

    def _rounding(self, told: Tensor) -> Tensor:
        """Return what rounding may add to a difference of two scores at most, shape (batch,).

        Higham 2002, Accuracy and Stability of Numerical Algorithms, Section 3.1.
        """
        steps = told.shape[-1] + 4
        largest: Tensor = told.norm(dim=-1) * self._length + self._bias.abs().max()
        return largest * steps * torch.finfo(torch.float32).eps


def _without(scores: Tensor, barred: list[int], known: Tensor) -> Tensor:
    """Return the scores, in which barred words have none."""
    scores[:, barred] = -torch.inf
    scores[known, UNK] = -torch.inf
    return scores
