"""The latent space of sentences as the attack sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from weaklink.generators.gan.greedy import write_greedily
from weaklink.generators.gan.networks import Networks, Sizes
from weaklink.generators.protocol import Inverted
from weaklink.generators.tokens import join, tokenise
from weaklink.generators.vocabulary import EOS, UNK, Vocabulary
from weaklink.generators.weights import load_weights
from weaklink.victims import Floats

_SIZES, _WORDS = "sizes", "words"
_DECIMALS = 6
_BATCH = 256
_Item = TypeVar("_Item")


class SentenceSpace:
    """The space in which the generator's sentences are N(0, I), and the inverter back into it.

    All is decided in double precision and places are rounded to six decimals, so that an answer
    depends neither on what else is asked at the same time nor on the machine.

    A word that the vocabulary lacks is read as an unknown one. Where the decoder writes an unknown
    word it takes the next of those of the sentence that it follows, and no unknown word where there
    is none left. Of a longer sentence than the networks know the first words are read, and the
    others are kept as they are.

    Args:
        networks: Encoder, decoder, generator and inverter; moved to ``device`` in double precision.
        vocabulary: Their words.
        longest: Words of the longest sentence that they know.
        digest: Digest of their weights.
        device: A torch device; one without double precision (``mps``) is left for the CPU.
    """

    def __init__(
        self, networks: Networks, vocabulary: Vocabulary, longest: int, digest: str, device: str
    ) -> None:
        self.digest = digest
        self._device = "cpu" if device.startswith("mps") else device
        self._networks = networks.to(self._device).double().eval()
        self._vocabulary = vocabulary
        self._longest = longest

    @property
    def dimensions(self) -> int:
        """Dimensions of a place."""
        return self._networks.generator.straight.in_features

    def invert(self, sentences: Sequence[str]) -> list[Inverted]:
        """Return each sentence in the latent space."""
        inverted = []
        for batch in _batches(sentences):
            places = self.locate(self.encode(batch))
            written = self.write(self.generate(places), batch)
            inverted += [Inverted(*each) for each in zip(places, written, strict=True)]
        return inverted

    def decode(self, requests: Sequence[tuple[Floats, str]]) -> list[str]:
        """Return the sentence of each (code, model)."""
        texts: list[str] = []
        for batch in _batches(requests):
            codes = self.generate(np.stack([code for code, _ in batch]))
            texts += self.write(codes, [like for _, like in batch])
        return texts

    @torch.inference_mode()
    def encode(self, sentences: Sequence[str]) -> Tensor:
        """Return the encoder's code of each sentence, shape (sentences, code)."""
        rows = [self._vocabulary.encode(tokenise(s)[: self._longest]) for s in sentences]
        words = pad_sequence([torch.tensor([*row, EOS]) for row in rows], batch_first=True)
        codes: Tensor = self._networks.autoencoder.encode(words.to(self._device))
        return codes

    @torch.inference_mode()
    def generate(self, places: Floats) -> Tensor:
        """Return the generator's codes, shape (places, code), of places (places, dimensions)."""
        codes: Tensor = self._networks.generator(torch.from_numpy(places).to(self._device))
        return codes

    @torch.inference_mode()
    def locate(self, codes: Tensor) -> Floats:
        """Return the inverter's places, shape (codes, dimensions), of codes."""
        places: Floats = self._networks.inverter(codes).cpu().numpy().round(_DECIMALS)
        return places

    @torch.inference_mode()
    def write(self, codes: Tensor, likes: Sequence[str]) -> list[str]:
        """Return the sentence of each code, which follows the one of ``likes`` at its place."""
        models = [tokenise(like) for like in likes]
        unknown = [
            [token for token in model[: self._longest] if token not in self._vocabulary]
            for model in models
        ]
        spare = list(map(len, unknown))
        written = write_greedily(self._networks.autoencoder, codes, spare, self._longest)
        return [
            join([*self._spell(numbers, names), *model[self._longest :]], like)
            for numbers, names, model, like in zip(written, unknown, models, likes, strict=True)
        ]

    def _spell(self, numbers: Sequence[int], unknown: Sequence[str]) -> list[str]:
        names = iter(unknown)
        return [next(names) if n == UNK else self._vocabulary.words[n] for n in numbers]


def pack(
    networks: Networks, sizes: Sizes, vocabulary: Vocabulary
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors and the metadata of a file that ``load_latent_space`` can read."""
    metadata = {_SIZES: json.dumps(asdict(sizes)), _WORDS: vocabulary.to_json()}
    return networks.state_dict(), metadata


def load_latent_space(device: str = "cpu") -> SentenceSpace:
    """Return the latent space that weaklink trains.

    Raises:
        WeaklinkError: It is not there, or its files are damaged.
    """
    weights = load_weights("gan")
    sizes = Sizes(**json.loads(weights.metadata[_SIZES]))
    networks = Networks(sizes)
    networks.load_state_dict(weights.tensors)
    vocabulary = Vocabulary.from_json(weights.metadata[_WORDS])
    return SentenceSpace(networks, vocabulary, sizes.positions - 1, weights.digest, device)


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[begin : begin + _BATCH] for begin in range(0, len(items), _BATCH))
