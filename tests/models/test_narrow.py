"""What only the first position is read of is computed for that position alone."""

import numpy as np
import onnx
import pytest
import torch

from weaklink.cache import CACHE_VARIABLE
from weaklink.models.runtimes import BatchLayout, TorchNetwork
from weaklink.models.runtimes.export import exported
from weaklink.models.runtimes.fused import OnnxNetwork
from weaklink.models.runtimes.network import Ids


class Block(torch.nn.Module):
    """Mixes positions, then works on each by itself with a residual, as transformers do."""

    def __init__(self, read):
        super().__init__()
        torch.manual_seed(0)
        self.read = read
        self.table = torch.nn.Embedding(9, 8)
        self.inner, self.outer = torch.nn.Linear(8, 16), torch.nn.Linear(16, 8)
        self.norm = torch.nn.LayerNorm(8)

    def forward(self, ids, mask):
        rows = self.table(ids) * mask[..., None]
        mixed = torch.softmax(rows @ rows.transpose(1, 2), dim=-1) @ rows
        work = self.outer(torch.nn.functional.gelu(self.inner(mixed)))
        return self.read(self.norm(work + mixed))


class TwoHeads(Block):
    """Two readings of the first position that share what leads to them."""

    def __init__(self, read):
        super().__init__(read)
        self.other = torch.nn.Linear(8, 8)

    def forward(self, ids, mask):
        rows = self.table(ids) * mask[..., None]
        mixed = torch.softmax(rows @ rows.transpose(1, 2), dim=-1) @ rows
        one, other = self.norm(self.other(mixed)), torch.tanh(mixed + 1)
        return self.read(one) + self.read(other)


READINGS = {
    "first": (lambda rows: rows[:, 0], True),
    "first and mean": (lambda rows: rows[:, 0] + rows.mean(dim=1), False),
    "second": (lambda rows: rows[:, 1], False),
    "mean": (lambda rows: rows.mean(dim=1), False),
}
BATCH: Ids = [[1, 2, 3, 4], [5, 6], [7, 8, 1]]


@pytest.mark.parametrize("reading", READINGS)
def test_rows_are_torchs_and_only_the_first_position_is_worked_on(reading, tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    read, cut = READINGS[reading]
    network = TorchNetwork(Block(read), BatchLayout(0))
    path = exported(network, reading)
    np.testing.assert_allclose(OnnxNetwork(path, 0)(BATCH), network(BATCH), atol=1e-6)
    graph = onnx.load(path).graph
    narrowed = [node for node in graph.node if any("/first" in name for name in node.input)]
    assert any(node.op_type == "MatMul" for node in narrowed) == cut
    assert all(node.op_type != "Softmax" for node in narrowed)


def test_two_readings_that_share_what_leads_to_them(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    network = TorchNetwork(TwoHeads(lambda rows: rows[:, 0]), BatchLayout(0))
    path = exported(network, "two heads")
    np.testing.assert_allclose(OnnxNetwork(path, 0)(BATCH), network(BATCH), atol=1e-6)
    names = [name for node in onnx.load(path).graph.node for name in node.output]
    assert sum("/first" in name and "index" not in name for name in names) == 2


def test_what_is_scaled_by_a_computed_number_is_left_whole(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))

    class Scaled(Block):
        def forward(self, ids, mask):
            return super().forward(ids, mask) + self.read(self.table(ids) * mask.float().mean())

    network = TorchNetwork(Scaled(lambda rows: rows[:, 0]), BatchLayout(0))
    path = exported(network, "scaled")
    np.testing.assert_allclose(OnnxNetwork(path, 0)(BATCH), network(BATCH), atol=1e-6)
