"""An encoder-decoder that writes the words of a sentence in the shape of a template.

The encoder, a Transformer, reads the labels of the template with their positions and the words
without any: no word knows where it stood, except which word came before it inside a chunk (see
``sources``). The decoder is a recurrent network with two attentions: after the first layer it looks
at all that was read; the second layer knows what the first looked at, and so what was said already;
after it the network mixes two distributions, one over the vocabulary and one over the words to
copy (See et al. 2017, https://aclanthology.org/P17-1099).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self, TypeAlias

import torch
from torch import Tensor, nn

from weaklink.generators.scpn.lexis import MOST_LABELS, SLOTS, Lexis
from weaklink.generators.vocabulary import PAD

States: TypeAlias = tuple[Tensor, Tensor]
"""States of the two recurrent layers, each of shape (1, batch, width)."""

_HIDDEN = -1e4


@dataclass(frozen=True, slots=True, kw_only=True)
class ScpnSizes:
    """ScpnSizes of the network.

    Attributes:
        words: Numbers of words.
        generable: The numbers below this one can be generated, the others only copied.
        labels: Numbers of labels.
        width: Dimensions of every vector.
        heads: Heads of each attention but the last.
        layers: Layers of the encoder.
    """

    words: int
    generable: int
    labels: int
    width: int = 192
    heads: int = 4
    layers: int = 2

    @classmethod
    def of(cls, lexis: Lexis, width: int) -> Self:
        """Return the sizes of a network of that width for a lexis."""
        return cls(
            words=len(lexis.words),
            generable=lexis.generable,
            labels=len(lexis.names),
            width=width,
        )


class SourceBatch(NamedTuple):
    """What the encoder reads.

    Attributes:
        words: Numbers of words in any order, shape (batch, words).
        before: Number of the word before each in its chunk, or ``PAD``, of the same shape.
        slots: Slot of each unknown word, else 0, of the same shape.
        labels: Numbers of the template's labels, shape (batch, labels).
    """

    words: Tensor
    before: Tensor
    slots: Tensor
    labels: Tensor

    def to(self, device: torch.device) -> SourceBatch:
        """Return the same on a device."""
        return SourceBatch(*(tensor.to(device) for tensor in self))


class DecoderMemory(NamedTuple):
    """What the decoder looks at.

    Attributes:
        states: Shape (batch, labels + words, width).
        hidden: Added to attention scores: 0, or very low at padding; (batch, labels + words).
        labels: How many of the states are labels.
        shape: The template as one vector, shape (batch, width).
    """

    states: Tensor
    hidden: Tensor
    labels: int
    shape: Tensor


class Step(NamedTuple):
    """What the decoder says at each position.

    Attributes:
        generated: Logits over the vocabulary, shape (batch, positions, generable).
        copied: Log-probability of copying each word read, shape (batch, positions, words).
        gate: Logit of generating instead of copying, shape (batch, positions).
        states: The recurrent layers' states after the last position.
    """

    generated: Tensor
    copied: Tensor
    gate: Tensor
    states: States


class ScpnNetwork(nn.Module):
    """Reads words and a template, writes a sentence."""

    def __init__(self, sizes: ScpnSizes) -> None:
        super().__init__()
        width = sizes.width
        self.sizes = sizes
        self.word = nn.Embedding(sizes.words, width, padding_idx=PAD)
        self.slot = nn.Embedding(SLOTS + 1, width, padding_idx=0)
        self.label = nn.Embedding(sizes.labels, width, padding_idx=PAD)
        self.place = nn.Parameter(torch.randn(MOST_LABELS, width) * width**-0.5)
        self.before = nn.Linear(width, width, bias=False)
        layer = nn.TransformerEncoderLayer(
            width, sizes.heads, 2 * width, dropout=0.0, batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, sizes.layers, enable_nested_tensor=False)
        self.read = nn.LayerNorm(width)
        self.shape = nn.Linear(width, width)
        self.start = nn.Linear(2 * width, 2 * width)
        self.first = nn.GRU(width, width, batch_first=True)
        self.look = nn.MultiheadAttention(width, sizes.heads, batch_first=True)
        self.looked = nn.LayerNorm(width)
        self.second = nn.GRU(width, width, batch_first=True)
        self.point = nn.Linear(width, width, bias=False)
        self.mix = nn.Linear(3 * width, width)
        self.gate = nn.Linear(width, 1)
        self.bias = nn.Parameter(torch.zeros(sizes.generable))
        for embedding in (self.word, self.slot, self.label):
            nn.init.normal_(embedding.weight, std=width**-0.5)
            with torch.no_grad():
                embedding.weight[0].zero_()

    def encode(self, source: SourceBatch) -> tuple[DecoderMemory, States]:
        """Return what the decoder looks at, and the states that it starts from."""
        labels = self.label(source.labels) + self.place[: source.labels.shape[1]]
        words = self.word(source.words) + self.slot(source.slots)
        words = words + self.before(self.word(source.before))
        padding = torch.cat([source.labels, source.words], dim=1) == PAD
        scale = self.sizes.width**0.5
        states = self.encoder(
            torch.cat([labels, words], dim=1) * scale, src_key_padding_mask=padding
        )
        states = self.read(states)
        template = source.labels != PAD
        shape = self.shape(_mean(torch.relu(labels * scale), template))
        both = torch.cat([_mean(states, ~padding), shape], dim=1)
        first, second = torch.tanh(self.start(both)).chunk(2, dim=1)
        memory = DecoderMemory(states, padding * _HIDDEN, source.labels.shape[1], shape)
        return memory, (first[None].contiguous(), second[None].contiguous())

    def decode(self, memory: DecoderMemory, words: Tensor, slots: Tensor, states: States) -> Step:
        """Go on from states over the words said so far, shape (batch, positions).

        There may be several rows for each row of the memory, one after the other.
        """

        def by_memory(rows: Tensor) -> Tensor:
            return rows.reshape(len(memory.states), -1, rows.shape[-1])

        said = self.word(words) + self.slot(slots)
        inputs = by_memory(said * self.sizes.width**0.5) + memory.shape[:, None]
        first, first_state = self.first(inputs.reshape_as(said), states[0])
        seen, _ = self.look(
            by_memory(first),
            memory.states,
            memory.states,
            key_padding_mask=memory.hidden < 0,
            need_weights=False,
        )
        looked = self.looked(first + seen.reshape_as(first))
        second, second_state = self.second(looked, states[1])
        scores = self.point(by_memory(second)) @ memory.states.transpose(1, 2)
        scores = (scores * self.sizes.width**-0.5).float() + memory.hidden[:, None]
        context = torch.softmax(scores, dim=-1).to(memory.states.dtype) @ memory.states
        mixed = self.mix(torch.cat([second, context.reshape_as(second), first], dim=-1)).tanh()
        vocabulary = self.word.weight[: self.sizes.generable] * 4
        copied = torch.log_softmax(scores[..., memory.labels :], dim=-1)
        return Step(
            generated=nn.functional.linear(mixed, vocabulary, self.bias).float(),
            copied=copied.reshape(*words.shape, -1),
            gate=self.gate(mixed).squeeze(-1).float(),
            states=(first_state, second_state),
        )


def log_likelihood(step: Step, targets: Tensor, copies: Tensor) -> Tensor:
    """Return the log-probability of each target word, shape (batch, positions).

    Args:
        step: What the decoder says at each position.
        targets: Numbers of the words to say, shape (batch, positions).
        copies: Where a target is a word read, shape (batch, positions, words).
    """
    generable = targets < step.generated.shape[2]
    within = targets.masked_fill(~generable, PAD)
    generated = step.generated.gather(2, within[..., None]).squeeze(2)
    generated = generated - step.generated.logsumexp(dim=2)
    generated = generated.masked_fill(~generable, _HIDDEN)
    copied = step.copied.masked_fill(~copies, _HIDDEN).logsumexp(dim=2)
    generate = nn.functional.logsigmoid(step.gate)
    copy = nn.functional.logsigmoid(-step.gate)
    return torch.logaddexp(generate + generated, copy + copied)


def _mean(vectors: Tensor, mask: Tensor) -> Tensor:
    """Return the mean of the vectors (batch, positions, width) where ``mask`` holds."""
    weights = mask.to(vectors.dtype)[..., None]
    total: Tensor = (vectors * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)
    return total
