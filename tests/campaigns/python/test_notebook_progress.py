"""Progress in notebooks."""

import sys
from types import SimpleNamespace

import pytest

from weaklink.campaigns.python.notebook_progress import Bars, default_progress
from weaklink.progress import Silent


class Handle:
    def __init__(self, shown):
        self.shown = shown

    def update(self, content, raw):
        self.shown.append(("update", content, raw))


@pytest.fixture
def kernel(monkeypatch):
    """Pretend that Jupyter runs the test; what is displayed comes back."""
    shown = []

    def display(content, *, raw, display_id):
        shown.append(("display", content, raw))
        return Handle(shown)

    ipython = SimpleNamespace(get_ipython=lambda: SimpleNamespace(config={"IPKernelApp": {}}))
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=display))
    return shown


def test_bars_are_for_notebooks_alone(kernel, monkeypatch):
    assert isinstance(default_progress(), Bars)
    terminal = SimpleNamespace(get_ipython=lambda: SimpleNamespace(config={}))
    for elsewhere in (terminal, SimpleNamespace(get_ipython=lambda: None), None):
        monkeypatch.setitem(sys.modules, "IPython", elsewhere)
        assert isinstance(default_progress(), Silent)


def test_a_phase_is_a_bar_that_ends_with_its_last_step(kernel, capsys):
    bars = Bars()
    bars.advance()
    bars.begin("Attacking\u202e a", 4)
    bars.advance(3)
    bars.tell("one\x1b[2J line")
    bars.advance()
    said = capsys.readouterr().out
    assert "4/4" in said
    assert "one" in said
    assert not {"\x1b", "\u202e"} & set(said)
    bars.begin("Loading")
    bars.advance()
    bars.begin("Next", 2)
    said = capsys.readouterr().out
    assert "Loading: 1it" in said
    assert "Next" in said


def test_rates_are_shown_in_one_place(kernel):
    bars = Bars()
    bars.show(["pwws 1 of 4", "scpn 0 of 4"])
    bars.show(["pwws 2 of 8"])
    assert kernel == [
        ("display", {"text/plain": "pwws 1 of 4\nscpn 0 of 4"}, True),
        ("update", {"text/plain": "pwws 2 of 8"}, True),
    ]
