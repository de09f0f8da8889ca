"""The network: what it reads, that it learns, and what the search makes of it."""

import random
from collections import Counter
from itertools import pairwise

import pytest
import torch

from tests.training.scpn_examples import EXAMPLES, UNKNOWN, Undisturbed, small_lexis
from weaklink.generators.scpn.decoding import BEAM, Request, search
from weaklink.generators.scpn.lexis import FIRST_WORD, SLOTS, Lexis, slots
from weaklink.generators.scpn.network import ScpnNetwork, ScpnSizes, log_likelihood
from weaklink.generators.scpn.sources import FUNCTION_WORDS, Read, read, read_for_another, source
from weaklink.generators.tokens import tokenise
from weaklink.training.scpn.examples import batch
from weaklink.training.scpn.recipe import mean_loss


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def lexis():
    return small_lexis()


@pytest.fixture(scope="module")
def network(lexis):
    """A tiny network that has learnt the sentences by heart."""
    torch.manual_seed(0)
    network = ScpnNetwork(ScpnSizes.of(lexis, 32))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    noise = Undisturbed({}, lexis.can_generate)
    for step in range(120):
        optimizer.zero_grad()
        mean_loss(network, batch(EXAMPLES, lexis, noise, random.Random(step))).backward()
        optimizer.step()
    return network.eval()


REQUESTS = [Request(read(e.tokens), e.template) for e in EXAMPLES]


def test_sentences_are_said_again_from_their_words_and_templates(network, lexis):
    found = search(network, lexis, REQUESTS)
    assert [candidates[0] for candidates in found] == [list(e.tokens) for e in EXAMPLES]


def test_an_answer_is_the_same_alone_and_in_any_batch(network, lexis):
    crossed = [Request(items, other.template) for items, _ in REQUESTS for other in REQUESTS]
    together = search(network, lexis, crossed)
    assert together == [search(network, lexis, [request])[0] for request in crossed]
    assert together[::-1] == search(network, lexis, crossed[::-1])


def test_what_is_said_ends_repeats_nothing_and_holds_known_or_read_words(network, lexis):
    crossed = [Request(items, other.template) for items, _ in REQUESTS for other in REQUESTS]
    for request, candidates in zip(crossed, search(network, lexis, crossed), strict=True):
        was_read = Counter(item.word for item in request.items)
        assert len(candidates) <= BEAM
        for words in candidates:
            pairs = list(pairwise(words))
            assert all(first != second for first, second in pairs)
            assert len(set(pairs)) == len(pairs)
            for word, count in Counter(words).items():
                assert word in was_read or lexis.can_generate(word)
                content = word not in FUNCTION_WORDS and word[0].isalnum()
                assert not content or count <= max(1, was_read[word])


def test_padding_and_the_order_of_words_change_nothing(network, lexis):
    items = read(EXAMPLES[0].tokens)
    short = source([(items, EXAMPLES[0].template)], lexis)
    turned = source([(items[::-1], EXAMPLES[0].template)], lexis)
    padded = source([(read(e.tokens), e.template) for e in EXAMPLES], lexis)
    said = torch.tensor([lexis.numbers(["the", "film"])])
    steps = []
    with torch.no_grad():
        for read_words in (short, turned, padded):
            memory, states = network.encode(read_words)
            rows = len(read_words.words)
            step = network.decode(
                memory, said.expand(rows, 2), torch.zeros(rows, 2, dtype=torch.long), states
            )
            steps.append(step)
    for step in steps[1:]:
        torch.testing.assert_close(step.generated[0], steps[0].generated[0], atol=1e-4, rtol=1e-4)
    assert steps[0].generated.shape == (1, 2, lexis.generable)
    assert steps[0].copied.shape == (1, 2, len(items))
    assert float(steps[2].copied[0, :, len(items) :].exp().sum()) == 0


def test_the_likelihood_of_all_that_can_be_said_is_one(network, lexis):
    read_words = source(REQUESTS[3:4], lexis)
    words = [item.word for item in REQUESTS[3].items]
    with torch.no_grad():
        memory, states = network.encode(read_words)
        step = network.decode(memory, torch.tensor([[2]]), torch.tensor([[0]]), states)
        total = 0.0
        for number in range(lexis.generable):
            copies = torch.tensor([[[lexis.words.words[number] == word for word in words]]])
            total += float(log_likelihood(step, torch.tensor([[number]]), copies).exp())
        for unknown in UNKNOWN:
            copies = torch.tensor([[[unknown == word for word in words]]])
            total += float(log_likelihood(step, torch.tensor([[lexis.generable]]), copies).exp())
    assert total == pytest.approx(1, abs=1e-4)


def test_unknown_words_have_shapes_and_slots(lexis):
    assert lexis.numbers(["zorblaxing"]) == lexis.numbers(["foing"]) != lexis.numbers(["zorblax"])
    assert lexis.numbers(["x-y"])[0] < FIRST_WORD > lexis.numbers(["12th"])[0]
    assert slots(["quumble", "film", "zorblax"], ["zorblax", "film", "quumble"], lexis) == [2, 0, 1]
    assert set(slots([f"u{i}" for i in range(20)], [f"u{i}" for i in range(20)], lexis)) == set(
        range(1, SLOTS + 1)
    )


def test_a_lexis_survives_the_metadata(lexis):
    again = Lexis.from_metadata(lexis.metadata())
    assert again.words.words == lexis.words.words
    assert again.labels("(S (NP) (VP) (.))") == lexis.labels("(S (NP) (VP) (.))")
    assert again.generable == lexis.generable
    assert not again.can_generate("zorblax")
    assert not again.can_generate("<ing>")
    assert again.can_generate("film")


def test_what_is_read_knows_its_chunk_and_no_more():
    tokens = tokenise("John's gorgeous film, if slow, is good.")
    assert read(tokens) == [
        Read("john"),
        Read("'s", "john"),
        Read("gorgeous", "'s"),
        Read("film", "gorgeous"),
        Read("if"),
        Read("slow", "if"),
        Read("is"),
        Read("good", "is"),
    ]
    assert [item.word for item in read_for_another(tokens)] == [
        item.word for item in read(tokens) if item.word != "if"
    ]


def test_joining_words_are_read_where_there_is_little_else():
    assert read_for_another(["so", "what", "?"]) == read(["so", "what", "?"])
