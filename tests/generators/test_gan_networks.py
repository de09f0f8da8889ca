import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.gan_examples import LONGEST, small_corpus, small_sizes
from weaklink.generators.gan.networks import Networks
from weaklink.generators.vocabulary import BOS, EOS, PAD

CORPUS = small_corpus()
SIZES = small_sizes(CORPUS)
torch.manual_seed(1)
NETWORKS = Networks(SIZES).double().eval()

rows = st.lists(st.integers(EOS + 1, SIZES.vocabulary - 1), min_size=1, max_size=LONGEST)


def as_words(row: list[int], padding: int = 0) -> torch.Tensor:
    return torch.tensor([[*row, EOS, *[PAD] * padding]])


@given(rows, st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_padding_changes_no_code(row, padding):
    padding = min(padding, LONGEST - len(row))
    codes = NETWORKS.autoencoder.encode(as_words(row, padding))
    torch.testing.assert_close(codes, NETWORKS.autoencoder.encode(as_words(row)))


@given(rows)
@settings(max_examples=30, deadline=None)
def test_codes_have_length_one_and_places_do_not_have_to(row):
    codes = NETWORKS.autoencoder.encode(as_words(row))
    places = NETWORKS.inverter(codes)
    again = NETWORKS.generator(places)
    assert codes.shape == again.shape == (1, SIZES.code)
    assert places.shape == (1, SIZES.latent)
    assert codes.norm(dim=1).item() == pytest.approx(1)
    assert again.norm(dim=1).item() == pytest.approx(1)


@given(rows)
@settings(max_examples=30, deadline=None)
def test_writing_step_by_step_sees_what_writing_all_at_once_sees(row):
    words = as_words(row)
    codes = NETWORKS.autoencoder.encode(words)
    at_once = NETWORKS.autoencoder.decode(codes, words)
    state, previous = NETWORKS.autoencoder.start(codes), torch.tensor([BOS])
    for position in range(words.shape[1]):
        told, state = NETWORKS.autoencoder.step(state, previous, position)
        torch.testing.assert_close(told, at_once[:, position])
        previous = words[:, position]


def test_a_word_is_told_without_knowledge_of_itself_and_what_follows():
    codes = NETWORKS.autoencoder.encode(as_words([7, 8, 9]))
    told = NETWORKS.autoencoder.decode(codes, as_words([7, 8, 9]))
    other = NETWORKS.autoencoder.decode(codes, as_words([7, 10, 11]))
    torch.testing.assert_close(told[:, :2], other[:, :2])
    assert not torch.allclose(told[:, 2], other[:, 2])


def test_scores_of_some_words_are_those_among_all():
    told = torch.randn(3, SIZES.word, dtype=torch.float64)
    among = torch.tensor([5, 2, 9])
    every = NETWORKS.autoencoder.logits(told)
    torch.testing.assert_close(NETWORKS.autoencoder.logits(told, among), every[:, among])
