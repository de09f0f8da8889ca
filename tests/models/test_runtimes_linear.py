"""Linear layers by oneDNN are torch's, but for their last bits."""

import pytest
import torch
from torch.nn.functional import linear

from weaklink.models.runtimes.linear import fast_linear


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def _close(one, other):
    return torch.allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shape", [(7,), (1, 7), (3, 7), (2, 3, 7), (0, 7)])
@pytest.mark.parametrize("bias", [None, torch.arange(5.0)])
def test_values_and_gradients_are_torchs(shape, bias):
    values, weight = torch.randn(shape, requires_grad=True), torch.randn(5, 7)
    wanted = linear(values, weight, bias)
    with fast_linear("cpu"):
        found = linear(values, weight, bias)
    assert found.shape == wanted.shape
    assert _close(found, wanted)
    (slope,) = torch.autograd.grad(found.square().sum(), values)
    assert _close(slope, torch.autograd.grad(wanted.square().sum(), values)[0])


def test_values_that_lie_otherwise_in_memory():
    values, weight = torch.randn(2, 7, 3).transpose(1, 2), torch.randn(5, 7)
    with fast_linear("cpu"):
        assert _close(linear(values, weight), values @ weight.T)


def test_a_layer_in_training_learns_as_ever():
    layer, values = torch.nn.Linear(7, 5), torch.randn(3, 7)
    layer(values).square().sum().backward()
    wanted = layer.weight.grad.clone()
    layer.zero_grad()
    with fast_linear("cpu"):
        layer(values).square().sum().backward()
    assert torch.equal(layer.weight.grad, wanted)


def test_a_layer_that_could_learn_computes_without_gradients():
    layer, values = torch.nn.Linear(7, 5), torch.randn(3, 7)
    with torch.inference_mode(), fast_linear("cpu"):
        found = layer(values)
    assert _close(found, values @ layer.weight.T + layer.bias)


def test_other_numbers_and_devices_stay_with_torch():
    values, weight = torch.randn(3, 7).bfloat16(), torch.randn(5, 7).bfloat16()
    wanted = linear(values, weight)
    with fast_linear("cpu"):
        assert torch.equal(linear(values, weight), wanted)
    values, weight = values.float(), weight.float()
    wanted = linear(values, weight)
    with fast_linear("cuda"):
        assert torch.equal(linear(values, weight), wanted)
