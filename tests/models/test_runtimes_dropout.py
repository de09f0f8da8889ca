"""Dropout of few draws leaves out as many activations as torch's, and scales the rest alike."""

import math

import pytest
import torch
from torch.nn.functional import dropout, scaled_dot_product_attention

from weaklink.models.runtimes.dropout import fast_dropout


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_so_many_are_left_out_and_the_mean_stays(p, kind):
    values = torch.ones(300, 1001, dtype=kind)
    with fast_dropout("cpu"):
        found = torch.nn.Dropout(p)(values)
    assert found.dtype == kind
    kept = found != 0
    assert torch.equal(found[kept], torch.full_like(found[kept], 1 / (1 - p)))
    tolerance = 5 * math.sqrt(p * (1 - p) / values.numel())
    assert abs(kept.float().mean() - (1 - p)) < tolerance
    for lane in range(4):
        assert abs(kept.flatten()[lane::4].float().mean() - (1 - p)) < 2 * tolerance


def test_each_draw_is_another_and_a_seed_gives_the_same():
    values = torch.ones(1000)
    with fast_dropout("cpu"):
        torch.manual_seed(1)
        first, second = dropout(values, 0.5), dropout(values, 0.5)
        torch.manual_seed(1)
        again = dropout(values, 0.5)
    assert torch.equal(first, again)
    assert not torch.equal(first, second)
    assert abs(torch.corrcoef(torch.stack([first, second]))[0, 1]) < 0.2


def test_what_is_left_out_has_no_gradient():
    values = torch.randn(200, requires_grad=True)
    with fast_dropout("cpu"):
        found = dropout(values, 0.25)
    (slope,) = torch.autograd.grad(found.sum(), values)
    assert torch.equal(slope, torch.where(found == 0, 0.0, torch.tensor(1 / 0.75)))


def test_without_training_nothing_changes():
    values = torch.randn(50)
    with fast_dropout("cpu"):
        assert torch.equal(dropout(values, 0.5, training=False), values)
        assert torch.equal(dropout(values, 0.0), values)
        assert not dropout(values, 1.0).any()
        inside = values.clone()
        assert dropout(inside, 0.5, inplace=True) is inside


MASK = torch.tensor([[True] * 5, [True, True, True, False, False]])[:, None, None]


@pytest.mark.parametrize(
    "mask", [None, MASK, torch.zeros(MASK.shape).masked_fill(~MASK, -math.inf)]
)
@pytest.mark.parametrize("scale", [None, 0.3])
def test_attention_is_torchs_but_for_the_weights_that_are_left_out(mask, scale):
    query, key = torch.randn(2, 3, 4, 8), torch.randn(2, 3, 5, 8)
    value = torch.eye(5).expand(2, 3, 5, 5)
    weights = scaled_dot_product_attention(query, key, value, mask, scale=scale)
    with fast_dropout("cpu"):
        found = scaled_dot_product_attention(query, key, value, mask, 0.5, scale=scale)
    kept = found != 0
    assert torch.allclose(found[kept], 2 * weights[kept], rtol=1e-4)
    assert 0.2 < kept[weights > 0].float().mean() < 0.8


def test_attention_without_dropout_and_of_other_forms_is_torchs():
    one = torch.randn(2, 3, 5, 8)
    with fast_dropout("cpu"):
        assert torch.equal(
            scaled_dot_product_attention(one, one, one), scaled_dot_product_attention(one, one, one)
        )
        found = scaled_dot_product_attention(one, one, one, dropout_p=0.5, is_causal=True)
    assert torch.equal(found[..., 0, :] == 0, (found[..., 0, :1] == 0).expand(2, 3, 8))
