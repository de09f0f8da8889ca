"""The network learns, writes what it learnt, and pays no heed to padding."""

import random

import pytest
import torch

from weaklink.generators.scpn.decoding import Request, search
from weaklink.generators.scpn.examples import Example, batch
from weaklink.generators.scpn.lexis import Lexis
from weaklink.generators.scpn.network import ScpnNetwork, Sizes
from weaklink.generators.scpn.recipe import mean_loss
from weaklink.generators.scpn.sources import Noise, read
from weaklink.generators.tokens import tokenise

SENTENCES = {
    "the film is good .": "(S (NP) (VP) (.))",
    "a good film with heart .": "(NP (NP) (PP) (.))",
    "why is the plot so thin ?": "(SBARQ (WHADVP) (SQ) (.))",
    "if you liked zorblax , you will love quumble .": "(S (SBAR) (,) (NP) (VP) (.))",
    "don't see it alone .": "(S (VP) (.))",
    "sadly the jokes never work .": "(S (ADVP) (NP) (VP) (.))",
}
EXAMPLES = [Example(tokenise(sentence), template) for sentence, template in SENTENCES.items()]


class Undisturbed(Noise):
    content = function = exchanged = loosened = added = 0.0


def lexis_of(examples, size=60):
    kept = [[t for t in e.tokens if t not in ("zorblax", "quumble")] for e in examples]
    return Lexis.learn(kept, [e.template for e in examples], size, size)


@pytest.fixture(scope="module")
def lexis():
    return lexis_of(EXAMPLES)


@pytest.fixture(scope="module")
def network(lexis):
    """A tiny network that has learnt the sentences by heart."""
    torch.manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    network = ScpnNetwork(Sizes.of(lexis, 32))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    noise = Undisturbed({}, lexis.can_generate)
    for step in range(120):
        optimizer.zero_grad()
        mean_loss(network, batch(EXAMPLES, lexis, noise, random.Random(step))).backward()
        optimizer.step()
    torch.set_num_threads(threads)
    return network.eval()


def test_sentences_are_said_again_from_their_words_and_templates(network, lexis):
    requests = [Request(read(e.tokens), e.template) for e in EXAMPLES]
    found = search(network, lexis, requests)
    assert [candidates[0] for candidates in found] == [list(e.tokens) for e in EXAMPLES]
