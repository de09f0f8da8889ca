"""Small networks and sentences for the tests of the latent space."""

from collections import Counter

import torch

from weaklink.generators.gan.arae import Arae, Terms
from weaklink.generators.gan.material import Material
from weaklink.generators.gan.networks import Sizes
from weaklink.generators.tokens import tokenise
from weaklink.generators.vocabulary import EOS, Vocabulary

SENTENCES = (
    "a slow and tender film .",
    "it never finds its feet .",
    "the plot is thin , the cast is not .",
    "do not miss it !",
    "nothing here is new .",
    "an hour too long and a joke too short .",
    "he sings as badly as he acts .",
    "what a fine , strange thing this is .",
)
LONGEST = 12


def small_material() -> Material:
    tokens = [tokenise(sentence) for sentence in SENTENCES]
    vocabulary = Vocabulary.from_counts(Counter(word for row in tokens for word in row), 100)
    rows = tuple((*vocabulary.encode(row), EOS) for row in tokens)
    written = torch.tensor([word for row in rows for word in row])
    counts = torch.bincount(written, minlength=len(vocabulary))
    return Material(vocabulary, rows, rows, counts / counts.sum())


def small_sizes(material: Material) -> Sizes:
    return Sizes(
        vocabulary=len(material.vocabulary),
        positions=LONGEST + 1,
        word=32,
        hidden=32,
        code=48,
        latent=24,
        layer=64,
    )


def small_arae(material: Material) -> Arae:
    torch.manual_seed(0)
    return Arae(small_sizes(material), Terms(), material.frequencies)
