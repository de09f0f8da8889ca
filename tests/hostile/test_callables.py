"""A user's function may fail in any way; it never ends the process or passes a gate."""

import pytest

from weaklink.attacks.registry import installed
from weaklink.errors import WeaklinkError
from weaklink.victims import load_victim
from weaklink.victims.local.callable import CallableVictim

MODULES = {
    "raise SystemExit(0)": "SystemExit",
    "import sys; sys.exit()": "SystemExit",
    "raise RuntimeError('no')": r"RuntimeError: no .*line 1",
    "def f(:": r"SyntaxError.*line 1",
    "1 / 0": "ZeroDivisionError",
    "f = 7": "no function f",
    "def f(texts): raise SystemExit(0)": "SystemExit",
    "def f(texts):\n    return texts[9]": r"IndexError.*line 2",
    "def f(texts): return [[0.5, 0.5]]\nf.labels = 7": "labels",
    "def f(texts): return [[0.5, 0.5]]\nf.labels = [b'a', None]": "labels",
    "def f(texts): return [[float('nan'), 0.5]]": "non-finite",
}


@pytest.mark.parametrize(("source", "told"), MODULES.items(), ids=MODULES.keys())
def test_whatever_a_module_does_is_told(source, told, tmp_path, monkeypatch):
    name = f"module_{abs(hash(source))}"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(WeaklinkError, match=told):
        load_victim(f"{name}:f")


def test_a_function_that_exits_later_is_an_error_as_any_other():
    def function(texts):
        if texts != ["a good film"]:
            raise SystemExit(0)
        return [[0.5, 0.5]]

    victim = CallableVictim(function, "m:f")
    with pytest.raises(WeaklinkError, match="ends the process"):
        victim.forward(victim.encode(["x"]))


def test_a_plug_in_that_exits_is_told(monkeypatch):
    class Point:
        name, value = "bad", "bad:bad"

        def load(self):
            raise SystemExit(0)

    monkeypatch.setattr("weaklink.plugins.entry_points", lambda group: [Point()])
    installed.cache_clear()
    try:
        with pytest.raises(WeaklinkError, match="plug-in bad"):
            installed()
    finally:
        installed.cache_clear()
