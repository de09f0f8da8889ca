"""The five networks: encoder and decoder of sentences, generator, critic and inverter of codes.

Adversarially regularised autoencoder: Zhao, Kim, Zhang, Rush and LeCun 2018
(https://proceedings.mlr.press/v80/zhao18b.html). Inverter: Zhao, Dua and Singh 2018
(https://openreview.net/forum?id=H1BLjgZCb).

Deviations. The papers' encoder is a recurrent network, which takes tens of millions of sentences
to learn to put a sentence into one vector. Here every position has a linear map of its own, the
code is their sum, and the decoder takes away from the code what it has written already before it
reads what comes next; a recurrent network keeps the decoder fluent. It reconstructs better after a
thousandth of the sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from weaklink.generators.vocabulary import BOS, PAD


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the networks are.

    Attributes:
        vocabulary: Words, the special ones included.
        positions: Words of the longest sentence, its end included.
        word: Dimensions of a word.
        hidden: Dimensions of the decoder's recurrent state.
        code: Dimensions of a sentence's code, a point on the unit sphere.
        latent: Dimensions of the space that is searched, where sentences are N(0, I).
        layer: Width of the hidden layers of generator, critic and inverter.
    """

    vocabulary: int
    positions: int = 25
    word: int = 128
    hidden: int = 256
    code: int = 256
    latent: int = 128
    layer: int = 512


class PerPosition(nn.Module):
    """A linear map for each position: (batch, length, inputs) to (batch, length, outputs)."""

    def __init__(self, positions: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(positions, inputs, outputs) * inputs**-0.5)

    def forward(self, vectors: Tensor, first: int = 0) -> Tensor:
        """Map the vectors of the positions from ``first`` on."""
        weight = self.weight[first : first + vectors.shape[1]]
        return torch.bmm(vectors.transpose(0, 1), weight).transpose(0, 1)


class Residual(nn.Module):
    """A hidden layer whose output is added to its input."""

    def __init__(self, size: int, layer: int) -> None:
        super().__init__()
        self.inner = nn.Linear(size, layer)
        self.outer = nn.Linear(layer, size)

    def forward(self, vectors: Tensor) -> Tensor:
        """Keep the shape (batch, size)."""
        outer: Tensor = self.outer(functional.gelu(self.inner(vectors)))
        return vectors + outer


class DecoderState(NamedTuple):
    """What the decoder knows between two words.

    Attributes:
        remainder: The code less what is written already, shape (batch, code).
        memory: The recurrent state, shape (1, batch, hidden).
    """

    remainder: Tensor
    memory: Tensor


