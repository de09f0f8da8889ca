"""The small Hub on loopback, and time that does not pass by itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from weaklink.hub.client import HubClient, Pace

from .fake_hub import small_hub


@dataclass
class FakeTime:
    """A clock that sleeping puts forward at once."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def client(self, workers: int = 2) -> HubClient:
        pace = Pace(reserve=workers - 1, clock=lambda: self.now, sleep=self.sleep)
        return HubClient(workers=workers, pace=pace)


@pytest.fixture
def hub(monkeypatch):
    with small_hub() as server:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.address)
        yield server


@pytest.fixture
def fake_time():
    return FakeTime()
