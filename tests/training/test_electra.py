"""Replaced-token detection: what is replaced, what is to be told, and the folder that comes out."""

from types import SimpleNamespace

import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from weaklink.packaged import MINILM
from weaklink.progress import Silent
from weaklink.training.electra import REPLACED, ReplacedTokenDetection, initial_network, pretrain
from weaklink.victims.local.checkpoint import ClassifierCheckpoint

VOCABULARY, FIRST, LAST = 50, 2, 3


def windows(count, length):
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(10, VOCABULARY, (count, length), generator=generator)
    ends = torch.tensor([FIRST]), torch.tensor([LAST])
    return [torch.cat([ends[0], row[: length - i % 3], ends[1]]) for i, row in enumerate(ids)]


class Spy:
    """Notes what it is shown, and answers with the same logit everywhere."""

    def __init__(self, logit=0.0):
        self.shown, self.logit, self.device = [], logit, torch.device("cpu")

    def __call__(self, input_ids, attention_mask):
        self.shown.append((input_ids, attention_mask))
        return SimpleNamespace(logits=torch.full(input_ids.shape, self.logit))


def test_about_a_seventh_is_replaced_and_never_an_end_or_padding():
    task, spy = ReplacedTokenDetection(windows(400, 30), VOCABULARY, seed=0), Spy()
    for step in range(5):
        torch.manual_seed(step)
        task.loss(spy, step)
    for shown, there in spy.shown:
        lengths = there.sum(dim=1)
        assert (shown[:, 0] == FIRST).all()
        assert all(row[length - 1] == LAST for row, length in zip(shown, lengths, strict=True))
        assert (shown[there == 0] == 0).all()
    confident = Spy(logit=-20.0)  # says everywhere that nothing was replaced
    torch.manual_seed(0)
    loss = float(task.loss(confident, 0))
    assert loss / 20 == pytest.approx(REPLACED, abs=0.05)


def test_the_held_out_loss_is_that_of_the_same_replacements_every_time():
    task = ReplacedTokenDetection(windows(200, 30), VOCABULARY, seed=0)
    one, other = Spy(), Spy()
    first = task.held_out_loss(one)
    torch.manual_seed(99)
    assert task.held_out_loss(other) == first
    for (shown, _), (again, _) in zip(one.shown, other.shown, strict=True):
        assert torch.equal(shown, again)


def test_what_comes_out_is_a_base_to_fine_tune_from(tmp_path):
    texts = [f"a good film with a slow plot, number {i}, and a fine cast" for i in range(40)]
    out = tmp_path / "electra"
    pretrain(texts, out, data=["made up"], steps=2, seed=0, progress=Silent())
    found = ClassifierCheckpoint.open(str(out))
    assert found.config.model_type == "electra"
    assert not found.has_head
    layers = {name.split(".")[3] for name in found.tensors if ".layer." in name}
    assert layers == {"0", "1", "2"}
    assert "made up" in (out / "README.md").read_text()
    assert not list(tmp_path.glob(".electra.training"))


def test_it_starts_from_every_second_layer_of_the_encoder():
    base = MINILM.require("The encoder")
    encoder = AutoModel.from_pretrained(base).encoder.layer
    layers = initial_network(
        base, AutoTokenizer.from_pretrained(base), seed=0
    ).electra.encoder.layer
    for mine, its in zip(layers, (encoder[1], encoder[3], encoder[5]), strict=True):
        assert all(map(torch.equal, mine.state_dict().values(), its.state_dict().values()))