class Autoencoder(nn.Module):
    """Encoder and decoder, which share the vectors of words."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.words = nn.Embedding(sizes.vocabulary, sizes.word)
        nn.init.normal_(self.words.weight, std=sizes.word**-0.5)
        self.place = PerPosition(sizes.positions, sizes.word, sizes.code)
        self.mix = Residual(sizes.code, 2 * sizes.code)
        self.unmix = Residual(sizes.code, 2 * sizes.code)
        self.displace = PerPosition(sizes.positions, sizes.word, sizes.code)
        self.read = PerPosition(sizes.positions, sizes.code, sizes.word)
        self.begin = nn.Linear(sizes.code, sizes.hidden)
        self.recur = nn.GRU(2 * sizes.word, sizes.hidden, batch_first=True)
        self.write = nn.Linear(sizes.hidden + sizes.word, sizes.word)
        self.sharpness = nn.Parameter(torch.tensor(5.0))
        self.bias = nn.Parameter(torch.zeros(sizes.vocabulary))

    def encode(self, words: Tensor) -> Tensor:
        """Return the codes, shape (batch, code) and length 1, of words (batch, length)."""
        present = (words != PAD).unsqueeze(-1)
        placed = self.place(self.words(words)) * present
        mixed: Tensor = self.mix(placed.sum(dim=1))
        return functional.normalize(mixed.to(self.bias.dtype), dim=-1)

    def start(self, codes: Tensor) -> DecoderState:
        """Return the decoder's state before the first word of each code."""
        remainder = self.unmix(codes * codes.shape[-1] ** 0.5)
        return DecoderState(remainder, torch.tanh(self.begin(remainder)).unsqueeze(0))

    def decode(self, codes: Tensor, words: Tensor) -> Tensor:
        """Return the vectors that tell each word, given those before it.

        Args:
            codes: Shape (batch, code).
            words: What is to be written, shape (batch, length).

        Returns:
            Shape (batch, length, word); ``logits`` turns them into scores of words.
        """
        remainder, memory = self.start(codes)
        vectors = self.words(words)
        written = self.displace(vectors).to(self.bias.dtype).cumsum(dim=1)
        before = functional.pad(written, (0, 0, 1, 0))[:, :-1]
        seen = self.read(remainder.unsqueeze(1) - before)
        begin = self.words(torch.full_like(words[:, :1], BOS))
        previous = torch.cat([begin, vectors[:, :-1]], dim=1)
        recalled, _ = self.recur(torch.cat([previous.to(seen.dtype), seen], dim=-1), memory)
        told: Tensor = self.write(torch.cat([recalled, seen], dim=-1))
        return told * self.sharpness

    def step(
        self, state: DecoderState, previous: Tensor, position: int
    ) -> tuple[Tensor, DecoderState]:
        """Return the vectors that tell the word at a position, and the state after ``previous``.

        Args:
            state: The state before ``previous``.
            previous: The words at the position before, shape (batch,); ``BOS`` at the first.
            position: Counted from 0.
        """
        vectors = self.words(previous).unsqueeze(1)
        remainder = state.remainder
        if position:
            remainder = remainder - self.displace(vectors, position - 1).squeeze(1)
        seen = self.read(remainder.unsqueeze(1), position)
        recalled, memory = self.recur(torch.cat([vectors, seen], dim=-1), state.memory)
        told = self.write(torch.cat([recalled, seen], dim=-1)) * self.sharpness
        return told.squeeze(1), DecoderState(remainder, memory)

    def logits(self, told: Tensor, among: Tensor | None = None) -> Tensor:
        """Return the scores, shape (..., words), of all words or of those ``among`` them."""
        if among is None:
            return functional.linear(told, self.words.weight, self.bias)
        return functional.linear(told, self.words(among), self.bias[among])


class Generator(nn.Module):
    """From latent places N(0, I) to codes."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.body = _layers(sizes.latent, sizes.layer, sizes.code)
        self.straight = nn.Linear(sizes.latent, sizes.code, bias=False)

    def forward(self, latents: Tensor) -> Tensor:
        """Return codes of length 1."""
        codes: Tensor = self.body(latents) + self.straight(latents)
        return functional.normalize(codes, dim=-1)


class Inverter(nn.Module):
    """From codes to latent places."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.body = _layers(sizes.code, sizes.layer, sizes.latent)
        self.straight = nn.Linear(sizes.code, sizes.latent, bias=False)

    def forward(self, codes: Tensor) -> Tensor:
        """Return latent places of any length."""
        scaled = codes * codes.shape[-1] ** 0.5
        latents: Tensor = self.body(scaled) + self.straight(scaled)
        return latents


class Critic(nn.Module):
    """Tells codes of sentences, which get high values, from generated ones."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.body = _layers(sizes.code, sizes.layer, 1)

    def forward(self, codes: Tensor) -> Tensor:
        """Return one value for each code."""
        values: Tensor = self.body(codes * codes.shape[-1] ** 0.5)
        return values.squeeze(-1)


class Networks(nn.Module):
    """What is needed to use a latent space: all but the critic."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.autoencoder = Autoencoder(sizes)
        self.generator = Generator(sizes)
        self.inverter = Inverter(sizes)


def _layers(inputs: int, layer: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, layer),
        nn.LeakyReLU(0.2),
        nn.Linear(layer, layer),
        nn.LeakyReLU(0.2),
        nn.Linear(layer, outputs),
    )
