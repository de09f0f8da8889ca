"""Batches, and training that can be interrupted anywhere."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from weaklink.errors import WeaklinkError
from weaklink.generators.batches import Batches
from weaklink.generators.checkpoint import Checkpoint
from weaklink.generators.training import Schedule, Trained, train
from weaklink.progress import Silent

SCHEDULE = Schedule(steps=12, learning_rate=0.1, warm_up=2, validate_every=4, patience=9)


class Interrupt(Silent):
    """Interrupts after so many steps."""

    def __init__(self, after):
        self.after = after

    def advance(self, steps=1):
        self.after -= steps
        if self.after <= 0:
            raise KeyboardInterrupt


def taught(work, progress=None, schedule=SCHEDULE):
    """Train a line with dropout on noisy data: both draw random numbers."""
    torch.manual_seed(7)
    network = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 1))

    def loss(step):
        x = torch.randn(8, 3)
        return ((network(x) - x.sum(1, keepdim=True)) ** 2).mean()

    def validate():
        return float((network(torch.eye(3)) - 1).abs().mean())

    trained = train(network, loss, validate, schedule, work, progress or Silent())
    return network.state_dict(), trained


@pytest.fixture
def saving(monkeypatch):
    """Save after every step."""
    monkeypatch.setattr(Checkpoint, "save_if_due", Checkpoint.save)


@pytest.mark.parametrize("after", [1, 4, 7, 11])
def test_interrupted_training_ends_with_the_same_weights(tmp_path, saving, after):
    whole, trained = taught(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        taught(tmp_path / "parts", Interrupt(after))
    torch.manual_seed(99)
    parts, resumed = taught(tmp_path / "parts")
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    assert resumed.losses == trained.losses


def test_training_repeats_itself(tmp_path):
    first, _ = taught(tmp_path / "a")
    torch.rand(5)
    second, _ = taught(tmp_path / "b")
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_training_lowers_the_loss_and_keeps_the_best_weights(tmp_path):
    schedule = Schedule(steps=200, learning_rate=0.05, warm_up=2, validate_every=20, patience=99)
    weights, trained = taught(tmp_path, schedule=schedule)
    assert min(trained.losses) < trained.losses[0]
    assert all(torch.equal(weights[name], trained.best[name]) for name in weights)


def test_training_ends_early_when_nothing_gets_better(tmp_path):
    schedule = Schedule(steps=90, learning_rate=0.0, warm_up=1, validate_every=1, patience=3)
    _, trained = taught(tmp_path, schedule=schedule)
    assert trained.step == 4


def test_the_rate_rises_and_falls():
    rates = [SCHEDULE.rate(step) for step in range(12)]
    assert rates[0] < rates[1] == max(rates)
    assert rates[1:] == sorted(rates[1:], reverse=True)
    assert SCHEDULE.rate(12) == pytest.approx(0)


@pytest.mark.parametrize("content", [b"damaged", b""])
def test_a_damaged_checkpoint_is_told(tmp_path, content):
    (tmp_path / "checkpoint.pt").write_bytes(content)
    with pytest.raises(WeaklinkError, match="Delete it"):
        taught(tmp_path)


def test_a_checkpoint_is_no_pickle_of_objects(tmp_path):
    path = tmp_path / "c.pt"
    torch.save({"trained": Trained()}, path)
    with pytest.raises(WeaklinkError, match="cannot be read"):
        Checkpoint(path, {"trained": Trained()}).restore()


@given(st.lists(st.integers(1, 30), min_size=1, max_size=80), st.integers(1, 9), st.integers(0, 3))
def test_an_epoch_holds_every_item_once(lengths, size, seed):
    batches = Batches(lengths, size, seed)
    for epoch in range(2):
        steps = range(epoch * batches.per_epoch, (epoch + 1) * batches.per_epoch)
        items = [item for step in steps for item in batches.at(step)]
        assert sorted(items) == list(range(len(lengths)))


def test_a_batch_depends_on_the_step_alone():
    lengths = [n % 7 for n in range(50)]
    ordered, other = Batches(lengths, 8, 1), Batches(lengths, 8, 1)
    wanted = [ordered.at(step) for step in range(20)]
    assert [other.at(step) for step in reversed(range(20))] == wanted[::-1]
    assert wanted[:7] != wanted[7:14]


def test_items_of_a_batch_are_of_similar_length():
    lengths = list(range(100))
    batches = Batches(lengths, 10, 0)
    assert all(max(b) - min(b) == 9 for b in map(batches.at, range(10)))
