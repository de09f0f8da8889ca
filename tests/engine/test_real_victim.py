"""Outcomes on a real model depend neither on the schedule nor on what computes the batches."""

import random

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from weaklink.attacks import Gradients
from weaklink.attacks.registry import find
from weaklink.engine import Job, Models, Scheduler, remember_scores
from weaklink.engine.services import FirstOrderViews
from weaklink.models.encoder import load_encoder
from weaklink.packaged import MINILM
from weaklink.testing import ToyLexicon, ToyTagger
from weaklink.text import Words
from weaklink.victims import Gradient, load_victim

from .work import blank

TEXTS = [
    "a gripping and unusually warm film, slow at first",
    "the plot is thin and the acting is worse",
    "Good fun.",
    "it never finds its pace, but the picture is a fine piece of work all the same",
    "slow",
    "not a bad film for a rainy day; not a good one for any other",
]
SUBSTITUTES = {
    word: tuple(f"{word}{ending}" for ending in ("", "s", "ly", "like"))[1:]
    for word in [
        "gripping",
        "warm",
        "film",
        "slow",
        "plot",
        "thin",
        "good",
        "fun",
        "pace",
        "fine",
        "bad",
        "day",
        "picture",
    ]
}


@pytest.fixture(scope="module")
def victim(tmp_path_factory):
    """The packaged MiniLM with a random head: its predictions hang on narrow margins."""
    folder = tmp_path_factory.mktemp("minilm")
    base = MINILM.require("This test")
    torch.manual_seed(0)
    AutoModelForSequenceClassification.from_pretrained(base).save_pretrained(folder)
    AutoTokenizer.from_pretrained(base).save_pretrained(folder)
    return load_victim(str(folder), device="cpu")


def outcomes(victim, width, seed=None, runtime="torch"):
    models = Models(load_encoder())
    for model in (victim, models.encoder):
        model.run_on(runtime, TEXTS)
    models.tagger = ToyTagger()
    work = []
    for name in ("textfooler", "pwws", "textbugger", "hotflip"):
        attack = find(name)
        parameters = attack.parameters(**({"beam": 3} if name == "hotflip" else {}))
        job = Job(victim, attack, parameters, ToyLexicon(SUBSTITUTES), max_queries=40)
        for i, text in enumerate(TEXTS):
            one = blank(text, name, i)
            work.append((one, job.attempt(one, 1)))
    if seed is not None:
        random.Random(seed).shuffle(work)
    found = Scheduler(models.services(remember_scores(victim), victim), width).run(work)
    return {
        one.key: (one.status, one.adversarial_text, one.queries, one.adversarial_probability)
        for one in found
    }


@pytest.fixture(scope="module")
def expected(victim):
    return outcomes(victim, width=1)


def test_some_attacks_succeed_and_some_do_not(expected):
    assert len({status for status, *_ in expected.values()}) > 1
    assert not [status for status, *_ in expected.values() if status == "error"]


@pytest.mark.parametrize(("width", "seed"), [(8, None), (64, None), (8, 1)])
def test_outcomes_are_equal_at_any_width_and_order(victim, expected, width, seed):
    assert outcomes(victim, width, seed) == expected


@pytest.mark.parametrize("runtime", ["onnx", "openvino"])
def test_outcomes_are_equal_on_any_runtime(victim, expected, runtime):
    assert outcomes(victim, 8, runtime=runtime) == expected
    assert not victim.details["runtime"].startswith("torch")


def test_the_gradients_of_an_ask_do_not_depend_on_other_asks(victim):
    words = [Words.split(text) for text in TEXTS]
    requests = [Gradient(w, 1, tuple((f"{word}s",) for word in w.words)) for w in words]
    asks = [Gradients(tuple(requests[i : i + 2])) for i in range(0, len(requests), 2)]
    views = FirstOrderViews(victim)
    for ask, together in zip(asks, views(asks), strict=True):
        for one, other in zip(together, views([ask])[0], strict=True):
            np.testing.assert_array_equal(one.words, other.words)
            np.testing.assert_array_equal(one.edits, other.edits)
