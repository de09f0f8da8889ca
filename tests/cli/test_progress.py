"""Progress where there is no terminal: a line every half minute."""

from types import SimpleNamespace

import pytest

from weaklink.cli import progress
from weaklink.cli.progress import Terminal


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until the test moves it."""
    now = [100.0]
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_the_rates_so_far_come_with_each_line_and_the_time_left_is_theirs(clock, capsys):
    with Terminal() as bar:
        bar.begin("Attacking", 10)
        bar.advance()
        bar.show(["stops in 2 min", "pwws succeeds on 1 of 4"])
        assert capsys.readouterr().err.split("\n") == ["Attacking (10)", ""]
        for _ in range(2):
            clock[0] += 31
            bar.advance()
            said = capsys.readouterr().err
            assert "of 10" in said
            assert "10," not in said
            assert said.endswith("stops in 2 min\npwws succeeds on 1 of 4\n")
            bar.show(["stops in 2 min", "pwws succeeds on 1 of 4"])
            assert capsys.readouterr().err == ""


def test_without_rates_the_time_left_is_told(clock, capsys):
    with Terminal() as bar:
        bar.begin("Loading", 4)
        for _ in range(2):
            clock[0] += 31
            bar.advance()
    assert "Loading: 2 of 4" in capsys.readouterr().err


def test_the_time_left_does_not_follow_bursts(clock, capsys):
    """Sixteen attempts end together each minute, so that 79 more take five minutes."""
    with Terminal() as bar:
        bar.begin("Attacking", 128)
        for _ in range(4):
            clock[0] += 60
            for _ in range(16):
                clock[0] += 0.01
                bar.advance()
    assert "Attacking: 49 of 128, 4 min 58 s left" in capsys.readouterr().err
