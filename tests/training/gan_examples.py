"""Small networks and sentences for the tests of the latent space."""

from collections import Counter

import torch

from weaklink.generators.gan.networks import Sizes
from weaklink.generators.tokens import tokenise
from weaklink.generators.vocabulary import EOS, Vocabulary
from weaklink.training.gan.arae import Arae, Terms
from weaklink.training.gan.encoded_corpus import EncodedCorpus

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


def small_corpus() -> EncodedCorpus:
    tokens = [tokenise(sentence) for sentence in SENTENCES]
    vocabulary = Vocabulary.from_counts(Counter(word for row in tokens for word in row), 100)
    rows = tuple((*vocabulary.encode(row), EOS) for row in tokens)
    written = torch.tensor([word for row in rows for word in row])
    counts = torch.bincount(written, minlength=len(vocabulary))
    return EncodedCorpus(vocabulary, rows, rows, counts / counts.sum())


def small_sizes(encoded: EncodedCorpus) -> Sizes:
    return Sizes(
        vocabulary=len(encoded.vocabulary),
        positions=LONGEST + 1,
        word=32,
        hidden=32,
        code=48,
        latent=24,
        layer=64,
    )


def small_arae(encoded: EncodedCorpus) -> Arae:
    torch.manual_seed(0)
    return Arae(small_sizes(encoded), Terms(), encoded.frequencies)
