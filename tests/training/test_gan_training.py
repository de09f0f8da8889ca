from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tests.training.gan_examples import (
    LONGEST,
    SENTENCES,
    small_arae,
    small_corpus,
    small_sizes,
)
from weaklink.generators.gan.networks import Autoencoder
from weaklink.generators.gan.space import SentenceSpace
from weaklink.generators.vocabulary import PAD
from weaklink.lexicons.vectors import Vectors
from weaklink.progress import Silent
from weaklink.training.gan.encoded_corpus import encode_corpus
from weaklink.training.gan.recipe import teach
from weaklink.training.gan.sampled_softmax import SampledSoftmax
from weaklink.training.gan.word_vectors import begin_with_vectors
from weaklink.training.schedule import Schedule

CORPUS = small_corpus()
SHORT = Schedule(steps=6, learning_rate=5e-3, warm_up=2, validate_every=3)
CPU = torch.device("cpu")


class Interrupt(Silent):
    """Interrupts after so many steps."""

    def __init__(self, after):
        self.left = after

    def advance(self, steps=1):
        self.left -= steps
        if self.left == 0:
            raise KeyboardInterrupt


def taught(work, schedule=SHORT, progress=None):
    arae = small_arae(CORPUS)
    teach(arae, CORPUS, schedule, work, CPU, progress or Silent())
    return arae


def test_a_handful_of_sentences_is_reconstructed_from_their_latent_places(tmp_path):
    schedule = Schedule(steps=120, learning_rate=5e-3, warm_up=10, validate_every=40)
    networks = taught(tmp_path, schedule).networks
    space = SentenceSpace(networks, CORPUS.vocabulary, LONGEST, "", "cpu")
    assert [each.reconstruction for each in space.invert(SENTENCES)] == list(SENTENCES)
    assert space.write(space.encode(SENTENCES), SENTENCES) == list(SENTENCES)


def test_interrupted_training_ends_with_the_same_weights(tmp_path, monkeypatch):
    whole = taught(tmp_path / "whole").state_dict()
    clock = SimpleNamespace(monotonic=iter(range(0, 9**9, 999)).__next__)
    monkeypatch.setattr("weaklink.training.checkpoint.time", clock)
    with pytest.raises(KeyboardInterrupt):
        taught(tmp_path / "parts", progress=Interrupt(4))
    torch.manual_seed(9)
    parts = taught(tmp_path / "parts").state_dict()
    assert whole.keys() == parts.keys()
    for name, weight in whole.items():
        assert torch.equal(weight, parts[name]), name


def test_the_seed_decides(tmp_path):
    weights = [
        taught(tmp_path / str(i), replace(SHORT, seed=seed)).critic.state_dict()
        for i, seed in enumerate((3, 3, 4))
    ]
    same, other = (
        all(torch.equal(weights[0][name], others[name]) for name in weights[0])
        for others in weights[1:]
    )
    assert same
    assert not other


def test_each_side_learns_from_its_own_loss_alone():
    arae = small_arae(CORPUS)
    words = torch.tensor([row[:5] for row in CORPUS.training])
    softmax = SampledSoftmax(CORPUS.frequencies, 10)
    parts = arae.loss(words, softmax)
    parts["critic"].backward(retain_graph=True)
    assert all(weight.grad is None for weight in arae.networks.parameters())
    arae.zero_grad()
    sum(part for name, part in parts.items() if name != "critic").backward()
    assert all(weight.grad is None for weight in arae.critic.parameters())
    assert all(weight.grad is not None for weight in arae.networks.parameters())


def test_the_sampled_loss_is_the_whole_one_where_every_word_is_drawn():
    autoencoder = Autoencoder(small_sizes(CORPUS))
    words = torch.tensor([[5, 6, 7, PAD], [8, 5, 9, 10]])
    told = torch.randn(2, 4, 32, generator=torch.Generator().manual_seed(2))
    sampled = SampledSoftmax(CORPUS.frequencies, 5000)(autoencoder, told, words)
    present = words != PAD
    whole = torch.nn.functional.cross_entropy(autoencoder.logits(told[present]), words[present])
    assert sampled.item() == pytest.approx(whole.item(), abs=1e-4)


def test_the_sampled_sum_stands_for_the_whole_one():
    """With the batch's words at their frequencies, the mean of the estimated sum is the sum."""
    size = 40
    generator = torch.Generator().manual_seed(3)
    frequencies = torch.rand(size, generator=generator)
    frequencies /= frequencies.sum()
    autoencoder = Autoencoder(replace(small_sizes(CORPUS), vocabulary=size))
    told = torch.randn(1, 4, 32, generator=generator)
    whole = autoencoder.logits(told[0, 0]).exp().sum().item()
    softmax = SampledSoftmax(frequencies, 5)
    sums = []
    torch.manual_seed(4)
    for _ in range(2000):
        words = torch.multinomial(frequencies, 4, replacement=True).unsqueeze(0).clamp(min=1)
        one = told[:, :1].expand(1, 4, -1)
        scores = autoencoder.logits(told[0, 0])[words[0]]
        sums.append((softmax(autoencoder, one, words) + scores.mean()).item())
    assert np.mean(np.exp(sums)) == pytest.approx(whole, rel=0.15)


def test_parts_of_long_sentences_are_learnt_too():
    long = "the plot is thin and slow , but the cast is a joy to watch ."
    encoded = encode_corpus([*SENTENCES, long] * 40, 100)
    assert len(encoded.validation) == 2
    written = {
        " ".join(encoded.vocabulary.words[number] for number in row[:-1])
        for row in encoded.training
    }
    assert long in written
    assert any(long.startswith(part) and part != long for part in written)
    assert encoded.frequencies.sum().item() == pytest.approx(1)
    assert encoded.frequencies[PAD] == 0


def test_what_is_learnt_from_has_a_digest_of_its_own():
    encoded = encode_corpus(SENTENCES * 40, 100)
    assert encoded.digest == encode_corpus(SENTENCES * 40, 100).digest
    assert encoded.digest != encode_corpus(SENTENCES * 40, 20).digest
    assert encoded.digest != encode_corpus((*SENTENCES, SENTENCES[0]) * 40, 100).digest


def test_words_of_like_meaning_begin_side_by_side():
    vectors = Vectors(["slow", "thin"], np.array([[3, 4], [3, 4]], dtype=np.float32), "")
    weight = torch.randn(len(CORPUS.vocabulary), 32)
    before = weight.clone()
    begin_with_vectors(weight, CORPUS.vocabulary, vectors)
    slow, thin, film = CORPUS.vocabulary.encode(["slow", "thin", "film"])
    assert torch.cosine_similarity(weight[slow], weight[thin], dim=0) > 0.6
    assert weight[slow].norm().item() == pytest.approx(1)
    assert torch.equal(weight[film], before[film])
