"""Sentences as tensors, to learn from."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from weaklink.generators.scpn.lexis import Lexis, slots
from weaklink.generators.scpn.network import SourceBatch
from weaklink.generators.scpn.sources import padded, read, source
from weaklink.generators.vocabulary import BOS, EOS
from weaklink.training.scpn.noise import Noise


class TemplateExample(NamedTuple):
    """A tokenised sentence and its template."""

    tokens: Sequence[str]
    template: str


class Batch(NamedTuple):
    """What is learnt from at once.

    Attributes:
        source: What is read.
        said: Numbers of the words before each position, shape (batch, positions).
        slots: Their slots, of the same shape.
        targets: Numbers of the words to say, ``PAD`` where nothing is learnt, of the same shape.
        copies: Where a target is a word read, shape (batch, positions, words).
    """

    source: SourceBatch
    said: Tensor
    slots: Tensor
    targets: Tensor
    copies: Tensor

    def to(self, device: torch.device) -> Batch:
        """Return the batch on a device."""
        said, slots, targets, copies = (tensor.to(device) for tensor in self[1:])
        return Batch(self.source.to(device), said, slots, targets, copies)


def batch(
    examples: Sequence[TemplateExample], lexis: Lexis, noise: Noise, choice: random.Random
) -> Batch:
    """Return examples as a batch, with noise in what is read."""
    reads = [noise.disturb(read(example.tokens), choice) for example in examples]
    words = [[item.word for item in items] for items in reads]
    said, places, targets = [], [], []
    for example, offered in zip(examples, words, strict=True):
        said.append(torch.tensor([BOS, *lexis.numbers(example.tokens)]))
        places.append(torch.tensor([0, *slots(example.tokens, offered, lexis)]))
        targets.append(torch.tensor([*lexis.targets(example.tokens, offered), EOS]))
    templates = [example.template for example in examples]
    return Batch(
        source=source(list(zip(reads, templates, strict=True)), lexis),
        said=padded(said),
        slots=padded(places),
        targets=padded(targets),
        copies=_copies([example.tokens for example in examples], words),
    )


def _copies(targets: Sequence[Sequence[str]], words: Sequence[Sequence[str]]) -> Tensor:
    """Return where a target is a word read; the end of a sentence is none."""
    keys: dict[str, int] = {}
    wanted = [
        torch.tensor([*(keys.setdefault(token, len(keys)) for token in row), -1]) for row in targets
    ]
    offered = [torch.tensor([keys.get(word, -2) for word in row]) for row in words]
    return padded(wanted, filler=-1)[:, :, None] == padded(offered, filler=-2)[:, None]
