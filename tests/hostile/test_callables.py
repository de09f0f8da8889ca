"""A user's function may fail in any way; it never ends the process or passes a gate."""

from threading import Event

import pytest

import weaklink
from tests.engine.work import TEXTS, toy_services, work
from weaklink.attacks.registry import installed
from weaklink.cli.app import main
from weaklink.engine import ModelFailure, Scheduler
from weaklink.errors import WeaklinkError
from weaklink.victims import ModelGone, load_victim
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
    "def f(texts): raise GeneratorExit": "ends the process by GeneratorExit",
    "class E(Exception):\n    def __str__(self): raise ValueError\nraise E": "cannot be printed",
    "def __getattr__(name): raise RuntimeError(name)": "RuntimeError: f",
    "def f(texts): return [[0.5, 0.5]]\nf.labels = ['a', 'a']": "two labels of the same name",
    "class F:\n    labels = property(lambda self: 1 / 0)\n"
    "    def __call__(self, texts): return [[0.5, 0.5]]\nf = F()": "ZeroDivisionError",
    "class F:\n    pairs = property(lambda self: 1 / 0)\n"
    "    def __call__(self, texts): return [[0.5, 0.5]]\nf = F()": "ZeroDivisionError",
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


def _hangs(texts):
    if "hang" in texts:
        Event().wait()
    return [[0.5, 0.5]] * len(texts)


def test_a_function_that_never_returns_ends_the_run():
    """One wait ends the run, although every attempt would wait."""
    calls = []

    def function(texts):
        calls.append(len(texts))
        return _hangs(texts if len(calls) < 5 else ["hang"])

    victim = CallableVictim(function, "m:f", timeout=0.5)
    attempts = work(victim, ["pwws"], [text for text in TEXTS if text])
    with pytest.raises(ModelFailure, match=r"m:f did not return within 0\.5 s"):
        list(Scheduler(toy_services(victim), 1).run(attempts))
    assert len(calls) == 5


@pytest.mark.parametrize(
    "source",
    [
        "from threading import Event\nEvent().wait()",
        "import time\nwhile True:\n    time.sleep(9)",
        "import time\ndef f(texts):\n    time.sleep(9)",
        "import time\nclass f(list):\n    def __array__(self, *_, **__): time.sleep(9)",
    ],
)
def test_a_module_and_a_first_call_have_the_same_deadline(source, tmp_path, monkeypatch):
    name = f"endless_{abs(hash(source))}"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelGone, match="within 0.1 s"):
        load_victim(f"{name}:f", function_timeout=0.1)


def test_one_attack_and_the_training_of_a_detector_have_the_deadline_too(
    tmp_path, monkeypatch, capsys
):
    def function(texts):
        return _hangs(["hang"])

    with pytest.raises(WeaklinkError, match=r"within 0\.1 s.*function_timeout="):
        weaklink.attack(function, "a good film", function_timeout=0.1)
    (tmp_path / "endless.py").write_text("import time\ndef f(texts):\n    time.sleep(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    command = "detect train --victim endless:f --out made --method fgws --function-timeout 0.1"
    monkeypatch.setattr("sys.argv", ["weaklink", *command.split()])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert "within 0.1 s" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "made").exists()


def test_a_function_that_raises_a_time_out_of_its_own_took_no_longer_than_it_may():
    def function(texts):
        raise TimeoutError("my database is slow")

    with pytest.raises(WeaklinkError, match=r"TimeoutError: my database.*line \d+"):
        CallableVictim(function, "m:f", timeout=9)


def test_in_time_a_function_answers_as_it_does_without_a_deadline():
    bound, free = (CallableVictim(_hangs, "m:f", timeout=one) for one in (9, None))
    assert bound.forward(["x", "y"]).tolist() == free.forward(["x", "y"]).tolist()
    assert bound.fingerprint == free.fingerprint


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
