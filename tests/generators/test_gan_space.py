import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generators.manifests import manifest_of
from tests.training.gan_examples import LONGEST, SENTENCES, small_corpus, small_sizes
from weaklink.generators import load_latent_space
from weaklink.generators.gan.greedy import write_greedily
from weaklink.generators.gan.networks import Networks
from weaklink.generators.gan.space import SentenceSpace
from weaklink.generators.tokens import tokenise
from weaklink.generators.vocabulary import BOS, EOS, PAD, UNK
from weaklink.training.gan.quality import token_accuracy

CORPUS = small_corpus()
SIZES = small_sizes(CORPUS)
HELD_OUT = (
    "A slow film , and a good one .",
    "Nobody told the cast.",
    "it is what it is",
    "Zxqvia wants Brzx to stay , and so he does .",
    "The second half, which nobody expected to be any better, is much worse.",
)


def untaught(seed: int = 1) -> SentenceSpace:
    torch.manual_seed(seed)
    return SentenceSpace(Networks(SIZES), CORPUS.vocabulary, LONGEST, "", "cpu")


@pytest.fixture(scope="module")
def packaged() -> SentenceSpace:
    return load_latent_space()


@given(st.permutations(range(len(HELD_OUT))), st.integers(1, len(HELD_OUT)))
@settings(max_examples=8, deadline=None)
def test_an_answer_does_not_depend_on_what_else_is_asked(packaged, order, count):
    alone = [packaged.invert([sentence])[0] for sentence in HELD_OUT]
    together = packaged.invert([HELD_OUT[i] for i in order[:count]])
    for i, inverted in zip(order, together, strict=False):
        assert np.array_equal(inverted.code, alone[i].code)
        assert inverted.reconstruction == alone[i].reconstruction
    moved = [(each.code + 0.3, like) for each, like in zip(alone, HELD_OUT, strict=True)]
    texts = packaged.decode([moved[i] for i in order])
    assert texts == [packaged.decode([moved[i]])[0] for i in order]


def test_more_requests_than_a_batch_are_answered_in_their_order():
    space = untaught()
    places = np.random.default_rng(0).standard_normal((600, SIZES.latent))
    texts = space.decode([(place, SENTENCES[0]) for place in places])
    assert texts[::150] == [
        space.decode([(places[i], SENTENCES[0])])[0] for i in range(0, 600, 150)
    ]
    assert len(texts) == 600


def test_nothing_asked_nothing_answered():
    assert untaught().invert([]) == []
    assert untaught().decode([]) == []


def test_the_packaged_networks_know_what_they_were_not_trained_on(packaged):
    accuracies = [
        token_accuracy(sentence, each.reconstruction)
        for sentence, each in zip(HELD_OUT, packaged.invert(HELD_OUT), strict=True)
    ]
    assert np.mean(accuracies) > 0.7
    assert all(each.code.shape == (128,) for each in packaged.invert(HELD_OUT))
    assert packaged.digest == manifest_of("gan").weights == load_latent_space().digest


def test_the_packaged_networks_write_what_their_manifest_says(packaged):
    examples = manifest_of("gan").figures["examples"]
    inverted = packaged.invert([example["sentence"] for example in examples])
    assert len(examples) == 10
    assert [each.reconstruction for each in inverted] == [each["at"]["0"] for each in examples]


def test_unknown_words_of_the_model_are_copied_in_their_order(packaged):
    written = packaged.invert(HELD_OUT[3:4])[0].reconstruction
    assert written.index("Zxqvia") < written.index("Brzx")


@given(st.integers(0, 50))
@settings(max_examples=15, deadline=None)
def test_what_is_written_is_words_and_never_longer_than_what_is_known(seed):
    place = 5 * np.random.default_rng(seed).standard_normal(SIZES.latent)
    (text,) = untaught().decode([(place, SENTENCES[seed % len(SENTENCES)])])
    tokens = tokenise(text)
    assert 1 <= len(tokens) <= LONGEST
    assert set(tokens) <= set(CORPUS.vocabulary.words[EOS + 1 :])


def test_of_a_longer_sentence_the_end_is_kept():
    tail = "which nobody asked for ."
    sentence = "the plot is thin , the cast is not , do not " + tail
    assert len(tokenise(sentence)) == LONGEST + len(tokenise(tail))
    assert untaught().invert([sentence])[0].reconstruction.endswith(tail)


def test_places_are_rounded():
    (inverted,) = untaught().invert(SENTENCES[:1])
    assert np.array_equal(inverted.code, inverted.code.round(6))
    assert inverted.code.dtype == np.float64


@pytest.mark.parametrize("apart", [1, 1e-9])
@given(st.integers(0, 30), st.lists(st.integers(0, 2), min_size=3, max_size=3))
@settings(max_examples=15, deadline=None)
def test_writing_takes_the_likeliest_word_at_each_place(apart, seed, spare):
    torch.manual_seed(seed)
    autoencoder = Networks(SIZES).double().autoencoder
    vectors = autoencoder.words.weight.data
    vectors.copy_(vectors[:1] + apart * (vectors - vectors[:1]))
    codes = torch.nn.functional.normalize(torch.randn(3, SIZES.code).double(), dim=1)
    for code, allowed, row in zip(
        codes, spare, write_greedily(autoencoder, codes, spare, LONGEST), strict=True
    ):
        full = [*row, EOS][:LONGEST]
        words = torch.tensor([full])
        scores = autoencoder.logits(autoencoder.decode(code.unsqueeze(0), words))[0]
        for position, word in enumerate(full):
            barred = {PAD, BOS} | ({EOS} if position == 0 else set())
            if full[:position].count(UNK) == allowed:
                barred.add(UNK)
            scores[position, list(barred)] = -torch.inf
            assert scores[position].argmax() == word
