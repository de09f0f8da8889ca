"""Exports are made once for a key, and the cache keeps those that were used last."""

import json
import os

import numpy as np
import pytest
import torch

from weaklink.cache import CACHE_VARIABLE
from weaklink.models.encoder import load_encoder
from weaklink.models.runtimes import (
    BatchLayout,
    RuntimeFallback,
    TorchNetwork,
    choice,
    export,
    remembered,
)


class Sums(torch.nn.Module):
    """A network of one parameter: sums of the ids that are not padding."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(1))

    def forward(self, ids, mask):
        return (ids * mask).sum(dim=1, keepdim=True) * self.scale


@pytest.fixture
def exports(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return tmp_path / "exports"


def test_an_export_is_made_once_for_a_key(exports, monkeypatch):
    network = TorchNetwork(Sums(), BatchLayout(0))
    path = export.exported(network, "one")
    assert path.is_file()
    assert export.exported(network, "two") != path
    monkeypatch.delattr(torch.onnx, "export")
    assert export.exported(network, "one") == path


def test_the_cache_keeps_what_was_used_last(exports, monkeypatch):
    network = TorchNetwork(Sums(), BatchLayout(0))
    first, second = (export.exported(network, key).parent for key in ("first", "second"))
    os.utime(first, (2, 2))
    os.utime(second, (1, 1))
    monkeypatch.setattr(export, "MOST_BYTES", 1)
    third = export.exported(network, "third").parent
    assert [path for path in (first, second, third) if path.exists()] == [third]


def test_the_encoder_on_a_fused_runtime_gives_torchs_embeddings(exports):
    texts = ["a warm film", "the plot is thin and the acting is worse", "Good fun.", ""]
    plain, encoder = load_encoder(), load_encoder()
    encoder.run_on("onnx", texts)
    batch = encoder.encode(texts)
    np.testing.assert_allclose(encoder.forward(batch), plain.forward(batch), atol=1e-6)
    assert (encoder.forward(batch) != plain.forward(batch)).any()
    alone = [plain.forward([item])[0] for item in batch]
    np.testing.assert_array_equal(encoder.exact(batch), alone)


def test_an_encoder_whose_cosines_differ_stays_with_torch(exports, monkeypatch):
    from weaklink.models.runtimes import fused

    class Noisy(fused.OnnxNetwork):
        def __call__(self, batch):
            rows = super().__call__(batch)
            return rows + 1e-4 * np.arange(rows.shape[1])

    monkeypatch.setattr(fused, "OnnxNetwork", Noisy)
    encoder = load_encoder()
    with pytest.warns(RuntimeFallback, match="differs from torch"):
        encoder.run_on("onnx", ["a warm film", "a cold one"])
    batch = encoder.encode(["a film"])
    np.testing.assert_array_equal(encoder.forward(batch)[0], encoder.exact(batch)[0])


@pytest.fixture
def raced(exports, monkeypatch):
    """How often runtimes raced; a network of one parameter is worth a race."""
    times = []

    def fastest(candidates, texts):
        times.append(len(candidates))
        return candidates[-1]

    monkeypatch.setattr(choice, "WORTHWHILE", 1)
    monkeypatch.setattr(choice, "fastest", fastest)
    return times


def chosen(key="one", texts=((1, 2), (3,)), runtime="auto"):
    network = TorchNetwork(Sums(), BatchLayout(0))
    return choice.choose(runtime, network, key, texts, lambda a, b: float(abs(a - b).max()), 1e-3)


def test_what_was_chosen_is_remembered_for_the_network_and_the_versions(raced, monkeypatch):
    first, again = chosen(), chosen(texts=((4, 5, 6),))
    assert raced == [3]
    assert again.network.name == first.network.name
    assert (again.difference, again.checked) == (first.difference, first.checked)
    np.testing.assert_array_equal(again.network([(1, 2), (3,)]), [[3.0], [3.0]])
    chosen(key="other")
    assert len(raced) == 2
    monkeypatch.setattr(remembered, "installed", lambda package: f"{package} of tomorrow")
    chosen()
    assert len(raced) == 3


def test_torch_is_remembered_too(raced, monkeypatch):
    monkeypatch.setattr(choice, "fastest", lambda candidates, _: raced.append(1) or candidates[0])
    assert chosen().network.name.startswith("torch")
    assert chosen().network.name.startswith("torch")
    assert raced == [1]


@pytest.mark.parametrize("damage", ["", "{}", '{"runtime": "gone", "difference": 0, "checked": 1}'])
def test_a_memory_that_is_of_no_use_is_made_again(raced, exports, damage):
    chosen()
    (place,) = (exports.parent / "runtimes").glob("*.json")
    place.write_text(damage)
    chosen()
    assert len(raced) == 2
    assert json.loads(place.read_text())["runtime"] == "openvino"
