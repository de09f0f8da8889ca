"""Pairs of texts are read as transformers' own pipeline reads them."""

import numpy as np
import pytest
import torch
from scipy.special import logit
from transformers import AutoTokenizer, pipeline

from tests.victims.pipeline.check import gradient_error
from tests.victims.pipeline.zoo import KINDS
from weaklink.models.runtimes import carries_types
from weaklink.text.pairs import Beside
from weaklink.victims import load_victim
from weaklink.victims.local.stable import GRID

PAIRS = (
    ("a very good film", "no"),
    ("the plot", "the plot is not good, the film is bad!"),
    ("good " * 30, "bad film " * 30),
    ("a film", "good " * 60),
    ("bad [SEP] good</s>", "film <sep> a"),
    ("a film", ""),
)
TYPED = ["input_ids", "token_type_ids", "attention_mask"]


@pytest.fixture(scope="module", params=["BERT", "RoBERTa", "XLNet", "BART", "GPT-2"])
def both(request, tmp_path_factory):
    """A victim, and the pipeline of the same model."""
    folder = KINDS[request.param].save(tmp_path_factory.mktemp("pairs"))
    if request.param == "BERT":
        AutoTokenizer.from_pretrained(folder, model_input_names=TYPED).save_pretrained(folder)
    classify = pipeline("text-classification", folder, dtype=torch.float32, device="cpu")
    return load_victim(folder, device="cpu"), classify


def piped(victim, classify, pairs):
    given = {"truncation": True, "max_length": int(victim.details["max_length"]), "top_k": None}
    said = [classify({"text": one, "text_pair": other}, **given) for one, other in pairs]
    rows = [{one["label"]: one["score"] for one in row} for row in said]
    return np.array([[row[label] for label in victim.labels] for row in rows])


def joined(pairs):
    return [Beside(after=other).whole(one) for one, other in pairs]


def test_scores_are_the_pipelines(both):
    victim, classify = both
    got = victim.forward(victim.encode(joined(PAIRS)))
    assert np.abs(logit(got) - logit(piped(victim, classify, PAIRS))).max() <= 1.01 * GRID


def test_rows_are_bit_for_bit_those_of_a_pair_alone(both):
    victim, _ = both
    encoded = victim.encode([*joined(PAIRS), "a film alone"])
    alone = np.concatenate([victim.forward([item]) for item in encoded])
    assert np.array_equal(victim.forward(encoded[::-1]), alone[::-1])
    assert np.array_equal(victim.exact(encoded[:2]), alone[:2])
    assert encoded[-1] == victim.encode(["a film alone"])[0]


def test_a_victim_cannot_tell_which_segment_is_attacked(both):
    victim, _ = both
    seconds = [Beside(before=one).whole(other) for one, other in PAIRS]
    assert victim.encode(seconds) == victim.encode(joined(PAIRS))


@pytest.mark.parametrize("beside", [Beside(before="the plot is"), Beside(after="the plot is")])
def test_gradients_are_difference_quotients(both, beside):
    assert gradient_error(*both, beside) <= 1e-3


@pytest.mark.parametrize("beside", [Beside(before="very " * 9), Beside(after="very " * 9)])
def test_what_is_cut_of_a_segment_is_not_visible(both, beside):
    """Change the first character that is said to be cut, and the last that is said to be read."""
    victim, _ = both
    segment = "good film " * 30
    end = victim.visible(beside.whole(segment))
    assert victim.visible(beside.whole("a good film")) == len("a good film")
    if end == len(segment):
        pytest.skip("it has no maximum length")
    read, cut = f"{segment[: end - 1]}x{segment[end:]}", f"{segment[:end]}x{segment[end + 1 :]}"
    same, changed, original = victim.encode([beside.whole(one) for one in (cut, read, segment)])
    assert same == original
    assert changed != original


def test_types_go_to_torch_whatever_runtime_is_asked_for(tmp_path, recwarn):
    folder = KINDS["BERT"].save(tmp_path)
    AutoTokenizer.from_pretrained(folder, model_input_names=TYPED).save_pretrained(folder)
    victim = load_victim(folder, device="cpu")
    encoded = victim.encode(joined(PAIRS))
    assert carries_types(encoded)
    rows = victim.forward(encoded)
    victim.run_on("onnx", joined(PAIRS))
    assert victim.details["runtime"].startswith("torch")
    victim.run_on("onnx", ["a good film"])
    assert victim.details["runtime"].startswith("onnx")
    assert np.array_equal(victim.forward(encoded), rows)
    assert not recwarn.list
