"""Training that can be interrupted anywhere."""

import pytest
import torch
from torch import nn

from weaklink.errors import WeaklinkError
from weaklink.progress import Silent
from weaklink.training.checkpoint import Checkpoint
from weaklink.training.loop import Trained, train
from weaklink.training.schedule import FinetuneSchedule, Schedule

SCHEDULE = Schedule(steps=12, learning_rate=0.1, warm_up=2, validate_every=4, patience=9)

GOING_ON = FinetuneSchedule(steps=12, learning_rate=0.1, warm_up=2, validate_every=4, patience=9)


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

    trained = train(network, loss, schedule, work, progress or Silent(), validate=validate)
    return network.state_dict(), trained


@pytest.fixture
def saving(monkeypatch):
    """Save after every step."""
    monkeypatch.setattr(Checkpoint, "save_if_due", Checkpoint.save)


@pytest.mark.parametrize("schedule", [SCHEDULE, GOING_ON])
@pytest.mark.parametrize("after", [1, 4, 7, 11])
def test_interrupted_training_ends_with_the_same_weights(tmp_path, saving, after, schedule):
    whole, trained = taught(tmp_path / "whole", schedule=schedule)
    with pytest.raises(KeyboardInterrupt):
        taught(tmp_path / "parts", Interrupt(after), schedule)
    torch.manual_seed(99)
    parts, resumed = taught(tmp_path / "parts", schedule=schedule)
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


def test_without_validation_the_last_weights_are_kept(tmp_path):
    network = nn.Linear(1, 1)
    trained = train(
        network, lambda step: network(torch.ones(1)).sum(), SCHEDULE, tmp_path, Silent()
    )
    assert (trained.step, trained.losses, trained.best) == (12, [], {})
    assert not network.training


@pytest.mark.parametrize("schedule", [SCHEDULE, GOING_ON])
def test_the_rate_rises_and_falls(schedule):
    rates = [schedule.rate(step) for step in range(12)]
    assert rates[0] < rates[1] == max(rates) <= 0.1
    assert rates[1:] == sorted(rates[1:], reverse=True)
    assert schedule.rate(12) == pytest.approx(0)


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
