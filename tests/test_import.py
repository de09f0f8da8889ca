"""What importing weaklink does to a process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import weaklink

CODE = """
import os, sys, weaklink
assert "numpy" not in sys.modules
print(os.environ["OPENBLAS_THREAD_TIMEOUT"])
"""


@pytest.mark.parametrize(("own", "expected"), [({}, "4"), ({"OPENBLAS_THREAD_TIMEOUT": "9"}, "9")])
def test_idle_threads_of_openblas_are_told_to_sleep_before_numpy_starts_them(own, expected):
    rest = {k: v for k, v in os.environ.items() if k != "OPENBLAS_THREAD_TIMEOUT"}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=rest | own, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == expected


def test_a_command_that_only_says_something_loads_no_heavy_library():
    heavy = "polars sqlalchemy torch transformers scipy pyarrow huggingface_hub nltk spacy"
    code = f"import sys, weaklink.cli.app; print(*set({heavy.split()}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


DRAWING = """
import sys, weaklink.report.drawing
from weaklink.attacks.registry import installed
assert installed()
print(*{"scipy.sparse", "scipy.special", "scipy.optimize", "pandas", "torch"} & set(sys.modules))
"""


def test_what_draws_a_report_computes_no_figure_and_loads_no_library_that_does():
    done = subprocess.run(
        [sys.executable, "-c", DRAWING], capture_output=True, text=True, check=True
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


MISTAKES = """
import sys, weaklink
from weaklink.errors import WeaklinkError
for model, options in (
    ("toy:classify", {"attacks": ["pws"]}),
    ("toy:classify", {"data": "nowhere.csv"}),
    ("toy:clasify", {}),
    ("toy:classify", {"until": "decided"}),
    ("./nowhere", {}),
):
    try:
        weaklink.audit(model, **{"data": "data.csv", "attacks": ["pwws"], "samples": 1} | options)
    except WeaklinkError as error:
        print(error.problem.splitlines()[0])
print(*{"torch", "transformers", "spacy", "nltk", "sklearn", "scipy.stats"} & set(sys.modules))
"""


def test_a_mistake_is_told_before_any_library_of_models_is_loaded(tmp_path):
    (tmp_path / "toy.py").write_text("def classify(texts):\n    return [[0.5, 0.5]] * len(texts)\n")
    (tmp_path / "data.csv").write_text("text,label\na film,negative\nthe film,positive\n")
    done = subprocess.run(
        [sys.executable, "-c", MISTAKES],
        env=os.environ | {"PYTHONPATH": f"{Path(weaklink.__file__).parents[1]}:{tmp_path}"},
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    *told, loaded = done.stdout.split("\n")[:-1]
    assert len(told) == 5
    assert loaded == ""
