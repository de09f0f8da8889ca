"""What SCPN's network learns from, and that its training repeats itself."""

import random
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.training.scpn_examples import EXAMPLES, UNKNOWN, Undisturbed, small_lexis
from weaklink.generators.scpn.sources import JOINING, read
from weaklink.generators.tokens import tokenise
from weaklink.generators.vocabulary import EOS, PAD
from weaklink.progress import Silent
from weaklink.training.scpn.examples import batch
from weaklink.training.scpn.noise import Noise
from weaklink.training.scpn.parses import parse_once
from weaklink.training.scpn.recipe import ScpnRecipe


@pytest.fixture(scope="module")
def lexis():
    return small_lexis()


def test_parses_are_kept(tmp_path):
    file = tmp_path / "templates.json"
    assert parse_once(["It works.", "..."], file, Silent()) == ["(S (NP) (VP) (.))", None]
    file.write_text('["(X)", null]')
    assert parse_once(["It works.", "..."], file, Silent()) == ["(X)", None]


@given(st.integers(0, 999))
def test_noise_leaves_out_and_exchanges_only_what_can_be_generated(seed):
    items = read(tokenise("if you liked zorblax , you will love the long film about quumble ."))
    noise = Noise({"film": ("movie",), "zorblax": ("x",)}, lambda w: w not in UNKNOWN)
    words = Counter(item.word for item in noise.disturb(items, random.Random(seed)))
    assert all(words[unknown] == 1 for unknown in UNKNOWN)
    assert words["x"] == 0
    assert words["film"] + words["movie"] <= 1
    assert set(words) <= {item.word for item in items} | {"movie"} | JOINING


def test_a_batch_says_where_words_can_be_copied(lexis):
    learnt = batch(EXAMPLES[3:5], lexis, Undisturbed({}, lexis.can_generate), random.Random(0))
    assert learnt.targets.shape == learnt.said.shape == learnt.slots.shape == (2, 11)
    assert learnt.copies.shape == (2, 11, learnt.source.words.shape[1])
    assert learnt.targets[0, -1] == EOS
    words = [token if token[0].isalpha() else None for token in EXAMPLES[3].tokens]
    copied = [words.count(word) if word else 0 for word in words]
    assert learnt.copies[0].sum(dim=1).tolist() == [*copied, 0]
    assert not learnt.copies[1, 7:].any()
    assert learnt.targets[1, 8:].eq(PAD).all()


def test_a_short_training_repeats_itself(lexis, tmp_path):
    noise = Noise({"film": ("plot",)}, lexis.can_generate)
    recipe = ScpnRecipe(steps=4, batch=8, width=16)
    runs = [
        recipe.fit(EXAMPLES * 200, lexis, noise, tmp_path / run, torch.device("cpu"), Silent())[
            0
        ].state_dict()
        for run in ("a", "b")
    ]
    assert all(torch.equal(runs[0][name], runs[1][name]) for name in runs[0])
