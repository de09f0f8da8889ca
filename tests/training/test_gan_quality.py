"""The measure of how good a latent space is."""

import numpy as np
import torch

from tests.training.gan_examples import LONGEST, SENTENCES, small_corpus, small_sizes
from weaklink.generators.gan.networks import Networks
from weaklink.generators.gan.space import SentenceSpace
from weaklink.progress import Silent
from weaklink.training.gan.quality import measure, reconstruction

CORPUS = small_corpus()


class Agreeing:
    """Finds all sentences alike, and all fluent."""

    def similarities(self, sentences, others):
        return np.full(len(sentences), 0.5)

    def perplexity(self, sentences):
        return 100.0


def test_reconstruction_counts_tokens_in_their_places():
    figures = reconstruction(["A b c .", "d e"], ["a x c .", "D e"], Agreeing())
    assert figures == {"tokens": 0.875, "exact": 0.5, "similarity": 0.5}


def test_an_untaught_space_is_measured_as_useless():
    torch.manual_seed(1)
    networks = Networks(small_sizes(CORPUS))
    space = SentenceSpace(networks, CORPUS.vocabulary, LONGEST, "", "cpu")
    figures = measure(space, SENTENCES, Agreeing(), 0, Silent())
    assert figures["latent"]["tokens"] < 0.5
    assert figures["latent"]["exact"] == 0
    assert figures["inverter"]["root_mean_square_error"] > 0.5
    assert figures["samples"]["ratio"] == 1
    assert figures["examples"][0]["sentence"] == SENTENCES[0]
    assert set(figures["neighbours"]) == {"1", "2", "3", "4", "5", "6", "8"}
