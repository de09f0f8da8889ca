"""Python functions as victims."""

import sys

import numpy as np
import pytest

from weaklink.errors import WeaklinkError
from weaklink.victims import CallableVictim, load_victim


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Return a function that writes a module to the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(code, name):
        monkeypatch.delitem(sys.modules, name, raising=False)
        (tmp_path / f"{name}.py").write_text(code)
        return name

    return write


def test_a_function_is_found_in_the_working_directory(here):
    code = "def even(texts):\n    return [[0.25, 0.75] for _ in texts]\n"
    module = here(code, "own_victim")
    victim = load_victim(f"{module}:even")
    assert victim.labels == ("LABEL_0", "LABEL_1")
    assert victim.forward(["a", "b"]).tolist() == [[0.25, 0.75]] * 2
    other = here(code + "# changed\n", "own_victim_2")
    assert load_victim(f"{other}:even").fingerprint != victim.fingerprint


def test_labels_are_the_functions_own():
    def function(texts):
        return np.full((len(texts), 3), 1 / 3)

    function.labels = ("no", "perhaps", "yes")
    assert CallableVictim(function, "x").labels == ("no", "perhaps", "yes")
    function.labels = ("no", "yes")
    with pytest.raises(WeaklinkError, match="3 probabilities for its 2 labels"):
        CallableVictim(function, "x")


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (lambda texts: [[0.5, 0.5]] * (len(texts) + 1), r"shape \(2, 2\)"),
        (lambda texts: [0.5] * len(texts), r"shape \(1,\)"),
        (lambda texts: [[1.0]] * len(texts), r"shape \(1, 1\)"),
        (lambda texts: [[0.5, float("nan")]] * len(texts), "non-finite"),
        (lambda texts: [[-0.5, 1.5]] * len(texts), "negative"),
        (lambda texts: [[0.9, 0.9]] * len(texts), "sums to 1.8"),
        (lambda _: [[0.5, 0.5], [1.0]], "rows of equal length"),
        (lambda _: [["yes", "no"]], "does not return numbers"),
        (lambda texts: texts[1], "raised IndexError"),
    ],
)
def test_answers_that_are_no_probabilities_are_refused(answer, fault):
    with pytest.raises(WeaklinkError, match=fault):
        CallableVictim(answer, "x")


def test_a_change_of_the_number_of_labels_is_told():
    def fickle(texts):
        return [[1 / len(texts[0])] * len(texts[0])] * len(texts)

    victim = CallableVictim(fickle, "x")
    with pytest.raises(WeaklinkError, match="gave 3 labels"):
        victim.forward(["abc"])


@pytest.mark.parametrize("name", ["nowhere_at_all:f", "math:nothing", "math:pi"])
def test_a_function_that_is_not_there_is_told(name):
    with pytest.raises(WeaklinkError, match="cannot be imported|has no function"):
        load_victim(name)
