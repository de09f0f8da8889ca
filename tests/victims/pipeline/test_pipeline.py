"""Every architecture answers as transformers' own pipeline does, alone and in any batch."""

import re
from pathlib import Path

import pytest
import torch
from transformers import pipeline

from tests.victims.pipeline.check import PLAIN, SPECIAL, gradient_error, rows_hold, score_error
from tests.victims.pipeline.zoo import KINDS, LENGTH, ODD
from weaklink.errors import WeaklinkError
from weaklink.models.runtimes import arranged
from weaklink.victims import Differentiable, load_victim
from weaklink.victims.local.stable import GRID


@pytest.fixture(scope="module", params=KINDS)
def pair(request, tmp_path_factory):
    """A victim, and the pipeline of the same model."""
    folder = KINDS[request.param].save(tmp_path_factory.mktemp("zoo"))
    classify = pipeline("text-classification", folder, dtype=torch.float32, device="cpu")
    return load_victim(folder, device="cpu"), classify


@pytest.mark.parametrize("texts", [PLAIN, SPECIAL], ids=["plain", "special"])
def test_scores_are_the_pipelines(pair, texts):
    assert score_error(*pair, texts) <= 1.01 * GRID


def test_rows_are_bit_for_bit_those_of_a_text_alone(pair):
    assert rows_hold(pair[0])


def test_gradients_are_difference_quotients(pair):
    assert isinstance(pair[0], Differentiable), pair[0].details
    assert gradient_error(*pair) <= 1e-3


def test_looking_at_gradients_leaves_the_weights_as_they_were(pair):
    victim, classify = pair
    table = victim.network.module.model.get_input_embeddings().weight
    assert torch.equal(table, classify.model.get_input_embeddings().weight)


def test_approximate_gradients_are_none(tmp_path):
    """YOSO's backward pass approximates the gradient of what its forward pass computes."""
    victim = load_victim(ODD["YOSO"].save(tmp_path), device="cpu")
    assert not isinstance(victim, Differentiable)
    assert "off the change of its loss" in victim.details["no_gradients"]


@pytest.mark.parametrize("kind", ODD)
def test_odd_architectures_answer_as_the_pipeline_too(kind, tmp_path):
    folder = ODD[kind].save(tmp_path)
    classify = pipeline("text-classification", folder, dtype=torch.float32, device="cpu")
    victim = load_victim(folder, device="cpu")
    assert victim.details["max_length"] == str(LENGTH)
    assert score_error(victim, classify, PLAIN) <= 1.01 * GRID
    assert rows_hold(victim)


def test_features_are_the_last_layers_at_one_token_in_any_batch(pair):
    victim, classify = pair
    batch = victim.encode(PLAIN)
    if classify.model.config.is_encoder_decoder:
        with pytest.raises(WeaklinkError, match="does not show its last layer"):
            victim.seen(batch)
        return
    probabilities, features = victim.seen(batch)
    assert probabilities.tolist() == victim.exact(batch).tolist()
    assert features == pytest.approx(victim.features(PLAIN), rel=1e-3, abs=1e-4)
    place = 0 if victim.reader.leads else -1
    for text, row in zip(PLAIN, features, strict=True):
        parts = map(torch.from_numpy, arranged(victim.encode([text]), victim.network.layout))
        given = victim.network.module.given(*parts)
        with torch.inference_mode():
            answer = classify.model(**given, output_hidden_states=True)
        assert row == pytest.approx(answer.hidden_states[-1][0, place].numpy(), rel=1e-3, abs=1e-4)


def test_the_documentation_shows_every_architecture():
    page = (Path(__file__).parents[3] / "docs" / "reference" / "victims.md").read_text("utf-8")
    shown = re.findall(r"^\| ([^|]+) \| \de-\d\d \| equal ", page, re.MULTILINE)
    assert shown == list(KINDS)
